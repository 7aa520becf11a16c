/** Metrics of classes: how often they are right, which are taken for which, and what that means for each class. */

import { checkNumber, checkOptions } from "../check";
import { topK } from "../ops/sort";
import { storageOf } from "../tensor/storage";
import { withGradMode } from "../tensor/tape";
import { type Tensor, type TensorLike, fromStorage } from "../tensor/tensor";
import { type Average, type ThresholdOptions, averageOf, judge, predictedBy } from "./judge";

/** Settings of {@link accuracy}. */
export interface AccuracyOptions extends ThresholdOptions {}

/**
 * The fraction of rows whose class is predicted: (1/N) Σ [argmax sᵢ = yᵢ].
 *
 * Shapes: prediction [N, C] with target [N] (class indices) or [N, C] (one-hot or probabilities: their largest entry
 * counts); or one score per row, [N] or [N, 1], with target [N] or [N, 1] of 0 and 1. Result in [0, 1]; 1 − mean 0–1
 * loss. The first of equal scores wins. No rows give NaN.
 *
 * @throws ShapeError if the shapes do not belong together or a class is out of range, DTypeError if a class is not a
 * whole number.
 *
 * @example
 * ```ts
 * import { accuracy } from "gradkit";
 * accuracy([[2, 1], [0, 3], [1, 0]], [0, 1, 1]); // → 0.6666666666666666
 * ```
 */
export function accuracy(prediction: TensorLike, target: TensorLike, options: AccuracyOptions = {}): number {
  checkOptions("accuracy", options, ["threshold"]);
  const judged = judge("accuracy", prediction, target);
  const predicted = predictedBy("accuracy", judged, options.threshold);
  return withGradMode(false, () => predicted.equal(judged.truth).to("float64").mean().item());
}

/** Settings of {@link topKAccuracy}. */
export interface TopKAccuracyOptions {
  /** How many guesses each row has, 1 ≤ k ≤ C; default 5. */
  k?: number;
}

/**
 * The fraction of rows whose class is among the k largest scores: (1/N) Σ [yᵢ ∈ top k of sᵢ].
 *
 * Shapes: prediction [N, C] with target [N] (class indices) or [N, C], as in {@link accuracy}, which is k = 1. Of equal
 * scores the first counts as the larger (scikit-learn: the last). No rows give NaN.
 *
 * @throws OptionError if k is not a whole number from 1 to C; ShapeError and DTypeError as {@link accuracy}.
 *
 * @example
 * ```ts
 * import { topKAccuracy } from "gradkit";
 * topKAccuracy([[3, 2, 1], [3, 2, 1]], [1, 2], { k: 2 }); // → 0.5
 * ```
 */
export function topKAccuracy(prediction: TensorLike, target: TensorLike, options: TopKAccuracyOptions = {}): number {
  const where = "topKAccuracy";
  checkOptions(where, options, ["k"]);
  const { scores, truth, classes } = judge(where, prediction, target);
  const max = scores.rank === 1 ? 1 : classes;
  const k = checkNumber(where, "k", options.k ?? 5, { integer: true, min: 1, max });
  if (scores.rank === 1) return accuracy(scores, truth);
  return withGradMode(false, () => {
    const hits = topK(scores, k, { axis: 1 }).indices.equal(truth.unsqueeze(1)).any({ axes: 1 });
    return hits.to("float64").mean().item();
  });
}

/** Counts of true (down) by predicted (across) classes, row after row. */
function countsOf(where: string, prediction: TensorLike, target: TensorLike, threshold: unknown): Counts {
  const judged = judge(where, prediction, target);
  const truth = judged.truth.toTypedArray();
  const predicted = predictedBy(where, judged, threshold).toTypedArray();
  const { classes } = judged;
  const counts = new Int32Array(classes * classes);
  for (let i = 0; i < truth.length; i++) counts[truth[i]! * classes + predicted[i]!]!++;
  return { counts, classes };
}

interface Counts {
  readonly counts: Int32Array;
  readonly classes: number;
}

/** Settings of {@link confusionMatrix}. */
export interface ConfusionMatrixOptions extends ThresholdOptions {}

/**
 * How many rows of each true class are predicted as which: entry [i, j] counts rows of class i predicted as j.
 *
 * Shapes: prediction [N, C] with target [N] or [N, C], or one score per row with 0 and 1, as in {@link accuracy}; gives
 * int32 [C, C], which {@link confusionMatrixChart} draws. Its diagonal counts the right ones. It is no single number,
 * so `fit` and `evaluate` cannot take it as a metric: give it what `predict` gives.
 *
 * @throws ShapeError and DTypeError as {@link accuracy}.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "gradkit";
 * confusionMatrix([[2, 1], [0, 3], [1, 0]], [0, 1, 1]).toArray(); // → [[1, 0], [1, 1]]
 * ```
 *
 * Source: scikit-learn's confusion_matrix, with the arguments in gradkit's order.
 */
export function confusionMatrix(
  prediction: TensorLike,
  target: TensorLike,
  options: ConfusionMatrixOptions = {},
): Tensor {
  checkOptions("confusionMatrix", options, ["threshold"]);
  const { counts, classes } = countsOf("confusionMatrix", prediction, target, options.threshold);
  return fromStorage(storageOf("int32", counts), [classes, classes]);
}

