/** Rows picked along an axis by a list of positions, and the adjoint that adds them back. */

import { type TypedArray, allocate } from "../../dtype";
import { isContiguous, sizeOf } from "../../shape";
import type { View } from "../../tensor/storage";
import { copyInto } from "./copyInto";
import { checkIndices } from "./indices";
import { around, dense, denseCopy, type Kernel } from "./kernel";

/** out = rows of the input along the axis at the positions. */
export const indexSelect: Kernel<"indexSelect"> = ([input, index], { axis }, output) => {
  const { shape, strides, offset } = input!;
  const positions = dense(index!);
  const { outer, along, inner } = around(shape, axis);
  checkIndices("indexSelect", positions, axis, along);
  const out = allocate(output.dtype, sizeOf(output.shape));
  const count = positions.length;
  if (axis === 0 && !isContiguous(shape, strides)) {
    const row = { ...input!, shape: shape.slice(1), strides: strides.slice(1) };
    for (let j = 0; j < count; j++) copyInto(out, { ...row, offset: offset + positions[j]! * strides[0]! }, j * inner);
    return out;
  }
  const { data, start } = inOrder(input!);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const from = start + (o * along + positions[j]!) * inner;
      out.set(data.subarray(from, from + inner), (o * count + j) * inner);
    }
  }
  return out;
};

/** Elements in row-major order from `start` on, where they lie if so: a batch must not cost a copy of its data set. */
function inOrder(view: View): { data: TypedArray; start: number } {
  if (isContiguous(view.shape, view.strides)) return { data: view.storage.data, start: view.offset };
  return { data: dense(view), start: 0 };
}

/** The input with the source's rows added along the axis at the positions. */
export const indexAdd: Kernel<"indexAdd"> = ([input, index, source], { axis }, output) => {
  const positions = dense(index!);
  const { outer, along, inner } = around(output.shape, axis);
  checkIndices("indexAdd", positions, axis, along);
  const values = dense(source!);
  const out = denseCopy(input!, output);
  const count = positions.length;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const from = (o * count + j) * inner;
      const to = (o * along + positions[j]!) * inner;
      for (let i = 0; i < inner; i++) out[to + i]! += values[from + i]!;
    }
  }
  return out;
};
