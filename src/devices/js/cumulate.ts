/** The cumulate kernel: running sums along an axis. */

import { allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import type { Kernel } from "./kernel";
import { eachLine } from "./lines";
import { store } from "./stretch";

/** Running sums in double precision, rounded as they are stored. */
export const cumulate: Kernel<"cumulate"> = ([input], { axis, reverse }, output) => {
  const out = allocate(output.dtype, sizeOf(output.shape));
  eachLine(input!, axis, (line, start, step) => {
    const n = line.length;
    if (reverse) for (let i = n - 2; i >= 0; i--) line[i]! += line[i + 1]!;
    else for (let i = 1; i < n; i++) line[i]! += line[i - 1]!;
    store(line, 0, out, start, step, n);
  });
  return out;
};
