/** How good predictions are, in numbers people read: accuracy for classes, errors for quantities. */

import { checkNumber, checkOptions } from "../check";
import { ShapeError } from "../errors";
import { asIndices, checkRange } from "../ops/indices";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { withGradMode } from "../tensor/tape";
import type { Tensor, TensorLike } from "../tensor/tensor";

/** A number that says how good predictions are; it sees all rows at once. */
export type Metric = (prediction: Tensor, target: Tensor) => number | Tensor;

/** Settings of {@link accuracy}. */
export interface AccuracyOptions {
  /** For one score per row: class 1 is predicted above it. Default 0, for logits; use 0.5 for probabilities. */
  threshold?: number;
}

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
  const threshold = checkNumber("accuracy", "threshold", options.threshold ?? 0, { infinite: true });
  const scores = asTensor("accuracy", prediction);
  const truth = asTensor("accuracy", target);
  return withGradMode(false, () => {
    const single = scores.rank === 1 || (scores.rank === 2 && scores.shape[1] === 1);
    if (single && truth.size === scores.size) {
      const hits = scores.flatten().greater(threshold).to("int32").equal(classesOf(truth, 2).flatten());
      return hits.to("float64").mean().item();
    }
    const predicted = scores.rank >= 2 ? scores.argmax({ axes: 1 }) : scores;
    const classes = scores.rank >= 2 && sameShape(truth.shape, scores.shape) ? truth.argmax({ axes: 1 }) : truth;
    if (scores.rank < 2 || !sameShape(predicted.shape, classes.shape)) {
      throw new ShapeError(
        `accuracy: prediction and target do not belong together: ${showShape(scores.shape)} and ` +
          `${showShape(truth.shape)}; give scores [N, C] with classes [N], or one score per row with targets [N]`,
        { prediction: scores.shape, target: truth.shape },
      );
    }
    return predicted.equal(classesOf(classes, scores.shape[1]!)).to("float64").mean().item();
  });
}

/** Class numbers, true counting as 1: a quantity or ±1 in their place would only look like bad predictions. */
function classesOf(target: Tensor, count: number): Tensor {
  const classes = asIndices("accuracy", target.dtype === "bool" ? target.to("int32") : target, "class");
  checkRange("accuracy", classes, count, { name: "class", of: `${count} classes` });
  return classes;
}

function errors(name: string, prediction: TensorLike, target: TensorLike): { error: Tensor; truth: Tensor } {
  const guess = asTensor(name, prediction);
  const truth = asTensor(name, target);
  if (!sameShape(guess.shape, truth.shape)) {
    throw new ShapeError(
      `${name}: prediction and target differ in shape: ${showShape(guess.shape)} and ${showShape(truth.shape)}; ` +
        "reshape one, such as with .squeeze(1) or .unsqueeze(1)",
      { prediction: guess.shape, target: truth.shape },
    );
  }
  const wide = truth.to("float64");
  return { error: guess.to("float64").sub(wide), truth: wide };
}

/**
 * Mean absolute error, (1/N) Σ |ŷᵢ − yᵢ|, in the units of y.
 *
 * Shapes: both the same. @throws ShapeError if they differ.
 *
 * @example
 * ```ts
 * import { meanAbsoluteError } from "gradkit";
 * meanAbsoluteError([1, 2, 4], [1, 4, 5]); // → 1
 * ```
 */
export function meanAbsoluteError(prediction: TensorLike, target: TensorLike): number {
  return withGradMode(false, () => errors("meanAbsoluteError", prediction, target).error.abs().mean().item());
}

/**
 * Root mean squared error, √((1/N) Σ (ŷᵢ − yᵢ)²), in the units of y.
 *
 * Shapes: both the same. @throws ShapeError if they differ.
 *
 * @example
 * ```ts
 * import { rootMeanSquaredError } from "gradkit";
 * rootMeanSquaredError([1, 2], [4, 6]); // → 3.5355339059327378
 * ```
 */
export function rootMeanSquaredError(prediction: TensorLike, target: TensorLike): number {
  return withGradMode(false, () =>
    errors("rootMeanSquaredError", prediction, target).error.square().mean().sqrt().item(),
  );
}

/**
 * Mean absolute percentage error as a fraction, (1/N) Σ |ŷᵢ − yᵢ| / |yᵢ|: 0.1 means 10 %.
 *
 * Shapes: both the same. A target of 0 with any error gives Infinity. @throws ShapeError if the shapes differ.
 *
 * @example
 * ```ts
 * import { meanAbsolutePercentageError } from "gradkit";
 * meanAbsolutePercentageError([90, 220], [100, 200]); // → 0.1
 * ```
 */
export function meanAbsolutePercentageError(prediction: TensorLike, target: TensorLike): number {
  return withGradMode(false, () => {
    const { error, truth } = errors("meanAbsolutePercentageError", prediction, target);
    return error.div(truth).abs().mean().item();
  });
}

/**
 * Coefficient of determination, R² = 1 − Σ(ŷᵢ − yᵢ)² / Σ(yᵢ − ȳ)²: 1 is perfect, 0 as good as the mean, below 0 worse.
 *
 * Shapes: both the same. Constant targets give NaN or −Infinity. @throws ShapeError if the shapes differ.
 *
 * @example
 * ```ts
 * import { r2 } from "gradkit";
 * r2([1, 2, 3], [1, 2, 4]); // → 0.7857142857142857
 * ```
 */
export function r2(prediction: TensorLike, target: TensorLike): number {
  return withGradMode(false, () => {
    const { error, truth } = errors("r2", prediction, target);
    const spread = truth.sub(truth.mean()).square().sum().item();
    return 1 - error.square().sum().item() / spread;
  });
}