/** Settings of {@link precision}, {@link recall} and {@link f1}. */
export interface ClassMetricOptions extends ThresholdOptions {
  /** How the classes' numbers become one; default `"binary"` for two classes, else `"macro"`. */
  average?: Average;
  /** What 0/0 counts, such as the precision of a class that is never predicted; in [0, 1], default 0. */
  zeroDivision?: number;
}

/**
 * Of the rows predicted as a class, the fraction that is of it: TP/(TP + FP).
 *
 * Shapes: prediction [N, C] with target [N] or [N, C], or one score per row with 0 and 1, as in {@link accuracy}.
 * Result in [0, 1]. The average is that of class 1 (`"binary"`) for two classes and otherwise, unlike in scikit-learn,
 * `"macro"`: the mean over the classes that occur in target or prediction. `"weighted"` weighs each class by its rows;
 * `"micro"` counts all together, which is the accuracy. A class that is never predicted counts `zeroDivision`. No rows
 * give NaN.
 *
 * @throws OptionError for `"binary"` with more than two classes and values out of range; ShapeError and DTypeError as
 * {@link accuracy}.
 *
 * @example
 * ```ts
 * import { precision } from "gradkit";
 * precision([2, 1, -1, 3], [1, 0, 1, 1]); // → 0.6666666666666666
 * ```
 *
 * Source: scikit-learn's precision_score.
 */
export function precision(prediction: TensorLike, target: TensorLike, options: ClassMetricOptions = {}): number {
  return averaged("precision", prediction, target, options, ({ right, predicted }) => [right, predicted]);
}

/**
 * Of the rows of a class, the fraction that is predicted as it: TP/(TP + FN).
 *
 * Shapes, averages and corners: as {@link precision}; it is a class without rows that counts `zeroDivision` here.
 *
 * @throws as {@link precision}.
 *
 * @example
 * ```ts
 * import { recall } from "gradkit";
 * recall([2, 1, -1, -2], [1, 0, 1, 1]); // → 0.3333333333333333
 * recall([[1, 0, 0], [0, 1, 0], [0, 1, 0]], [0, 1, 2], { average: "macro" }); // → 0.6666666666666666
 * ```
 *
 * Source: scikit-learn's recall_score.
 */
export function recall(prediction: TensorLike, target: TensorLike, options: ClassMetricOptions = {}): number {
  return averaged("recall", prediction, target, options, ({ right, actual }) => [right, actual]);
}

/**
 * The harmonic mean of precision and recall: 2·TP/(2·TP + FP + FN).
 *
 * Shapes, averages and corners: as {@link precision}; `zeroDivision` counts where a class is neither there nor
 * predicted. The average is taken of the classes' F1, not of their precision and recall.
 *
 * @throws as {@link precision}.
 *
 * @example
 * ```ts
 * import { f1 } from "gradkit";
 * f1([2, 1, -1, 3], [1, 0, 1, 1]); // → 0.6666666666666666
 * ```
 *
 * Source: van Rijsbergen 1979; scikit-learn's f1_score.
 */
export function f1(prediction: TensorLike, target: TensorLike, options: ClassMetricOptions = {}): number {
  return averaged("f1", prediction, target, options, ({ right, predicted, actual }) => [2 * right, predicted + actual]);
}

/** Of one class: rows rightly predicted as it, rows predicted as it, rows of it. */
interface Tally {
  readonly right: number;
  readonly predicted: number;
  readonly actual: number;
}

function averaged(
  where: string,
  prediction: TensorLike,
  target: TensorLike,
  options: ClassMetricOptions,
  ratio: (tally: Tally) => readonly [number, number],
): number {
  checkOptions(where, options, ["average", "zeroDivision", "threshold"]);
  const zero = checkNumber(where, "zeroDivision", options.zeroDivision ?? 0, { min: 0, max: 1 });
  const { counts, classes } = countsOf(where, prediction, target, options.threshold);
  const average = averageOf(where, options.average, classes);
  const tallies = tally(counts, classes);
  const rows = total(tallies.map(({ actual }) => actual));
  if (rows === 0) return NaN;
  const score = (one: Tally): number => {
    const [part, whole] = ratio(one);
    return whole === 0 ? zero : part / whole;
  };
  if (average === "binary") return score(tallies[1]!);
  if (average === "micro") {
    return score({ right: total(tallies.map(({ right }) => right)), predicted: rows, actual: rows });
  }
  if (average === "weighted") return total(tallies.map((one) => score(one) * one.actual)) / rows;
  const there = tallies.filter(({ predicted, actual }) => predicted + actual > 0);
  return total(there.map(score)) / there.length;
}

function tally(counts: Int32Array, classes: number): Tally[] {
  return Array.from({ length: classes }, (_, c) => {
    const across = counts.subarray(c * classes, (c + 1) * classes);
    const down = Array.from({ length: classes }, (_, i) => counts[i * classes + c]!);
    return { right: across[c]!, predicted: total(down), actual: total(across) };
  });
}

function total(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}
