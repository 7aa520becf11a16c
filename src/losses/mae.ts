/** Mean absolute error: the loss that forgives outliers. */

import { abs, sub } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { type Reduction, type LossOptions, pointwise, reductionOf } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike } from "./targets";

const distance = /* @__PURE__ */ pointwise("mae", (p, t) => abs(sub(p, t)));

/**
 * |ŷ − y|, by default the mean over all elements.
 *
 * Shapes: prediction ŷ and target y equal; the result is a scalar, or has their shape with `reduction: "none"`.
 * Nothing broadcasts. Gradient of the mean over n elements: ±1/n, and 0 where ŷ = y.
 *
 * @throws ShapeError if the shapes differ.
 *
 * @example
 * ```ts
 * import { mae } from "gradkit";
 * mae([1, 2], [3, 5]).item(); // → 2.5
 * ```
 */
export function mae<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  prediction: P,
  target: Checked<Target<P, T>, T>,
  options?: LossOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function mae(prediction: TensorLike, target: TensorLike, options: LossOptions = {}): Tensor {
  return distance(alike("mae", prediction, target), reductionOf("mae", options));
}
