/** Mean squared error: the loss of numbers whose errors are Gaussian. */

import { checkBoolean } from "../check";
import { constant, mul, square, sub } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { type LossOptions, pointwise, reductionOf } from "./reduction";
import { alike } from "./targets";

/** The settings of {@link mse}. */
export interface MseOptions extends LossOptions {
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
export function mse(prediction: TensorLike, target: TensorLike, options: MseOptions = {}): Tensor {
  const reduction = reductionOf("mse", options, "half");
  const half = checkBoolean("mse", "half", options.half, false);
  return (half ? halved : whole)(alike("mse", prediction, target), reduction);
}
