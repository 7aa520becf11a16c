/** The place kernel: a source written or added into a stepped window of an input. */

import { sizeOf, stridesOf } from "../../shape";
import { dense, denseCopy, type Kernel } from "./kernel";

/** The first input with the second set or added at `begin`, `step` apart. */
export const place: Kernel<"place"> = ([input, source], { begin, step, mode }, output) => {
  const out = denseCopy(input!, output);
  const values = dense(source!);
  const { shape } = source!;
  const strides = stridesOf(output.shape);
  const size = sizeOf(shape);
  for (let i = 0; i < size; i++) {
    let at = 0;
    for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
      at += (begin[axis]! + (rest % shape[axis]!) * step[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    out[at] = mode === "set" ? values[i]! : out[at]! + values[i]!;
  }
  return out;
};
