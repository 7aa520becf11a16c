/**
 * Philox4x32-10 for four blocks at once: the lanes of each vector are the same word of four blocks.
 *
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */

import type { FunctionBuilder, Local } from "./assembler";

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

const LOW_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const HIGH_WORDS = [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31];

/** Multiplies unsigned lanes by a constant: high words to `high`, low words to the stack. */
function multiply(f: FunctionBuilder, x: Local, factor: number, high: Local): void {
  const [even, odd] = [f.local("v128"), f.local("v128")];
  f.get(x).i32x4(factor).op("i64x2.extmul_low_i32x4_u").set(even);
  f.get(x).i32x4(factor).op("i64x2.extmul_high_i32x4_u").set(odd);
  f.get(even).get(odd).shuffle(HIGH_WORDS).set(high);
  f.get(even).get(odd).shuffle(LOW_WORDS);
  f.release(even, odd);
}

/** Turns four counter words into four random ones, in place; the key's two words (in all lanes) stay. */
export function writePhilox(f: FunctionBuilder, counter: readonly Local[], key: readonly Local[]): void {
  const [c0, c1, c2, c3] = counter as [Local, Local, Local, Local];
  const [k0, k1, high0, high1] = [f.local("v128"), f.local("v128"), f.local("v128"), f.local("v128")];
  f.get(key[0]!).set(k0).get(key[1]!).set(k1);
  for (let round = 0; round < ROUNDS; round++) {
    // c0, c1, c2, c3 ← high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
    multiply(f, c0, M0, high0);
    multiply(f, c2, M1, high1);
    f.get(high1).get(c1).op("v128.xor").get(k0).op("v128.xor").set(c0);
    f.set(c1);
    f.get(high0).get(c3).op("v128.xor").get(k1).op("v128.xor").set(c2);
    f.set(c3);
    if (round === ROUNDS - 1) break;
    f.get(k0).i32x4(W0).op("i32x4.add").set(k0);
    f.get(k1).i32x4(W1).op("i32x4.add").set(k1);
  }
  f.release(k0, k1, high0, high1);
}
