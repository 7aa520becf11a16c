/** One matrix product in doubles: rows of the right matrix, scaled and added up, four rows and four terms at a time. */

import type { TypedArray } from "../../dtype";
import { load, store } from "./stretch";

/** A matrix within a storage: element (i, j) is at offset + i·row + j·column. */
export interface Matrix {
  readonly data: TypedArray;
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

/** The most terms that are summed in one go: a longer sum is carried on from doubles. */
const DEPTH = 1024;

/**
 * The most columns handled in one go: their four rows of sums and four rows of the right matrix stay in the nearest
 * cache.
 */
const WIDTH = 512;

/** The most elements of the right matrix handled in one go: they stay in the second cache. */
const PACKED = 2 ** 17;

/**
 * Sums (four rows), then four rows of the left matrix, then the packed right matrix: one array, so that one check of
 * its type serves all.
 */
const work = new Float64Array(4 * WIDTH + 4 * DEPTH + PACKED);
const LEFT = 4 * WIDTH;
const RIGHT = LEFT + 4 * DEPTH;

/** out = a·b, where a is m × k and b is k × n. */
export function multiply(a: Matrix, b: Matrix, out: Matrix, m: number, k: number, n: number): void {
  if (k <= DEPTH || out.data instanceof Float64Array) return multiplyInParts(a, b, out, m, k, n);
  const exact = new Float64Array(m * n);
  multiplyInParts(a, b, { data: exact, offset: 0, row: n, column: 1 }, m, k, n);
  for (let i = 0; i < m; i++) store(exact, i * n, out.data, out.offset + i * out.row, out.column, n);
}

function multiplyInParts(a: Matrix, b: Matrix, out: Matrix, m: number, k: number, n: number): void {
  for (let from = 0; from < k || from === 0; from += DEPTH) {
    const terms = Math.min(DEPTH, k - from);
    const depth = Math.ceil(terms / 4) * 4;
    const width = Math.min(WIDTH, Math.floor(PACKED / Math.max(depth, 1)));
    for (let j = 0; j < n; j += width) {
      const columns = Math.min(width, n - j);
      packRight(b, from, j, terms, depth, columns);
      for (let i = 0; i < m; i += 4) {
        const rows = Math.min(4, m - i);
        const to = out.offset + i * out.row + j * out.column;
        packLeft(a, i, from, rows, terms, depth);
        if (from === 0) work.fill(0, 0, rows * columns);
        else for (let r = 0; r < rows; r++) load(out.data, to + r * out.row, out.column, work, r * columns, columns);
        if (rows === 4)
          for (let p = 0; p < depth; p += 4) addToFour(work, LEFT + p, depth, RIGHT + p * columns, columns);
        else for (let r = 0; r < rows; r++) addToOne(r, depth, columns);
        for (let r = 0; r < rows; r++) store(work, r * columns, out.data, to + r * out.row, out.column, columns);
      }
    }
  }
}

/** Columns of the right matrix, row after row; rows of zeros fill up to a whole number of fours. */
function packRight(b: Matrix, from: number, j: number, terms: number, depth: number, columns: number): void {
  const start = b.offset + from * b.row + j * b.column;
  for (let p = 0; p < terms; p++) load(b.data, start + p * b.row, b.column, work, RIGHT + p * columns, columns);
  work.fill(0, RIGHT + terms * columns, RIGHT + depth * columns);
}

/** Rows of the left matrix, zeros at their ends. */
function packLeft(a: Matrix, i: number, from: number, rows: number, terms: number, depth: number): void {
  for (let r = 0; r < rows; r++) {
    const to = LEFT + r * depth;
    load(a.data, a.offset + (i + r) * a.row + from * a.column, a.column, work, to, terms);
    work.fill(0, to + terms, to + depth);
  }
}

/**
 * Adds to four rows of sums what four rows of the right matrix give; sixteen factors are fixed meanwhile.
 * The masks tell the engine how small the positions are, so that it adds them without checking for overflow.
 */
function addToFour(w: Float64Array, left: number, depth: number, right: number, columns: number): void {
  const n = columns & 0x3ff;
  const l0 = left & 0xffff;
  const l1 = (left + depth) & 0xffff;
  const l2 = (left + 2 * depth) & 0xffff;
  const l3 = (left + 3 * depth) & 0xffff;
  const a00 = w[l0]!, a01 = w[l0 + 1]!, a02 = w[l0 + 2]!, a03 = w[l0 + 3]!;
  const a10 = w[l1]!, a11 = w[l1 + 1]!, a12 = w[l1 + 2]!, a13 = w[l1 + 3]!;
  const a20 = w[l2]!, a21 = w[l2 + 1]!, a22 = w[l2 + 2]!, a23 = w[l2 + 3]!;
  const a30 = w[l3]!, a31 = w[l3 + 1]!, a32 = w[l3 + 2]!, a33 = w[l3 + 3]!;
  const r0 = right & 0xffffff;
  const r1 = (r0 + n) & 0xffffff;
  const r2 = (r1 + n) & 0xffffff;
  const r3 = (r2 + n) & 0xffffff;
  const s1 = n;
  const s2 = 2 * n;
  const s3 = 3 * n;
  for (let j = 0; j < n; j++) {
    const b0 = w[r0 + j]!;
    const b1 = w[r1 + j]!;
    const b2 = w[r2 + j]!;
    const b3 = w[r3 + j]!;
    w[j]! += a00 * b0 + a01 * b1 + a02 * b2 + a03 * b3;
    w[s1 + j]! += a10 * b0 + a11 * b1 + a12 * b2 + a13 * b3;
    w[s2 + j]! += a20 * b0 + a21 * b1 + a22 * b2 + a23 * b3;
    w[s3 + j]! += a30 * b0 + a31 * b1 + a32 * b2 + a33 * b3;
  }
}

/** The whole sum of one row, for the rows that four do not divide. */
function addToOne(row: number, depth: number, columns: number): void {
  const w = work;
  const n = columns & 0x3ff;
  const sums = (row * columns) & 0xffff;
  for (let p = 0; p < depth; p += 4) {
    const left = (LEFT + row * depth + p) & 0xffff;
    const a0 = w[left]!, a1 = w[left + 1]!, a2 = w[left + 2]!, a3 = w[left + 3]!;
    const r0 = (RIGHT + p * n) & 0xffffff;
    const r1 = (r0 + n) & 0xffffff;
    const r2 = (r1 + n) & 0xffffff;
    const r3 = (r2 + n) & 0xffffff;
    for (let j = 0; j < n; j++) w[sums + j]! += a0 * w[r0 + j]! + a1 * w[r1 + j]! + a2 * w[r2 + j]! + a3 * w[r3 + j]!;
  }
}
