/** The softmax kernel: exponentials that sum to one along an axis, or their logarithms. */

import { allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { around, dense, type Kernel } from "./kernel";

/** softmax or log-softmax; a row of −∞ alone gives NaN, as does a row that holds NaN or +∞. */
export const softmax: Kernel<"softmax"> = ([input], { axis, log }, output) => {
  const from = dense(input!);
  const { outer, along, inner } = around(input!.shape, axis);
  const out = allocate(output.dtype, sizeOf(output.shape));
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * along * inner + i;
      const end = start + along * inner;
      let max = -Infinity;
      for (let at = start; at < end; at += inner) max = Math.max(max, from[at]!);
      let sum = 0;
      for (let at = start; at < end; at += inner) sum += Math.exp(from[at]! - max);
      const logSum = Math.log(sum);
      for (let at = start; at < end; at += inner) {
        out[at] = log ? from[at]! - max - logSum : Math.exp(from[at]! - max) / sum;
      }
    }
  }
  return out;
};
