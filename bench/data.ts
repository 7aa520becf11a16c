/** The numbers a workload computes with: the same for every system, drawn from a fixed seed. */

import type { Convolutions, Workload } from "./workloads";

/** A float32 array with its shape; class numbers are floats here too. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * `x`, `y` (or `a`, `b`); the convolutions' `k0` [out, in, rows, columns], `c0` [out], `k1`, …; the layers'
 * `w0` [out, in], `b0` [out], `w1`, …
 */
export type Arrays = Readonly<Record<string, Values>>;

/** Uniform numbers in [0, 1) by Mulberry32. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function filled(shape: readonly number[], value: () => number): Values {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Float32Array.from({ length: count }, value) };
}

/** The arrays of a workload; for an epoch only the weights, the images are read from the files. */
export function arraysOf(workload: Workload): Arrays {
  const next = uniform(1);
  switch (workload.kind) {
    case "matmul": {
      const shape = [workload.size, workload.size];
      return { a: filled(shape, next), b: filled(shape, next) };
    }
    case "elementwise": {
      const shape = [workload.count];
      return { x: filled(shape, () => 4 * next() - 2), y: filled(shape, () => 4 * next() - 2) };
    }
    default: {
      const { sizes } = workload;
      const convolutions = workload.kind === "train" ? workload.convolutions : undefined;
      const arrays = weightsOf(convolutions, sizes, next);
      if (workload.kind === "epoch") return arrays;
      const x = filled([workload.batch, ...rowShape(convolutions, sizes)], next);
      if (workload.kind === "infer") return { ...arrays, x };
      if (workload.id === "xor") {
        const corners = { shape: [4, 2], values: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1) };
        return { ...arrays, x: corners, y: { shape: [4], values: Float32Array.of(0, 1, 1, 0) } };
      }
      const classes = sizes[sizes.length - 1]!;
      const y = workload.loss === "mse"
        ? filled([workload.batch, 1], next)
        : filled([workload.batch], () => Math.floor(next() * classes));
      return { ...arrays, x, y };
    }
  }
}

/** One image [channels, rows, columns], or as many numbers as the first layer takes. */
function rowShape(convolutions: Convolutions | undefined, sizes: readonly number[]): number[] {
  if (convolutions === undefined) return [sizes[0]!];
  const { channels, side } = convolutions;
  return [channels[0]!, side, side];
}

/** Weights and biases of all layers, from U(±1/√fan-in). */
function weightsOf(convolutions: Convolutions | undefined, sizes: readonly number[], next: () => number): Arrays {
  const arrays: Record<string, Values> = {};
  const layer = (weight: string, bias: string, shape: readonly number[]): void => {
    const bound = 1 / Math.sqrt(shape.slice(1).reduce((product, size) => product * size));
    const value = (): number => (2 * next() - 1) * bound;
    arrays[weight] = filled(shape, value);
    arrays[bias] = filled([shape[0]!], value);
  };
  if (convolutions !== undefined) {
    const { channels, kernel } = convolutions;
    channels.slice(1).forEach((out, i) => layer(`k${i}`, `c${i}`, [out, channels[i]!, kernel, kernel]));
  }
  sizes.slice(1).forEach((out, i) => layer(`w${i}`, `b${i}`, [out, sizes[i]!]));
  return arrays;
}

/** One-hot rows of class numbers, for systems whose losses want them. */
export function oneHotRows(labels: ArrayLike<number>, classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) rows[i * classes + labels[i]!] = 1;
  return rows;
}

/** A number that tells outputs apart: the mean of |value| with weights 1 … 7 in turn. */
export function checksum(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]!) * ((i % 7) + 1);
  return sum / values.length;
}

/** The transposed matrix [columns, rows] of one [rows, columns]. */
export function transposed({ shape, values }: Values): Values {
  const [rows, columns] = shape as readonly [number, number];
  const result = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j]!;
  return { shape: [columns, rows], values: result };
}
