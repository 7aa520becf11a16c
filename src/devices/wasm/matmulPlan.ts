/** How a product of given sizes and strides is best computed: the form of its tiles, what is packed, and its blocks. */

import { packedBytes, type PackSpec } from "./matmulPack";
import type { Form, Product } from "./matmulShape";

/** How a product is computed. */
export interface MatmulPlan {
  readonly form: Form;
  readonly packA: boolean;
  readonly packB: boolean;
  /** The largest block of rows, of columns and of the common axis that is worked on at a time. */
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Columns of a tile; the last may have fewer. */
  readonly group: number;
}

/** Blocks: a panel of B stays in the first cache, a block of A in the second. */
const ROWS = 128;
const COLUMNS = 1024;
const DEPTH = 256;
const RUN = 768;

/** Rows of a panel of A. */
export const PANEL = 4;

/** The number of rows that keep the arithmetic busy beside a number of vectors: at most 15 registers in all. */
export function rowsBeside(vectors: number): number {
  return vectors === 1 ? 6 : vectors === 2 ? 4 : vectors < 5 ? 2 : 1;
}

/** Vectors (or columns, of dot products) of a tile where there are so many rows. */
function vectorsBeside(rows: number, form: Form): number {
  if (form === "dots") return rows === 1 ? 6 : 4;
  return rows === 1 ? 6 : rows === 2 ? 4 : 2;
}

/** Equal blocks no larger than `most`, rounded up to a multiple of `unit`. */
function blockOf(total: number, most: number, unit: number): number {
  if (total <= most) return Math.max(total, 1);
  return Math.ceil(total / Math.ceil(total / most) / unit) * unit;
}

/** Chooses. */
export function planMatmul(product: Product): MatmulPlan {
  const { m, n, k, a, b, size, width } = product;
  const inOrder = b.column === size || n === 1;
  const runs = a.column === size && b.row === size;
  const form: Form = runs && !inOrder && k >= 4 * width ? "dots" : "outer";
  const group = vectorsBeside(m, form) * (form === "dots" ? 1 : width);
  if (form === "dots") {
    const depth = blockOf(k, RUN, 16);
    return { form, packA: false, packB: false, rows: blockOf(m, ROWS, 4), columns: n, depth, group };
  }
  const large = m >= 64 && k >= 64 && n >= 64;
  const packB = k > 0 && ((!inOrder && m > 2 * PANEL) || (large && k >= 128));
  const packA = packB && large && k >= 128;
  if (!packB) return { form, packA, packB, rows: m, columns: n, depth: k, group };
  return {
    form,
    packA,
    packB,
    rows: blockOf(m, ROWS, PANEL),
    columns: blockOf(n, COLUMNS, group),
    depth: blockOf(k, DEPTH, 8),
    group,
  };
}

/** How a block of A is packed. */
export function packOfA({ lanes, a }: Product, rows: number, depth: number): PackSpec {
  return { lanes, across: rows, depth, stepAcross: a.row, stepDepth: a.column, width: PANEL };
}

/** How a block of B is packed. */
export function packOfB({ lanes, b }: Product, columns: number, depth: number, group: number): PackSpec {
  return { lanes, across: columns, depth, stepAcross: b.column, stepDepth: b.row, width: group };
}

/** Bytes of the packed block of B, which lies first in the scratch memory, and of all of it. */
export function scratchOf(product: Product, plan: MatmulPlan): { readonly b: number; readonly all: number } {
  const { packA, packB, rows, columns, depth, group } = plan;
  const room = (bytes: number): number => Math.ceil(bytes / 64) * 64;
  const b = packB ? room(packedBytes(packOfB(product, columns, depth, group))) : 0;
  return { b, all: b + (packA ? room(packedBytes(packOfA(product, rows, depth))) : 0) };
}
