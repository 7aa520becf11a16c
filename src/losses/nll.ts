/** Negative log-likelihood: the loss of log-probabilities. */

import { checkNumber } from "../check";
import { to } from "../ops/cast";
import { where as choose, notEqual } from "../ops/compare";
import { add, div, mul, neg } from "../ops/elementwise";
import { gather } from "../ops/gather";
import { sum } from "../ops/reduce";
import { squeeze } from "../ops/reshape";
import { neg as minus } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked } from "../types";
import { type LossOptions, type Reduction, pointwise, reduced, reductionOf } from "./reduction";
import type { ClassTarget, Lost, Rows } from "./shapes";
import { type Classes, asClasses, classWeights, weightsOf } from "./targets";

/** The settings of {@link nll}. */
export interface NllOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** One weight ≥ 0 per class; the mean is then divided by the sum of the rows' weights. Default: all 1. */
  weight?: TensorLike;
  /** Rows of this class count for nothing, neither in the sum nor in the divisor of the mean. Default: none. */
  ignoreIndex?: number;
}

/**
 * −log p_y, the negative log-probability of the right class y; by default the mean over the rows.
 *
 * Shapes: log-probabilities [rows, classes], classes [rows]; or [classes] and []; or [N, C, d, …] and [N, d, …]. The
 * result is a scalar, or one loss per row with `reduction: "none"`. Classes are whole numbers from 0 to C − 1, as
 * int32 or floats. The weighted mean is Σ wᵧ·lᵢ / Σ wᵧ. If every row is ignored, the mean is NaN and the sum 0, as in
 * PyTorch; ignored rows have loss 0 and no gradient. The numbers are taken as they are: give logits to
 * {@link crossEntropy} instead.
 *
 * @throws ShapeError if the shapes do not fit or a class is out of range, DTypeError if a class is not a whole
 * number, OptionError if a weight is negative.
 *
 * @example
 * ```ts
 * import { logSoftmax, nll } from "gradkit";
 * nll(logSoftmax([[0, 0]]), [1]).item(); // → 0.693147
 * ```
 */
export function nll<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  logProbabilities: P,
  classes: Checked<ClassTarget<P, T>, T>,
  options?: NllOptions<R>,
): Tensor<Lost<Rows<P>, R>>;
export function nll(logProbabilities: TensorLike, classes: TensorLike, options: NllOptions = {}): Tensor {
  const reduction = reductionOf("nll", options, "weight", "ignoreIndex");
  const ignored = checkIgnored("nll", options.ignoreIndex);
  return ofClasses("nll", asClasses("nll", logProbabilities, classes, ignored), { ...options, ignored, reduction });
}

/** A class to leave out of account, which need not be one that exists. */
export function checkIgnored(where: string, index: unknown): number | undefined {
  return index === undefined ? undefined : checkNumber(where, "ignoreIndex", index, { integer: true });
}

/** What the loss of classes is told, checked but for the weight. */
interface ClassLoss {
  readonly reduction: Reduction;
  readonly weight?: TensorLike;
  readonly ignored: number | undefined;
  /** The share of the target that is spread over all classes; default 0. */
  readonly smoothing?: number;
}

const negated = /* @__PURE__ */ pointwise("nll", (x) => minus(x));

/** The loss of log-probabilities (`scores`) and class indices: picked, weighted, masked, smoothed, reduced. */
export function ofClasses(where: string, classes: Classes, told: ClassLoss): Tensor {
  const { scores, axis } = classes;
  const { reduction, weight, ignored, smoothing = 0 } = told;
  if (ignored === undefined && weight === undefined && smoothing === 0) {
    return negated([squeeze(gather(scores, classes.index, { axis }), axis)], reduction);
  }
  const keep = ignored === undefined ? null : notEqual(classes.index, ignored);
  const index = keep === null ? classes.index : choose(keep, classes.index, 0);
  const masked = (x: Tensor): Tensor => (keep === null ? x : choose(keep, x, 0));
  const weights = weight === undefined ? null : masked(weightsOf(where, weight, { ...classes, index }));
  const picked = neg(gather(scores, index, { axis }));
  let each = masked(weights === null ? picked : mul(picked, weights));
  if (smoothing > 0) {
    const parts = weight === undefined ? scores : mul(scores, classWeights(where, weight, scores, axis, classes.count));
    const spread = masked(neg(sum(parts, { axes: axis, keepDims: true })));
    each = add(mul(each, 1 - smoothing), mul(spread, smoothing / classes.count));
  }
  each = squeeze(each, axis);
  if (reduction !== "mean" || (weights === null && keep === null)) return reduced(each, reduction);
  return div(sum(each), weights === null ? sum(to(keep!, scores.dtype)) : sum(weights));
}
