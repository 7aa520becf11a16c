/** Exponentials, logarithms, roots and trigonometry of every element, each one scalar expression. */

import * as s from "../scalar/expr";
import { unary } from "./map";

/**
 * y = eˣ, elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. Infinity above x ≈ 88.7 (float32) or 709.8 (float64).
 *
 * @example
 * ```ts
 * import { exp } from "gradkit";
 * exp([0, -Infinity]).toArray(); // → [1, 0]
 * ```
 */
export const exp = /* @__PURE__ */ unary("exp", s.exp);

/**
 * y = eˣ − 1, elementwise, exact to the last digits also where x is small.
 *
 * Shapes: any; the result has the same. Integers give float32.
 *
 * @example
 * ```ts
 * import { expm1 } from "gradkit";
 * expm1([0, -Infinity]).toArray(); // → [0, -1]
 * ```
 */
export const expm1 = /* @__PURE__ */ unary("expm1", s.expm1);

/**
 * y = ln x, the natural logarithm, elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. −Infinity at 0, NaN below. Gradient: 1 / x.
 *
 * @example
 * ```ts
 * import { log } from "gradkit";
 * log([1, 0, -1]).toArray(); // → [0, -Infinity, NaN]
 * ```
 */
export const log = /* @__PURE__ */ unary("log", s.log);

/**
 * y = ln(1 + x), elementwise, exact to the last digits also where x is small.
 *
 * Shapes: any; the result has the same. Integers give float32. −Infinity at −1, NaN below.
 *
 * @example
 * ```ts
 * import { log1p } from "gradkit";
 * log1p([0, -1]).toArray(); // → [0, -Infinity]
 * ```
 */
export const log1p = /* @__PURE__ */ unary("log1p", s.log1p);

/**
 * y = √x, elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. NaN below 0. Gradient: 1 / (2√x), so +Infinity at 0.
 *
 * @example
 * ```ts
 * import { sqrt } from "gradkit";
 * sqrt([4, 9]).toArray(); // → [2, 3]
 * ```
 */
export const sqrt = /* @__PURE__ */ unary("sqrt", s.sqrt);

/**
 * y = 1 / √x, elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. Infinity at 0, NaN below.
 *
 * @example
 * ```ts
 * import { rsqrt } from "gradkit";
 * rsqrt([4, 16]).toArray(); // → [0.5, 0.25]
 * ```
 */
export const rsqrt = /* @__PURE__ */ unary("rsqrt", (x) => s.div(s.one, s.sqrt(x)));

/**
 * y = sin x, elementwise; x in radians.
 *
 * Shapes: any; the result has the same. Integers give float32. NaN at ±Infinity.
 *
 * @example
 * ```ts
 * import { sin } from "gradkit";
 * sin([0, Math.PI / 2]).toArray(); // → [0, 1]
 * ```
 */
export const sin = /* @__PURE__ */ unary("sin", s.sin);

/**
 * y = cos x, elementwise; x in radians.
 *
 * Shapes: any; the result has the same. Integers give float32. NaN at ±Infinity.
 *
 * @example
 * ```ts
 * import { cos } from "gradkit";
 * cos([0, Math.PI]).toArray(); // → [1, -1]
 * ```
 */
export const cos = /* @__PURE__ */ unary("cos", s.cos);

/**
 * y = tan x, elementwise; x in radians.
 *
 * Shapes: any; the result has the same. Integers give float32. NaN at ±Infinity. Gradient: 1 + y².
 *
 * @example
 * ```ts
 * import { tan } from "gradkit";
 * tan([0]).toArray(); // → [0]
 * ```
 */
export const tan = /* @__PURE__ */ unary("tan", s.tan);

/**
 * y = tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in (−1, 1), elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. Gradient: 1 − y².
 *
 * @example
 * ```ts
 * import { tanh } from "gradkit";
 * tanh([-Infinity, 0, Infinity]).toArray(); // → [-1, 0, 1]
 * ```
 */
export const tanh = /* @__PURE__ */ unary("tanh", s.tanh);

/**
 * y = erf x = 2/√π · ∫₀ˣ e^(−t²) dt, in (−1, 1), elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. Gradient: 2/√π · e^(−x²).
 *
 * @example
 * ```ts
 * import { erf } from "gradkit";
 * erf([-Infinity, 0, Infinity]).toArray(); // → [-1, 0, 1]
 * ```
 */
export const erf = /* @__PURE__ */ unary("erf", s.erf);
