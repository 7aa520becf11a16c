/** A tensor repeated as a whole along its axes. */

import { show } from "../check";
import { ShapeError } from "../errors";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { broadcastTo } from "./reduce";
import { reshape } from "./reshape";

/**
 * x repeated `repeats[i]` times along axis i, as tiles lie side by side.
 *
 * Shapes: `[a, b]` with `[2, 3]` → `[2·a, 3·b]`. Where the lengths differ, x gets leading axes of size 1 or `repeats`
 * leading ones, as in PyTorch.
 *
 * @throws ShapeError if a repeat is not a whole number ≥ 0.
 *
 * @example
 * ```ts
 * import { tile } from "gradkit";
 * tile([[1, 2]], [2, 2]).toArray(); // → [[1, 2, 1, 2], [1, 2, 1, 2]]
 * ```
 */
export function tile(x: TensorLike, repeats: readonly number[]): Tensor {
  if (!Array.isArray(repeats) || !repeats.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new ShapeError(
      `tile: not a list of whole numbers ≥ 0: ${show(repeats)}; say how often x repeats along each axis, as [2, 1]`,
      { repeats },
    );
  }
  const tensor = asTensor("tile", x);
  const rank = Math.max(tensor.rank, repeats.length);
  const sizes = [...new Array<number>(rank - tensor.rank).fill(1), ...tensor.shape];
  const times = [...new Array<number>(rank - repeats.length).fill(1), ...(repeats as readonly number[])];
  const apart = reshape(tensor, sizes.flatMap((n) => [1, n]));
  const repeated = broadcastTo(apart, sizes.flatMap((n, axis) => [times[axis]!, n]));
  return reshape(repeated, sizes.map((n, axis) => n * times[axis]!));
}
