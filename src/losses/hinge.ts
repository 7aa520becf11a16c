/** Hinge losses of several classes: the right score must lead every other by a margin. */

import { checkNumber, checkOneOf } from "../check";
import { div, mul } from "../ops/elementwise";
import { gather } from "../ops/gather";
import { squeeze } from "../ops/reshape";
import { type Expr, add, constant, equal, lessEqual, pow, select, sub, zero } from "../scalar/expr";
import { storageOf } from "../tensor/storage";
import { type Tensor, type TensorLike, fromStorage } from "../tensor/tensor";
import type { Checked } from "../types";
import { type Reduction, type LossOptions, reduced, reductionOf, rowwise, setting } from "./reduction";
import type { ClassTarget, Lost, Rows } from "./shapes";
import { asClasses, weightsOf } from "./targets";

/** The settings of {@link hinge}. */
export interface HingeOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** By how much the right score must lead, ≥ 0; default 1. */
  margin?: number;
  /** The power of each shortfall: 1 (default), or 2 for a smooth loss. */
  p?: 1 | 2;
  /** One factor ≥ 0 per class, applied to the rows of that class; default 1. */
  weight?: TensorLike;
  /** "classes" divides each row by the number of classes, PyTorch's MultiMarginLoss; by default nothing does. */
  normalize?: "classes";
}

const orZero = (x: Expr): Expr => select(lessEqual(x, zero), zero, x);

/** Σⱼ max(0, lead + margin)ᵖ, the right class left out; the margin is an input, since it is a setting. */
function shortfalls(p: number): (inputs: readonly Tensor[], axis: number) => Tensor {
  return rowwise("hinge", (score, own, position, index, margin) =>
    select(equal(position, index), zero, pow(orZero(add(sub(score, own), margin)), constant(p))),
  );
}

const linear = /* @__PURE__ */ shortfalls(1);
const squared = /* @__PURE__ */ shortfalls(2);

/**
 * Σ_{j≠y} max(0, sⱼ − s_y + margin)ᵖ, the multi-class hinge loss of scores s; by default the mean over the rows.
 *
 * Shapes: scores [rows, classes], classes y [rows]; or [classes] and []; or [N, C, d, …] and [N, d, …]. The result is
 * a scalar, or one loss per row with `reduction: "none"`. Scores are raw: no softmax before. Classes are whole
 * numbers from 0 to C − 1. Defaults: margin 1, p 1. Gradient for p = 1: 1 at each score that comes too near, minus
 * their count at s_y; 0 where the margin is met exactly. The mean divides by the number of rows, whatever the
 * weights.
 *
 * @throws ShapeError if the shapes do not fit or a class is out of range, DTypeError if a class is not a whole
 * number, OptionError if a setting is out of range.
 *
 * @example
 * ```ts
 * import { hinge } from "gradkit";
 * hinge([[3.2, 5.1, -1.7], [2.2, 2.5, -3.1]], [0, 2], { reduction: "none" }).toArray(); // → [2.9, 12.9]
 * ```
 *
 * Source: Weston and Watkins 1999, in the form of Stanford's CS231n; with `normalize: "classes"` PyTorch's
 * MultiMarginLoss.
 */
export function hinge<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  scores: P,
  classes: Checked<ClassTarget<P, T>, T>,
  options?: HingeOptions<R>,
): Tensor<Lost<Rows<P>, R>>;
export function hinge(scores: TensorLike, classes: TensorLike, options: HingeOptions = {}): Tensor {
  const reduction = reductionOf("hinge", options, "margin", "p", "weight", "normalize");
  const margin = checkNumber("hinge", "margin", options.margin ?? 1, { min: 0 });
  const power = checkNumber("hinge", "p", options.p ?? 1, { integer: true, min: 1, max: 2 });
  const normalize = options.normalize !== undefined;
  if (normalize) checkOneOf("hinge", "normalize", options.normalize, ["classes"] as const);
  const right = asClasses("hinge", scores, classes);
  const { scores: given, axis, count, index } = right;
  const own = gather(given, index, { axis });
  const inputs = [given, own, positions(given, axis, count), index, setting(margin, given)];
  let each = (power === 1 ? linear : squared)(inputs, axis);
  if (options.weight !== undefined) each = mul(each, squeeze(weightsOf("hinge", options.weight, right), axis));
  return reduced(normalize ? div(each, count) : each, reduction);
}

/** 0 … C − 1 along the class axis. */
function positions(scores: Tensor, axis: number, count: number): Tensor {
  const shape = scores.shape.map((_, i) => (i === axis ? count : 1));
  return fromStorage(storageOf("int32", Int32Array.from({ length: count }, (_, i) => i)), shape);
}
