/** The cumulate kernel: running sums along an axis. */

import { allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { around, dense, type Kernel } from "./kernel";

/** Running sums in double precision, rounded as they are stored. */
export const cumulate: Kernel<"cumulate"> = ([input], { axis, reverse }, output) => {
  const from = dense(input!);
  const { outer, along, inner } = around(input!.shape, axis);
  const out = allocate(output.dtype, sizeOf(output.shape));
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let j = 0; j < along; j++) {
        const at = (o * along + (reverse ? along - 1 - j : j)) * inner + i;
        sum += from[at]!;
        out[at] = sum;
      }
    }
  }
  return out;
};
