/** The nonlinearities between layers, each one scalar expression in its numerically stable form. */

import { checkNumber, checkOneOf, checkOptions } from "../check";
import * as s from "../scalar/expr";
import { constant, one, zero } from "../scalar/expr";
import type { ShapeOf } from "../types";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { unary, unaryWith } from "./map";

const half = /* @__PURE__ */ constant(0.5);

/** x within the open interval, its ends outside; the gradient is 0 at the ends and beyond, NaN stays NaN. */
function saturate(x: s.Expr, low: number, high: number, inside: s.Expr, atLow: number, atHigh: number): s.Expr {
  const above = s.select(s.lessEqual(constant(high), x), constant(atHigh), inside);
  return s.select(s.lessEqual(x, constant(low)), constant(atLow), above);
}

/**
 * y = 1 / (1 + e⁻ˣ), in (0, 1), elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. Gradient: y(1 − y), at most ¼.
 *
 * @example
 * ```ts
 * import { sigmoid } from "gradkit";
 * sigmoid([-Infinity, 0, Infinity]).toArray(); // → [0, 0.5, 1]
 * ```
 */
export const sigmoid = /* @__PURE__ */ unary("sigmoid", s.sigmoid);

/**
 * y = ln σ(x) = −ln(1 + e⁻ˣ), elementwise, without the −Infinity of `log(sigmoid(x))` at very negative x.
 *
 * Shapes: any; the result has the same. Integers give float32.
 *
 * @example
 * ```ts
 * import { logSigmoid } from "gradkit";
 * logSigmoid([-800, 800]).toArray(); // → [-800, 0]
 * ```
 */
export const logSigmoid = /* @__PURE__ */ unary("logSigmoid", (x) => s.neg(s.softplus(s.neg(x))));

/**
 * y = min(max(x/6 + ½, 0), 1), elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. Gradient: ⅙ for −3 < x < 3, else 0.
 * Source: PyTorch's hardsigmoid. The clip(x, 0, 1) that some texts call so is {@link clamp}`(x, 0, 1)`.
 *
 * @example
 * ```ts
 * import { hardSigmoid } from "gradkit";
 * hardSigmoid([-3, 0, 1.5, 3]).toArray(); // → [0, 0.5, 0.75, 1]
 * ```
 */
export const hardSigmoid = /* @__PURE__ */ unary("hardSigmoid", (x) =>
  saturate(x, -3, 3, s.div(s.add(x, constant(3)), constant(6)), 0, 1),
);

/**
 * y = min(max(x, −1), 1), elementwise.
 *
 * Shapes: any; the result has the same. Dtypes stay (bool gives int32). Gradient: 1 for −1 < x < 1, else 0 (also at
 * ±1).
 *
 * @example
 * ```ts
 * import { hardTanh } from "gradkit";
 * hardTanh([-2, 0.5, 2]).toArray(); // → [-1, 0.5, 1]
 * ```
 */
export const hardTanh = /* @__PURE__ */ unary("hardTanh", (x) => saturate(x, -1, 1, x, -1, 1), "number");

/**
 * y = max(x, 0), the rectified linear unit, elementwise.
 *
 * Shapes: any; the result has the same. Dtypes stay (bool gives int32). Gradient: 1 for x > 0, else 0 (also at 0).
 *
 * @example
 * ```ts
 * import { relu } from "gradkit";
 * relu([-1, 0, 2]).toArray(); // → [0, 0, 2]
 * ```
 */
export const relu = /* @__PURE__ */ unary("relu", (x) => s.select(s.lessEqual(x, zero), zero, x), "number");

/**
 * y = min(max(x, 0), 6), elementwise.
 *
 * Shapes: any; the result has the same. Dtypes stay (bool gives int32). Gradient: 1 for 0 < x < 6, else 0 (also at 0
 * and 6).
 *
 * @example
 * ```ts
 * import { relu6 } from "gradkit";
 * relu6([-1, 3, 8]).toArray(); // → [0, 3, 6]
 * ```
 */
export const relu6 = /* @__PURE__ */ unary("relu6", (x) => saturate(x, 0, 6, x, 0, 6), "number");

/** Settings of {@link leakyRelu}. */
export interface LeakyReluOptions {
  /** The slope for x ≤ 0; default 0.01. */
  negativeSlope?: number;
}

const leaky = /* @__PURE__ */ unaryWith("leakyRelu", (x, slope: number) =>
  s.select(s.less(zero, x), x, s.mul(constant(slope), x)),
);

/**
 * y = x for x > 0, else negativeSlope · x, elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. Gradient at 0: negativeSlope.
 *
 * @throws OptionError if `negativeSlope` (default 0.01) is not a finite number.
 *
 * @example
 * ```ts
 * import { leakyRelu } from "gradkit";
 * leakyRelu([-2, 3], { negativeSlope: 0.5 }).toArray(); // → [-1, 3]
 * ```
 */
export function leakyRelu<X extends TensorLike>(x: X, options: LeakyReluOptions = {}): Tensor<ShapeOf<X>> {
  checkOptions("leakyRelu", options, ["negativeSlope"]);
  return leaky(x, checkNumber("leakyRelu", "negativeSlope", options.negativeSlope ?? 0.01));
}

