/** Variance and standard deviation over axes, in two passes: first the mean, then the squares around it. */

import { checkNumber, checkOptions } from "../check";
import { toFloat } from "../dtype";
import * as s from "../scalar/expr";
import type { Axes, Reduced } from "../axes";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { ReduceOptions } from "../tensor/methods";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { to } from "./cast";
import { MapOp } from "./map";
import { REDUCE_KEYS, countOf, mean, reductionOf, sumOf } from "./reduce";

/** How a variance is taken. */
export interface VarianceOptions<
  X extends Axes | undefined = Axes | undefined,
  K extends boolean = boolean,
  R = unknown,
> extends ReduceOptions<X, K, R> {
  /** Subtracted from n, by which the squares are divided; default 1 (unbiased), 0 for the mean square. */
  correction?: number;
}

const squaresAround = sumOf("variance", s.square(s.sub(s.input(0), s.input(1))));

function varianceOf(where: string, x: TensorLike, options: VarianceOptions): Tensor {
  checkOptions(where, options, [...REDUCE_KEYS, "correction"]);
  const given = asTensor(where, x);
  const tensor = to(given, toFloat(given.dtype));
  const correction = checkNumber(where, "correction", options.correction ?? 1, { min: 0 });
  const { axes, keepDims } = reductionOf(where, tensor, options, tensor.dtype);
  const centre = mean(tensor, { axes, keepDims: true });
  const divisor = Math.max(countOf(tensor.shape, axes) - correction, 0);
  return squaresAround([tensor, centre], { axes, keepDims, divisor });
}

/**
 * σ² = Σ (x − μ)² / (n − correction) over `axes`, n elements each, μ their mean.
 *
 * Shapes: as {@link sum}. Integers give float32. NaN where n ≤ correction and all elements agree, such as for one
 * element with correction 1.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option or a correction below 0.
 *
 * @example
 * ```ts
 * import { variance } from "gradkit";
 * variance([1, 2, 3, 6]).item().toFixed(3); // → "4.667"
 * variance([1, 2, 3, 6], { correction: 0 }).item(); // → 3.5
 * ```
 */
export function variance<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: VarianceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function variance(x: TensorLike, options: VarianceOptions = {}): Tensor {
  return varianceOf("variance", x, options);
}

const root = s.sqrt(s.input(0));
const [y, g] = [s.input(0), s.input(1)] as const;
/** g / 2y, and 0 for y = 0. */
const rootGradient = s.div(g, s.select(s.equal(y, s.zero), s.constant(Infinity), s.add(y, y)));

/** A square root whose gradient at 0 is 0: where all elements agree, the deviation is at its minimum. */
const stdOp: Op = {
  name: "std",
  infer: ([v]) => ({ shape: v!.shape, dtype: v!.dtype }),
  lower: ([v]) => ({ kernel: "map", attrs: { expr: root }, output: { shape: v!.shape, dtype: v!.dtype } }),
  vjp: ({ output }) => [(g) => apply(new MapOp("std′"), [output, g], { expr: rootGradient, dtype: output.dtype })],
};

/**
 * σ = √(Σ (x − μ)² / (n − correction)) over `axes`, n elements each, μ their mean.
 *
 * Shapes: as {@link sum}. Integers give float32. The gradient is 0 where all elements agree. NaN where {@link variance}
 * is.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option or a correction below 0.
 *
 * @example
 * ```ts
 * import { std } from "gradkit";
 * std([[1, 3], [5, 5]], { axes: 1, correction: 0 }).toArray(); // → [1, 0]
 * ```
 */
export function std<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: VarianceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function std(x: TensorLike, options: VarianceOptions = {}): Tensor {
  return apply(stdOp, [varianceOf("std", x, options)], undefined);
}
