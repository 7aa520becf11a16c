/** The area under the ROC curve: how well scores put one class before the others, whatever the threshold. */

import { checkOptions } from "../check";
import type { TypedArray } from "../dtype";
import { softmax } from "../ops/softmax";
import { withGradMode } from "../tensor/tape";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { type Average, averageOf, judge } from "./judge";

/** Settings of {@link rocAuc}. */
export interface RocAucOptions {
  /** How the classes' areas become one; default `"binary"` for two classes, else `"macro"`. */
  average?: Average;
}

/**
 * The probability that a row of class 1 scores above one of class 0: P(s₊ > s₋) + ½·P(s₊ = s₋), the area under the ROC
 * curve; 0.5 is chance, 1 perfect.
 *
 * Shapes: prediction [N] or [N, 1] with target of 0 and 1, any increasing function of the probability; or [N, C] with
 * target [N] (classes) or [N, C] (one-hot). Two columns count by their difference. More are compared one against the
 * rest, as probabilities: numbers outside [0, 1] are taken for logits and go through softmax first. `"macro"` is the
 * mean of the classes' areas, `"weighted"` weighs each by its rows, `"micro"` ranks the N·C numbers together. Classes
 * without rows, or with all, have no area and are left out; NaN if none has one, or a score is NaN.
 *
 * All rows are ranked against each other, so it is no mean of batches; `fit` and `evaluate` see all rows at once.
 *
 * @throws OptionError for `"binary"` with more than two classes; ShapeError if the shapes do not belong together or a
 * class is out of range, DTypeError if a class is not a whole number.
 *
 * @example
 * ```ts
 * import { rocAuc } from "gradkit";
 * rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]); // → 0.75
 * ```
 *
 * Source: Hanley and McNeil 1982; scikit-learn's roc_auc_score with `multi_class="ovr"`.
 */
export function rocAuc(prediction: TensorLike, target: TensorLike, options: RocAucOptions = {}): number {
  checkOptions("rocAuc", options, ["average"]);
  const judged = judge("rocAuc", prediction, target);
  const { classes } = judged;
  const average = averageOf("rocAuc", options.average, classes);
  const truth = judged.truth.toTypedArray();
  const columns = withGradMode(false, () => columnsOf(judged.scores.to("float64"), classes));
  if (average === "binary") return area(columns[1]!, truth);
  const hits = columns.map((_, c) => truth.map((t) => (t === c ? 1 : 0)));
  if (average === "micro") return area(joined(columns), joined(hits));
  const found = columns.map((scores, c) => ({ area: area(scores, hits[c]!), rows: count(hits[c]!) }));
  const there = found.filter(({ rows }) => rows > 0 && rows < truth.length);
  const weights = there.map(({ rows }) => (average === "macro" ? 1 : rows));
  const sum = there.reduce((all, one, i) => all + weights[i]! * one.area, 0);
  return sum / weights.reduce((a, b) => a + b, 0);
}

/** The scores of each class. */
function columnsOf(scores: Tensor, classes: number): TypedArray[] {
  if (scores.rank === 1) return [scores.neg().toTypedArray(), scores.toTypedArray()];
  const rows = scores.rank === 2 ? scores : scores.permute(classesLast(scores.rank)).reshape([-1, classes]);
  const column = (x: Tensor, c: number): Tensor => x.slice([null, [c, c + 1]]).flatten();
  if (classes === 2) {
    const lead = column(rows, 1).sub(column(rows, 0));
    return [lead.neg().toTypedArray(), lead.toTypedArray()];
  }
  const shares = rows.less(0).logicalOr(rows.greater(1)).any().item() === 1 ? softmax(rows, { axis: 1 }) : rows;
  return Array.from({ length: classes }, (_, c) => column(shares, c).toTypedArray());
}

function classesLast(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
}

/** The Mann–Whitney statistic by ranks, equal scores sharing the mean of theirs; NaN without both kinds. */
function area(scores: TypedArray, hits: TypedArray): number {
  if (scores.some(Number.isNaN)) return NaN;
  const order = Uint32Array.from(scores, (_, i) => i).sort((i, j) => scores[i]! - scores[j]!);
  let ranks = 0;
  for (let begin = 0, end = 0; begin < order.length; begin = end) {
    let ones = 0;
    for (; end < order.length && scores[order[end]!] === scores[order[begin]!]; end++) ones += hits[order[end]!]!;
    ranks += (ones * (begin + end + 1)) / 2;
  }
  const positives = count(hits);
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (hits.length - positives));
}

function count(hits: TypedArray): number {
  let ones = 0;
  for (const hit of hits) ones += hit;
  return ones;
}

function joined(parts: readonly TypedArray[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}
