/** The random kernel: Philox words as bits, uniform numbers or normal ones. */

import { type DType, allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { dense, type Kernel } from "./kernel";
import { philox } from "./philox";

/** Numbers of the stream whose state is the input: key low, key high, call low, call high. */
export const random: Kernel<"random"> = ([state], { distribution }, { shape, dtype }) => {
  const [keyLow, keyHigh, callLow, callHigh] = dense(state!) as unknown as [number, number, number, number];
  const out = allocate(dtype, sizeOf(shape));
  const words = new Int32Array(4);
  const values = new Float64Array(4);
  const perBlock = distribution !== "bits" && dtype === "float64" ? 2 : 4;
  for (let i = 0, block = 0; i < out.length; i += perBlock, block++) {
    philox(block, 0, callLow, callHigh, keyLow, keyHigh, words);
    fill(distribution, dtype, words, values);
    for (let j = 0; j < perBlock && i + j < out.length; j++) out[i + j] = values[j]!;
  }
  return out;
};

function fill(distribution: "uniform" | "normal" | "bits", dtype: DType, words: Int32Array, values: Float64Array): void {
  const wide = (i: number): number => (words[i]! >>> 5) * 2 ** 26 + (words[i + 1]! >>> 6);
  const boxMuller = (u: number, v: number, at: number): void => {
    const radius = Math.sqrt(-2 * Math.log(u));
    values[at] = radius * Math.cos(2 * Math.PI * v);
    values[at + 1] = radius * Math.sin(2 * Math.PI * v);
  };
  if (distribution === "bits") values.set(words);
  else if (distribution === "uniform") {
    if (dtype === "float64") for (let j = 0; j < 2; j++) values[j] = wide(2 * j) * 2 ** -53;
    else for (let j = 0; j < 4; j++) values[j] = (words[j]! >>> 8) * 2 ** -24;
  } else if (dtype === "float64") boxMuller((wide(0) + 1) * 2 ** -53, wide(2) * 2 ** -53, 0);
  else {
    for (let j = 0; j < 4; j += 2) boxMuller(((words[j]! >>> 0) + 1) * 2 ** -32, (words[j + 1]! >>> 0) * 2 ** -32, j);
  }
}
