/** Which inputs a layer treats alike: distances between the rows of its activations, by correlation. */

import { OptionError, ShapeError } from "../errors";
import { to } from "../ops/cast";
import { asTensor } from "../tensor/create";
import { noGrad } from "../tensor/tape";
import { storageOf } from "../tensor/storage";
import { type Tensor, type TensorLike, fromStorage } from "../tensor/tensor";

/**
 * The representational dissimilarity matrix of activations: RDMᵢⱼ = 1 − r(hᵢ, hⱼ), with Pearson's correlation r over
 * the hidden units of rows i and j.
 *
 * Shapes: h [N, …units] (axes after the first count as one), the result [N, N], in float64: symmetric, 0 on the
 * diagonal, within [0, 2]. 0: the same pattern up to scale and shift; 1: unrelated; 2: opposite. Corners: a row that is
 * constant over all units (a single unit, or none, included) correlates with nothing: 1, and 0 with itself.
 * {@link activations} gives the h of each layer of a model. No gradient flows through.
 *
 * @throws ShapeError for a scalar, OptionError if an activation is not finite.
 *
 * @example
 * ```ts
 * import { representationalSimilarity } from "gradkit";
 * representationalSimilarity([[1, 2, 3], [2, 4, 6], [3, 2, 1], [5, 5, 5]]).toArray();
 * // → [[0, 0, 2, 1], [0, 0, 2, 1], [2, 2, 0, 1], [1, 1, 1, 0]]
 * ```
 *
 * Source: Kriegeskorte, Mur and Bandettini 2008, "Representational similarity analysis".
 */
export function representationalSimilarity(h: TensorLike): Tensor {
  const where = "representationalSimilarity";
  const given = noGrad(() => to(asTensor(where, h, "float64"), "float64"));
  if (given.rank === 0) {
    throw new ShapeError(`${where}: no rows: a scalar; give one row of activations per input, such as [[1, 2], [3, 4]]`);
  }
  const values = given.toTypedArray();
  const count = given.shape[0]!;
  const units = count === 0 ? 0 : values.length / count;
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    const row = Math.floor(at / units);
    throw new OptionError(`${where}: an activation is not finite: ${values[at]} in row ${row}; leave such rows out`, {
      value: values[at],
      row,
    });
  }
  const directions = Array.from({ length: count }, (_, i) => direction(values.subarray(i * units, (i + 1) * units)));
  const distances = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      distances[i * count + j] = distances[j * count + i] = distance(directions[i]!, directions[j]!);
    }
  }
  return fromStorage(storageOf("float64", distances), [count, count]);
}

/** A row without its mean, of length 1; null for a constant one. */
function direction(row: ArrayLike<number>): Float64Array | null {
  const out = Float64Array.from(row);
  const largest = out.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (out.every((value) => value === out[0])) return null;
  for (let k = 0; k < out.length; k++) out[k]! /= largest; // lest squares overflow
  const mean = out.reduce((a, b) => a + b) / out.length;
  for (let k = 0; k < out.length; k++) out[k]! -= mean;
  const length = Math.sqrt(out.reduce((sum, value) => sum + value * value, 0));
  for (let k = 0; k < out.length; k++) out[k]! /= length;
  return out;
}

function distance(a: Float64Array | null, b: Float64Array | null): number {
  if (a === null || b === null) return 1;
  let correlation = 0;
  for (let k = 0; k < a.length; k++) correlation += a[k]! * b[k]!;
  return 1 - Math.max(-1, Math.min(1, correlation));
}