/** Settings of {@link elu}. */
export interface EluOptions {
  /** Minus the value at x = −∞; default 1. */
  alpha?: number;
}

/** The exponential of a safe argument: 0 where the other branch is taken, so that no 0 · ∞ spoils the gradient. */
const exponentialUnit = /* @__PURE__ */ unaryWith("elu", (x, alpha: number) => {
  const below = s.lessEqual(x, zero);
  return s.select(below, s.mul(constant(alpha), s.expm1(s.select(below, x, zero))), x);
});

/**
 * y = x for x > 0, else alpha · (eˣ − 1), elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. Gradient at 0: alpha.
 * Source: Clevert, Unterthiner, Hochreiter 2015, "Fast and accurate deep network learning by exponential linear units".
 *
 * @throws OptionError if `alpha` (default 1) is not a finite number.
 *
 * @example
 * ```ts
 * import { elu } from "gradkit";
 * elu([-Infinity, 3], { alpha: 0.5 }).toArray(); // → [-0.5, 3]
 * ```
 */
export function elu<X extends TensorLike>(x: X, options: EluOptions = {}): Tensor<ShapeOf<X>> {
  checkOptions("elu", options, ["alpha"]);
  return exponentialUnit(x, checkNumber("elu", "alpha", options.alpha ?? 1));
}

/** Settings of {@link gelu}. */
export interface GeluOptions {
  /** `"tanh"` for the approximation that GPT-2 was trained with; default `"none"`: exact, by erf. */
  approximate?: "none" | "tanh";
}

const geluByErf = /* @__PURE__ */ unary("gelu", (x) =>
  s.mul(s.mul(half, x), s.add(one, s.erf(s.mul(x, constant(Math.SQRT1_2))))),
);

const geluByTanh = /* @__PURE__ */ unary("gelu", (x) => {
  const inner = s.mul(x, s.add(one, s.mul(constant(0.044715), s.square(x))));
  return s.mul(s.mul(half, x), s.add(one, s.tanh(s.mul(constant(Math.sqrt(2 / Math.PI)), inner))));
});

/**
 * y = x · Φ(x) = ½x(1 + erf(x/√2)), elementwise; with `approximate: "tanh"`, ½x(1 + tanh(√(2/π)(x + 0.044715x³))).
 *
 * Shapes: any; the result has the same. Integers give float32.
 * Source: Hendrycks, Gimpel 2016, "Gaussian error linear units".
 *
 * @throws OptionError if `approximate` is neither "none" (the default) nor "tanh".
 *
 * @example
 * ```ts
 * import { gelu } from "gradkit";
 * gelu([-1, 0, 1]).toArray(); // → [-0.158655, 0, 0.841345]
 * ```
 */
export function gelu<X extends TensorLike>(x: X, options: GeluOptions = {}): Tensor<ShapeOf<X>> {
  checkOptions("gelu", options, ["approximate"]);
  const approximate = checkOneOf("gelu", "approximate", options.approximate ?? "none", ["none", "tanh"]);
  return approximate === "tanh" ? geluByTanh(x) : geluByErf(x);
}

/**
 * y = x · σ(x), also called swish, elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32.
 * Source: Elfwing, Uchibe, Doya 2018, "Sigmoid-weighted linear units".
 *
 * @example
 * ```ts
 * import { silu } from "gradkit";
 * silu([0, 1]).toArray(); // → [0, 0.731059]
 * ```
 */
export const silu = /* @__PURE__ */ unary("silu", (x) => s.mul(x, s.sigmoid(x)));

/**
 * y = x · tanh(softplus(x)), elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32.
 * Source: Misra 2019, "Mish: a self regularized non-monotonic activation function".
 *
 * @example
 * ```ts
 * import { mish } from "gradkit";
 * mish([0, 1]).toArray(); // → [0, 0.865098]
 * ```
 */
export const mish = /* @__PURE__ */ unary("mish", (x) => s.mul(x, s.tanh(s.softplus(x))));

/**
 * y = ln(1 + eˣ), elementwise, without overflow and exact at both ends; its gradient is σ(x).
 *
 * Shapes: any; the result has the same. Integers give float32. PyTorch rounds to x above 20; gradkit does not.
 *
 * @example
 * ```ts
 * import { softplus } from "gradkit";
 * softplus([-800, 0, 800]).toArray(); // → [0, 0.693147, 800]
 * ```
 */
export const softplus = /* @__PURE__ */ unary("softplus", s.softplus);

/**
 * y = x / (1 + |x|), in (−1, 1), elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. NaN at ±Infinity, as PyTorch. Gradient: 1 / (1 + |x|)².
 *
 * @example
 * ```ts
 * import { softsign } from "gradkit";
 * softsign([-1, 0, 3]).toArray(); // → [-0.5, 0, 0.75]
 * ```
 */
export const softsign = /* @__PURE__ */ unary("softsign", (x) => s.div(x, s.add(one, s.abs(x))));
