/** The concat kernel: inputs one after another along an axis. */

import { allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { copyInto } from "./copyInto";
import { around, denseCopy, type Kernel } from "./kernel";

/** Any number of inputs, each in its own stretch of the axis. */
export const concat: Kernel<"concat"> = (inputs, { axis }, output) => {
  const out = allocate(output.dtype, sizeOf(output.shape));
  const { outer, along, inner } = around(output.shape, axis);
  let begin = 0;
  for (const input of inputs) {
    const length = input.shape[axis]! * inner;
    if (outer === 1) copyInto(out, input, begin * inner);
    else {
      const from = denseCopy(input, output);
      for (let o = 0; o < outer; o++) {
        out.set(from.subarray(o * length, (o + 1) * length), (o * along + begin) * inner);
      }
    }
    begin += input.shape[axis]!;
  }
  return out;
};
