/** The numbers a workload computes with: the same for every system, drawn from a fixed seed. */

import type { Workload } from "./workloads";

/** A float32 array with its shape; class numbers are floats here too. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** `x`, `y` (or `a`, `b`), and the layers' `w0` [out, in], `b0` [out], `w1`, … */
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

/** The arrays of a workload; for an epoch only the weights, the images are read from the files. */
export function arraysOf(workload: Workload): Arrays {
  const next = uniform(1);
  const filled = (shape: readonly number[], value: () => number): Values => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { shape, values: Float32Array.from({ length: count }, value) };
  };
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
      const arrays: Record<string, Values> = {};
      for (let i = 0; i + 1 < sizes.length; i++) {
        const bound = 1 / Math.sqrt(sizes[i]!);
        const weight = (): number => (2 * next() - 1) * bound;
        arrays[`w${i}`] = filled([sizes[i + 1]!, sizes[i]!], weight);
        arrays[`b${i}`] = filled([sizes[i + 1]!], weight);
      }
      if (workload.kind === "epoch") return arrays;
      arrays.x = filled([workload.batch, sizes[0]!], next);
      if (workload.kind === "infer") return arrays;
      if (workload.id === "xor") {
        const x = { shape: [4, 2], values: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1) };
        return { ...arrays, x, y: { shape: [4], values: Float32Array.of(0, 1, 1, 0) } };
      }
      const classes = sizes[sizes.length - 1]!;
      arrays.y = workload.loss === "mse"
        ? filled([workload.batch, 1], next)
        : filled([workload.batch], () => Math.floor(next() * classes));
      return arrays;
    }
  }
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
