/** The reduce kernel: sums, products and extremes over axes, with an expression before and one after. */

import { allocate } from "../../dtype";
import { type Shape, sizeOf } from "../../shape";
import { storageOf, wholeView } from "../../tensor/storage";
import { type Visit, evaluate } from "./evaluate";
import type { Kernel } from "./kernel";
import { store } from "./stretch";

type Op = "sum" | "prod" | "max" | "min";

const START: Readonly<Record<Op, number>> = { sum: 0, prod: 1, max: -Infinity, min: Infinity };

/** One element or partial result joined to another. */
const JOIN: Readonly<Record<Op, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
};

/** `after(reduce(before(inputs)))` */
export const reduce: Kernel<"reduce"> = (inputs, { op, axes, shape, before, after }, output) => {
  const integers = output.dtype === "int32";
  const join = integers && op === "prod" ? Math.imul : JOIN[op];
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const count = sizeOf(axes.map((axis) => shape[axis]!));
  const totals = new Float64Array(sizeOf(kept.map((axis) => shape[axis]!))).fill(START[op]);
  const down = isKeptInside(shape, axes);
  const visit = down ? byColumns(op, join, totals) : byRows(op, join, totals, count);
  evaluate(before, inputs, { shape, axes: down ? [...axes, ...kept] : [...kept, ...axes], integers }, visit);
  const out = allocate(output.dtype, totals.length);
  if (after.kind === "input") store(totals, 0, out, 0, 1, totals.length);
  else {
    const reduced = wholeView(storageOf("float64", totals), [totals.length]);
    evaluate(after, [reduced], { shape: reduced.shape, integers }, (work, at, start, n) => {
      store(work, at, out, start, 1, n);
    });
  }
  return out;
};

/** Whether the innermost axis of more than one element is kept: then whole rows are joined, element by element. */
function isKeptInside(shape: Shape, axes: readonly number[]): boolean {
  let axis = shape.length - 1;
  while (axis > 0 && shape[axis] === 1) axis--;
  return axis >= 0 && !axes.includes(axis);
}

/** The elements of each result follow one another: each block is joined on its own, then to the result. */
function byRows(op: Op, join: (a: number, b: number) => number, totals: Float64Array, count: number): Visit {
  const joinBlock = BLOCKS[op];
  return (work, at, start, n) => {
    let row = Math.floor(start / count);
    let left = (row + 1) * count - start;
    const end = at + n;
    while (at < end) {
      const length = Math.min(left, end - at);
      totals[row] =
        join === Math.imul ? product(work, at, length, totals[row]!) : join(totals[row]!, joinBlock(work, at, length));
      at += length;
      row++;
      left = count;
    }
  };
}

function product(w: Float64Array, at: number, n: number, start: number): number {
  let result = start;
  for (let i = 0; i < n; i++) result = Math.imul(result, w[at + i]!);
  return result;
}

/** A block joined to one number; sums keep four partial ones, which is both faster and closer. */
const BLOCKS: Readonly<Record<Op, (w: Float64Array, at: number, n: number) => number>> = {
  sum: (w, at, n) => {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    let i = 0;
    for (; i + 4 <= n; i += 4) {
      s0 += w[at + i]!;
      s1 += w[at + i + 1]!;
      s2 += w[at + i + 2]!;
      s3 += w[at + i + 3]!;
    }
    for (; i < n; i++) s0 += w[at + i]!;
    return s0 + s1 + (s2 + s3);
  },
  prod: (w, at, n) => {
    let result = 1;
    for (let i = 0; i < n; i++) result *= w[at + i]!;
    return result;
  },
  max: (w, at, n) => {
    let result = -Infinity;
    for (let i = 0; i < n; i++) result = Math.max(result, w[at + i]!);
    return result;
  },
  min: (w, at, n) => {
    let result = Infinity;
    for (let i = 0; i < n; i++) result = Math.min(result, w[at + i]!);
    return result;
  },
};

/** The elements of all results stand side by side, row after row: each row is joined to the results. */
function byColumns(op: Op, join: (a: number, b: number) => number, totals: Float64Array): Visit {
  const width = totals.length;
  return (work, at, start, n) => {
    let column = start % width;
    const end = at + n;
    while (at < end) {
      const length = Math.min(width - column, end - at);
      if (op === "sum") for (let i = 0; i < length; i++) totals[column + i]! += work[at + i]!;
      else for (let i = 0; i < length; i++) totals[column + i] = join(totals[column + i]!, work[at + i]!);
      at += length;
      column = 0;
    }
  };
}
