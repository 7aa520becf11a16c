/** The concat kernel: inputs one after another along an axis. */

import { allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { around, denseCopy, type Kernel } from "./kernel";

/** Any number of inputs, each in its own stretch of the axis. */
export const concat: Kernel<"concat"> = (inputs, { axis }, output) => {
  const out = allocate(output.dtype, sizeOf(output.shape));
  const { outer, along, inner } = around(output.shape, axis);
  let begin = 0;
  for (const input of inputs) {
    const from = denseCopy(input, output);
    const length = input.shape[axis]! * inner;
    for (let o = 0; o < outer; o++) {
      out.set(from.subarray(o * length, (o + 1) * length), (o * along + begin) * inner);
    }
    begin += input.shape[axis]!;
  }
  return out;
};
