/** The same elements with their axes in another order: always a view. */

import { checkAxis, show } from "../check";
import { ShapeError } from "../errors";
import { type Shape, showShape } from "../shape";
import type { Permuted } from "../axes";
import type { Transposed } from "../rules";
import type { Checked, ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";

interface PermuteAttrs {
  /** For each axis of the result, the axis of the input. */
  readonly axes: readonly number[];
}

function permuting(name: string): Op<PermuteAttrs> {
  const op: Op<PermuteAttrs> = {
    name,
    infer: ([x], { axes }) => ({ shape: axes.map((axis) => x!.shape[axis]!), dtype: x!.dtype }),
    lower: ([x], { axes }) => ({
      kernel: "view",
      shape: axes.map((axis) => x!.shape[axis]!),
      strides: axes.map((axis) => x!.strides[axis]!),
      offset: x!.offset,
    }),
    vjp: ({ attrs: { axes } }) => [(g) => apply(op, [g], { axes: invert(axes) })],
  };
  return op;
}

function invert(axes: readonly number[]): number[] {
  const inverse = new Array<number>(axes.length);
  axes.forEach((axis, i) => (inverse[axis] = i));
  return inverse;
}

const permuteOp = permuting("permute");

/**
 * The axes in another order: axis i of the result is axis `axes[i]` of x.
 *
 * Shapes: `[a, b, c]` with axes `[2, 0, 1]` → `[c, a, b]`. Every axis is named once; negative ones count from the end.
 *
 * @throws ShapeError if an axis is missing, named twice or out of range.
 *
 * @example
 * ```ts
 * import { zeros } from "gradkit";
 * zeros([2, 3, 4]).permute([2, 0, 1]).shape; // → [4, 2, 3]
 * ```
 */
export function permute<T extends TensorLike, const X extends Shape>(
  x: T,
  axes: Checked<Permuted<ShapeOf<T>, X>, X>,
): Tensor<Permuted<ShapeOf<T>, X>>;
export function permute(x: TensorLike, axes: readonly number[]): Tensor {
  const tensor = asTensor("permute", x);
  const { rank } = tensor;
  const order = Array.isArray(axes) ? axes.map((axis) => checkAxis("permute", axis, rank, "axes")) : [];
  if (!Array.isArray(axes) || order.length !== rank || new Set(order).size !== rank) {
    throw new ShapeError(
      `permute: not an order of the axes: ${show(axes)} for ${showShape(tensor.shape)} (rank ${rank}); ` +
        `name each of 0 … ${rank - 1} once`,
      { axes, rank },
    );
  }
  return apply(permuteOp, [tensor], { axes: order });
}

const transposeOp = permuting("transpose");

/**
 * The last two axes swapped; leading axes stay.
 *
 * Shapes: `[..., m, n]` → `[..., n, m]`.
 *
 * @throws ShapeError if x has fewer than two axes.
 *
 * @example
 * ```ts
 * import { tensor } from "gradkit";
 * tensor([[1, 2], [3, 4]]).transpose().toArray(); // → [[1, 3], [2, 4]]
 * ```
 */
export function transpose<T extends TensorLike>(x: Checked<Transposed<ShapeOf<T>>, T>): Tensor<Transposed<ShapeOf<T>>>;
export function transpose(x: TensorLike): Tensor {
  const tensor = asTensor("transpose", x);
  const { rank } = tensor;
  if (rank < 2) {
    throw new ShapeError(
      `transpose: too few axes: ${showShape(tensor.shape)} (rank ${rank} < 2); add an axis with unsqueeze first`,
      { shape: tensor.shape },
    );
  }
  const axes = tensor.shape.map((_, axis) => axis);
  axes[rank - 2] = rank - 1;
  axes[rank - 1] = rank - 2;
  return apply(transposeOp, [tensor], { axes });
}
