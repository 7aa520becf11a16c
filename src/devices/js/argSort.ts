/** The argSort kernel: the stable order of elements along an axis. */

import { sizeOf } from "../../shape";
import type { Kernel } from "./kernel";
import { eachLine } from "./lines";

/** Positions that sort along the axis; NaN last ascending, first descending. */
export const argSort: Kernel<"argSort"> = ([input], { axis, descending }, output) => {
  const out = new Int32Array(sizeOf(output.shape));
  const along = output.shape[axis]!;
  const order = new Int32Array(along);
  const spare = new Int32Array(along);
  eachLine(input!, axis, (line, start, step) => {
    const begin = separate(line, order, descending);
    const [from, to] = descending ? [begin, along] : [0, along - begin];
    const sorted = mergeSort(line, order, spare, from, to);
    for (let i = 0; i < along; i++) out[start + i * step] = (i < from || i >= to ? order : sorted)[i]!;
  });
  return out;
};

/**
 * Lists positions with those of NaN at their end of the order, and turns the signs for a descending one, so that what
 * is left is to sort numbers upwards. Gives how many are NaN.
 */
function separate(line: Float64Array, order: Int32Array, descending: boolean): number {
  const n = line.length;
  let count = 0;
  for (let i = 0; i < n; i++) if (Number.isNaN(line[i])) count++;
  let nan = descending ? 0 : n - count;
  let number = descending ? count : 0;
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(line[i])) order[nan++] = i;
    else order[number++] = i;
    if (descending) line[i] = -line[i]!;
  }
  return count;
}

/** Sorts order[from … to) by the keys, upwards, equal ones as they stand; gives the array that holds the result. */
function mergeSort(keys: Float64Array, order: Int32Array, spare: Int32Array, from: number, to: number): Int32Array {
  let [source, target] = [order, spare];
  for (let width = 1; width < to - from; width *= 2) {
    for (let left = from; left < to; left += 2 * width) merge(keys, source, target, left, width, to);
    [source, target] = [target, source];
  }
  return source;
}

/** Merges the two sorted stretches of at most `width` that begin at `left` and lie before `to`. */
function merge(keys: Float64Array, source: Int32Array, target: Int32Array, left: number, width: number, to: number) {
  const middle = Math.min(left + width, to);
  const right = Math.min(middle + width, to);
  let [i, j] = [left, middle];
  for (let k = left; k < right; k++) {
    const takeLeft = i < middle && (j >= right || keys[source[i]!]! <= keys[source[j]!]!);
    target[k] = takeLeft ? source[i++]! : source[j++]!;
  }
}
