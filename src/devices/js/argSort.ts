/** The argSort kernel: the stable order of elements along an axis. */

import { around, dense, type Kernel } from "./kernel";

/** Positions that sort along the axis; NaN last ascending, first descending. */
export const argSort: Kernel<"argSort"> = ([input], { axis, descending }) => {
  const from = dense(input!);
  const { outer, along, inner } = around(input!.shape, axis);
  const out = new Int32Array(from.length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * along * inner + i;
      const value = (j: number): number => from[start + j * inner]!;
      const order = Array.from({ length: along }, (_, j) => j);
      order.sort((a, b) => compare(value(a), value(b)) * (descending ? -1 : 1));
      for (let j = 0; j < along; j++) out[start + j * inner] = order[j]!;
    }
  }
  return out;
};

function compare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
