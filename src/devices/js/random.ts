/**
 * The random kernel: Philox words as bits, uniform numbers or normal ones.
 *
 * The state is (key low, key high, call low, call high). Block i of a call has the counter (i, 0, call low, call high)
 * and gives four words. They make four elements, or two where an element needs 53 bits; so an element is known from
 * its position alone.
 */

import { type DType, type TypedArray, allocate } from "../../dtype";
import { sizeOf } from "../../shape";
import { dense, type Kernel } from "./kernel";
import { boxMuller } from "./normal";
import { philox } from "./philox";

/** Writes the elements that four words make to `out`, from 0 on. */
type Draw = (words: Int32Array, out: Float64Array) => void;

interface Distribution {
  readonly perBlock: number;
  readonly draw: Draw;
}

const BITS: Distribution = { perBlock: 4, draw: (words, out) => out.set(words) };

/** Multiples of 2⁻²⁴ in [0, 1): the numbers that float32 holds evenly. */
const UNIFORM_24: Distribution = {
  perBlock: 4,
  draw: (words, out) => {
    for (let i = 0; i < 4; i++) out[i] = (words[i]! >>> 8) * 2 ** -24;
  },
};

/** Multiples of 2⁻⁵³ in [0, 1). */
const UNIFORM_53: Distribution = {
  perBlock: 2,
  draw: (words, out) => {
    out[0] = bits53(words, 0) * 2 ** -53;
    out[1] = bits53(words, 2) * 2 ** -53;
  },
};

/** Two pairs by Box and Muller, from 32 bits each. */
const NORMAL_32: Distribution = {
  perBlock: 4,
  draw: (words, out) => {
    for (let i = 0; i < 4; i += 2) {
      boxMuller(((words[i]! >>> 0) + 1) * 2 ** -32, (words[i + 1]! >>> 0) * 2 ** -32, out, i);
    }
  },
};

/** One pair by Box and Muller, from 53 bits each. */
const NORMAL_53: Distribution = {
  perBlock: 2,
  draw: (words, out) => boxMuller((bits53(words, 0) + 1) * 2 ** -53, bits53(words, 2) * 2 ** -53, out, 0),
};

/** The 27 high bits of one word before the 26 high bits of the next. */
function bits53(words: Int32Array, at: number): number {
  return (words[at]! >>> 5) * 2 ** 26 + (words[at + 1]! >>> 6);
}

function distributionOf(name: "uniform" | "normal" | "bits", dtype: DType): Distribution {
  if (name === "bits") return BITS;
  if (name === "uniform") return dtype === "float64" ? UNIFORM_53 : UNIFORM_24;
  return dtype === "float64" ? NORMAL_53 : NORMAL_32;
}

/** Numbers of the stream whose state is the input. */
export const random: Kernel<"random"> = ([state], { distribution }, { shape, dtype }) => {
  const [keyLow = 0, keyHigh = 0, callLow = 0, callHigh = 0] = dense(state!);
  const { perBlock, draw } = distributionOf(distribution, dtype);
  const out: TypedArray = allocate(dtype, sizeOf(shape));
  const words = new Int32Array(4);
  const drawn = new Float64Array(4);
  for (let i = 0, block = 0; i < out.length; i += perBlock, block++) {
    philox(block, 0, callLow, callHigh, keyLow, keyHigh, words);
    draw(words, drawn);
    for (let j = 0; j < perBlock && i + j < out.length; j++) out[i + j] = drawn[j]!;
  }
  return out;
};
