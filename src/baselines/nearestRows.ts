/** The nearest rows, exactly: float32 products rule out what is too far, float64 sums decide about the rest. */

import { compile } from "../accelerate";
import { matmul } from "../ops/matmul";
import { transpose } from "../ops/permute";
import type { ProgramDevice } from "../tensor/program";
import { readView, storageOf } from "../tensor/storage";
import { withGradMode } from "../tensor/tape";
import { type Tensor, fromStorage } from "../tensor/tensor";

/** How far apart two rows are: √Σ(aᵢ − bᵢ)², or Σ|aᵢ − bᵢ|. */
export type Metric = "euclidean" | "manhattan";

/** The k nearest rows of each query, the nearest first. */
export interface Nearest {
  readonly k: number;
  /** Their positions, k a query. */
  readonly rows: Int32Array;
  /** Their distances; Euclidean ones squared. */
  readonly distances: Float64Array;
}

/** How the search for them is run. */
export interface SearchHow {
  readonly device?: ProgramDevice | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

type Values = Float32Array | Float64Array;

/** At most so many rows make a block, */
const BLOCK_ROWS = 1000;
/** and at most so many elements. */
const BLOCK_ELEMENTS = 2 ** 20;

/** The elements of x, in half the memory where float32 holds each of them exactly. */
function valuesOf(x: Tensor): Values {
  const data = readView(x, true);
  if (data instanceof Float32Array) return data;
  const exact = data.every((value) => Math.fround(value) === value);
  if (exact) return Float32Array.from(data);
  return data instanceof Float64Array ? data : Float64Array.from(data);
}

/**
 * Rows to be compared with: the distance of query a and row b is bounded from below by a product, as
 * ½‖a − b‖² = ½‖a‖² + ½‖b‖² − a·b, with all rows moved by their mean so that the terms are small.
 *
 * a·b comes from one product of a block of queries and a block of rows, in float32: summed in any order it is off by
 * γ‖a‖‖b‖ at most, γ = nu/(1 − nu), u = 2⁻²⁴ (Higham 2002, "Accuracy and stability of numerical algorithms", §3.1).
 * Only rows that may be nearer than the k-th nearest so far are measured, in float64. There are few: about k·ln(N/k).
 */
export class NearestRows {
  readonly count: number;
  private readonly width: number;
  private readonly values: Values;
  private readonly mean: Float64Array;
  /** ½‖b‖² of each row, less what float64 may have rounded up. */
  private readonly half: Float64Array;
  /** ‖b‖ of each row. */
  private readonly norm: Float64Array;
  private readonly largest: number;

  constructor(x: Tensor, private readonly metric: Metric) {
    this.count = x.shape[0]!;
    this.width = x.size / this.count;
    this.values = valuesOf(x);
    this.mean = meanOf(this.values, this.width);
    this.norm = new Float64Array(this.count);
    this.half = new Float64Array(this.count);
    for (let row = 0; row < this.count; row++) {
      const square = this.squared(this.values, row);
      this.norm[row] = Math.sqrt(square);
      this.half[row] = (square / 2) * (1 - this.wideError());
    }
    this.largest = this.norm.reduce((a, b) => Math.max(a, b));
  }

  /** The k nearest rows of each query; of equally near ones those that come first. */
  find(queries: Tensor, k: number, { device, onProgress }: SearchHow): Nearest {
    const total = queries.shape[0]!;
    const values = valuesOf(queries);
    const best = new Best(total, k);
    const size = Math.max(1, Math.min(BLOCK_ROWS, Math.floor(BLOCK_ELEMENTS / Math.max(this.width, 1))));
    const times = compile((a: Tensor, b: Tensor) => matmul(a, transpose(b)), device === undefined ? {} : { device });
    try {
      for (let begin = 0; begin < total; begin += size) {
        const end = Math.min(begin + size, total);
        if (this.metric === "manhattan") this.measureAll(values, begin, end, best);
        else this.measureNear(values, begin, end, best, size, times);
        onProgress?.(end, total);
      }
    } finally {
      times.release();
    }
    return best;
  }

  /** Measures each of these queries against every row. */
  private measureAll(queries: Values, begin: number, end: number, best: Best): void {
    for (let query = begin; query < end; query++) {
      for (let row = 0; row < this.count; row++) {
        best.offer(query, row, absoluteDistance(queries, query, this.values, row, this.width, best.limit(query)));
      }
    }
  }

  /** Measures each of these queries against the rows that the products do not rule out. */
  private measureNear(
    queries: Values,
    begin: number,
    end: number,
    best: Best,
    size: number,
    times: (a: Tensor, b: Tensor) => Tensor,
  ): void {
    const a = this.centred(queries, begin, end);
    for (let first = 0; first < this.count; first += size) {
      const last = Math.min(first + size, this.count);
      const b = this.centred(this.values, first, last);
      const dots = readView(withGradMode(false, () => times(a, b)), false);
      for (let query = begin, at = 0; query < end; query++, at += last - first) {
        this.scan(queries, query, dots as Float32Array, at, first, last, best);
      }
    }
  }

