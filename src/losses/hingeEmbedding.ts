/** The hinge loss of distances: near for what belongs together, far for what does not. */

import { checkNumber } from "../check";
import { equal, less, one, select, sub, zero } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { type Reduction, type LossOptions, pointwise, reductionOf, setting } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike, refuseSides } from "./targets";

/** The settings of {@link hingeEmbedding}. */
export interface HingeEmbeddingOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** How far apart what does not belong together shall be; default 1. */
  margin?: number;
}

const loss = /* @__PURE__ */ pointwise("hingeEmbedding", (x, side, margin) => {
  const missing = sub(margin, x);
  return select(equal(side, one), x, select(less(missing, zero), zero, missing));
});

/**
 * x where the side is 1, max(0, margin − x) where it is −1, for distances x; by default the mean over all elements.
 *
 * Shapes: distances and sides equal; the result is a scalar, or has their shape with `reduction: "none"`. Nothing
 * broadcasts. Gradient: 1 where the side is 1; −1 where it is −1 and x ≤ margin, else 0.
 *
 * @throws ShapeError if the shapes differ; OptionError if a side is neither −1 nor +1 or the margin is not finite.
 *
 * @example
 * ```ts
 * import { hingeEmbedding } from "gradkit";
 * hingeEmbedding([0.25, 0.25, 3], [1, -1, -1], { reduction: "none" }).toArray(); // → [0.25, 0.75, 0]
 * ```
 *
 * Source: PyTorch's HingeEmbeddingLoss; Hadsell, Chopra and LeCun 2006 square the distances.
 */
export function hingeEmbedding<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  distances: P,
  sides: Checked<Target<P, T>, T>,
  options?: HingeEmbeddingOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function hingeEmbedding(distances: TensorLike, sides: TensorLike, options: HingeEmbeddingOptions = {}): Tensor {
  const where = "hingeEmbedding";
  const reduction = reductionOf(where, options, "margin");
  const margin = checkNumber(where, "margin", options.margin ?? 1);
  const [x, side] = alike(where, distances, sides);
  refuseSides(where, side, "for 0 and 1 write target.mul(2).sub(1), and give the distances first");
  return loss([x, side, setting(margin, x)], reduction);
}
