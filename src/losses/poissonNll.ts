/** Negative log-likelihood of counts: the loss of how often something happens. */

import { checkBoolean, checkNumber } from "../check";
import { type Expr, add, constant, exp, less, log, maximum, mul, one, select, sub, zero } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { type Reduction, type LossOptions, pointwise, reductionOf, setting } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike, refuse } from "./targets";

/** The settings of {@link poissonNll}. */
export interface PoissonNllOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Whether the prediction is the logarithm of the rate; default true. */
  logInput?: boolean;
  /** Whether log y! is added, by Stirling's formula; default false. */
  full?: boolean;
  /** ε > 0, added to the rate under the logarithm where `logInput` is false; default 1e-8. */
  eps?: number;
}

const ofLogarithm = (x: Expr, y: Expr): Expr => sub(exp(x), mul(y, x));
const ofRate = (x: Expr, y: Expr, eps: Expr): Expr => sub(x, mul(y, log(add(x, eps))));

/** log y! ≈ y log y − y + ½ log 2πy where y > 1, else 0. */
function stirling(y: Expr): Expr {
  const safe = maximum(y, one);
  const sum = add(sub(mul(safe, log(safe)), safe), mul(constant(0.5), log(mul(constant(2 * Math.PI), safe))));
  return select(less(one, y), sum, zero);
}

const bare = /* @__PURE__ */ pointwise("poissonNll", (x, y) => ofLogarithm(x, y));
const whole = /* @__PURE__ */ pointwise("poissonNll", (x, y) => add(ofLogarithm(x, y), stirling(y)));
const bareRate = /* @__PURE__ */ pointwise("poissonNll", (x, y, eps) => ofRate(x, y, eps));
const wholeRate = /* @__PURE__ */ pointwise("poissonNll", (x, y, eps) => add(ofRate(x, y, eps), stirling(y)));

/**
 * eˣ − y·x for counts y and the logarithms x of their rates, or λ − y·log(λ + ε) for rates λ with `logInput: false`:
 * −log P(y) of a Poisson distribution but for log y!; by default the mean over all elements.
 *
 * Shapes: predictions and counts equal; the result is a scalar, or has their shape with `reduction: "none"`. Nothing
 * broadcasts. `full` adds log y! by Stirling's formula, y log y − y + ½ log 2πy, where y > 1. Gradient to x: eˣ − y.
 *
 * @throws ShapeError if the shapes differ; OptionError if a count or a rate is negative or eps is not a number > 0.
 *
 * @example
 * ```ts
 * import { poissonNll } from "gradkit";
 * poissonNll([0, 1], [1, 2], { reduction: "none" }).toArray(); // → [1, 0.718282]
 * ```
 *
 * Source: PyTorch's PoissonNLLLoss.
 */
export function poissonNll<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  prediction: P,
  counts: Checked<Target<P, T>, T>,
  options?: PoissonNllOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function poissonNll(prediction: TensorLike, counts: TensorLike, options: PoissonNllOptions = {}): Tensor {
  const where = "poissonNll";
  const reduction = reductionOf(where, options, "logInput", "full", "eps");
  const logInput = checkBoolean(where, "logInput", options.logInput, true);
  const full = checkBoolean(where, "full", options.full, false);
  const eps = checkNumber(where, "eps", options.eps ?? 1e-8, { above: 0 });
  const [x, y] = alike(where, prediction, counts);
  refuse(where, "count", y, (value) => value < 0, { why: "counts are 0 or more", mend: "give the prediction first" });
  if (logInput) return (full ? whole : bare)([x, y], reduction);
  refuse(where, "rate", x, (value) => value < 0, {
    why: "a rate is 0 or more",
    mend: "predict its logarithm, and leave logInput out",
  });
  return (full ? wholeRate : bareRate)([x, y, setting(eps, x)], reduction);
}
