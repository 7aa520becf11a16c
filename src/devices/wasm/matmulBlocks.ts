/** The outer loops of a matrix product: blocks, packing, and columns of tiles. */

import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { advance, times } from "./loops";
import { type MatmulPlan, PANEL, rowsBeside } from "./matmulPlan";
import { type Pointers, type Product, type Steps, type TileSpec, keyOf } from "./matmulShape";
import { emitTile } from "./matmulTile";
import type { Share } from "./share";

/** Products of fewer multiplications are written out where they stand. */
const SMALL = 4096;

type Axis = keyof Steps | "depth";

/** How far each pointer moves for one element along an axis of the product. */
interface Moves {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly reads: readonly number[];
}

function movesAlong(axis: Axis, { c, reads }: Product, a: Steps, b: Steps): Moves {
  if (axis === "depth") return { a: a.column, b: b.row, c: 0, reads: reads.map(() => 0) };
  const own = { c: c[axis], reads: reads.map((read) => read[axis]) };
  return axis === "row" ? { a: a.row, b: 0, ...own } : { a: 0, b: b.column, ...own };
}

function all({ a, b, c, reads }: Pointers): Local[] {
  return [a, b, c, ...reads];
}

function move(f: FunctionBuilder, at: Pointers, by: Moves, count: number): void {
  advance(f, at.a, by.a * count);
  advance(f, at.b, by.b * count);
  advance(f, at.c, by.c * count);
  at.reads.forEach((local, i) => advance(f, local, by.reads[i]! * count));
}

/** Runs `body` with copies of pointers. */
function copied(f: FunctionBuilder, at: Pointers, body: (own: Pointers) => void): void {
  const copy = (from: Local): Local => {
    const local = f.local("i32");
    f.get(from).set(local);
    return local;
  };
  const own = { a: copy(at.a), b: copy(at.b), c: copy(at.c), reads: at.reads.map(copy) };
  body(own);
  f.release(...all(own));
}

/** Walks `total` elements in blocks; `body` finds the pointers at each block. */
function blocks(
  f: FunctionBuilder,
  at: Pointers,
  by: Moves,
  total: number,
  size: number,
  body: (own: Pointers, count: number) => void,
): void {
  const whole = Math.floor(total / size);
  const rest = total - whole * size;
  if (whole + (rest > 0 ? 1 : 0) === 1) {
    body(at, total);
    return;
  }
  copied(f, at, (own) => {
    times(f, whole, () => {
      body(own, size);
      move(f, own, by, size);
    });
    if (rest > 0) body(own, rest);
  });
}

/** Rows that a chunk has a multiple of, whatever the height of a tile. */
const ROW_UNIT = 12;

/** A part of C. */
interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The product of matrices that begin at the pointers, which stay as they are; packed operands are read as panels. With
 * a cost the function's share of the columns or rows is computed, else all.
 */
export function emitProduct(share: Share, product: Product, plan: MatmulPlan, at: Pointers, cost: number): void {
  const { f } = share;
  const { m, n, k, size } = product;
  const a = plan.packA ? { row: k * size, column: PANEL * size } : product.a;
  const b = plan.packB ? { row: plan.group * size, column: k * size } : product.b;
  const along = (axis: Axis): Moves => movesAlong(axis, product, a, b);
  const all = { rows: m, columns: n };
  const byRows = n / plan.group < 8 && m / ROW_UNIT > n / plan.group;
  if (cost > 0) share.divide(byRows ? m : n, cost, byRows ? ROW_UNIT : plan.group);
  if (cost === 0 || share.chunks === 1) {
    emitDepths(f, product, plan, along, at, all);
    return;
  }
  copied(f, at, (own) => {
    const by = along(byRows ? "row" : "column");
    for (const [local, step] of [[own.a, by.a], [own.b, by.b], [own.c, by.c]] as const) share.begin(local, step);
    own.reads.forEach((local, i) => { share.begin(local, by.reads[i]!); });
    share.stretches((count) => {
      emitDepths(f, product, plan, along, own, byRows ? { ...all, rows: count } : { ...all, columns: count });
    });
  });
}

