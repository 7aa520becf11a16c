/** Reading a view block by block, in row-major order of any shape it is broadcast to. */

import type { TypedArray } from "../../dtype";
import { type Shape, broadcastStrides, isContiguous, sameShape, sizeOf } from "../../shape";
import type { View } from "../../tensor/storage";
import { load, loadAt } from "./stretch";

/** Runs shorter than this cost more to begin than to read. */
const SHORT = 32;

/** The most elements whose places are listed. */
const LISTED = 1024;

/** Where the elements of a run stand: `step` apart, or at listed distances from its beginning. */
interface Run {
  readonly length: number;
  readonly step: number;
  readonly places: Int32Array | null;
}

const NONE: readonly number[] = [];

/** Reads the elements of a strided view one after another into doubles. */
export class Reader {
  private readonly index: number[];
  private done = 0;

  /** Equal runs; around them axes of `sizes` and `strides`, innermost first. */
  constructor(
    private readonly data: TypedArray,
    private at: number,
    private readonly run: Run,
    private readonly sizes: readonly number[] = NONE,
    private readonly strides: readonly number[] = NONE,
  ) {
    this.index = sizes.length === 0 ? [] : sizes.map(() => 0);
  }

  /** Whether all elements are the same one. */
  get single(): boolean {
    const { sizes, run } = this;
    return sizes.length === 0 && run.places === null && (run.length === 1 || run.step === 0);
  }

  /** Writes the next `count` elements to `out` from `to` on. */
  read(out: Float64Array, to: number, count: number): void {
    const { data, run } = this;
    const end = to + count;
    while (to < end) {
      const length = Math.min(run.length - this.done, end - to);
      if (run.places === null) load(data, this.at + this.done * run.step, run.step, out, to, length);
      else loadAt(data, this.at, run.places, this.done, out, to, length);
      to += length;
      this.done += length;
      if (this.done === run.length) this.advance();
    }
  }

  /** Goes to the beginning of the next run. */
  private advance(): void {
    const { sizes, strides, index } = this;
    this.done = 0;
    for (let axis = 0; axis < sizes.length; axis++) {
      this.at += strides[axis]!;
      if (++index[axis]! < sizes[axis]!) return;
      this.at -= strides[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
}

/** Reads a view repeated to fill `target`, its axes in the given order (outermost first) where one is given. */
export function readerOf(view: View, target: Shape, axes?: readonly number[]): Reader {
  const { shape, strides, offset } = view;
  const { data } = view.storage;
  if (axes === undefined && sameShape(shape, target) && isContiguous(shape, strides)) {
    return new Reader(data, offset, { length: sizeOf(shape), step: 1, places: null });
  }
  const repeated = broadcastStrides(shape, strides, target);
  if (axes === undefined) return join(data, offset, target, repeated);
  return join(data, offset, axes.map((axis) => target[axis]!), axes.map((axis) => repeated[axis]!));
}

/** Joins axes that continue one another, so that runs are as long as they can be; short ones become lists of places. */
function join(data: TypedArray, offset: number, shape: Shape, strides: readonly number[]): Reader {
  const sizes: number[] = [1];
  const steps: number[] = [1];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    const stride = strides[axis]!;
    const last = sizes.length - 1;
    if (size === 1) continue;
    if (sizes[last] === 1) [sizes[last], steps[last]] = [size, stride];
    else if (stride === steps[last]! * sizes[last]!) sizes[last]! *= size;
    else {
      sizes.push(size);
      steps.push(stride);
    }
  }
  let [axes, length] = [1, sizes[0]!];
  while (length < SHORT && axes < sizes.length && length * sizes[axes]! <= LISTED) length *= sizes[axes++]!;
  const [outerSizes, outerSteps] = [sizes.slice(axes), steps.slice(axes)];
  if (axes === 1 || sizeOf(outerSizes) < 4) {
    const run = { length: sizes[0]!, step: steps[0]!, places: null };
    return new Reader(data, offset, run, sizes.slice(1), steps.slice(1));
  }
  const run = { length, step: 0, places: placesOf(sizes.slice(0, axes), steps) };
  return new Reader(data, offset, run, outerSizes, outerSteps);
}

/** Distances of elements from the first, for axes given innermost first. */
function placesOf(sizes: readonly number[], strides: readonly number[]): Int32Array {
  const places = new Int32Array(sizeOf(sizes));
  let length = 1;
  for (let axis = 0; axis < sizes.length; axis++) {
    for (let i = length; i < length * sizes[axis]!; i++) places[i] = places[i - length]! + strides[axis]!;
    length *= sizes[axis]!;
  }
  return places;
}
