/** Scalers: columns brought to one scale, by what the training rows say. */

import { checkNumber, checkOptions, show } from "../check";
import { toFloat } from "../dtype";
import { OptionError, ShapeError } from "../errors";
import { type Shape, sameShape, showShape, sizeOf } from "../shape";
import { asTensor } from "../tensor/create";
import { checkFinite } from "../tensor/finite";
import { readView, storageOf } from "../tensor/storage";
import { Tensor, type TensorLike, fromStorage } from "../tensor/tensor";

interface Columns {
  readonly mean: Float64Array;
  /** Population variance: divided by the number of rows. */
  readonly variance: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** What each column holds, in two passes and float64. */
function columnsOf(x: Tensor): Columns {
  const data = readView(x, false);
  const rows = x.shape[0]!;
  const width = x.size / rows;
  const [mean, variance, min, max] = [0, 0, Infinity, -Infinity].map((value) => new Float64Array(width).fill(value));
  for (let i = 0, c = 0; i < data.length; i++, c = c + 1 === width ? 0 : c + 1) {
    const value = data[i]!;
    mean![c]! += value;
    if (value < min![c]!) min![c] = value;
    if (value > max![c]!) max![c] = value;
  }
  for (let c = 0; c < width; c++) mean![c]! /= rows;
  for (let i = 0, c = 0; i < data.length; i++, c = c + 1 === width ? 0 : c + 1) {
    variance![c]! += (data[i]! - mean![c]!) ** 2 / rows;
  }
  return { mean: mean!, variance: variance!, min: min!, max: max! };
}

/** z = (x − offset)/scale + low, column by column. */
abstract class Scaler {
  private fitted: { readonly offset: Tensor; readonly scale: Tensor } | null = null;

  protected abstract readonly name: string;
  /** What the offset and the scale are called in a state. */
  protected abstract readonly keys: readonly [offset: string, scale: string];
  protected abstract readonly low: number;
  /**
   * Offset and scale of each column, from what its rows are like.
   *
   * @internal
   */
  protected abstract learn(columns: Columns): { offset: Float64Array; scale: Float64Array };

  /**
   * Learns the columns of x [N, …]: every position behind the row axis is one. Give training rows only. Returns itself.
   *
   * @throws ShapeError without rows, OptionError for NaN or Infinity (the row and column are named).
   */
  fit(x: TensorLike): this {
    const where = `${this.name}.fit`;
    const values = asTensor(where, x);
    if (values.rank === 0 || values.shape[0] === 0) {
      throw new ShapeError(`${where}: no rows: ${showShape(values.shape)}; give at least one row`, { shape: values.shape });
    }
    checkFinite(where, "x", values, "drop or fill such rows first");
    const { offset, scale } = this.learn(columnsOf(values));
    this.keep(offset, scale, values.shape.slice(1));
    return this;
  }

  /**
   * x [N, …] scaled, in x's float dtype (integers become float32).
   *
   * @throws OptionError before `fit`, ShapeError for other columns than those fitted.
   */
  transform(x: TensorLike): Tensor {
    const { values, offset, scale } = this.ready("transform", x);
    const scaled = values.sub(offset).div(scale);
    return this.low === 0 ? scaled : scaled.add(this.low);
  }

  /**
   * The way back: what `transform` gave z for.
   *
   * @throws OptionError before `fit`, ShapeError for other columns than those fitted.
   */
  inverse(z: TensorLike): Tensor {
    const { values, offset, scale } = this.ready("inverse", z);
    return (this.low === 0 ? values : values.sub(this.low)).mul(scale).add(offset);
  }

  /** What was learnt, as float64 tensors shaped like one row. */
  stateDict(): Record<string, Tensor> {
    const { offset, scale } = this.known("stateDict");
    return { [this.keys[0]]: offset.clone(), [this.keys[1]]: scale.clone() };
  }

  /**
   * Goes on from a state that `stateDict` gave; no `fit` is needed then.
   *
   * @throws OptionError for missing or unknown keys, ShapeError if the two shapes differ.
   */
  loadStateDict(dict: Readonly<Record<string, Tensor>>): void {
    const where = `${this.name}.loadStateDict`;
    checkOptions(where, dict, this.keys);
    const [offset, scale] = this.keys.map((key) => {
      const value: unknown = dict?.[key];
      if (value instanceof Tensor) return value.to("float64");
      throw new OptionError(`${where}: "${key}" is not a tensor: ${show(value)}; pass what stateDict() gave`, { key, value });
    });
    if (!sameShape(offset!.shape, scale!.shape)) {
      throw new ShapeError(
        `${where}: shapes differ: ${this.keys[0]} ${showShape(offset!.shape)}, ${this.keys[1]} ${showShape(scale!.shape)}; ` +
          "pass what stateDict() gave",
        { offset: offset!.shape, scale: scale!.shape },
      );
    }
    this.keep(offset!.toTypedArray() as Float64Array, scale!.toTypedArray() as Float64Array, offset!.shape);
  }

