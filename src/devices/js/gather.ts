/** Elements picked along an axis by an index of the result's shape, and the adjoint that adds them back. */

import { type TypedArray, allocate } from "../../dtype";
import { type Shape, sizeOf, stridesOf } from "../../shape";
import { checkIndices } from "./indices";
import { dense, denseCopy, type Kernel } from "./kernel";
import { Positions } from "./positions";

/** How an array lies in its storage. */
interface Layout {
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Where each element of an index of `shape` points along an axis of an array; the index may cover a corner of it. */
function targetsOf(index: TypedArray, shape: Shape, { strides, offset }: Layout, axis: number): Float64Array {
  const out = new Float64Array(index.length);
  const rows = new Positions(shape, strides.map((stride, d) => (d === axis ? 0 : stride)), offset);
  const { length, stride } = rows;
  const jump = strides[axis]!;
  for (let i = 0; i < out.length; i += length) {
    const from = rows.next();
    for (let j = 0; j < length; j++) out[i + j] = from + j * stride + index[i + j]! * jump;
  }
  return out;
}

/** out[i][j][k] = input[i][index[i][j][k]][k] along the axis. */
export const gather: Kernel<"gather"> = ([input, index], { axis }, output) => {
  const { shape, storage } = input!;
  const positions = dense(index!);
  checkIndices("gather", positions, axis, shape[axis]!);
  const from = targetsOf(positions, index!.shape, input!, axis);
  const out = allocate(output.dtype, sizeOf(output.shape));
  for (let i = 0; i < out.length; i++) out[i] = storage.data[from[i]!]!;
  return out;
};

/** The input plus the source's elements, each at its index along the axis. */
export const scatterAdd: Kernel<"scatterAdd"> = ([input, index, source], { axis }, output) => {
  const positions = dense(index!);
  checkIndices("scatterAdd", positions, axis, output.shape[axis]!);
  const to = targetsOf(positions, index!.shape, { strides: stridesOf(output.shape), offset: 0 }, axis);
  const values = dense(source!, index!.shape);
  const out = denseCopy(input!, output);
  for (let i = 0; i < to.length; i++) out[to[i]!]! += values[i]!;
  return out;
};
