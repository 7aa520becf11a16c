/** What kind of point a gradient of 0 is: the signs of the Hessian's eigenvalues decide. */

import { hessian, jacobian } from "../autograd/functional";
import { checkNumber, checkOptions } from "../check";
import { GradError, OptionError, within } from "../errors";
import { symmetricEigen } from "../linalg/symmetricEigen";
import { reshape } from "../ops/reshape";
import { to } from "../ops/cast";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { noGrad } from "../tensor/tape";
import type { Tensor, TensorLike } from "../tensor/tensor";

/** Settings of {@link criticalPoint}. */
export interface CriticalPointOptions {
  /** Eigenvalues up to this share of the largest |λ| count as 0; ≥ 0, default 10⁻⁸. */
  tolerance?: number;
  /** A gradient up to this length counts as 0; ≥ 0, Infinity classifies the curvature anywhere; default 10⁻⁶. */
  gradientTolerance?: number;
}

/** What {@link criticalPoint} found. */
export interface CriticalPoint {
  /** What the point is; `notCritical` where the gradient is not 0, whatever the eigenvalues. */
  readonly kind: "minimum" | "maximum" | "saddle" | "degenerate" | "notCritical";
  /** Eigenvalues of the Hessian, largest first. */
  readonly eigenvalues: number[];
  /** Length of the gradient. */
  readonly gradientNorm: number;
  /** How many eigenvalues are negative: along so many directions the function falls. */
  readonly index: number;
}

/**
 * What a point is where the gradient of a scalar function is 0, by the eigenvalues λ of the exact Hessian there.
 *
 * All λ > 0: a (strict local) minimum; all λ < 0: a maximum; both signs: a saddle, also if some λ are 0 besides. No
 * two signs and a λ of 0: `degenerate`, which the second derivatives cannot decide (x⁴ has a minimum there, x³ none).
 * The diagonal of the Hessian decides nothing: [[1, 2], [2, 1]] belongs to a saddle. Where the gradient is longer than
 * `gradientTolerance` nothing is wrong, but the answer is `notCritical`; the eigenvalues are given all the same.
 *
 * Shapes: x any (anything a tensor is made of), f(x) a single element. x is handed to `f` in float64. The Hessian
 * takes one backward pass per element of x, and its eigenvalues n³ operations: meant for up to a few hundred elements.
 *
 * @throws GradError if `f` does not return a tensor of one element; OptionError if gradient or Hessian is not finite
 * there, or for options out of range.
 *
 * @example
 * ```ts
 * import { type Tensor, criticalPoint } from "gradkit";
 * const saddle = (p: Tensor) => p.slice([[0, 1]]).square().sub(p.slice([[1, 2]]).square());
 * const { kind, eigenvalues } = criticalPoint(saddle, [0, 0]);
 * kind; // → "saddle"
 * eigenvalues; // → [2, -2]
 * ```
 */
export function criticalPoint(
  f: (x: Tensor) => Tensor,
  x: TensorLike,
  options: CriticalPointOptions = {},
): CriticalPoint {
  const where = "criticalPoint";
  checkOptions(where, options, ["tolerance", "gradientTolerance"]);
  const tolerance = checkNumber(where, "tolerance", options.tolerance ?? 1e-8, { min: 0 });
  const still = { min: 0, infinite: true };
  const gradientTolerance = checkNumber(where, "gradientTolerance", options.gradientTolerance ?? 1e-6, still);
  const at = noGrad(() => to(asTensor(where, x, "float64"), "float64"));
  const slope = jacobian(f, at);
  if (slope.size !== at.size) {
    const shape = slope.shape.slice(0, slope.rank - at.rank);
    throw new GradError(
      `${where}: f is not a scalar function: it gave ${showShape(shape)}; reduce it, such as with .sum()`,
      { shape },
    );
  }
  const gradientNorm = Math.hypot(...slope.toTypedArray());
  if (!Number.isFinite(gradientNorm)) {
    throw new OptionError(`${where}: the gradient is not finite: length ${gradientNorm}; choose a point within f's domain`, {
      gradientNorm,
    });
  }
  const curvature = hessian(f, at);
  const eigen = within(where, {}, () => symmetricEigen(reshape(curvature, [at.size, at.size])));
  const eigenvalues = Array.from(eigen.values.toTypedArray());
  const zero = tolerance * Math.max(0, ...eigenvalues.map(Math.abs));
  const rising = eigenvalues.filter((value) => value > zero).length;
  const index = eigenvalues.filter((value) => value < -zero).length;
  const kind = gradientNorm > gradientTolerance ? "notCritical" : kindOf(rising, index, eigenvalues.length);
  return { kind, eigenvalues, gradientNorm, index };
}

function kindOf(rising: number, falling: number, count: number): CriticalPoint["kind"] {
  if (rising > 0 && falling > 0) return "saddle";
  if (rising + falling < count || count === 0) return "degenerate";
  return rising > 0 ? "minimum" : "maximum";
}
