/** Elements picked along an axis by an index of the result's shape, and the adjoint that adds them back. */

import { allocate } from "../../dtype";
import { sizeOf, stridesOf } from "../../shape";
import { checkIndices } from "./indices";
import { dense, denseCopy, type Kernel } from "./kernel";

/** Where each element of an index of `shape` points in a contiguous array of `whole`, along `axis`. */
function targets(index: ArrayLike<number>, shape: readonly number[], whole: readonly number[], axis: number): Int32Array {
  const strides = stridesOf(whole);
  const out = new Int32Array(index.length);
  for (let i = 0; i < out.length; i++) {
    let at = index[i]! * strides[axis]!;
    for (let d = shape.length - 1, rest = i; d >= 0; d--) {
      if (d !== axis) at += (rest % shape[d]!) * strides[d]!;
      rest = Math.floor(rest / shape[d]!);
    }
    out[i] = at;
  }
  return out;
}

/** out[i][j][k] = input[i][index[i][j][k]][k] along the axis. */
export const gather: Kernel<"gather"> = ([input, index], { axis }, output) => {
  const positions = dense(index!);
  checkIndices("gather", positions, axis, input!.shape[axis]!);
  const from = dense(input!);
  const at = targets(positions, index!.shape, input!.shape, axis);
  const out = allocate(output.dtype, sizeOf(output.shape));
  for (let i = 0; i < out.length; i++) out[i] = from[at[i]!]!;
  return out;
};

/** The input plus the source's elements, each at its index along the axis. */
export const scatterAdd: Kernel<"scatterAdd"> = ([input, index, source], { axis }, output) => {
  const positions = dense(index!);
  checkIndices("scatterAdd", positions, axis, output.shape[axis]!);
  const at = targets(positions, index!.shape, output.shape, axis);
  const values = dense(source!, index!.shape);
  const out = denseCopy(input!, output);
  for (let i = 0; i < at.length; i++) out[at[i]!]! += values[i]!;
  return out;
};
