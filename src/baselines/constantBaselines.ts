/** Baselines that answer every row alike: the commonest class, and the mean. */

import { checkNoMore, checkNumber } from "../check";
import { toFloat } from "../dtype";
import { ShapeError } from "../errors";
import { asIndices } from "../ops/indices";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { checkFinite } from "../tensor/finite";
import { readView, storageOf } from "../tensor/storage";
import { type Tensor, type TensorLike, fromStorage } from "../tensor/tensor";

/** A prediction that needs no training: from inputs x [N, …] to what a model would give for them, without a graph. */
export type Baseline = (x: TensorLike) => Tensor;

/** How many rows x has. */
function rowCount(where: string, x: TensorLike): number {
  const rows = asTensor(where, x);
  if (rows.rank > 0) return rows.shape[0]!;
  throw new ShapeError(`${where}: x has no rows: a scalar; give one row per sample, such as [[1, 2]]`, { x: rows.shape });
}

/** The same row for each row of x. */
function constant(where: string, row: Tensor): Baseline {
  return (x) => row.broadcastTo([rowCount(where, x), ...row.shape]);
}

/**
 * Always the commonest class of y: ŷ = argmax of log(share of each class in y), the first of equally common ones.
 *
 * Shapes: y [N], classes 0 … C−1; the baseline gives x [M, …] logits [M, C], float32: the logarithms of the shares, −∞
 * for a class that does not occur. So `accuracy` gives the share of the commonest class, and `crossEntropy` the least
 * loss that a model without inputs can have (in its own shares: their entropy).
 *
 * @throws DTypeError for a class that is not a whole number, ShapeError for what is no list of them, OptionError for a
 * negative one.
 *
 * @example
 * ```ts
 * import { accuracy, crossEntropy, majorityBaseline } from "gradkit";
 * const always = majorityBaseline([0, 1, 1, 1]);
 * accuracy(always([[5], [6]]), [1, 0]); // → 0.5
 * crossEntropy(always([[5], [6]]), [1, 0]).item(); // → ≈ 0.836988
 * ```
 */
export function majorityBaseline(y: TensorLike, ...rest: never[]): Baseline {
  const where = "majorityBaseline";
  checkNoMore(where, rest, "it takes the training targets; give its result the rows");
  const classes = asIndices(where, y, "class");
  if (classes.rank !== 1 || classes.size === 0) {
    throw new ShapeError(`${where}: y is no list of classes: ${showShape(classes.shape)}; give one class per row, [N]`, {
      y: classes.shape,
    });
  }
  const counts: number[] = [];
  readView(classes, false).forEach((label, row) => {
    checkNumber(where, `class in row ${row}`, label, { min: 0 });
    while (counts.length <= label) counts.push(0);
    counts[label]!++;
  });
  const logits = Float32Array.from(counts, (count) => Math.log(count / classes.size));
  return constant(where, fromStorage(storageOf("float32", logits), [logits.length]));
}

/**
 * Always the mean of y: what a model without inputs predicts at the least squared error.
 *
 * Shapes: y [N, …out]; the baseline gives x [M, …] predictions [M, …out], in y's float dtype. Against y itself,
 * `r2` is 0 and `rootMeanSquaredError` the population standard deviation.
 *
 * @throws ShapeError without rows, OptionError for values that are not finite.
 *
 * @example
 * ```ts
 * import { meanAbsoluteError, meanBaseline } from "gradkit";
 * const mean = meanBaseline([[1], [2], [6]]);
 * mean([[0], [0]]).toArray(); // → [[3], [3]]
 * meanAbsoluteError(mean([[0], [0]]), [[1], [4]]); // → 1.5
 * ```
 */
export function meanBaseline(y: TensorLike, ...rest: never[]): Baseline {
  const where = "meanBaseline";
  checkNoMore(where, rest, "it takes the training targets; give its result the rows");
  const targets = asTensor(where, y);
  if (targets.rank === 0 || targets.shape[0] === 0) {
    throw new ShapeError(`${where}: y has no rows: ${showShape(targets.shape)}; give one target per row`, { y: targets.shape });
  }
  checkFinite(where, "y", targets, "drop or fill such rows first");
  return constant(where, targets.detach().to("float64").mean({ axes: 0 }).to(toFloat(targets.dtype)));
}