  /** Goes through the products of one query with rows first … last − 1, which begin at `at`. */
  private scan(
    queries: Values,
    query: number,
    dots: Float32Array,
    at: number,
    first: number,
    last: number,
    best: Best,
  ): void {
    const { half, norm, width, values } = this;
    const square = this.squared(queries, query);
    const length = Math.sqrt(square);
    const tiny = width * 2 ** -148; // what products below float32's range may lose
    const slope = this.productError(length) * length + tiny;
    const start = (square / 2) * (1 - this.wideError()) - tiny * (1 + length);
    let limit = best.limit(query);
    let bound = start - (limit / 2) * (1 + this.wideError());
    for (let row = first, i = at; row < last; row++, i++) {
      // False for NaN too: where nothing is known of a product, the row is measured.
      if (dots[i]! + slope * norm[row]! < half[row]! + bound) continue;
      const distance = squaredDistance(queries, query, values, row, width, limit);
      if (!best.offer(query, row, distance)) continue;
      limit = best.limit(query);
      bound = start - (limit / 2) * (1 + this.wideError());
    }
  }

  /** γ of a row's products, with three more roundings: of a, of b, and one to spare; ∞ where float32 may overflow. */
  private productError(length: number): number {
    const error = (this.width + 3) * 2 ** -24;
    const fits = Math.max(length, this.largest, length * this.largest) < 2 ** 126;
    return fits && error < 1 ? error / (1 - error) : Infinity;
  }

  /** The relative error of sums of squares in float64, amply. */
  private wideError(): number {
    return (this.width + 8) * 2 ** -51;
  }

  /** ‖a‖² of a row moved by the mean. */
  private squared(values: Values, row: number): number {
    const { width, mean } = this;
    let sum = 0;
    for (let c = 0, i = row * width; c < width; c++, i++) sum += (values[i]! - mean[c]!) ** 2;
    return sum;
  }

  /** Rows begin … end − 1 moved by the mean, as a float32 tensor. */
  private centred(values: Values, begin: number, end: number): Tensor {
    const { width, mean } = this;
    const out = new Float32Array((end - begin) * width);
    for (let row = begin, to = 0; row < end; row++) {
      for (let c = 0, i = row * width; c < width; c++, i++) out[to++] = values[i]! - mean[c]!;
    }
    return fromStorage(storageOf("float32", out), [end - begin, width]);
  }
}

function meanOf(values: Values, width: number): Float64Array {
  const mean = new Float64Array(width);
  const count = values.length / width;
  for (let i = 0, c = 0; i < values.length; i++, c = c + 1 === width ? 0 : c + 1) mean[c]! += values[i]! / count;
  return mean;
}

/** How many columns are summed before looking whether the limit is passed. */
const STRETCH = 64;

/** Σ(aᵢ − bᵢ)², or a partial sum that has reached the limit. */
function squaredDistance(a: Values, p: number, b: Values, q: number, width: number, limit: number): number {
  let sum = 0;
  for (let i = p * width, j = q * width, end = i + width; i < end && sum < limit; ) {
    for (const stop = Math.min(i + STRETCH, end); i < stop; i++, j++) {
      const difference = a[i]! - b[j]!;
      sum += difference * difference;
    }
  }
  return sum;
}

/** Σ|aᵢ − bᵢ|, or a partial sum that has reached the limit. */
function absoluteDistance(a: Values, p: number, b: Values, q: number, width: number, limit: number): number {
  let sum = 0;
  for (let i = p * width, j = q * width, end = i + width; i < end && sum < limit; ) {
    for (const stop = Math.min(i + STRETCH, end); i < stop; i++, j++) sum += Math.abs(a[i]! - b[j]!);
  }
  return sum;
}

/** The k nearest rows of each query among those offered so far, in order. */
class Best implements Nearest {
  readonly rows: Int32Array;
  readonly distances: Float64Array;
  private readonly found: Int32Array;

  constructor(queries: number, readonly k: number) {
    this.rows = new Int32Array(queries * k);
    this.distances = new Float64Array(queries * k).fill(Infinity);
    this.found = new Int32Array(queries);
  }

  /** Rows as far away as this, or farther, are not among the nearest. */
  limit(query: number): number {
    return this.distances[query * this.k + this.k - 1]!;
  }

  /** Takes a row in if it is nearer than the k-th; says whether it did. */
  offer(query: number, row: number, distance: number): boolean {
    const { k, rows, distances } = this;
    const begin = query * k;
    const found = this.found[query]!;
    if (found === k && !(distance < this.limit(query))) return false;
    let at = begin + Math.min(found, k - 1);
    for (; at > begin && distances[at - 1]! > distance; at--) {
      distances[at] = distances[at - 1]!;
      rows[at] = rows[at - 1]!;
    }
    distances[at] = distance;
    rows[at] = row;
    if (found < k) this.found[query]!++;
    return true;
  }
}
