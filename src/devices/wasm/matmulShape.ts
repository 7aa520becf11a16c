/** One matrix product in numbers: sizes, and strides in bytes, of all that its loops walk over. */

import { type DType, bytesOf } from "../../dtype";
import type { Expr } from "../../scalar/expr";
import { formulaOf } from "../../scalar/formula";
import { broadcastStrides } from "../../shape";
import type { Local } from "./assembler";
import { LANES, type LaneType } from "./laneTypes";
import type { Cursor } from "./loops";
import { type Placed, byteStrides, startOf } from "./placed";

/** How far apart the elements of a matrix lie, in bytes. */
export interface Steps {
  readonly row: number;
  readonly column: number;
}

/** A matrix that the epilogue reads beside the product; a step is 0 where it is broadcast. */
export interface Read extends Steps {
  readonly dtype: DType;
}

/** C = A·B, m × k times k × n, then an expression of each element. */
export interface Product {
  readonly lanes: LaneType;
  /** Bytes of an element. */
  readonly size: number;
  /** Elements in a vector. */
  readonly width: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Steps;
  readonly b: Steps;
  readonly c: Steps;
  readonly reads: readonly Read[];
  /** Reads the product as input 0 and `reads[i]` as input i + 1. */
  readonly expr: Expr | null;
  /** The expression as text, the same for equal ones. */
  readonly formula: string;
}

/** Where the matrices begin; loops move these. */
export interface Pointers {
  readonly a: Local;
  readonly b: Local;
  readonly c: Local;
  readonly reads: readonly Local[];
}

/** How a tile is computed: columns of C side by side in vectors, or each element as a dot product of two runs. */
export type Form = "outer" | "dots";

/** What a tile is a tile of. */
export interface TileSpec {
  readonly product: Product;
  readonly form: Form;
  /** How far the common axis is walked. */
  readonly depth: number;
  /** Of A and B as they lie here: in place, or packed. */
  readonly a: Steps;
  readonly b: Steps;
  /** Whether C holds a partial sum already. */
  readonly adds: boolean;
  /** Whether this completes the sum, so that the epilogue is due. */
  readonly ends: boolean;
}

/** A KernelStep `matmul` with its operands in memory. */
export interface MatmulCase {
  readonly a: Placed;
  readonly b: Placed;
  /** Contiguous; it may overlap no other operand. Its dtype is that of the factors. */
  readonly output: Placed;
  /** Reads the product as input 0, and `reads[i]`, broadcast to the output, as input i + 1. */
  readonly epilogue: { readonly expr: Expr; readonly reads: readonly Placed[] } | null;
}

/** A batch of equal products. */
export interface Batch {
  readonly product: Product;
  /** The leading axes, and where each operand of the product (a, b, c, reads) begins along them. */
  readonly lead: readonly number[];
  readonly cursors: readonly Cursor[];
}

/** The product that is repeated, and over what. A single column is computed as a row: (A·b)ᵀ = bᵀ·Aᵀ. */
export function batchOf({ a, b, output, epilogue }: MatmulCase): Batch {
  const { shape } = output;
  const lanes = output.dtype === "bool" ? "int32" : output.dtype;
  const [m, n] = shape.slice(-2) as [number, number];
  const flip = n === 1 && m > 1;
  const reads = (epilogue?.reads ?? []).map((read) => ({ ...read, ...broadcast(read, shape) }));
  const lead = shape.slice(0, -2);
  const leading = (placed: Placed): Placed => {
    const { shape: own, strides } = placed;
    const outer = broadcastStrides(own.slice(0, -2), strides.slice(0, -2), lead);
    return { ...placed, shape: [...lead, ...own.slice(-2)], strides: [...outer, ...strides.slice(-2)] };
  };
  const operands = [...(flip ? [b, a] : [a, b]).map(leading), output, ...reads];
  const [left, right, result, ...others] = operands.map((placed) => stepsOf(placed, flip)) as [Steps, Steps, Steps];
  const product: Product = {
    lanes,
    size: bytesOf(lanes),
    width: LANES[lanes],
    m: flip ? n : m,
    n: flip ? m : n,
    k: a.shape[a.shape.length - 1]!,
    a: left,
    b: right,
    c: result,
    reads: (others as Steps[]).map((steps, i) => ({ ...steps, dtype: reads[i]!.dtype })),
    expr: epilogue?.expr ?? null,
    formula: epilogue === null ? "" : formulaOf(epilogue.expr),
  };
  const cursors = operands.map((placed) => ({ start: startOf(placed), strides: byteStrides(placed).slice(0, -2) }));
  return { product, lead, cursors };
}

/** The text of everything that decides what code a tile becomes. */
export function keyOf({ product: { expr: _, ...product }, ...spec }: TileSpec): string {
  return JSON.stringify([product, spec]);
}

function broadcast({ shape, strides }: Placed, target: readonly number[]): Pick<Placed, "shape" | "strides"> {
  return { shape: target, strides: broadcastStrides(shape, strides, target) };
}

function stepsOf(placed: Placed, flip: boolean): Steps {
  const [row, column] = byteStrides(placed).slice(-2) as [number, number];
  return flip ? { row: column, column: row } : { row, column };
}
