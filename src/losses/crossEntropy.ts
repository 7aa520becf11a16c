/** Cross-entropy: softmax and negative log-likelihood in one, the loss of classification. */

import { checkNumber } from "../check";
import { OptionError } from "../errors";
import { detach, to } from "../ops/cast";
import * as ops from "../ops/elementwise";
import { like } from "../ops/map";
import { sum } from "../ops/reduce";
import { logSoftmax } from "../ops/softmax";
import { mul, neg } from "../scalar/expr";
import { sameShape } from "../shape";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked } from "../types";
import { type NllOptions, checkIgnored, ofClasses } from "./nll";
import { type Reduction, reduced, reductionOf, rowwise } from "./reduction";
import type { ClassTarget, Lost, Rows } from "./shapes";
import { asClasses, asScores, classWeights, refuse } from "./targets";

/** The settings of {@link crossEntropy}. */
export interface CrossEntropyOptions<R extends Reduction = Reduction> extends NllOptions<R> {
  /** The share ε of the target that is spread evenly over all classes, in [0, 1]; default 0. */
  labelSmoothing?: number;
}

/**
 * −Σₖ tₖ log pₖ with p = softmax(logits), in nats; by default the mean over the rows.
 *
 * Shapes: logits [rows, classes], or [classes], or [N, C, d, …] with the classes on axis 1; the target either class
 * indices, one rank less ([rows], [], [N, d, …]; whole numbers from 0 to C − 1, as int32 or floats), or probabilities
 * of the same shape that sum to 1 along the class axis. The result is a scalar, or one loss per row with `reduction:
 * "none"`.
 *
 * Computed as log Σⱼ eᶻʲ − z_y with the largest logit taken out, so that no softmax overflows or vanishes. Gradient
 * of the mean over N rows: (p − t)/N. `weight` w and `labelSmoothing` ε are PyTorch's: t ← (1 − ε)·t + ε/C, terms are
 * multiplied by wₖ, and the mean divides by Σ w_y for indices, by N for probabilities.
 *
 * Corners, as in PyTorch: a logit of −∞ is a class of probability 0, fine unless it is the target (+∞) or has a share
 * of it (+∞ with smoothing, NaN with a probability of 0); +∞ gives NaN. If every row has the class `ignoreIndex`, or
 * there are no rows, the mean is NaN and the sum 0.
 *
 * @throws ShapeError if the shapes do not fit or a class is out of range; DTypeError if a class is not a whole
 * number; OptionError if probabilities or a weight are out of range.
 *
 * @example
 * ```ts
 * import { crossEntropy, tensor } from "gradkit";
 * const logits = tensor([[2, 1, 0.1]], { requiresGrad: true });
 * const loss = crossEntropy(logits, [0]);
 * loss.backward();
 * loss.item(); // → 0.41703
 * logits.grad?.toArray(); // → [[-0.340999, 0.242433, 0.098566]]
 * ```
 */
export function crossEntropy<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  logits: P,
  target: Checked<ClassTarget<P, T, true>, T>,
  options?: CrossEntropyOptions<R>,
): Tensor<Lost<Rows<P>, R>>;
export function crossEntropy(logits: TensorLike, target: TensorLike, options: CrossEntropyOptions = {}): Tensor {
  const reduction = reductionOf("crossEntropy", options, "weight", "labelSmoothing", "ignoreIndex");
  const rule = { min: 0, max: 1 };
  const smoothing = checkNumber("crossEntropy", "labelSmoothing", options.labelSmoothing ?? 0, rule);
  const ignored = checkIgnored("crossEntropy", options.ignoreIndex);
  const { scores, axis, count } = asScores("crossEntropy", logits);
  const given = asTensor("crossEntropy", target, like(target, scores));
  if (sameShape(given.shape, scores.shape)) {
    if (ignored !== undefined) {
      throw new OptionError(
        `crossEntropy: ignoreIndex with probabilities: ${ignored} (no row has one class); give class indices, or weight: 0`,
        { ignoreIndex: ignored },
      );
    }
    const probabilities = checkProbabilities(to(given, scores.dtype), axis);
    const shares = smoothing === 0 ? probabilities : ops.add(ops.mul(probabilities, 1 - smoothing), smoothing / count);
    return ofProbabilities(logSoftmax(scores, { axis }), shares, axis, options.weight, reduction);
  }
  const classes = asClasses("crossEntropy", scores, target, ignored);
  const settings = { ...options, ignored, smoothing, reduction };
  return ofClasses("crossEntropy", { ...classes, scores: logSoftmax(scores, { axis }) }, settings);
}

const plain = /* @__PURE__ */ rowwise("crossEntropy", (lp, t) => neg(mul(t, lp)));
const weighted = /* @__PURE__ */ rowwise("crossEntropy", (lp, t, w) => neg(mul(mul(t, lp), w)));

function ofProbabilities(
  logProbabilities: Tensor,
  shares: Tensor,
  axis: number,
  weight: TensorLike | undefined,
  reduction: Reduction,
): Tensor {
  const count = shares.shape[axis]!;
  const each =
    weight === undefined
      ? plain([logProbabilities, shares], axis)
      : weighted([logProbabilities, shares, classWeights("crossEntropy", weight, shares, axis, count)], axis);
  return reduced(each, reduction);
}

const SLACK = 1e-3; // what rounding, and the steps of a gradient check, may take from a sum of 1

/** Refuses targets that are no probabilities, as logits in the place of the target would be. */
function checkProbabilities(target: Tensor, axis: number): Tensor {
  const why = "probabilities of each row sum to 1; were prediction and target swapped?";
  const mend = "divide each row by its sum, or give class indices";
  const outside = (t: number): boolean => !(t >= -SLACK && t <= 1 + SLACK);
  refuse("crossEntropy", "target", target, outside, { why, mend });
  const sums = sum(detach(target), { axes: axis });
  refuse("crossEntropy", "sum of a row's target", sums, (total) => !(Math.abs(total - 1) <= SLACK), { why, mend });
  return target;
}
