/** Where a method's error comes from: fits to many data sets, compared with the truth and with one another. */

import { checkFunction, checkNumber, checkOptions, show } from "../check";
import { OptionError } from "../errors";
import { Generator } from "../tensor/generator";
import { Tensor } from "../tensor/tensor";
import { numberOf } from "./numberOf";

/** What a fit answers: a function of one point, or its values at all points of `at`, in their order. */
export type FittedPredictor<P> = ((point: P) => number | Tensor) | ArrayLike<number> | Tensor;

/** What {@link biasVariance} is told. */
export interface BiasVarianceOptions<D, P> {
  /** Draws one training set; `set` counts from 0, and the generator is a stream of its own for each. */
  makeData: (set: number, generator: Generator) => D;
  /** Fits a fresh model to a training set. */
  fit: (data: D, set: number) => FittedPredictor<P>;
  /** The noise-free truth f. */
  truth: (point: P) => number;
  /** The points at which fits are compared; at least one. */
  at: ArrayLike<P>;
  /** How many training sets are drawn; default 100. */
  sets?: number;
  /** σ² of the noise on the values that the fits would be scored against; default 0: against the truth itself. */
  noiseVariance?: number;
  /** Seed of the generators; default 0. */
  seed?: number;
  /** Called after each fit with the number done and the number in all. */
  onSet?: (done: number, sets: number) => void;
}

/** What {@link biasVariance} found: means over all points. */
export interface BiasVariance {
  /** Expected squared error: bias2 + variance + noise. */
  readonly total: number;
  /** (f̄ − f)², the square of what the fits are off on average. */
  readonly bias2: number;
  /** E(f_D − f̄)², how much fits to different data differ. */
  readonly variance: number;
  /** The noise's variance, as it was given. */
  readonly noise: number;
  /** f̄ at each point: the mean of the fits. */
  readonly mean: number[];
  /** `predictions[i][j]` is the i-th fit at point j. */
  readonly predictions: number[][];
}

const KEYS = ["makeData", "fit", "truth", "at", "sets", "noiseVariance", "seed", "onSet"];

/**
 * Splits the expected squared error of a method into bias² and variance: E_D(f_D − f)² = (f̄ − f)² + E_D(f_D − f̄)²,
 * with the mean fit f̄ = E_D f_D.
 *
 * `makeData` draws `sets` training sets D, `fit` answers each with a function f_D, and all are compared with `truth` at
 * the points `at`. bias², variance and total are means over these points, each computed by its own formula; the
 * identity total = bias2 + variance + noise holds to rounding for any number of sets (variance divides by their number,
 * not one less). Scored against noisy values, the error is larger by their variance: pass it as `noiseVariance`.
 *
 * A large bias² says that the model is too simple (underfitting), a large variance that it follows its data too closely
 * (overfitting): regularise it, or get more data.
 *
 * @throws OptionError for options missing or out of range, `at` without a point, and fits that answer a promise (use
 * `fitSync`) or anything else but finite numbers at the points.
 *
 * @example
 * ```ts
 * import { biasVariance, randn } from "gradkit";
 * // The mean of ten noisy values as an estimate of 3: no bias, and a variance of 1/10.
 * const { bias2, variance } = biasVariance({
 *   makeData: (_, generator) => randn([10], { generator }).add(3),
 *   fit: (data) => () => data.mean(),
 *   truth: () => 3,
 *   at: [0],
 *   sets: 1000,
 * });
 * bias2 < 0.001 && Math.abs(variance - 0.1) < 0.01; // → true
 * ```
 *
 * Source: Geman, Bienenstock and Doursat 1992, "Neural networks and the bias/variance dilemma".
 */
export function biasVariance<D, P = number>(options: BiasVarianceOptions<D, P>): BiasVariance {
  const { makeData, fit, truth, at, sets, noise, seed, onSet } = checked(options);
  const points = Array.from(at);
  const targets = points.map((point) => finite("truth", numberOf("biasVariance", "truth", truth(point))));
  const predictions: number[][] = [];
  for (let set = 0; set < sets; set++) {
    predictions.push(predictionsOf(fit(makeData(set, new Generator(seed + set)), set), points));
    onSet?.(set + 1, sets);
  }
  const mean = points.map((_, j) => average(predictions.map((fitted) => fitted[j]!)));
  const square = (from: readonly number[]) => (fitted: readonly number[]) =>
    average(fitted.map((value, j) => (value - from[j]!) ** 2));
  return {
    total: average(predictions.map(square(targets))) + noise,
    bias2: square(targets)(mean),
    variance: average(predictions.map(square(mean))),
    noise,
    mean,
    predictions,
  };
}

interface Checked<D, P> extends Required<Pick<BiasVarianceOptions<D, P>, "makeData" | "fit" | "truth" | "at">> {
  readonly sets: number;
  readonly noise: number;
  readonly seed: number;
  readonly onSet: ((done: number, sets: number) => void) | undefined;
}

function checked<D, P>(options: BiasVarianceOptions<D, P>): Checked<D, P> {
  const where = "biasVariance";
  checkOptions(where, options, KEYS);
  const { makeData, fit, truth, at, onSet } = options;
  for (const [name, value] of Object.entries({ makeData, fit, truth })) checkFunction(where, name, value);
  if (onSet !== undefined) checkFunction(where, "onSet", onSet);
  const count: unknown = (at as ArrayLike<P> | undefined)?.length;
  if (typeof count !== "number" || count === 0) {
    throw new OptionError(`${where}: at has no points: ${show(at)}; give those to compare at, such as [0, 0.5, 1]`, { at });
  }
  return {
    makeData,
    fit,
    truth,
    at,
    onSet,
    sets: checkNumber(where, "sets", options.sets ?? 100, { integer: true, min: 1 }),
    noise: checkNumber(where, "noiseVariance", options.noiseVariance ?? 0, { min: 0 }),
    seed: checkNumber(where, "seed", options.seed ?? 0, { integer: true, min: 0, max: 2 ** 52 }),
  };
}

function predictionsOf<P>(fitted: FittedPredictor<P>, points: readonly P[]): number[] {
  const where = "biasVariance";
  if (fitted instanceof Promise) {
    throw new OptionError(`${where}: fit gave a promise (nothing waits for it); use fitSync in the place of fit`);
  }
  if (typeof fitted === "function") {
    return points.map((point) => finite("a fit", numberOf(where, "a fit", fitted(point))));
  }
  const values: ArrayLike<number> | undefined = fitted instanceof Tensor ? fitted.toTypedArray() : fitted;
  if (values?.length !== points.length) {
    const found = fitted instanceof Tensor ? `${values?.length} values` : show(fitted);
    throw new OptionError(
      `${where}: fit gave no predictor: ${found} (${points.length} points); return a function of one point, or one number per point`,
      { points: points.length },
    );
  }
  return Array.from(values, (value) => finite("a fit", numberOf(where, "a fit", value)));
}

function finite(what: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new OptionError(`biasVariance: ${what} is not finite: ${value}; leave out the points where it is not`, { value });
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
