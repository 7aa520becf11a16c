/** The matmul kernel: batched matrix products with broadcast leading axes. */

import { type TypedArray, allocate } from "../../dtype";
import { type Shape, broadcastStrides, sizeOf } from "../../shape";
import type { View } from "../../tensor/storage";
import { type Matrix, multiply } from "./gemm";
import type { Kernel } from "./kernel";

/** Products of fewer multiplications than this are done where they lie. */
const SMALL = 1000;

/** A result of fewer columns than this, and more rows, is computed as its transpose. */
const NARROW = 32;

/** [..., m, k] × [..., k, n] → [..., m, n] */
export const matmul: Kernel<"matmul"> = ([left, right], _, output) => {
  const a = left!;
  const b = right!;
  const rank = output.shape.length;
  const k = a.shape[a.shape.length - 1]!;
  const m = output.shape[rank - 2]!;
  const n = output.shape[rank - 1]!;
  const out = allocate(output.dtype, sizeOf(output.shape));
  if (rank === 2) {
    product(matrix(a, a.offset), matrix(b, b.offset), out, 0, m, k, n);
    return out;
  }
  const lead = output.shape.slice(0, -2);
  const [startsA, startsB] = [starts(a, lead), starts(b, lead)];
  for (let i = 0; i < startsA.length; i++) {
    product(matrix(a, startsA[i]!), matrix(b, startsB[i]!), out, i * m * n, m, k, n);
  }
  return out;
};

function matrix({ storage, strides }: View, offset: number): Matrix {
  return { data: storage.data, offset, row: strides[strides.length - 2]!, column: strides[strides.length - 1]! };
}

/** Where each matrix of a batch begins, with broadcast leading axes. */
function starts(view: View, lead: Shape): Float64Array {
  const strides = broadcastStrides(view.shape.slice(0, -2), view.strides.slice(0, -2), lead);
  let list = Float64Array.of(view.offset);
  for (let axis = 0; axis < lead.length; axis++) {
    const size = lead[axis]!;
    const longer = new Float64Array(list.length * size);
    for (let i = 0; i < longer.length; i++) longer[i] = list[Math.floor(i / size)]! + (i % size) * strides[axis]!;
    list = longer;
  }
  return list;
}

function product(a: Matrix, b: Matrix, out: TypedArray, at: number, m: number, k: number, n: number): void {
  const asDots = m * n * k < SMALL || (m === 1 && b.row === 1) || (n === 1 && a.column === 1);
  if (asDots) return dots(a, b, out, at, m, k, n);
  // The long side of the result is the one that is swept: (bᵀaᵀ)ᵀ where there are few columns.
  if (n < m && n < NARROW) multiply(flip(b), flip(a), { data: out, offset: at, row: 1, column: n }, n, k, m);
  else multiply(a, b, { data: out, offset: at, row: n, column: 1 }, m, k, n);
}

function flip({ data, offset, row, column }: Matrix): Matrix {
  return { data, offset, row: column, column: row };
}

function dots(a: Matrix, b: Matrix, out: TypedArray, at: number, m: number, k: number, n: number): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      out[at++] = dot(a.data, a.offset + i * a.row, a.column, b.data, b.offset + j * b.column, b.row, k);
    }
  }
}

/** Σ x·y over k pairs. */
function dot(x: TypedArray, p: number, stepX: number, y: TypedArray, q: number, stepY: number, k: number): number {
  if (stepX === 1 && stepY === 1 && x instanceof Float32Array && y instanceof Float32Array) {
    return dotOfRuns(x, p, y, q, k);
  }
  let sum = 0;
  for (let i = 0; i < k; i++) sum += x[p + i * stepX]! * y[q + i * stepY]!;
  return sum;
}

/** Σ x·y over k pairs that lie in order, in four partial sums. */
function dotOfRuns(x: Float32Array, p: number, y: Float32Array, q: number, k: number): number {
  const fromX = p & 0x7fffffff;
  const fromY = q & 0x7fffffff;
  const whole = k & 0x7ffffffc;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    const a = fromX + i;
    const b = fromY + i;
    s0 += x[a]! * y[b]!;
    s1 += x[a + 1]! * y[b + 1]!;
    s2 += x[a + 2]! * y[b + 2]!;
    s3 += x[a + 3]! * y[b + 3]!;
  }
  for (let i = whole; i < k; i++) s0 += x[fromX + i]! * y[fromY + i]!;
  return s0 + s1 + (s2 + s3);
}
