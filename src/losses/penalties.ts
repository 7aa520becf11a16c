/** Penalties on large weights, to be added to a loss: the prior in the posterior. */

import { checkNumber, show } from "../check";
import { isFloat } from "../dtype";
import { DTypeError, OptionError } from "../errors";
import { add, mul } from "../ops/elementwise";
import { abs, square } from "../scalar/expr";
import { type HasParameters, isBias } from "../tensor/hasParameters";
import { Tensor } from "../tensor/tensor";
import { pointwise } from "./reduction";

const absolute = /* @__PURE__ */ pointwise("l1Penalty", (w) => abs(w));
const squares = /* @__PURE__ */ pointwise("l2Penalty", (w) => square(w));

/**
 * λ Σ|w|: the lasso penalty, the prior of a Laplace distribution of scale 1/λ.
 *
 * `params` is a model, whose biases are left out, or a tensor or list of tensors, all of which count: pass
 * `model.parameters()` to penalise biases too. The result is a scalar. λ ≥ 0. Gradient: λ·sign w, 0 at 0; with it
 * weights come near 0 but rarely to rest there, since only a proximal step gives exact zeros.
 *
 * @throws OptionError if λ is not a number ≥ 0 or there is nothing to penalise.
 *
 * @example
 * ```ts
 * import { l1Penalty, tensor } from "gradkit";
 * l1Penalty([tensor([1, -2]), tensor([3])], 0.5).item(); // → 3
 * ```
 */
export function l1Penalty(params: HasParameters | Tensor | readonly Tensor[], lambda: number): Tensor {
  return penalty("l1Penalty", params, lambda, absolute);
}

/**
 * λ Σw²: the ridge penalty, the prior of a normal distribution of variance 1/(2λ).
 *
 * `params` as in {@link l1Penalty}: a model without its biases, or any tensors. The result is a scalar. λ ≥ 0.
 * Gradient: 2λ·w, so that λ = ½ · weightDecay of {@link SGD}; a textbook's (λ/2N) Σw² is λ/2N here.
 *
 * @throws OptionError if λ is not a number ≥ 0 or there is nothing to penalise.
 *
 * @example
 * ```ts
 * import { Linear, constant, l2Penalty } from "gradkit";
 * l2Penalty(new Linear(2, 2, { init: constant(3) }), 0.5).item(); // → 18
 * ```
 */
export function l2Penalty(params: HasParameters | Tensor | readonly Tensor[], lambda: number): Tensor {
  return penalty("l2Penalty", params, lambda, squares);
}

/**
 * λ₁ Σ|w| + λ₂ Σw²: {@link l1Penalty} and {@link l2Penalty} together.
 *
 * `params` as there. The result is a scalar. λ₁, λ₂ ≥ 0.
 *
 * @throws OptionError if λ₁ or λ₂ is not a number ≥ 0 or there is nothing to penalise.
 *
 * @example
 * ```ts
 * import { elasticNetPenalty, tensor } from "gradkit";
 * elasticNetPenalty(tensor([1, -2]), 1, 0.5).item(); // → 5.5
 * ```
 *
 * Source: Zou and Hastie 2005, "Regularization and variable selection via the elastic net".
 */
export function elasticNetPenalty(
  params: HasParameters | Tensor | readonly Tensor[],
  lambda1: number,
  lambda2: number,
): Tensor {
  const weights = weightsOf("elasticNetPenalty", params);
  const l1 = penalty("elasticNetPenalty", weights, lambda1, absolute);
  return add(l1, penalty("elasticNetPenalty", weights, lambda2, squares));
}

function penalty(
  where: string,
  params: HasParameters | Tensor | readonly Tensor[],
  lambda: number,
  total: typeof absolute,
): Tensor {
  checkNumber(where, "λ", lambda, { min: 0 });
  return mul(weightsOf(where, params).map((weight) => total([weight], "sum")).reduce(add), lambda);
}

/** The tensors to penalise: a model's weights, or what was given. */
function weightsOf(where: string, params: unknown): readonly Tensor[] {
  const weights = tensorsOf(where, params);
  if (weights.length === 0) {
    throw new OptionError(`${where}: nothing to penalise: no weights (biases of a model do not count); give tensors or a model`);
  }
  const whole = weights.find(({ dtype }) => !isFloat(dtype));
  if (whole !== undefined) {
    throw new DTypeError(`${where}: weights are not floats: ${whole.dtype}; leave them out`, { dtype: whole.dtype });
  }
  return weights;
}

function tensorsOf(where: string, params: unknown): readonly Tensor[] {
  if (params instanceof Tensor) return [params];
  if (Array.isArray(params) && params.every((item) => item instanceof Tensor)) return params;
  if (isModel(params)) {
    return params
      .namedParameters()
      .filter(([name]) => !isBias(name))
      .map(([, weight]) => weight);
  }
  throw new OptionError(`${where}: neither a model nor tensors: ${show(params)}; give a Module, a tensor or a list of tensors`, {
    params,
  });
}

function isModel(value: unknown): value is HasParameters {
  return typeof value === "object" && value !== null && "namedParameters" in value;
}