/** Blocks of columns, and in each the blocks of the common axis. */
function emitDepths(
  f: FunctionBuilder,
  product: Product,
  plan: MatmulPlan,
  along: (axis: Axis) => Moves,
  at: Pointers,
  { rows, columns }: Extent,
): void {
  const { k } = product;
  const { depth } = plan;
  blocks(f, at, along("column"), columns, plan.columns, (here, columns) => {
    const part = (own: Pointers, count: number, adds: boolean, ends: boolean): void => {
      const { size } = product;
      const a = plan.packA ? { row: size, column: PANEL * size } : product.a;
      const b = plan.packB ? { row: plan.group * size, column: size } : product.b;
      emitPart(f, { product, form: plan.form, depth: count, a, b, adds, ends }, plan, along, { rows, columns }, own);
    };
    if (k <= depth) {
      part(here, k, false, true);
      return;
    }
    const between = Math.ceil(k / depth) - 2;
    copied(f, here, (own) => {
      part(own, depth, false, false);
      move(f, own, along("depth"), depth);
      if (between > 0) {
        times(f, between, () => {
          part(own, depth, true, false);
          move(f, own, along("depth"), depth);
        });
      }
      part(own, k - (between + 1) * depth, true, true);
    });
  });
}

/** One block of columns and of the common axis, over all rows. */
function emitPart(
  f: FunctionBuilder,
  spec: TileSpec,
  plan: MatmulPlan,
  along: (axis: Axis) => Moves,
  extent: Extent,
  at: Pointers,
): void {
  blocks(f, at, along("row"), extent.rows, plan.rows, (own, rows) => {
    copied(f, own, (start) => {
      blocks(f, start, along("column"), extent.columns, plan.group, (place, count) => {
        emitColumn(f, spec, plan, rows, count, place);
      });
    });
  });
}

/** All rows of one group of columns: written out here if there is little to do, else by a function. */
function emitColumn(
  f: FunctionBuilder,
  spec: TileSpec,
  plan: MatmulPlan,
  rows: number,
  columns: number,
  at: Pointers,
): void {
  const { m, n, k } = spec.product;
  if (m * n * k <= SMALL) {
    copied(f, at, (own) => {
      columnOfTiles(f, spec, plan, rows, columns, own);
    });
    return;
  }
  const key = `tiles ${keyOf(spec)} ${plan.packA} ${rows} ${columns}`;
  const target = f.module.shared(key, (module: ModuleBuilder) => {
    const column = module.function(all(at).map(() => "i32"));
    const [a, b, c, ...reads] = column.params as [Local, Local, Local];
    columnOfTiles(column, spec, plan, rows, columns, { a, b, c, reads });
    return column;
  });
  for (const local of all(at)) f.get(local);
  f.call(target);
}

/** Tiles below one another; the pointers end somewhere else. */
function columnOfTiles(
  f: FunctionBuilder,
  spec: TileSpec,
  plan: MatmulPlan,
  rows: number,
  columns: number,
  at: Pointers,
): void {
  const { product, form, a, b } = spec;
  const vectors = form === "outer" ? Math.ceil(columns / product.width) : columns;
  const height = plan.packA ? PANEL : rowsBeside(vectors);
  const by = movesAlong("row", product, a, b);
  const moves = plan.packA ? { ...by, a: product.k * product.size } : by;
  const heights = tail(rows, height, plan.packA);
  const whole = (rows - heights.reduce((sum, part) => sum + part, 0)) / height;
  if (whole > 0) {
    times(f, whole, () => {
      emitTile(f, spec, height, columns, at);
      move(f, at, moves, height);
    });
  }
  heights.forEach((part, i) => {
    emitTile(f, spec, part, columns, at);
    if (i < heights.length - 1) move(f, at, moves, part);
  });
}

/** The heights of the last tiles; a single row that is not packed takes others along, to keep the arithmetic busy. */
function tail(rows: number, height: number, packed: boolean): number[] {
  const rest = rows % height;
  if (rest === 0) return [];
  return !packed && rest === 1 && rows > height && height > 2 ? [height - 1, 2] : [rest];
}