  private keep(offset: Float64Array, scale: Float64Array, shape: Shape): void {
    const made = (data: Float64Array): Tensor => fromStorage(storageOf("float64", data), shape);
    this.fitted = { offset: made(offset), scale: made(scale) };
  }

  private known(method: string): { readonly offset: Tensor; readonly scale: Tensor } {
    if (this.fitted !== null) return this.fitted;
    throw new OptionError(`${this.name}.${method}: nothing is known of the columns: fit was not called; call .fit(trainingRows) first`);
  }

  private ready(method: string, x: TensorLike): { values: Tensor; offset: Tensor; scale: Tensor } {
    const { offset, scale } = this.known(method);
    const where = `${this.name}.${method}`;
    const values = asTensor(where, x);
    const columns = values.shape.slice(1);
    if (values.rank === 0 || !sameShape(columns, offset.shape)) {
      throw new ShapeError(
        `${where}: other columns than fitted: ${showShape(values.shape)} for [N${offset.shape.map((n) => `, ${n}`).join("")}] ` +
          `(${sizeOf(columns)} ≠ ${offset.size} columns, or laid out otherwise); give rows like those that were fitted`,
        { shape: values.shape, columns: offset.shape },
      );
    }
    const dtype = toFloat(values.dtype);
    return { values: values.to(dtype), offset: offset.to(dtype), scale: scale.to(dtype) };
  }
}

/**
 * Columns with mean 0 and standard deviation 1: z = (x − mean)/std, std the population's (divided by N).
 *
 * A constant column is only shifted to 0 (its divisor is 1). A series [N] is one column. State keys: `mean`, `scale`.
 *
 * @example
 * ```ts
 * import { StandardScaler } from "gradkit";
 * const scaler = new StandardScaler().fit([[1, 10], [3, 10]]);
 * const z = scaler.transform([[1, 10], [3, 10], [5, 12]]);
 * z.toArray(); // → [[-1, 0], [1, 0], [3, 2]]
 * scaler.inverse(z).toArray(); // → [[1, 10], [3, 10], [5, 12]]
 * ```
 */
export class StandardScaler extends Scaler {
  protected readonly name = "StandardScaler";
  protected readonly keys = ["mean", "scale"] as const;
  protected readonly low = 0;

  protected learn({ mean, variance, min, max }: Columns): { offset: Float64Array; scale: Float64Array } {
    // Equal extremes, rather than a variance of 0: the mean of equal values may be rounded.
    const constant = (c: number): boolean => min[c] === max[c];
    const offset = mean.map((value, c) => (constant(c) ? min[c]! : value));
    const scale = variance.map((value, c) => (constant(c) || value === 0 ? 1 : Math.sqrt(value)));
    return { offset, scale };
  }
}

/** Settings of {@link MinMaxScaler}. */
export interface MinMaxScalerOptions {
  /** Where the smallest and the largest value go; default [0, 1]. */
  range?: readonly [number, number];
}

/**
 * Columns stretched to a range: z = a + (x − min)/(max − min)·(b − a), by default to [0, 1].
 *
 * New rows may fall outside the range. A constant column goes to a (its divisor is 1). State keys: `min`, `scale`,
 * where scale = (max − min)/(b − a).
 *
 * @throws OptionError for a range that is not a pair of rising numbers.
 *
 * @example
 * ```ts
 * import { MinMaxScaler } from "gradkit";
 * const scaler = new MinMaxScaler().fit([[2], [4]]);
 * scaler.transform([[3], [6]]).toArray(); // → [[0.5], [2]]
 * ```
 */
export class MinMaxScaler extends Scaler {
  protected readonly name = "MinMaxScaler";
  protected readonly keys = ["min", "scale"] as const;
  protected readonly low: number;
  private readonly span: number;

  constructor(options: MinMaxScalerOptions = {}) {
    super();
    checkOptions("MinMaxScaler", options, ["range"]);
    const range: unknown = options.range ?? [0, 1];
    if (!Array.isArray(range) || range.length !== 2) {
      throw new OptionError(`MinMaxScaler: range is not a pair: ${show(range)}; give [low, high], such as [-1, 1]`, { range });
    }
    this.low = checkNumber("MinMaxScaler", "range[0]", range[0]);
    this.span = checkNumber("MinMaxScaler", "range[1]", range[1], { above: this.low }) - this.low;
  }

  protected learn({ min, max }: Columns): { offset: Float64Array; scale: Float64Array } {
    return { offset: min, scale: max.map((value, c) => (value === min[c] ? 1 : (value - min[c]!) / this.span)) };
  }
}
