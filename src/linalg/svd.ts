/** The singular value decomposition, by rotations of pairs of columns until all are orthogonal. */

import type { Tensor, TensorLike } from "../tensor/tensor";
import { type Matrix, float64, matrixOf, scaled } from "./matrix";

/** What {@link svd} gives: a = u·diag(s)·vᵀ. All are float64. */
export interface SVD {
  /** Left singular vectors as columns, [m, k] with k = min(m, n). */
  readonly u: Tensor;
  /** Singular values, largest first, [k]. */
  readonly s: Tensor;
  /** Right singular vectors as columns, [n, k]. */
  readonly v: Tensor;
}

/** Vectors of equal length, one after another. */
interface Columns {
  readonly count: number;
  readonly length: number;
  readonly data: Float64Array;
}

const SWEEPS = 60; // ten are usual

/**
 * The singular value decomposition a = u·diag(s)·vᵀ of a matrix, in its thin form.
 *
 * Shapes: a [m, n]; with k = min(m, n) the result is u [m, k], s [k], v [n, k] (not vᵀ). Computed in float64 whatever
 * the dtype of a, and given in it. s ≥ 0, largest first; uᵀu = vᵀv = 1 to about 10⁻¹⁵, also where singular values are 0
 * (the vectors that belong to them are then any that complete the others). Vectors are unique up to their sign, and to
 * rotation where singular values are equal. Sizes of 0 are fine. A plain function: no gradient flows through.
 *
 * Time grows with m·n·k: a second or two for [300, 300].
 *
 * @throws ShapeError if a is no matrix, OptionError if an entry is not finite.
 *
 * @example
 * ```ts
 * import { svd } from "gradkit";
 * const { u, s, v } = svd([[3, 0], [4, 5]]);
 * s.square().toArray(); // → [45, 5]
 * u.mul(s).matmul(v.transpose()).toArray(); // → [[3, 0], [4, 5]]
 * ```
 *
 * Source: one-sided Jacobi rotations (Hestenes 1958); Demmel and Veselić 1992 on their accuracy.
 */
export function svd(a: TensorLike): SVD {
  const matrix = matrixOf("svd", a);
  const scale = scaled(matrix.data);
  const wide = matrix.columns > matrix.rows;
  const { left, values, right } = decompose(wide ? rowsOf(matrix) : columnsOf(matrix));
  const s = values.map((value) => value * scale);
  const [u, v] = wide ? [right, left] : [left, right];
  return { u: asMatrix(u), s: float64(s, [s.length]), v: asMatrix(v) };
}

function rowsOf({ rows, columns, data }: Matrix): Columns {
  return { count: rows, length: columns, data };
}

function columnsOf({ rows, columns, data }: Matrix): Columns {
  const turned = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j]!;
  return { count: columns, length: rows, data: turned };
}

/** The tensor [length, count] whose columns are given. */
function asMatrix({ count, length, data }: Columns): Tensor {
  const turned = columnsOf({ rows: count, columns: length, data });
  return float64(turned.data, [length, count]);
}

/** The decomposition of no more columns than they are long. */
function decompose(given: Columns): { left: Columns; values: Float64Array; right: Columns } {
  const { count, length, data } = given;
  const turns = identity(count);
  for (let sweep = 0; sweep < SWEEPS && sweepOnce(given, turns); sweep++);
  const norms = Float64Array.from({ length: count }, (_, j) => Math.sqrt(dot(data, j, j, length)));
  const order = Array.from(norms.keys()).sort((i, j) => norms[j]! - norms[i]!);
  const values = Float64Array.from(order, (j) => norms[j]!);
  const left = picked(given, order);
  for (let j = 0; j < count; j++) for (let i = 0; i < length; i++) left.data[j * length + i]! /= values[j]! || 1;
  const noise = Number.EPSILON * length * (values[0] ?? 0);
  for (let j = 0; j < count; j++) if (values[j]! <= noise) complete(left, j);
  return { left, values, right: picked(turns, order) };
}

function identity(n: number): Columns {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) data[i * (n + 1)] = 1;
  return { count: n, length: n, data };
}

function picked({ count, length, data }: Columns, order: readonly number[]): Columns {
  const out = new Float64Array(data.length);
  order.forEach((from, to) => out.set(data.subarray(from * length, (from + 1) * length), to * length));
  return { count, length, data: out };
}

function dot(data: Float64Array, i: number, j: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += data[i * length + k]! * data[j * length + k]!;
  return sum;
}

/** Makes each pair of columns orthogonal once, and turns those of `turns` alike; whether any pair was not so before. */
function sweepOnce(columns: Columns, turns: Columns): boolean {
  const { count, length, data } = columns;
  const enough = Number.EPSILON * Math.max(2, Math.sqrt(length));
  const squares = Float64Array.from({ length: count }, (_, j) => dot(data, j, j, length));
  const noise = (Number.EPSILON * length) ** 2 * squares.reduce((a, b) => Math.max(a, b), 0);
  let turned = false;
  for (let i = 0; i < count - 1; i++) {
    for (let j = i + 1; j < count; j++) {
      const [a, b] = [squares[i]!, squares[j]!];
      if (a <= noise && b <= noise) continue;
      const product = dot(data, i, j, length);
      if (Math.abs(product) <= enough * Math.sqrt(a * b) || Math.abs(product) <= noise) continue;
      const [cos, sin] = rotation(a, b, product);
      rotate(columns, i, j, cos, sin);
      rotate(turns, i, j, cos, sin);
      squares[i] = dot(data, i, i, length);
      squares[j] = dot(data, j, j, length);
      turned = true;
    }
  }
  return turned;
}

/** Cosine and sine of the smaller of the two turns that make the symmetric matrix [[a, p], [p, b]] diagonal. */
export function rotation(a: number, b: number, p: number): readonly [number, number] {
  const zeta = (b - a) / (2 * p);
  const tan = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cos = 1 / Math.hypot(1, tan);
  return [cos, cos * tan];
}

/** (x, y) ← (cos·x − sin·y, sin·x + cos·y) of two columns. */
function rotate({ data, length }: Columns, i: number, j: number, cos: number, sin: number): void {
  for (let k = 0; k < length; k++) {
    const x = data[i * length + k]!;
    const y = data[j * length + k]!;
    data[i * length + k] = cos * x - sin * y;
    data[j * length + k] = sin * x + cos * y;
  }
}

/** Makes a column that is mostly rounding, or 0, a unit vector at right angles to those before it. */
function complete({ data, length }: Columns, j: number): void {
  for (let unit = -1; unit < length; unit++) {
    if (unit >= 0) data.fill(0, j * length, (j + 1) * length)[j * length + unit] = 1;
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < j; i++) {
        const along = dot(data, i, j, length);
        for (let k = 0; k < length; k++) data[j * length + k]! -= along * data[i * length + k]!;
      }
    }
    const left = Math.sqrt(dot(data, j, j, length));
    // Of the unit vectors, one always keeps √((length − j)/length) or more.
    if (left < Math.min(0.5, 0.9 / Math.sqrt(length))) continue;
    for (let k = 0; k < length; k++) data[j * length + k]! /= left;
    return;
  }
}
