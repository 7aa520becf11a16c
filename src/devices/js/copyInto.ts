/** Copying a view into an array of any dtype: whole runs at once, transposed planes in tiles. */

import type { TypedArray } from "../../dtype";
import { isContiguous, sizeOf } from "../../shape";
import type { View } from "../../tensor/storage";
import { BLOCK } from "./plan";
import { readerOf } from "./reader";
import { store } from "./stretch";

/** A tile of a transposed plane: both its rows and its columns stay in the nearest cache. */
const TILE = 32;

const block = new Float64Array(BLOCK);

/** Writes the elements to `out` from `to` on, in row-major order, converted: int32 truncates and wraps, bool is ≠ 0. */
export function copyInto(out: TypedArray, view: View, to = 0): void {
  const { shape, strides, offset, dtype } = view;
  const { data } = view.storage;
  const size = sizeOf(shape);
  if (size === 0) return;
  const plain = !(out instanceof Uint8Array) || dtype === "bool";
  if (plain && strides.every((stride, axis) => stride === 0 || shape[axis] === 1)) {
    out.fill(data[offset]!, to, to + size);
  } else if (plain && isContiguous(shape, strides)) {
    out.set(data.length === size ? data : data.subarray(offset, offset + size), to);
  } else if (plain && isTransposed(view)) transpose(view, out, to);
  else {
    const reader = readerOf(view, shape);
    for (let start = 0; start < size; start += BLOCK) {
      const count = Math.min(BLOCK, size - start);
      reader.read(block, 0, count);
      store(block, 0, out, to + start, 1, count);
    }
  }
}

function isTransposed({ shape, strides }: View): boolean {
  return shape.length === 2 && strides[0] === 1 && shape[0]! >= TILE && shape[1]! >= TILE;
}

/** Writes the rows of a plane whose columns lie in order. */
function transpose({ storage: { data }, shape, strides, offset }: View, out: TypedArray, to: number): void {
  const [rows, columns] = shape as [number, number];
  const pitch = strides[1]!;
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < right; j++) out[to + i * columns + j] = data[offset + i + j * pitch]!;
      }
    }
  }
}
