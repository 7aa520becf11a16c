/** The innermost loops of a matrix product: a tile of C held in registers while the common axis is walked. */

import type { FunctionBuilder, Local } from "./assembler";
import { advance } from "./loops";
import type { LaneType } from "./laneTypes";
import { finishTile } from "./matmulFinish";
import { TYPES, loadVector, pushAt } from "./matmulLoad";
import type { Pointers, TileSpec } from "./matmulShape";

/** sums[r][j] += left(r)·right(j), where both push a vector: the shorter side is held, the longer loaded in turn. */
export function multiplyAll(
  f: FunctionBuilder,
  lanes: LaneType,
  sums: readonly (readonly Local[])[],
  left: (r: number) => void,
  right: (j: number) => void,
): void {
  const type = TYPES[lanes];
  const columns = sums[0]!;
  const byRows = sums.length >= columns.length;
  const held = (byRows ? columns : sums).map(() => f.local("v128"));
  held.forEach((local, i) => {
    (byRows ? right : left)(i);
    f.set(local);
  });
  const other = f.local("v128");
  (byRows ? sums : columns).forEach((_, i) => {
    (byRows ? left : right)(i);
    f.set(other);
    held.forEach((local, h) => {
      const sum = byRows ? sums[i]![h]! : sums[h]![i]!;
      f.get(sum).get(other).get(local).op(`${type}.mul`).op(`${type}.add`).set(sum);
    });
  });
  f.release(other, ...held);
}

/** Computes rows × columns elements of C. The pointers stay as they are. */
export function emitTile(f: FunctionBuilder, spec: TileSpec, rows: number, columns: number, at: Pointers): void {
  const { width } = spec.product;
  const vectors = spec.form === "outer" ? Math.ceil(columns / width) : columns;
  const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => f.local("v128")));
  for (const sum of sums.flat()) f.i32x4(0).set(sum);
  if (spec.form === "outer") walkOuter(f, spec, columns, sums, at);
  else walkDots(f, spec, sums, at);
  const results = spec.form === "outer" ? sums : sums.map((row) => addAcross(f, spec.product.lanes, row));
  finishTile(f, spec, columns, results, at);
  f.release(...results.flat());
}

/** Each step takes one row of B in vectors, and one column of A element by element. */
function walkOuter(
  f: FunctionBuilder,
  { product, depth, a, b }: TileSpec,
  columns: number,
  sums: readonly Local[][],
  at: Pointers,
): void {
  const { lanes, width, size } = product;
  walk(f, at, depth, a.column, b.row, (pa, pb) => {
    const left = (r: number): void => {
      f.memory(size === 8 ? "v128.load64_splat" : "v128.load32_splat", pushAt(f, pa, r * a.row));
    };
    const right = (j: number): void => {
      loadVector(f, lanes, lanes, pb, j * width * b.column, b.column, Math.min(width, columns - j * width));
    };
    multiplyAll(f, lanes, sums, left, right);
  });
}

/** Each step takes one vector of each row of A and of each column of B; what is left at the end is masked. */
function walkDots(f: FunctionBuilder, spec: TileSpec, sums: readonly Local[][], at: Pointers): void {
  const { product: { lanes, width }, depth, a, b } = spec;
  const step = (pa: Local, pb: Local, offset: number, count: number): void => {
    const left = (r: number): void => pushPart(f, lanes, pa, r * a.row + offset, count);
    const right = (j: number): void => pushPart(f, lanes, pb, j * b.column + offset, count);
    multiplyAll(f, lanes, sums, left, right);
  };
  const whole = Math.floor(depth / width);
  walk(f, at, whole, 16, 16, (pa, pb) => step(pa, pb, 0, width));
  if (depth % width > 0) step(at.a, at.b, whole * 16, depth % width);
}

/** The first `count` lanes at an address, zeros in the others. */
export function pushPart(f: FunctionBuilder, lanes: LaneType, pointer: Local, offset: number, count: number): void {
  const width = lanes === "float64" ? 2 : 4;
  f.memory("v128.load", pushAt(f, pointer, offset));
  if (count === width) return;
  if (width === 2) f.i32x4(-1, -1, 0, 0);
  else f.i32x4(-1, count > 1 ? -1 : 0, count > 2 ? -1 : 0, 0);
  f.op("v128.and");
}

/** Runs a step `count` times, never written out: the engine would move all loads to the front, and spill. */
function walk(
  f: FunctionBuilder,
  at: Pointers,
  count: number,
  stepA: number,
  stepB: number,
  step: (pa: Local, pb: Local) => void,
): void {
  if (count === 1) step(at.a, at.b);
  if (count < 2) return;
  const [pa, pb, end] = [f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(at.a).set(pa).get(at.b).set(pb);
  const [counter, by] = stepA !== 0 ? [pa, stepA] : stepB !== 0 ? [pb, stepB] : [f.local("i32"), 1];
  f.get(counter).i32(count * by).op("i32.add").set(end);
  f.loop(() => {
    step(pa, pb);
    for (const [local, bytes] of [[pa, stepA], [pb, stepB]] as const) if (local !== counter) advance(f, local, bytes);
    f.get(counter).i32(by).op("i32.add").tee(counter).get(end).op("i32.ne").brIf(0);
  });
  f.release(...new Set([pa, pb, counter, end]));
}

const LOW_PAIRS = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const HIGH_PAIRS = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

/** The sum of each vector's lanes, side by side in vectors. The vectors are released. */
export function addAcross(f: FunctionBuilder, lanes: LaneType, row: readonly Local[]): Local[] {
  const add = `${TYPES[lanes]}.add` as const;
  const join = (x: Local, y: Local, low: readonly number[], high: readonly number[]): Local => {
    const sum = f.local("v128");
    f.get(x).get(y).shuffle(low).get(x).get(y).shuffle(high).op(add).set(sum);
    f.release(...new Set([x, y]));
    return sum;
  };
  const pairs = (list: readonly Local[], low: readonly number[], high: readonly number[]): Local[] => {
    const sums: Local[] = [];
    for (let i = 0; i < list.length; i += 2) sums.push(join(list[i]!, list[i + 1] ?? list[i]!, low, high));
    return sums;
  };
  const halves = lanes === "float64" ? row : pairs(row, LOW_PAIRS, HIGH_PAIRS);
  return pairs(halves, LOW_HALVES, HIGH_HALVES);
}
