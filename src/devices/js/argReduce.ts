/** The argReduce kernel: where the first extreme stands. */

import { sizeOf, stridesOf } from "../../shape";
import type { Kernel } from "./kernel";
import { dense } from "./kernel";

/** Position of the first largest or smallest element over the axes; NaN counts as the extreme. */
export const argReduce: Kernel<"argReduce"> = ([input], { op, axes }, output) => {
  const { shape } = input!;
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const sorted = dense({
    storage: { dtype: input!.dtype, data: dense(input!) },
    dtype: input!.dtype,
    shape: order.map((axis) => shape[axis]!),
    strides: order.map((axis) => stridesOf(shape)[axis]!),
    offset: 0,
  });
  const count = sizeOf(axes.map((axis) => shape[axis]!));
  const out = new Int32Array(sizeOf(output.shape));
  for (let i = 0; i < out.length; i++) {
    let best = 0;
    for (let j = 1; j < count; j++) {
      const value = sorted[i * count + j]!;
      const extreme = sorted[i * count + best]!;
      if (Number.isNaN(extreme)) break;
      if (Number.isNaN(value) || (op === "max" ? value > extreme : value < extreme)) best = j;
    }
    out[i] = best;
  }
  return out;
};
