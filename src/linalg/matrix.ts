/** Matrices as the algorithms of this room want them: finite float64 numbers, and what they answer as tensors. */

import { ShapeError, OptionError } from "../errors";
import { type Shape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { storageOf } from "../tensor/storage";
import { type Tensor, type TensorLike, fromStorage } from "../tensor/tensor";

/** A matrix in row-major order, a copy that may be written to. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Reads a matrix; refuses other ranks and entries that are not finite. */
export function matrixOf(where: string, value: TensorLike): Matrix {
  const given = asTensor(where, value, "float64");
  if (given.rank !== 2) {
    throw new ShapeError(
      `${where}: not a matrix: ${showShape(given.shape)} (rank ${given.rank}); give rows and columns, such as [[1, 2]]`,
      { shape: given.shape },
    );
  }
  const [rows, columns] = given.shape as [number, number];
  const data = Float64Array.from(given.toTypedArray());
  const at = data.findIndex((entry) => !Number.isFinite(entry));
  if (at >= 0) {
    const [row, column] = [Math.floor(at / columns), at % columns];
    throw new OptionError(
      `${where}: an entry is not finite: ${data[at]} at [${row}, ${column}]; remove or replace it first`,
      { value: data[at], row, column },
    );
  }
  return { rows, columns, data };
}

/** Divides by a power of two such that the largest entry is in [1, 2), lest squares overflow; returns the power. */
export function scaled(data: Float64Array): number {
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 1;
  // Held away from the ends, where a power of two or its inverse is no normal number.
  const power = 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest))));
  for (let i = 0; i < data.length; i++) data[i] = data[i]! / power;
  return power;
}

/** A float64 tensor with the given values. */
export function float64(data: Float64Array, shape: Shape): Tensor {
  return fromStorage(storageOf("float64", data), shape);
}
