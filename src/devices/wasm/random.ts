/** The random kernel: Philox words as bits, uniform numbers or normal ones; the bits are those of the js device. */

import { type DType, bytesOf } from "../../dtype";
import { sizeOf } from "../../shape";
import type { Kernels } from "../../tensor/device";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { convertElement, storeElement } from "./element";
import { advance } from "./loops";
import { boxMuller } from "./normal";
import { writePhilox } from "./philox";
import { type Placed, byteStrides, startOf } from "./placed";
import { type Part, Share } from "./share";
import { transposeWords } from "./transpose";

/** Blocks that are drawn at once; their numbers fill so many vectors. */
const BLOCKS = 4;

const HIGH_DOWN = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

/** What four words (of four blocks in the lanes) become: four vectors of numbers in the order of the output. */
type Draw = (f: FunctionBuilder, words: readonly Local[]) => readonly Local[];

/** Runs `push`, which leaves a vector on the stack, and keeps that in a local. */
function keep(f: FunctionBuilder, push: () => void): Local {
  push();
  const local = f.local("v128");
  f.set(local);
  return local;
}

/** Pushes the unsigned words of the first or the last two blocks as doubles. */
function pushDoubles(f: FunctionBuilder, word: Local, half: number, shift = 0): void {
  f.get(word);
  if (half === 1) f.get(word).shuffle(HIGH_DOWN);
  if (shift > 0) f.i32(shift).op("i32x4.shr_u");
  f.op("f64x2.convert_low_i32x4_u");
}

/** Pushes 53 bits of each of two blocks: the 27 high bits of one word before the 26 high bits of the next. */
function pushBits53(f: FunctionBuilder, words: readonly Local[], at: number, half: number): void {
  pushDoubles(f, words[at]!, half, 5);
  f.f64x2(2 ** 26).op("f64x2.mul");
  pushDoubles(f, words[at + 1]!, half, 6);
  f.op("f64x2.add");
}

const bits: Draw = (f, words) => transposeWords(f, words);

/** Multiples of 2⁻²⁴ in [0, 1). */
const uniform24: Draw = (f, words) => {
  for (const word of words) {
    f.get(word).i32(8).op("i32x4.shr_u").op("f32x4.convert_i32x4_s").f32x4(2 ** -24).op("f32x4.mul").set(word);
  }
  return transposeWords(f, words);
};

/** Two pairs a block by Box and Muller, from 32 bits each. */
const normal32: Draw = (f, words) => {
  const normal = boxMuller(f.module);
  for (const i of [0, 2]) {
    const [c, s] = [f.local("v128"), f.local("v128")];
    const halves = [0, 1].map((half) => {
      pushDoubles(f, words[i]!, half);
      f.f64x2(1).op("f64x2.add").f64x2(2 ** -32).op("f64x2.mul");
      pushDoubles(f, words[i + 1]!, half);
      f.f64x2(2 ** -32).op("f64x2.mul").call(normal).op("f32x4.demote_f64x2_zero").set(s);
      f.op("f32x4.demote_f64x2_zero").set(c);
      return [keep(f, () => f.get(c)), keep(f, () => f.get(s))] as const;
    });
    const [low, high] = halves as [(typeof halves)[0], (typeof halves)[0]];
    f.get(low[0]).get(high[0]).shuffle(LOW_HALVES).set(words[i]!);
    f.get(low[1]).get(high[1]).shuffle(LOW_HALVES).set(words[i + 1]!);
    f.release(c, s, ...low, ...high);
  }
  return transposeWords(f, words);
};

/** Two doubles a block, given those of the first and those of the last two blocks. */
function pairs(f: FunctionBuilder, write: (half: number, first: Local, second: Local) => void): Local[] {
  return [0, 1].flatMap((half) => {
    const [first, second] = [f.local("v128"), f.local("v128")];
    write(half, first, second);
    const rows = [LOW_HALVES, HIGH_HALVES].map((lanes) => keep(f, () => f.get(first).get(second).shuffle(lanes)));
    f.release(first, second);
    return rows;
  });
}

