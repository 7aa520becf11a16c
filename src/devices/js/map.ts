/** The map kernel: one scalar expression over every element. */

import { allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { arithmetic } from "./arithmetic";
import { evaluate } from "./evaluate";
import type { Kernel } from "./kernel";
import { store } from "./stretch";

/** One scalar expression over broadcast inputs. */
export const map: Kernel<"map"> = (inputs, { expr }, output) => {
  const { shape, dtype } = output;
  const size = sizeOf(shape);
  const done = arithmetic(expr, inputs, output, size);
  if (done !== null) return done;
  const out = allocate(dtype, size);
  evaluate(expr, inputs, { shape, integers: dtype === "int32" }, (work, at, start, count) => {
    store(work, at, out, start, 1, count);
  });
  return out;
};
