/** Rows picked along an axis by a list of positions, and the adjoint that adds them back. */

import { allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { checkIndices } from "./indices";
import { around, dense, denseCopy, type Kernel } from "./kernel";

/** out = rows of the input along the axis at the positions. */
export const indexSelect: Kernel<"indexSelect"> = ([input, index], { axis }, output) => {
  const positions = dense(index!);
  const { outer, along, inner } = around(input!.shape, axis);
  checkIndices("indexSelect", positions, axis, along);
  const from = dense(input!);
  const out = allocate(output.dtype, sizeOf(output.shape));
  const count = positions.length;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const start = (o * along + positions[j]!) * inner;
      out.set(from.subarray(start, start + inner), (o * count + j) * inner);
    }
  }
  return out;
};

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
