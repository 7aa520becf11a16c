/** Whole numbers 0 … 255 kept as bytes, a quarter of int32's memory; and rows taken out of any tensor. */

import type { TypedArray } from "../dtype";
import { sizeOf, stridesOf } from "../shape";
import { type Storage, storageOf } from "../tensor/storage";
import { type Tensor, fromStorage } from "../tensor/tensor";

/**
 * An int32 storage held as bytes: 60,000 images of 784 pixels take 47 MB instead of 188. Reading all of `data` makes a
 * new Int32Array each time; {@link selectRows} reads only the rows it needs.
 */
export class ByteStorage implements Storage {
  readonly dtype = "int32";

  constructor(readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  get data(): TypedArray {
    return Int32Array.from(this.bytes);
  }
}

/** Positions of rows in a tensor. */
export type Rows = Int32Array;

/** The rows of `x` at these positions, in this order: one gather, or for consecutive rows a view. */
export function selectRows(x: Tensor, rows: Rows): Tensor {
  if (x.storage instanceof ByteStorage && hasWholeRows(x)) return selectBytes(x, x.storage.bytes, rows);
  if (isRange(rows)) return x.slice([[rows[0]!, rows[0]! + rows.length]]);
  return x.indexSelect(fromStorage(storageOf("int32", rows), [rows.length]), { axis: 0 });
}

function selectBytes(x: Tensor, bytes: Uint8Array, rows: Rows): Tensor {
  const [, ...inner] = x.shape;
  const size = sizeOf(inner);
  const out = new Int32Array(rows.length * size);
  rows.forEach((row, i) => {
    const begin = x.offset + row * x.strides[0]!;
    out.set(bytes.subarray(begin, begin + size), i * size);
  });
  return fromStorage(storageOf("int32", out), [rows.length, ...inner]);
}

/** Whether each row's elements lie one after another. */
function hasWholeRows(x: Tensor): boolean {
  const usual = stridesOf(x.shape);
  return x.rank > 0 && x.strides.every((stride, axis) => axis === 0 || x.shape[axis] === 1 || stride === usual[axis]);
}

function isRange(rows: Rows): boolean {
  for (let i = 1; i < rows.length; i++) if (rows[i] !== rows[i - 1]! + 1) return false;
  return rows.length > 0;
}

/** The positions 0 … n − 1. */
export function allRows(n: number): Rows {
  return Int32Array.from({ length: n }, (_, i) => i);
}
