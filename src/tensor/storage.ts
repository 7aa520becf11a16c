/** Where elements live, and how a shape reads them: immutable storages and the views on them. */

import { type DType, type TypedArray, allocate } from "../dtype";
import { type Shape, isContiguous, sizeOf, stridesOf } from "../shape";

/** A fixed list of elements. Nothing ever changes one after it is filled; `assign` puts another in its place. */
export interface Storage {
  readonly dtype: DType;
  /** The number of elements. */
  readonly size: number;
  /** The elements. Reading them while a computation is being traced throws. */
  readonly data: TypedArray;
  /** A storage with these elements that stays as it is; absent where this one does. Only such may be shared. */
  settled?(): Storage;
}

/** The storage itself, or a lasting copy where its elements live in the memory of a program. */
export function settled(storage: Storage): Storage {
  return storage.settled?.() ?? storage;
}

/** What an operation's rules may look at: shape and element type. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A storage read with a shape: element (i, j, …) is at offset + i·strides[0] + j·strides[1] + … */
export interface View extends Spec {
  readonly storage: Storage;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** A storage in JavaScript memory. */
export function storageOf(dtype: DType, data: TypedArray): Storage {
  return { dtype, size: data.length, data };
}

/** A view of a whole storage in row-major order. */
export function wholeView(storage: Storage, shape: Shape): View {
  return { storage, shape, dtype: storage.dtype, strides: stridesOf(shape), offset: 0 };
}

/**
 * The elements of a view in row-major order: the storage's own array where it fits exactly (`copy` false), else a copy.
 */
export function readView(view: View, copy: boolean): TypedArray {
  const { data } = view.storage;
  const size = sizeOf(view.shape);
  if (isContiguous(view.shape, view.strides)) {
    if (!copy && view.offset === 0 && data.length === size) return data;
    return data.slice(view.offset, view.offset + size);
  }
  const out = allocate(view.dtype, size);
  copyView(data, view, out);
  return out;
}

/** Copies a view's elements into the front of `out` in row-major order. */
export function copyView(data: TypedArray, view: Omit<View, "storage" | "dtype">, out: TypedArray): void {
  const { shape, strides } = view;
  const rank = shape.length;
  if (rank === 0) {
    out[0] = data[view.offset]!;
    return;
  }
  const inner = shape[rank - 1]!;
  const step = strides[rank - 1]!;
  const outer = sizeOf(shape) / Math.max(inner, 1);
  const index = new Array<number>(rank).fill(0);
  let from = view.offset;
  let to = 0;
  for (let row = 0; row < outer; row++) {
    for (let i = 0, at = from; i < inner; i++, at += step) out[to++] = data[at]!;
    for (let axis = rank - 2; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}
