/** Kullback–Leibler divergence: how many nats a wrong distribution costs more than the right one. */

import { checkBoolean, checkOneOf, checkOptions } from "../check";
import { OptionError } from "../errors";
import { div } from "../ops/elementwise";
import { equal, exp, log, mul, select, sub, zero, one } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { type Reduction, pointwise } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike, refuse } from "./targets";

/** The settings of {@link klDivergence}. */
export interface KlDivergenceOptions<R extends Reduction | "batchmean" = Reduction | "batchmean"> {
  /** "mean" over all elements (default), "sum", "none", or "batchmean": the sum divided by the number of rows. */
  reduction?: R;
  /** Whether the target holds logarithms of probabilities; default false. */
  logTarget?: boolean;
}

// Where t is 0 the term is 0, and both factors get a safe argument, since 0 · ∞ is no number.
const ofShares = /* @__PURE__ */ pointwise("klDivergence", (x, t) => {
  const none = equal(t, zero);
  return mul(t, sub(log(select(none, one, t)), select(none, zero, x)));
});
const ofLogarithms = /* @__PURE__ */ pointwise("klDivergence", (x, t) => mul(exp(t), sub(t, x)));

/**
 * t·(log t − x) for log-probabilities x and probabilities t; by default the mean over all elements. The divergence of
 * distributions in rows, Σₖ tₖ(log tₖ − xₖ), in nats, is `reduction: "batchmean"`.
 *
 * Shapes: log-probabilities x and target t equal; the result is a scalar, or has their shape with `reduction: "none"`.
 * Nothing broadcasts. With `logTarget`, t holds logarithms: eᵗ(t − x). A target of 0 costs 0 and has no gradient,
 * whatever x (PyTorch's gradient to it is NaN, and its cost too where x is −∞). Gradient to x: −t. Give
 * {@link logSoftmax} of logits, not probabilities; single elements may be negative, the sum over a distribution is not.
 *
 * @throws ShapeError if the shapes differ; OptionError if a target is negative without `logTarget`, or a single number
 * has no rows for "batchmean".
 *
 * @example
 * ```ts
 * import { klDivergence, log } from "gradkit";
 * klDivergence(log([[0.5, 0.5]]), [[0.25, 0.75]], { reduction: "batchmean" }).item(); // → 0.130812
 * ```
 *
 * Source: Kullback and Leibler 1951; PyTorch's KLDivLoss.
 */
export function klDivergence<P extends TensorLike, T extends TensorLike, const R extends Reduction | "batchmean" = "mean">(
  logProbabilities: P,
  target: Checked<Target<P, T>, T>,
  options?: KlDivergenceOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function klDivergence(
  logProbabilities: TensorLike,
  target: TensorLike,
  options: KlDivergenceOptions = {},
): Tensor {
  const where = "klDivergence";
  checkOptions(where, options, ["reduction", "logTarget"]);
  const names = ["mean", "sum", "none", "batchmean"] as const;
  const reduction = checkOneOf(where, "reduction", options.reduction ?? "mean", names);
  const logTarget = checkBoolean(where, "logTarget", options.logTarget, false);
  const pair = alike(where, logProbabilities, target);
  if (!logTarget) {
    refuse(where, "target", pair[1], (t) => t < 0, {
      why: "a probability is 0 or more",
      mend: "give the log-probabilities first; for logarithms as the target set logTarget: true",
    });
  }
  const loss = logTarget ? ofLogarithms : ofShares;
  if (reduction !== "batchmean") return loss(pair, reduction);
  const rows = pair[0].shape[0];
  if (rows !== undefined) return div(loss(pair, "sum"), rows);
  throw new OptionError(`${where}: "batchmean" of a single number: [] (there is no batch); use reduction: "mean"`, { reduction });
}
