/** Clipping: gradients made shorter before a step, by their common norm or value by value. */

import { checkNumber, checkOptions } from "../check";
import { sumOf } from "../ops/reduce";
import * as s from "../scalar/expr";
import { noGrad } from "../tensor/tape";
import type { Tensor } from "../tensor/tensor";
import { scalar } from "./group";
import { type ParameterList, parameterList } from "./parameters";

/** Settings of {@link clipGradNorm}. */
export interface ClipNormOptions {
  /** The order of the norm, > 0; Infinity for the largest absolute value; default 2. */
  p?: number;
}

const TINY = 1e-6; // keeps the quotient finite where all gradients are 0, as PyTorch's

/**
 * Scales all gradients by min(1, max/(‖g‖ₚ + 10⁻⁶)), where ‖g‖ₚ is the norm of all of them as one long vector.
 *
 * Returns that norm, before clipping, as a float64 scalar tensor (`.item()` reads it). `max` > 0; Infinity only
 * measures. Parameters without a gradient are skipped; without any gradient the norm is 0. Squares are summed in
 * float64, so float32 gradients do not overflow. A NaN among the gradients makes all of them NaN; an infinite one
 * becomes NaN, and the others 0. `grad` is a new tensor afterwards.
 *
 * @throws OptionError if `max` or `p` is out of range.
 *
 * @example
 * ```ts
 * import { clipGradNorm, tensor } from "gradkit";
 * const w = tensor([0, 0], { requiresGrad: true });
 * w.grad = tensor([3, 4]);
 * clipGradNorm([w], 1).item(); // → 5
 * w.grad.toArray(); // → [0.6, 0.8]
 * ```
 *
 * Source: Pascanu, Mikolov and Bengio 2013, algorithm 1; the 10⁻⁶ is PyTorch's.
 */
export function clipGradNorm(params: ParameterList, max: number, options: ClipNormOptions = {}): Tensor {
  const list = withGradients("clipGradNorm", params);
  checkNumber("clipGradNorm", "max", max, { above: 0, infinite: true });
  checkOptions("clipGradNorm", options, ["p"]);
  const p = checkNumber("clipGradNorm", "p", options.p ?? 2, { above: 0, infinite: true });
  return noGrad(() => {
    const norm = totalNorm(list.map(([, g]) => g).filter((g) => g.size > 0), p);
    if (max === Infinity) return norm;
    const factor = norm.add(TINY).reciprocal().mul(max).minimum(1);
    for (const [parameter, g] of list) parameter.grad = g.mul(factor.to(g.dtype));
    return norm;
  });
}

const squares = /* @__PURE__ */ sumOf("squares", /* @__PURE__ */ s.mul(s.square(s.input(0)), s.input(1)));

/** (Σ|g|ᵖ)^(1/p) over all elements of all tensors. */
function totalNorm(gradients: readonly Tensor[], p: number): Tensor {
  if (gradients.length === 0) return scalar(0);
  if (p === Infinity) return gradients.map((g) => g.abs().max()).reduce((a, b) => a.maximum(b)).to("float64");
  const powers = p === 2 ? squares : sumOf("powers", s.mul(s.pow(s.abs(s.input(0)), s.constant(p)), s.input(1)));
  const one = scalar(1); // in float64, and so is the sum that it stands in
  const total = gradients.map((g) => powers([g, one])).reduce((a, b) => a.add(b));
  return p === 2 ? total.sqrt() : total.pow(1 / p);
}

/**
 * Clamps every element of every gradient to [−max, max].
 *
 * `max` > 0. Parameters without a gradient are skipped; NaN stays. `grad` is a new tensor afterwards.
 *
 * @throws OptionError if `max` is not a number > 0.
 *
 * @example
 * ```ts
 * import { clipGradValue, tensor } from "gradkit";
 * const w = tensor([0, 0], { requiresGrad: true });
 * w.grad = tensor([3, -0.5]);
 * clipGradValue([w], 1);
 * w.grad.toArray(); // → [1, -0.5]
 * ```
 */
export function clipGradValue(params: ParameterList, max: number): void {
  const list = withGradients("clipGradValue", params);
  checkNumber("clipGradValue", "max", max, { above: 0 });
  noGrad(() => {
    for (const [parameter, g] of list) parameter.grad = g.clamp(-max, max);
  });
}

function withGradients(where: string, params: ParameterList): (readonly [Tensor, Tensor])[] {
  return parameterList(where, params).flatMap((parameter) => {
    const { grad } = parameter;
    return grad === null ? [] : [[parameter, grad] as const];
  });
}
