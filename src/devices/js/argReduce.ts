/** The argReduce kernel: where the first extreme stands. */

import { input as element } from "../../scalar/expr";
import { sizeOf } from "../../shape";
import { evaluate } from "./evaluate";
import type { Kernel } from "./kernel";

/** Position of the first largest or smallest element over the axes; NaN counts as the extreme. */
export const argReduce: Kernel<"argReduce"> = ([input], { op, axes }, output) => {
  const { shape } = input!;
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const count = sizeOf(axes.map((axis) => shape[axis]!));
  const out = new Int32Array(sizeOf(output.shape));
  const sign = op === "max" ? 1 : -1;
  let best = 0;
  evaluate(element(0), [input!], { shape, axes: [...kept, ...axes], integers: false }, (work, at, start, n) => {
    let row = Math.floor(start / count);
    let position = start - row * count;
    for (let i = 0; i < n; i++) {
      const value = sign * work[at + i]!;
      // Neither a NaN already found nor an equal value gives way.
      if (position === 0 || value > best || (value !== value && best === best)) {
        best = value;
        out[row] = position;
      }
      if (++position === count) {
        position = 0;
        row++;
      }
    }
  });
  return out;
};
