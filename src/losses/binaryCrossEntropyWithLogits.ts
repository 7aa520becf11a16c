/** Cross-entropy of one logit: the loss of logistic regression, without its overflow. */

import { add, mul, neg, one, softplus, sub } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { checkBinary } from "./binaryCrossEntropy";
import { type Reduction, type LossOptions, pointwise, reductionOf } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike, elementWeights } from "./targets";

/** The settings of {@link binaryCrossEntropyWithLogits}. */
export interface BinaryCrossEntropyWithLogitsOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /**
   * A factor on the positive part, above 1 for rare positives; a number, or one for each of the last axis; default 1.
   */
  posWeight?: TensorLike;
}

// softplus(±z) is log(1 + e^±z) without overflow; the shorter softplus(z) − t·z loses small losses in a difference.
const plain = /* @__PURE__ */ pointwise("binaryCrossEntropyWithLogits", (z, t) =>
  add(mul(t, softplus(neg(z))), mul(sub(one, t), softplus(z))),
);
const weighted = /* @__PURE__ */ pointwise("binaryCrossEntropyWithLogits", (z, t, w) =>
  add(mul(mul(w, t), softplus(neg(z))), mul(sub(one, t), softplus(z))),
);

/**
 * −(w·t log σ(z) + (1 − t) log(1 − σ(z))) = w·t·log(1 + e⁻ᶻ) + (1 − t)·log(1 + eᶻ), in nats; by default the mean over
 * all elements.
 *
 * Shapes: logits z and targets t equal, t in [0, 1]; the result is a scalar, or has their shape with `reduction:
 * "none"`. Finite for every finite z, and exact also where σ(z) rounds to 0 or 1. Gradient of one element: σ(z) − t
 * (for w = 1).
 *
 * @throws ShapeError if the shapes differ or posWeight does not fit; OptionError if a target is outside [0, 1].
 *
 * @example
 * ```ts
 * import { binaryCrossEntropyWithLogits } from "gradkit";
 * binaryCrossEntropyWithLogits([0, 800], [1, 0], { reduction: "none" }).toArray(); // → [0.693147, 800]
 * ```
 */
export function binaryCrossEntropyWithLogits<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  logits: P,
  targets: Checked<Target<P, T>, T>,
  options?: BinaryCrossEntropyWithLogitsOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function binaryCrossEntropyWithLogits(
  logits: TensorLike,
  targets: TensorLike,
  options: BinaryCrossEntropyWithLogitsOptions = {},
): Tensor {
  const where = "binaryCrossEntropyWithLogits";
  const reduction = reductionOf(where, options, "posWeight");
  const pair = alike(where, logits, targets);
  checkBinary(where, pair[1]);
  if (options.posWeight === undefined) return plain(pair, reduction);
  const { shape, dtype } = pair[0];
  return weighted([...pair, elementWeights(where, "posWeight", options.posWeight, shape, dtype)], reduction);
}
