/** The loss of angles: vectors that belong together shall point the same way. */

import { checkNumber } from "../check";
import { ShapeError } from "../errors";
import { to } from "../ops/cast";
import { add, constant, div, equal, less, mul, one, pow, select, square, sub, zero } from "../scalar/expr";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { type LossOptions, pointwise, reductionOf, rowwise, setting } from "./reduction";
import { alike, refuseSides } from "./targets";

/** The settings of {@link cosineEmbedding}. */
export interface CosineEmbeddingOptions extends LossOptions {
  /** What the cosine of vectors that do not belong together may be, in [−1, 1]; default 0. */
  margin?: number;
}

const products = /* @__PURE__ */ rowwise("cosineEmbedding", (a, b) => mul(a, b));
// 10⁻¹² is PyTorch's: with it a vector of zeros has cosine 0 and a gradient.
const squares = /* @__PURE__ */ rowwise("cosineEmbedding", (a) => square(a));
const tiny = /* @__PURE__ */ constant(1e-12);
const loss = /* @__PURE__ */ pointwise("cosineEmbedding", (ab, aa, bb, side, margin) => {
  const cosine = div(ab, pow(mul(add(aa, tiny), add(bb, tiny)), constant(0.5)));
  const above = sub(cosine, margin);
  return select(equal(side, one), sub(one, cosine), select(less(above, zero), zero, above));
});

/**
 * 1 − cos(a, b) where the side is 1, max(0, cos(a, b) − margin) where it is −1; by default the mean over the rows.
 *
 * Shapes: vectors a and b [rows, D] with sides [rows], or [D] with []; the result is a scalar, or one loss per row with
 * `reduction: "none"`. cos(a, b) = a·b/√((a·a + 10⁻¹²)(b·b + 10⁻¹²)), so vectors of zeros count as at right angles.
 * Where the cosine meets the margin exactly, the gradient is that of the cosine.
 *
 * @throws ShapeError if the shapes do not fit; OptionError if a side is neither −1 nor +1 or the margin out of range.
 *
 * @example
 * ```ts
 * import { cosineEmbedding } from "gradkit";
 * cosineEmbedding([[3, 4], [3, 4]], [[4, 3], [4, 3]], [1, -1], { reduction: "none" }).toArray(); // → [0.04, 0.96]
 * ```
 *
 * Source: PyTorch's CosineEmbeddingLoss.
 */
export function cosineEmbedding(
  a: TensorLike,
  b: TensorLike,
  sides: TensorLike,
  options: CosineEmbeddingOptions = {},
): Tensor {
  const where = "cosineEmbedding";
  const reduction = reductionOf(where, options, "margin");
  const margin = checkNumber(where, "margin", options.margin ?? 0, { min: -1, max: 1 });
  const [left, right] = alike(where, a, b);
  const side = asTensor(where, sides);
  if (left.rank < 1 || left.rank > 2 || !sameShape(side.shape, left.shape.slice(0, -1))) {
    throw new ShapeError(
      `${where}: the sides do not fit the vectors: ${showShape(left.shape)} and ${showShape(side.shape)}; ` +
        "give vectors [rows, D] with sides [rows], or [D] with []",
      { vectors: left.shape, sides: side.shape },
    );
  }
  refuseSides(where, side, "give 1 for pairs that belong together, -1 for others");
  const axis = left.rank - 1;
  const parts = [products([left, right], axis), squares([left], axis), squares([right], axis)];
  return loss([...parts, to(side, left.dtype), setting(margin, left)], reduction);
}
