/** Eigenvalues and eigenvectors of symmetric matrices, by Jacobi's rotations. */

import { checkNumber, checkOptions } from "../check";
import { OptionError, ShapeError } from "../errors";
import { showShape } from "../shape";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { type Matrix, float64, matrixOf, scaled } from "./matrix";
import { rotation } from "./svd";

/** Settings of {@link symmetricEigen}. */
export interface SymmetricEigenOptions {
  /** How far aᵢⱼ and aⱼᵢ may lie apart, relative to the largest |aᵢⱼ|; ≥ 0, default 10⁻⁶ (rounding of float32). */
  tolerance?: number;
}

/** What {@link symmetricEigen} gives: a·vectors = vectors·diag(values). Both are float64. */
export interface SymmetricEigen {
  /** Eigenvalues, largest first, [n]. */
  readonly values: Tensor;
  /** Orthonormal eigenvectors as columns, [n, n]. */
  readonly vectors: Tensor;
}

const SWEEPS = 60; // ten are usual

/**
 * The eigenvalues and eigenvectors of a symmetric matrix: a = vectors·diag(values)·vectorsᵀ.
 *
 * Shapes: a [n, n]; values [n], largest first (NumPy's `eigh` has the smallest first), vectors [n, n] with one
 * eigenvector per column. Computed in float64 whatever the dtype of a, and given in it; errors are about 10⁻¹⁵ of the
 * largest eigenvalue. Of a nearly symmetric matrix ½(a + aᵀ) is taken. Vectors are unique up to their sign, and to
 * rotation where eigenvalues are equal. A size of 0 is fine. A plain function: no gradient flows through.
 *
 * @throws ShapeError if a is not a square matrix; OptionError if it is not symmetric within the tolerance, or an entry
 * is not finite.
 *
 * @example
 * ```ts
 * import { symmetricEigen } from "gradkit";
 * symmetricEigen([[1, 2], [2, 1]]).values.toArray(); // → [3, -1]
 * ```
 *
 * Source: Jacobi 1846; Golub and Van Loan, Matrix Computations, §8.5.
 */
export function symmetricEigen(a: TensorLike, options: SymmetricEigenOptions = {}): SymmetricEigen {
  checkOptions("symmetricEigen", options, ["tolerance"]);
  const tolerance = checkNumber("symmetricEigen", "tolerance", options.tolerance ?? 1e-6, { min: 0 });
  const matrix = matrixOf("symmetricEigen", a);
  checkSymmetric(matrix, tolerance);
  const n = matrix.rows;
  const scale = scaled(matrix.data);
  const vectors = diagonalise(matrix.data, n);
  const diagonal = Float64Array.from({ length: n }, (_, i) => matrix.data[i * n + i]!);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => {
    for (let i = 0; i < n; i++) sorted[i * n + to] = vectors[from * n + i]!;
  });
  const values = Float64Array.from(order, (i) => diagonal[i]! * scale);
  return { values: float64(values, [n]), vectors: float64(sorted, [n, n]) };
}

/** Refuses what is not square, or not symmetric within the tolerance; makes the rest exactly symmetric. */
function checkSymmetric({ rows: n, columns, data }: Matrix, tolerance: number): void {
  if (n !== columns) {
    throw new ShapeError(
      `symmetricEigen: not square: ${showShape([n, columns])} (${n} ≠ ${columns}); for other matrices there is svd`,
      { shape: [n, columns] },
    );
  }
  const allowed = tolerance * data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [below, above] = [data[i * n + j]!, data[j * n + i]!];
      if (Math.abs(below - above) > allowed) {
        throw new OptionError(
          `symmetricEigen: not symmetric: ${above} at [${j}, ${i}], ${below} at [${i}, ${j}] ` +
            `(they may differ by ${allowed}); take a.add(a.transpose()).div(2) if that is meant, or svd`,
          { row: i, column: j, below, above },
        );
      }
      data[i * n + j] = data[j * n + i] = below / 2 + above / 2;
    }
  }
}

/** Turns the matrix into a diagonal one, in place; returns the eigenvectors, one per row. */
function diagonalise(a: Float64Array, n: number): Float64Array {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  // All that stands beside the diagonal below this changes no eigenvalue by more than rounding does.
  const noise = (Number.EPSILON / n) * Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0, turned = true; sweep < SWEEPS && turned; sweep++) {
    turned = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p * n + q]!) <= noise) continue;
        const [cos, sin] = rotation(a[p * n + p]!, a[q * n + q]!, a[p * n + q]!);
        turnBoth(a, n, p, q, cos, sin);
        turnRows(vectors, n, p, q, cos, sin);
        turned = true;
      }
    }
  }
  return vectors;
}

/** Turns rows p and q, then columns p and q, of a symmetric matrix, such that the entry they share becomes 0. */
function turnBoth(a: Float64Array, n: number, p: number, q: number, cos: number, sin: number): void {
  const shift = (a[p * n + q]! * sin) / cos;
  const [first, second] = [a[p * n + p]! - shift, a[q * n + q]! + shift];
  turnRows(a, n, p, q, cos, sin);
  for (let k = 0; k < n; k++) {
    a[k * n + p] = a[p * n + k]!;
    a[k * n + q] = a[q * n + k]!;
  }
  a[p * n + p] = first;
  a[q * n + q] = second;
  a[p * n + q] = a[q * n + p] = 0;
}

function turnRows(a: Float64Array, n: number, p: number, q: number, cos: number, sin: number): void {
  for (let i = p * n, j = q * n; i < (p + 1) * n; i++, j++) {
    const x = a[i]!;
    const y = a[j]!;
    a[i] = cos * x - sin * y;
    a[j] = sin * x + cos * y;
  }
}
