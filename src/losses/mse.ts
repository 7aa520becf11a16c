/** Mean squared error: the loss of numbers whose errors are Gaussian. */

import { checkBoolean } from "../check";
import { constant, mul, square, sub } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { type Reduction, type LossOptions, pointwise, reductionOf } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike } from "./targets";

/** The settings of {@link mse}. */
export interface MseOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Whether each square is halved, so that the gradient of one is ŷ − y; default false. */
  half?: boolean;
}

const whole = /* @__PURE__ */ pointwise("mse", (p, t) => square(sub(p, t)));
const halved = /* @__PURE__ */ pointwise("mse", (p, t) => mul(constant(0.5), square(sub(p, t))));

/**
 * (ŷ − y)², by default the mean over all elements.
 *
 * Shapes: prediction ŷ and target y equal; the result is a scalar, or has their shape with `reduction: "none"`.
 * Nothing broadcasts. With `half`, ½(ŷ − y)². Gradient of the mean over n elements: 2(ŷ − y)/n. The mean of nothing
 * is NaN.
 *
 * @throws ShapeError if the shapes differ.
 *
 * @example
 * ```ts
 * import { mse } from "gradkit";
 * mse([1, 2], [3, 5]).item(); // → 6.5
 * mse([2.5], [0.5], { half: true }).item(); // → 2
 * ```
 */
export function mse<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  prediction: P,
  target: Checked<Target<P, T>, T>,
  options?: MseOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function mse(prediction: TensorLike, target: TensorLike, options: MseOptions = {}): Tensor {
  const reduction = reductionOf("mse", options, "half");
  const half = checkBoolean("mse", "half", options.half, false);
  return (half ? halved : whole)(alike("mse", prediction, target), reduction);
}
