/** Planes whose rows lie as columns: copied in tiles, so that no line of the cache is fetched for one element alone. */

import { type DType, bytesOf } from "../../dtype";
import type { FunctionBuilder, Local } from "./assembler";
import { type Cursor, advance, nest, times } from "./loops";
import { convertOne } from "./quad";

/** A plane to be copied: the source's rows lie `rowStep` and `columnStep` bytes apart, as do the target's. */
export interface Plane {
  readonly rows: number;
  readonly columns: number;
  readonly from: { readonly dtype: DType; readonly rowStep: number; readonly columnStep: number };
  readonly to: { readonly dtype: DType; readonly rowStep: number; readonly columnStep: number };
}

/** Columns of a tile: so few lines of the source stay in the nearest cache even where they lie 2ⁿ bytes apart. */
const TILE = 16;

const LOW_WORDS = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const HIGH_WORDS = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

/** Turns four vectors of four words into the four of the transposed square. */
export function transposeWords(f: FunctionBuilder, [a, b, c, d]: readonly Local[]): Local[] {
  const pairs = (x: Local, y: Local, lanes: readonly number[]): Local => {
    const made = f.local("v128");
    f.get(x).get(y).shuffle(lanes).set(made);
    return made;
  };
  const halves = [
    pairs(a!, b!, LOW_WORDS),
    pairs(c!, d!, LOW_WORDS),
    pairs(a!, b!, HIGH_WORDS),
    pairs(c!, d!, HIGH_WORDS),
  ];
  const result = [
    pairs(halves[0]!, halves[1]!, LOW_HALVES),
    pairs(halves[0]!, halves[1]!, HIGH_HALVES),
    pairs(halves[2]!, halves[3]!, LOW_HALVES),
    pairs(halves[2]!, halves[3]!, HIGH_HALVES),
  ];
  f.release(...halves);
  return result;
}

/** A copy of a local, moved on by some bytes. */
function moved(f: FunctionBuilder, local: Local, bytes: number): Local {
  const copy = f.local("i32");
  f.get(local).i32(bytes).op("i32.add").set(copy);
  return copy;
}

/** Copies four by four words: source elements of a column, and target elements of a row, lie side by side. */
function square(f: FunctionBuilder, { from, to }: Plane, source: Local, target: Local): void {
  const at = f.local("i32");
  f.get(source).set(at);
  const columns = [0, 1, 2, 3].map((i) => {
    const column = f.local("v128");
    f.get(at).memory("v128.load").set(column);
    if (i < 3) advance(f, at, from.columnStep);
    return column;
  });
  const rows = transposeWords(f, columns);
  f.get(target).set(at);
  rows.forEach((row, i) => {
    f.get(at).get(row).memory("v128.store");
    if (i < 3) advance(f, at, to.rowStep);
  });
  f.release(at, ...columns, ...rows);
}

/** Element by element, along the columns of each row. */
function plain(f: FunctionBuilder, { rows, columns, from, to }: Plane, source: Local, target: Local): void {
  const cursors: Cursor[] = [
    { start: source, strides: [from.rowStep, from.columnStep] },
    { start: target, strides: [to.rowStep, to.columnStep] },
  ];
  nest(f, [rows, columns], cursors, ([a, b]) => convertOne(f, from.dtype, a!, to.dtype, b!));
}

/** One tile: squares of words where they fit, the rest element by element. */
function tile(f: FunctionBuilder, plane: Plane, source: Local, target: Local): void {
  const { rows, columns, from, to } = plane;
  const words = from.dtype === to.dtype && bytesOf(from.dtype) === 4 && to.columnStep === 4 && from.rowStep === 4;
  if (!words) {
    plain(f, plane, source, target);
    return;
  }
  const [tall, wide] = [rows - (rows % 4), columns - (columns % 4)];
  if (tall > 0 && wide > 0) {
    const cursors: Cursor[] = [
      { start: source, strides: [16, 4 * from.columnStep] },
      { start: target, strides: [4 * to.rowStep, 16] },
    ];
    nest(f, [tall / 4, wide / 4], cursors, ([a, b]) => square(f, plane, a!, b!));
  }
  const rest = (part: Pick<Plane, "rows" | "columns">, row: number, column: number): void => {
    if (part.rows === 0 || part.columns === 0) return;
    const a = moved(f, source, row * from.rowStep + column * from.columnStep);
    const b = moved(f, target, row * to.rowStep + column * to.columnStep);
    plain(f, { ...plane, ...part }, a, b);
    f.release(a, b);
  };
  rest({ rows, columns: columns - wide }, 0, wide);
  rest({ rows: rows - tall, columns: wide }, tall, 0);
}

/** Copies a plane from one address to another. */
export function transpose(f: FunctionBuilder, plane: Plane, source: Local, target: Local): void {
  const { columns, from, to } = plane;
  const full = Math.floor(columns / TILE);
  const [a, b] = [moved(f, source, 0), moved(f, target, 0)];
  if (full > 0) {
    times(f, full, () => {
      tile(f, { ...plane, columns: TILE }, a, b);
      advance(f, a, TILE * from.columnStep);
      advance(f, b, TILE * to.columnStep);
    });
  }
  if (columns % TILE > 0) tile(f, { ...plane, columns: columns % TILE }, a, b);
  f.release(a, b);
}
