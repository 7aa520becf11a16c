/** The initialiser that keeps lengths: rows or columns of a weight at right angles. */

import { checkNumber } from "../check";
import { allocate } from "../dtype";
import { ShapeError } from "../errors";
import { randn } from "../ops/random";
import { type Shape, showShape, sizeOf } from "../shape";
import { storageOf } from "../tensor/storage";
import { type Tensor, fromStorage } from "../tensor/tensor";
import { type Configurable, type GainOptions, type InitOptions, configurable } from "./initializer";

/**
 * A random matrix with orthonormal rows (or columns, where there are more rows): W·Wᵀ = gain² · I, uniform among all
 * such.
 *
 * Shapes: [out, in, …kernel], read as the matrix out × (in · kernel). Default gain 1. Computed in float64, whatever
 * the dtype; the time grows as size × the smaller of both sides.
 *
 * @throws ShapeError for fewer than two axes.
 *
 * @example
 * ```ts
 * import { Generator, orthogonal } from "gradkit";
 * const w = orthogonal([2, 3], { dtype: "float64", generator: new Generator(1) });
 * w.matmul(w.transpose()).round().toArray(); // → [[1, 0], [0, 1]]
 * ```
 *
 * Source: Saxe, McClelland and Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear
 * neural networks"; uniform by Mezzadri 2007, "How to generate random matrices from the classical compact groups".
 */
export const orthogonal: Configurable<GainOptions> = /* @__PURE__ */ configurable<GainOptions>(
  "orthogonal",
  ["gain"],
  (shape, { gain = 1 }, options) => scaled(shape, checkNumber("orthogonal", "gain", gain), options),
);

function scaled(shape: Shape, gain: number, options: InitOptions): Tensor {
  if (shape.length < 2) {
    throw new ShapeError(
      `orthogonal: a matrix needs two axes: ${showShape(shape)} (weights are [out, in, …kernel]); ` +
        "use uniform, normal or constant for biases",
      { shape },
    );
  }
  const out = shape[0]!;
  const rest = sizeOf(shape.slice(1));
  const [few, many] = out <= rest ? [out, rest] : [rest, out];
  const vectors = randn([few, many], { ...options, dtype: "float64" }).toTypedArray();
  for (let i = 0; i < few; i++) orthonormalise(vectors, i, many);
  const dtype = options.dtype ?? "float32";
  const data = allocate(dtype, vectors.length);
  for (let i = 0; i < few; i++) {
    for (let j = 0; j < many; j++) data[out <= rest ? i * many + j : j * few + i] = gain * vectors[i * many + j]!;
  }
  return fromStorage(storageOf(dtype, data), shape);
}

/** Takes from row `i` what lies along the rows before it, twice since rounding leaves a rest, and gives it length 1. */
function orthonormalise(rows: { [at: number]: number }, i: number, length: number): void {
  for (let pass = 0; pass < 2; pass++) {
    for (let k = 0; k < i; k++) {
      const along = inner(rows, i, k, length);
      for (let j = 0; j < length; j++) rows[i * length + j]! -= along * rows[k * length + j]!;
    }
    const norm = Math.sqrt(inner(rows, i, i, length));
    for (let j = 0; j < length; j++) rows[i * length + j]! /= norm;
  }
}

function inner(rows: { readonly [at: number]: number }, i: number, k: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += rows[i * length + j]! * rows[k * length + j]!;
  return sum;
}
