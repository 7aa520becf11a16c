/** Negative log-likelihood of normally distributed targets: squared error that knows how sure the prediction is. */

import { checkBoolean, checkNumber } from "../check";
import { maximum } from "../ops/elementwise";
import { add, constant, div, log, mul, square, sub, type Expr } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { type Reduction, type LossOptions, pointwise, reductionOf } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike, elementWeights, refuse } from "./targets";

/** The settings of {@link gaussianNll}. */
export interface GaussianNllOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** The variance σ² ≥ 0 of each element, of a shape that repeats to that of the prediction; default 1. */
  variance?: TensorLike;
  /** Whether the constant ½ log 2π is added, so that the result is a likelihood; default false. */
  full?: boolean;
  /** The least variance that counts, > 0; default 1e-6. */
  eps?: number;
}

const half = (x: Expr): Expr => mul(constant(0.5), x);
const surprise = (mean: Expr, target: Expr, variance: Expr): Expr =>
  half(add(log(variance), div(square(sub(mean, target)), variance)));

const bare = /* @__PURE__ */ pointwise("gaussianNll", (mean, target, variance) => surprise(mean, target, variance));
const whole = /* @__PURE__ */ pointwise("gaussianNll", (mean, target, variance) =>
  add(surprise(mean, target, variance), constant(0.5 * Math.log(2 * Math.PI))),
);

/**
 * ½(log σ² + (μ − y)²/σ²), the negative log-density of a target y ~ N(μ, σ²) but for ½ log 2π; by default the mean over
 * all elements.
 *
 * Shapes: means μ and targets y equal; the result is a scalar, or has their shape with `reduction: "none"`. Nothing
 * broadcasts but the variance. σ² counts at least eps, and has no gradient below it (in PyTorch it has one there).
 *
 * @throws ShapeError if the shapes differ or the variance does not fit; OptionError if a variance is negative.
 *
 * @example
 * ```ts
 * import { gaussianNll } from "gradkit";
 * gaussianNll([0], [1], { full: true }).item(); // → 1.418939
 * ```
 *
 * Source: Nix and Weigend 1994, "Estimating the mean and variance of the target probability distribution"; PyTorch's
 * GaussianNLLLoss.
 */
export function gaussianNll<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  means: P,
  targets: Checked<Target<P, T>, T>,
  options?: GaussianNllOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function gaussianNll(means: TensorLike, targets: TensorLike, options: GaussianNllOptions = {}): Tensor {
  const where = "gaussianNll";
  const reduction = reductionOf(where, options, "variance", "full", "eps");
  const eps = checkNumber(where, "eps", options.eps ?? 1e-6, { above: 0 });
  const pair = alike(where, means, targets);
  const variance = elementWeights(where, "variance", options.variance ?? 1, pair[0].shape, pair[0].dtype);
  refuse(where, "variance", variance, (value) => value < 0, {
    why: "a variance is 0 or more",
    mend: "predict its logarithm and give .exp() of it",
  });
  const loss = checkBoolean(where, "full", options.full, false) ? whole : bare;
  return loss([...pair, maximum(variance, eps)], reduction);
}
