/** How a product of given sizes and strides is best computed: the form of its tiles, what is packed, and its blocks. */

import type { PackSpec } from "./matmulPack";
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

/** Bytes that a first cache holds, and more than a second one does. */
const NEAR = 32_768;
const FAR = 2 ** 21;

/** Rows so many bytes apart fall on the same few lines of a cache. */
const CROWDED = 4096;

/** Blocks: a panel of B stays in the first cache, a block of A in the second. */
const ROWS = 128;
const COLUMNS = 1024;
const DEPTH = 256;

/** The longest runs that are summed in one go, so that few digits are lost; of dot products each lane sums a part. */
const RUN = 512;
const DOTS_RUN = 1024;

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
  const runs = a.column === size && b.row === size && k >= (m < 2 * PANEL ? 4 : 16) * width;
  const crowded = m >= 64 && n >= 64 && (a.row % CROWDED === 0 || b.column % CROWDED === 0 || k * n * size > FAR);
  const form: Form = runs && !inOrder && !crowded ? "dots" : "outer";
  const group = vectorsBeside(m, form) * (form === "dots" ? 1 : width);
  if (form === "dots") {
    const depth = blockOf(k, DOTS_RUN, 16);
    return { form, packA: false, packB: false, rows: blockOf(m, ROWS, 2), columns: n, depth, group };
  }
  const packB = k > 0 && (inOrder ? m >= 64 && k * n * size >= NEAR : m >= 2 * PANEL);
  const packA = packB && a.column !== size && n >= 64 && m * k * size >= NEAR;
  if (!packB) return { form, packA, packB, rows: m, columns: n, depth: blockOf(k, RUN, 16), group };
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

/** How A is packed: panels of a few rows, each with all of the common axis. */
export function packOfA({ lanes, a, m, k }: Product): PackSpec {
  return { lanes, across: m, depth: k, stepAcross: a.row, stepDepth: a.column, width: PANEL };
}

/** How B is packed: panels as wide as a tile. */
export function packOfB({ lanes, b, n, k }: Product, { group }: MatmulPlan): PackSpec {
  return { lanes, across: n, depth: k, stepAcross: b.column, stepDepth: b.row, width: group };
}
