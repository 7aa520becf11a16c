/** The matmul kernel: batched matrix products with broadcast leading axes. */

import { allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { dense, type Kernel } from "./kernel";

/** [..., m, k] × [..., k, n] → [..., m, n] */
export const matmul: Kernel<"matmul"> = ([left, right], _, output) => {
  const lead = output.shape.slice(0, -2);
  const [m, k] = left!.shape.slice(-2) as [number, number];
  const n = right!.shape.at(-1)!;
  const a = dense(left!, [...lead, m, k]);
  const b = dense(right!, [...lead, k, n]);
  const out = allocate(output.dtype, sizeOf(output.shape));
  for (let batch = 0; batch < sizeOf(lead); batch++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let x = 0; x < k; x++) sum += a[(batch * m + i) * k + x]! * b[(batch * k + x) * n + j]!;
        out[(batch * m + i) * n + j] = sum;
      }
    }
  }
  return out;
};
