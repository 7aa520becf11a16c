/** Copies a matrix into panels: runs of a few elements across, one after another along the common axis. */

import { sizeOf } from "../../shape";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { LANES, type LaneType } from "./laneTypes";
import { type Cursor, advance, nest, times } from "./loops";
import { storeLanes } from "./matmulFinish";
import { loadVector, pushAt } from "./matmulLoad";
import { type Part, Share } from "./share";

/** What is packed: `across` × `depth` elements into panels `width` wide, the last of which is filled with anything. */
export interface PackSpec {
  readonly lanes: LaneType;
  readonly across: number;
  readonly depth: number;
  /** Bytes between neighbours across, and along the common axis. */
  readonly stepAcross: number;
  readonly stepDepth: number;
  /** Elements; a multiple of the lanes of a vector. */
  readonly width: number;
}

/** Matrices to be packed, one for each position along the leading axes in which they differ. */
export interface Packed {
  readonly spec: PackSpec;
  readonly lead: readonly number[];
  readonly from: Cursor;
  readonly to: Cursor;
}

/** Nanoseconds that an element takes on one thread, about. */
const COST = 0.4;

const bytesIn = (lanes: LaneType): number => (lanes === "float64" ? 8 : 4);

/** Bytes that the panels take. */
export function packedBytes({ lanes, across, depth, width }: PackSpec): number {
  return Math.ceil(across / width) * width * depth * bytesIn(lanes);
}

/** Packs matrices that lie along leading axes, from the first cursor to the second, which is left contiguous. */
export function emitPack(module: ModuleBuilder, { spec, lead, from, to }: Packed): Part {
  const share = new Share(module);
  const { f } = share;
  const { across, width, lanes, stepAcross, stepDepth, depth } = spec;
  const runs = stepDepth === bytesIn(lanes) && stepAcross !== bytesIn(lanes);
  const cost = COST * across * depth * sizeOf(lead);
  const alone = lead.every((size) => size === 1);
  const body = ([source, target]: readonly Local[]): void => {
    const [x, y] = [copyOf(f, source!), copyOf(f, target!)];
    const panel = (count: number): void => {
      if (runs) transposePanel(f, spec, x, y, count);
      else copyPanel(f, spec, x, y, count);
    };
    const step = (): void => {
      panel(width);
      advance(f, x, width * stepAcross);
      advance(f, y, width * depth * bytesIn(lanes));
    };
    const rest = (): void => { if (across % width > 0) panel(across % width); };
    const whole = Math.floor(across / width);
    if (alone && whole > 0) {
      share.divide(whole, cost);
      share.begin(x, width * stepAcross);
      share.begin(y, width * depth * bytesIn(lanes));
      share.times(step);
      share.once(rest);
    } else {
      if (whole > 0) times(f, whole, step);
      rest();
    }
    f.release(x, y);
  };
  nest(f, lead, [from, to], body, alone ? undefined : { share, cost });
  return share.part;
}

function copyOf(f: FunctionBuilder, local: Local): Local {
  const copy = f.local("i32");
  f.get(local).set(copy);
  return copy;
}

/** A panel taken across: `count` of its columns are there. */
function copyPanel(f: FunctionBuilder, spec: PackSpec, source: Local, target: Local, count: number): void {
  const { lanes, depth, stepAcross, stepDepth, width } = spec;
  const [from, to] = [f.local("i32"), f.local("i32")];
  f.get(source).set(from).get(target).set(to);
  times(f, depth, () => {
    for (let x = 0; x < width; x += LANES[lanes]) {
      f.get(to);
      if (x < count) loadVector(f, lanes, lanes, from, x * stepAcross, stepAcross, Math.min(LANES[lanes], count - x));
      else f.i32x4(0);
      f.memory("v128.store", x * bytesIn(lanes));
    }
    advance(f, from, stepDepth);
    advance(f, to, width * bytesIn(lanes));
  });
  f.release(from, to);
}

/** A panel whose elements lie in order along the common axis: squares are loaded by rows and stored by columns. */
function transposePanel(f: FunctionBuilder, spec: PackSpec, source: Local, target: Local, count: number): void {
  const { lanes, depth, stepAcross, width } = spec;
  const n = LANES[lanes];
  const [from, to] = [f.local("i32"), f.local("i32")];
  f.get(source).set(from).get(target).set(to);
  const square = (x: number, columns: number): void => {
    const rows = Array.from({ length: n }, (_, i) => {
      const row = f.local("v128");
      f.memory("v128.load", pushAt(f, from, Math.min(x + i, count - 1) * stepAcross)).set(row);
      return row;
    });
    const turned = transpose(f, rows);
    for (let i = 0; i < columns; i++) storeLanes(f, lanes, to, (i * width + x) * bytesIn(lanes), turned[i]!, n);
    f.release(...turned);
  };
  const squares = (columns: number): void => {
    for (let x = 0; x < width; x += n) if (x < count) square(x, columns);
  };
  if (depth >= n) {
    times(f, Math.floor(depth / n), () => {
      squares(n);
      advance(f, from, 16);
      advance(f, to, 16 * width);
    });
  }
  if (depth % n > 0) squares(depth % n);
  f.release(from, to);
}

const FIRSTS = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const SECONDS = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];
const LOW = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

/** The columns of a square held in vectors; these are released. */
function transpose(f: FunctionBuilder, rows: readonly Local[]): Local[] {
  const mix = (x: Local, y: Local, lanes: readonly number[]): Local => {
    const mixed = f.local("v128");
    f.get(x).get(y).shuffle(lanes).set(mixed);
    return mixed;
  };
  const [a, b, c, d] = rows as [Local, Local, Local | undefined, Local | undefined];
  if (c === undefined || d === undefined) {
    const columns = [mix(a, b, LOW), mix(a, b, HIGH)];
    f.release(a, b);
    return columns;
  }
  const [ab, ab2, cd, cd2] = [mix(a, b, FIRSTS), mix(a, b, SECONDS), mix(c, d, FIRSTS), mix(c, d, SECONDS)];
  const columns = [mix(ab, cd, LOW), mix(ab, cd, HIGH), mix(ab2, cd2, LOW), mix(ab2, cd2, HIGH)];
  f.release(a, b, c, d, ab, ab2, cd, cd2);
  return columns;
}