/** Multiples of 2⁻⁵³ in [0, 1). */
const uniform53: Draw = (f, words) =>
  pairs(f, (half, first, second) => {
    pushBits53(f, words, 0, half);
    f.f64x2(2 ** -53).op("f64x2.mul").set(first);
    pushBits53(f, words, 2, half);
    f.f64x2(2 ** -53).op("f64x2.mul").set(second);
  });

/** One pair a block by Box and Muller, from 53 bits each. */
const normal53: Draw = (f, words) =>
  pairs(f, (half, first, second) => {
    pushBits53(f, words, 0, half);
    f.f64x2(1).op("f64x2.add").f64x2(2 ** -53).op("f64x2.mul");
    pushBits53(f, words, 2, half);
    f.f64x2(2 ** -53).op("f64x2.mul").call(boxMuller(f.module)).set(second).set(first);
  });

function drawOf(distribution: Kernels["random"]["distribution"], dtype: DType): { draw: Draw; drawn: DType } {
  if (distribution === "bits") return { draw: bits, drawn: "int32" };
  const uniform = distribution === "uniform";
  if (dtype === "float64") return { draw: uniform ? uniform53 : normal53, drawn: "float64" };
  return { draw: uniform ? uniform24 : normal32, drawn: "float32" };
}

/** Stores the first `count` numbers of the vectors. */
function storeDrawn(
  f: FunctionBuilder,
  vectors: readonly Local[],
  drawn: DType,
  to: Local,
  dtype: DType,
  count: number,
): void {
  const lanes = 16 / bytesOf(drawn);
  const extract = { float32: "f32x4.extract_lane", float64: "f64x2.extract_lane" } as const;
  vectors.forEach((vector, i) => {
    const here = Math.min(lanes, count - i * lanes);
    if (here === lanes && drawn === dtype) {
      f.get(to).get(vector).memory("v128.store", 16 * i);
      return;
    }
    for (let lane = 0; lane < here; lane++) {
      f.get(to).get(vector).lane(drawn === "float32" || drawn === "float64" ? extract[drawn] : "i32x4.extract_lane", lane);
      convertElement(f, drawn, dtype);
      storeElement(f, dtype, (i * lanes + lane) * bytesOf(dtype));
    }
  });
}

/** Nanoseconds that a number takes on one thread, about. */
const COST = { bits: 3, uniform: 3, normal: 20 } as const;

/** Numbers of the stream whose state is the input: (key low, key high, call low, call high). */
export function emitRandom(
  module: ModuleBuilder,
  { distribution }: Kernels["random"],
  state: Placed,
  output: Placed,
): readonly Part[] {
  const share = new Share(module);
  const { f } = share;
  const { dtype } = output;
  const { draw, drawn } = drawOf(distribution, dtype);
  const size = sizeOf(output.shape);
  const [key0, key1, call0, call1] = [0, 1, 2, 3].map((i) =>
    keep(f, () => f.i32(startOf(state) + i * byteStrides(state)[0]!).memory("v128.load32_splat")),
  ) as [Local, Local, Local, Local];
  const block = keep(f, () => f.i32x4(0, 1, 2, 3));
  const counter = [0, 1, 2, 3].map(() => f.local("v128"));
  const to = f.local("i32");
  const group = (count: number): void => {
    f.get(block).set(counter[0]!).i32x4(0).set(counter[1]!).get(call0).set(counter[2]!).get(call1).set(counter[3]!);
    writePhilox(f, counter, [key0, key1]);
    const vectors = draw(f, counter);
    storeDrawn(f, vectors, drawn, to, dtype, count);
    f.release(...vectors);
  };
  const full = (BLOCKS * 16) / bytesOf(drawn);
  f.i32(startOf(output)).set(to);
  const whole = Math.floor(size / full);
  if (whole > 0) {
    const first = f.local("i32");
    share.divide(whole, COST[distribution] * size);
    share.begin(to, full * bytesOf(dtype));
    f.i32(0).set(first);
    share.begin(first, BLOCKS);
    f.get(block).get(first).op("i32x4.splat").op("i32x4.add").set(block);
    share.times(() => {
      group(full);
      f.get(block).i32x4(BLOCKS).op("i32x4.add").set(block);
      advance(f, to, full * bytesOf(dtype));
    });
  }
  share.once(() => {
    if (size % full > 0) group(size % full);
  });
  return [share.part];
}
