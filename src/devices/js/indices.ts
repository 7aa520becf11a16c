/** The check every kernel that reads positions makes before it writes anything. */

import { ShapeError } from "../../errors";
import type { TypedArray } from "../../dtype";

/** What is thrown for a position outside 0 … size − 1 of an axis. */
export function outOfRange(kernel: string, index: number, axis: number, size: number): ShapeError {
  const range = size === 0 ? "no entries" : `${size} ${size === 1 ? "entry" : "entries"}`;
  const mend = size === 0 ? "nothing can be picked there" : `give whole numbers from 0 to ${size - 1}`;
  return new ShapeError(`${kernel}: index out of range: ${index} (axis ${axis} has ${range}); ${mend}`, {
    index,
    axis,
    size,
  });
}

/** Refuses positions outside 0 … size − 1. */
export function checkIndices(kernel: string, index: TypedArray, axis: number, size: number): void {
  for (let i = 0; i < index.length; i++) {
    const at = index[i]!;
    if (!(at >= 0 && at < size)) throw outOfRange(kernel, at, axis, size);
  }
}
