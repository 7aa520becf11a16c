/** Reading a view block by block, in row-major order of any shape it is broadcast to. */

import type { TypedArray } from "../../dtype";
import type { Shape } from "../../shape";
import { load } from "./stretch";

/** Reads the elements of a strided view one after another into doubles. */
export class Reader {
  /** Whether all elements are the same one. */
  readonly single: boolean;
  private readonly data: TypedArray;
  private readonly sizes: number[] = [];
  private readonly strides: number[] = [];
  private readonly index: number[];
  private readonly run: number;
  private readonly step: number;
  private at: number;
  private done = 0;

  /** Axes that continue one another are joined, so that runs are as long as they can be. */
  constructor(data: TypedArray, shape: Shape, strides: readonly number[], offset: number) {
    this.data = data;
    this.at = offset;
    let run = 1;
    let step = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis]!;
      const stride = strides[axis]!;
      if (size === 1) continue;
      const last = this.sizes.length - 1;
      if (run === 1) [run, step] = [size, stride];
      else if (last < 0 ? stride === step * run : stride === this.strides[last]! * this.sizes[last]!) {
        if (last < 0) run *= size;
        else this.sizes[last]! *= size;
      } else {
        this.sizes.push(size);
        this.strides.push(stride);
      }
    }
    this.run = run;
    this.step = step;
    this.single = this.sizes.length === 0 && (run === 1 || step === 0);
    this.index = this.sizes.map(() => 0);
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
