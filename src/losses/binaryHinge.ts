/** The hinge loss of two sides, −1 and +1: the support vector machine's. */

import { checkBoolean } from "../check";
import { type Expr, lessEqual, mul, one, select, square, sub, zero } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { type Reduction, type LossOptions, pointwise, reductionOf } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike, refuseSides } from "./targets";

/** The settings of {@link binaryHinge}. */
export interface BinaryHingeOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Whether each shortfall is squared, which makes the loss smooth; default false. */
  squared?: boolean;
}

function shortfall(score: Expr, side: Expr): Expr {
  const missing = sub(one, mul(side, score));
  return select(lessEqual(missing, zero), zero, missing);
}

const linear = /* @__PURE__ */ pointwise("binaryHinge", (s, t) => shortfall(s, t));
const squares = /* @__PURE__ */ pointwise("binaryHinge", (s, t) => square(shortfall(s, t)));

/**
 * max(0, 1 − t·s) for scores s and sides t = ±1; by default the mean over all elements.
 *
 * Shapes: scores and sides equal; the result is a scalar, or has their shape with `reduction: "none"`. Scores are
 * raw: no sigmoid before. With `squared`, max(0, 1 − t·s)². Gradient of one element: −t where t·s < 1, else 0 (also
 * at t·s = 1).
 *
 * @throws ShapeError if the shapes differ; OptionError if a target is neither −1 nor +1.
 *
 * @example
 * ```ts
 * import { binaryHinge } from "gradkit";
 * binaryHinge([0.25, -3], [1, -1], { reduction: "none" }).toArray(); // → [0.75, 0]
 * ```
 *
 * Source: Cortes and Vapnik 1995, "Support-vector networks"; scikit-learn's hinge_loss.
 */
export function binaryHinge<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  scores: P,
  sides: Checked<Target<P, T>, T>,
  options?: BinaryHingeOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function binaryHinge(scores: TensorLike, sides: TensorLike, options: BinaryHingeOptions = {}): Tensor {
  const reduction = reductionOf("binaryHinge", options, "squared");
  const pair = alike("binaryHinge", scores, sides);
  refuseSides("binaryHinge", pair[1], "for 0 and 1 write target.mul(2).sub(1), and give the scores first");
  return (checkBoolean("binaryHinge", "squared", options.squared, false) ? squares : linear)(pair, reduction);
}
