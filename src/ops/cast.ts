/** The same elements in another dtype, in memory of their own, or without their history. */

import { checkDType } from "../check";
import type { DType } from "../dtype";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { Op } from "../tensor/op";
import { withGradMode } from "../tensor/tape";
import type { Tensor, TensorLike } from "../tensor/tensor";

const toOp: Op<DType> = {
  name: "to",
  infer: ([x], dtype) => ({ shape: x!.shape, dtype }),
  lower: ([x], dtype) => ({ kernel: "copy", attrs: {}, output: { shape: x!.shape, dtype } }),
  vjp: () => [(g) => g], // the walk brings it back to the input's dtype
};

/**
 * x in another dtype; x itself where it has that dtype already.
 *
 * Shapes: any; the result has the same. Fractions are cut toward 0 on the way to int32, and whatever is not 0 becomes
 * true in bool. Gradients pass between floats, converted back; int32 and bool cut the graph.
 *
 * @throws DTypeError if the dtype is unknown.
 *
 * @example
 * ```ts
 * import { to } from "gradkit";
 * to([1.7, -1.7], "int32").toArray(); // → [1, -1]
 * ```
 */
export function to<X extends TensorLike>(x: X, dtype: DType): Tensor<ShapeOf<X>> {
  const input = asTensor("to", x);
  return input.dtype === checkDType("to", dtype) ? input : apply(toOp, [input], dtype);
}

const cloneOp: Op = {
  name: "clone",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  lower: ([x]) => ({ kernel: "copy", attrs: {}, output: { shape: x!.shape, dtype: x!.dtype } }),
  vjp: () => [(g) => g],
};

/**
 * A copy of x in memory of its own; gradients pass through.
 *
 * Shapes: any; the result has the same.
 *
 * @example
 * ```ts
 * import { clone, tensor } from "gradkit";
 * clone(tensor([1, 2])).toArray(); // → [1, 2]
 * ```
 */
export function clone<X extends TensorLike>(x: X): Tensor<ShapeOf<X>> {
  return apply(cloneOp, [asTensor("clone", x)], undefined);
}

const detachOp: Op = {
  name: "detach",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  lower: ([x]) => ({ kernel: "view", shape: x!.shape, strides: x!.strides, offset: x!.offset }),
};

/**
 * The same elements without their history: no gradient flows back through the result. Nothing is copied.
 *
 * Shapes: any; the result has the same.
 *
 * @example
 * ```ts
 * import { detach, tensor } from "gradkit";
 * detach(tensor([1, 2], { requiresGrad: true })).requiresGrad; // → false
 * ```
 */
export function detach<X extends TensorLike>(x: X): Tensor<ShapeOf<X>> {
  return withGradMode(false, () => apply(detachOp, [asTensor("detach", x)], undefined));
}
