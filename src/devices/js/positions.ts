/** Where the innermost rows of a strided shape begin, in row-major order. */

import type { Shape } from "../../shape";

/** Walks the rows of a shape; a scalar is one row of one element. */
export class Positions {
  /** Elements in each row. */
  readonly length: number;
  /** Distance between the elements of a row. */
  readonly stride: number;
  private readonly index: number[];

  constructor(
    private readonly shape: Shape,
    private readonly strides: readonly number[],
    private at: number,
  ) {
    const last = shape.length - 1;
    this.length = last < 0 ? 1 : shape[last]!;
    this.stride = last < 0 ? 1 : strides[last]!;
    this.index = shape.map(() => 0);
  }

  /** The position of the next row's first element. */
  next(): number {
    const { shape, strides, index, at } = this;
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      this.at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      this.at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
    return at;
  }
}
