/** Reading a view block by block, in row-major order of any shape it is broadcast to. */

import type { TypedArray } from "../../dtype";
import { type Shape, broadcastStrides, isContiguous, sameShape, sizeOf } from "../../shape";
import type { View } from "../../tensor/storage";
import { load } from "./stretch";

const NONE: readonly number[] = [];

/** Reads the elements of a strided view one after another into doubles. */
export class Reader {
  private readonly index: number[];
  private done = 0;

  /** Runs of `run` elements, `step` apart; around them axes of `sizes` and `strides`, innermost first. */
  constructor(
    private readonly data: TypedArray,
    private at: number,
    private readonly run: number,
    private readonly step: number,
    private readonly sizes: readonly number[] = NONE,
    private readonly strides: readonly number[] = NONE,
  ) {
    this.index = sizes.length === 0 ? [] : sizes.map(() => 0);
  }

  /** Whether all elements are the same one. */
  get single(): boolean {
    return this.sizes.length === 0 && (this.run === 1 || this.step === 0);
  }

  /** Writes the next `count` elements to `out` from `to` on. */
  read(out: Float64Array, to: number, count: number): void {
    const end = to + count;
    while (to < end) {
      const length = Math.min(this.run - this.done, end - to);
      load(this.data, this.at + this.done * this.step, this.step, out, to, length);
      to += length;
      this.done += length;
      if (this.done === this.run) this.advance();
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
    return new Reader(data, offset, sizeOf(shape), 1);
  }
  const repeated = broadcastStrides(shape, strides, target);
  if (axes === undefined) return join(data, offset, target, repeated);
  return join(data, offset, axes.map((axis) => target[axis]!), axes.map((axis) => repeated[axis]!));
}

/** Joins axes that continue one another, so that runs are as long as they can be. */
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
  return new Reader(data, offset, sizes[0]!, steps[0]!, sizes.slice(1), steps.slice(1));
}
