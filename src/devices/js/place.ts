/** The place kernel: a source written or added into a stepped window of an input. */

import { stridesOf } from "../../shape";
import { dense, denseCopy, type Kernel } from "./kernel";
import { Positions } from "./positions";

/** The first input with the second set or added at `begin`, `step` apart. */
export const place: Kernel<"place"> = ([input, source], { begin, step, mode }, output) => {
  const out = denseCopy(input!, output);
  const values = dense(source!);
  const strides = stridesOf(output.shape);
  const first = begin.reduce((sum, from, axis) => sum + from * strides[axis]!, 0);
  const rows = new Positions(source!.shape, strides.map((stride, axis) => stride * step[axis]!), first);
  const { length, stride } = rows;
  for (let i = 0; i < values.length; i += length) {
    const to = rows.next();
    if (mode === "add") for (let j = 0; j < length; j++) out[to + j * stride]! += values[i + j]!;
    else if (stride === 1) out.set(values.subarray(i, i + length), to);
    else for (let j = 0; j < length; j++) out[to + j * stride] = values[i + j]!;
  }
  return out;
};
