/** How far predicted quantities are off, in numbers people read. */

import { ShapeError } from "../errors";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { withGradMode } from "../tensor/tape";
import type { Tensor, TensorLike } from "../tensor/tensor";

/** A number that says how good predictions are; it sees all rows at once. */
export type Metric = (prediction: Tensor, target: Tensor) => number | Tensor;

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
