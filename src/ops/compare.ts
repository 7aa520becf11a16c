/** Questions about every element, answered in bool, and choices between elements: where, clamp. */

import { checkNumber } from "../check";
import { type DType, adopt, promote, toNumber } from "../dtype";
import { OptionError } from "../errors";
import * as s from "../scalar/expr";
import type { Checked, ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { Chosen, Operand } from "../tensor/methods";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { Remembered, binary, keyOf, like, MapOp, roundTo, unary, unaryWith } from "./map";

/**
 * Whether a = b, elementwise, in bool.
 *
 * Shapes: any two that broadcast; the result has their common shape. A number is first rounded to the tensor's dtype.
 * NaN equals nothing, 0 equals −0. Nothing is differentiated.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { equal } from "gradkit";
 * equal([1, 2, 3], 2).toArray(); // → [false, true, false]
 * ```
 */
export const equal = /* @__PURE__ */ binary("equal", s.equal, "bool");

/**
 * Whether a ≠ b, elementwise, in bool.
 *
 * Shapes: as {@link equal}. NaN differs from everything, itself included.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { notEqual } from "gradkit";
 * notEqual([1, 2, 3], 2).toArray(); // → [true, false, true]
 * ```
 */
export const notEqual = /* @__PURE__ */ binary("notEqual", (a, b) => s.not(s.equal(a, b)), "bool");

/**
 * Whether a < b, elementwise, in bool.
 *
 * Shapes: as {@link equal}. False where either is NaN.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { less } from "gradkit";
 * less([1, 2, 3], 2).toArray(); // → [true, false, false]
 * ```
 */
export const less = /* @__PURE__ */ binary("less", s.less, "bool");

/**
 * Whether a ≤ b, elementwise, in bool.
 *
 * Shapes: as {@link equal}. False where either is NaN.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { lessEqual } from "gradkit";
 * lessEqual([1, 2, 3], 2).toArray(); // → [true, true, false]
 * ```
 */
export const lessEqual = /* @__PURE__ */ binary("lessEqual", s.lessEqual, "bool");

/**
 * Whether a > b, elementwise, in bool.
 *
 * Shapes: as {@link equal}. False where either is NaN.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { greater } from "gradkit";
 * greater([1, 2, 3], 2).toArray(); // → [false, false, true]
 * ```
 */
export const greater = /* @__PURE__ */ binary("greater", (a, b) => s.less(b, a), "bool");

/**
 * Whether a ≥ b, elementwise, in bool.
 *
 * Shapes: as {@link equal}. False where either is NaN.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { greaterEqual } from "gradkit";
 * greaterEqual([1, 2, 3], 2).toArray(); // → [false, true, true]
 * ```
 */
export const greaterEqual = /* @__PURE__ */ binary("greaterEqual", (a, b) => s.lessEqual(b, a), "bool");

/** 1 where x is not 0; NaN counts as true. */
const truth = (x: s.Expr): s.Expr => s.not(s.equal(x, s.zero));

/**
 * Whether x is 0 (or false), elementwise, in bool.
 *
 * Shapes: any; the result has the same.
 *
 * @example
 * ```ts
 * import { logicalNot } from "gradkit";
 * logicalNot([true, false]).toArray(); // → [false, true]
 * ```
 */
export const logicalNot = /* @__PURE__ */ unary("logicalNot", (x) => s.equal(x, s.zero), "bool");

/**
 * Whether a and b both differ from 0, elementwise, in bool.
 *
 * Shapes: as {@link equal}.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { logicalAnd } from "gradkit";
 * logicalAnd([true, false], [true, true]).toArray(); // → [true, false]
 * ```
 */
export const logicalAnd = /* @__PURE__ */ binary("logicalAnd", (a, b) => s.mul(truth(a), truth(b)), "bool");

/**
 * Whether a or b differs from 0, elementwise, in bool.
 *
 * Shapes: as {@link equal}.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { logicalOr } from "gradkit";
 * logicalOr([true, false], [false, false]).toArray(); // → [true, false]
 * ```
 */
export const logicalOr = /* @__PURE__ */ binary("logicalOr", (a, b) => s.maximum(truth(a), truth(b)), "bool");

/**
 * Whether x is NaN, elementwise, in bool.
 *
 * Shapes: any; the result has the same. Integers never are.
 *
 * @example
 * ```ts
 * import { isNaN } from "gradkit";
 * isNaN([1, NaN, Infinity]).toArray(); // → [false, true, false]
 * ```
 */
export const isNaN = /* @__PURE__ */ unary("isNaN", (x) => s.not(s.equal(x, x)), "bool");

/**
 * Whether x is neither NaN nor ±Infinity, elementwise, in bool.
 *
 * Shapes: any; the result has the same. Integers always are.
 *
 * @example
 * ```ts
 * import { isFinite } from "gradkit";
 * isFinite([1, NaN, Infinity]).toArray(); // → [true, false, false]
 * ```
 */
export const isFinite = /* @__PURE__ */ unary("isFinite", (x) => s.equal(s.sub(x, x), s.zero), "bool");

const whereOp = /* @__PURE__ */ new MapOp("where");
const choices = /* @__PURE__ */ new Remembered();

/**
 * y = a where the condition holds, else b, elementwise.
 *
 * Shapes: any three that broadcast; the result has their common shape. The condition is bool, or numbers of which all
 * but 0 hold. Dtypes of a and b promote; a number takes the dtype of the tensor it stands beside, two numbers give
 * float32. The gradient goes to the branch taken alone: a NaN or Infinity in the other one does not reach it.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { where } from "gradkit";
 * where([true, false], [1, 2], -1).toArray(); // → [1, -1]
 * ```
 */
export function where<C extends TensorLike, A extends TensorLike, B extends TensorLike>(
  condition: C,
  a: Operand<C, A>,
  b: Checked<Chosen<C, A, B>, B>,
): Tensor<Chosen<C, A, B>>;
export function where(condition: TensorLike, a: TensorLike, b: TensorLike): Tensor {
  const inputs = [asTensor("where", condition)];
  const left = typeof a === "number" ? a : asTensor("where", a, like(a, b));
  const right = typeof b === "number" ? b : asTensor("where", b, like(b, a));
  const dtype = promote(dtypeBeside(left, right), dtypeBeside(right, left));
  const operands = [left, right].map((operand) => {
    if (typeof operand === "number") return roundTo(dtype, operand);
    return `input ${inputs.push(operand) - 1}`;
  });
  const expr = choices.get(keyOf(...operands), () => {
    let next = 1;
    const [taken, other] = operands.map((value) => (typeof value === "number" ? s.constant(value) : s.input(next++)));
    return s.select(s.input(0), taken!, other!);
  });
  return apply(whereOp, inputs, { expr, dtype });
}

/** A tensor's dtype; a number's beside the other operand. */
function dtypeBeside(value: Tensor | number, other: Tensor | number): DType {
  if (typeof value !== "number") return value.dtype;
  return adopt(typeof other === "number" ? "float32" : other.dtype, value);
}

const between = /* @__PURE__ */ unaryWith(
  "clamp",
  (x, low: number, high: number) => {
    const capped = high === Infinity ? x : s.select(s.less(s.constant(high), x), s.constant(high), x);
    return low === -Infinity ? capped : s.select(s.less(x, s.constant(low)), s.constant(low), capped);
  },
  (dtype: DType, low: number, high: number) => {
    const bounds = [low, high].filter(Number.isFinite).map((bound) => adopt(dtype, bound));
    return bounds.reduce(promote, toNumber(dtype));
  },
);

/**
 * y = min(max(x, low), high), elementwise.
 *
 * Shapes: any; the result has the same. −Infinity and Infinity leave a side open. Dtypes stay (bool gives int32;
 * integers between fractions give float32). NaN stays NaN. Gradient: 1 from low to high, the bounds included, else 0.
 *
 * @throws OptionError if a bound is NaN or not a number, or if low > high.
 *
 * @example
 * ```ts
 * import { clamp } from "gradkit";
 * clamp([-2, 0.5, 9], 0, Infinity).toArray(); // → [0, 0.5, 9]
 * ```
 */
export function clamp<X extends TensorLike>(x: X, low: number, high: number): Tensor<ShapeOf<X>> {
  checkNumber("clamp", "low", low, { infinite: true });
  checkNumber("clamp", "high", high, { infinite: true });
  if (low > high) {
    throw new OptionError(`clamp: the bounds are crossed: low ${low}, high ${high} (${low} > ${high}); swap them`, {
      low,
      high,
    });
  }
  return between(x, low, high);
}
