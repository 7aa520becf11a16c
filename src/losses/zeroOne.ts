/** The share of wrong answers: what classifiers are judged by, and cannot be trained with. */

import { to } from "../ops/cast";
import { notEqual } from "../ops/compare";
import { argmax } from "../ops/extreme";
import { squeeze } from "../ops/reshape";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked } from "../types";
import { type Reduction, type LossOptions, reduced, reductionOf } from "./reduction";
import type { ClassTarget, Lost, Rows } from "./shapes";
import { asClasses } from "./targets";

/**
 * 1 where the class with the largest score is not the right one, else 0; by default the mean over the rows: the error
 * rate, 1 − accuracy.
 *
 * Shapes: scores, logits or probabilities [rows, classes], classes [rows]; or [classes] and []; or [N, C, d, …] and
 * [N, d, …]. The result is a scalar, or one 0 or 1 per row with `reduction: "none"`. Of equal scores the first
 * counts. There is no gradient: the result does not require one.
 *
 * @throws ShapeError if the shapes do not fit or a class is out of range, DTypeError if a class is not a whole number.
 *
 * @example
 * ```ts
 * import { zeroOne } from "gradkit";
 * zeroOne([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]], [1, 0, 0, 0]).item(); // → 0.25
 * ```
 */
export function zeroOne<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  scores: P,
  classes: Checked<ClassTarget<P, T>, T>,
  options?: LossOptions<R>,
): Tensor<Lost<Rows<P>, R>>;
export function zeroOne(scores: TensorLike, classes: TensorLike, options: LossOptions = {}): Tensor {
  const reduction = reductionOf("zeroOne", options);
  const { scores: given, axis, index } = asClasses("zeroOne", scores, classes);
  const wrong = notEqual(argmax(given, { axes: axis }), squeeze(index, axis));
  return reduced(to(wrong, given.dtype), reduction);
}
