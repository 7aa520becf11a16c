/** Arithmetic on every element: sums, products, powers, signs and rounding, each one scalar expression. */

import * as s from "../scalar/expr";
import { DTypeError } from "../errors";
import { isFloat } from "../dtype";
import type { Met, Operand } from "../tensor/methods";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { binary, unary } from "./map";

/**
 * y = a + b, elementwise.
 *
 * Shapes: any two that broadcast; the result has their common shape. Dtypes promote (bool < int32 < float32 < float64);
 * a number takes the tensor's dtype, a fraction beside integers gives float32. bool counts as int32, int32 wraps
 * around.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { add } from "gradkit";
 * add([[1], [2]], [10, 20]).toArray(); // → [[11, 21], [12, 22]]
 * ```
 */
export const add = /* @__PURE__ */ binary("add", s.add);

/**
 * y = a − b, elementwise.
 *
 * Shapes and dtypes: as {@link add}.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { sub } from "gradkit";
 * sub(10, [1, 2]).toArray(); // → [9, 8]
 * ```
 */
export const sub = /* @__PURE__ */ binary("sub", s.sub);

/**
 * y = a · b, elementwise.
 *
 * Shapes and dtypes: as {@link add}. 0 · ∞ is NaN.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { mul } from "gradkit";
 * mul([1, 2], [3, 4]).toArray(); // → [3, 8]
 * ```
 */
export const mul = /* @__PURE__ */ binary("mul", s.mul);

/**
 * y = a / b, elementwise.
 *
 * Shapes: as {@link add}. Integers divide to float32, nothing is floored. x / 0 is ±Infinity, 0 / 0 is NaN.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { div } from "gradkit";
 * div([1, 3], 2).toArray(); // → [0.5, 1.5]
 * ```
 */
export const div = /* @__PURE__ */ binary("div", s.div, "float");

const anyPower = /* @__PURE__ */ binary("pow", s.pow);

/**
 * y = aᵇ, elementwise.
 *
 * Shapes and dtypes: as {@link add}; an int32 power of an int32 stays int32. a⁰ is 1 for every a, even NaN; a
 * fractional power of a negative number is NaN. Gradients: b·aᵇ⁻¹ and aᵇ·log a; the first is 0 where b = 0, the second
 * where a = 0 ≤ b.
 *
 * @throws ShapeError if the shapes do not broadcast, DTypeError for integers to a negative whole number.
 *
 * @example
 * ```ts
 * import { pow } from "gradkit";
 * pow([1, 2, 3], 2).toArray(); // → [1, 4, 9]
 * ```
 */
export function pow<A extends TensorLike, B extends TensorLike>(a: A, b: Operand<A, B>): Tensor<Met<A, B>>;
export function pow(a: TensorLike, b: TensorLike): Tensor {
  if (a instanceof Tensor && !isFloat(a.dtype) && typeof b === "number" && b < 0 && Number.isInteger(b)) {
    throw new DTypeError(
      `pow: integers to a negative power: ${a.dtype} to ${b} (the results are fractions); convert with .to("float32")`,
      { dtype: a.dtype, exponent: b },
    );
  }
  return anyPower(a, b);
}

/**
 * y = max(a, b), elementwise.
 *
 * Shapes and dtypes: as {@link add}. NaN if either is NaN. The gradient goes to the larger one, half to each at a tie.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { maximum } from "gradkit";
 * maximum([1, 5], [4, 2]).toArray(); // → [4, 5]
 * ```
 */
export const maximum = /* @__PURE__ */ binary("maximum", s.maximum);

/**
 * y = min(a, b), elementwise.
 *
 * Shapes and dtypes: as {@link add}. NaN if either is NaN. The gradient goes to the smaller one, half to each at a tie.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { minimum } from "gradkit";
 * minimum([1, 5], 3).toArray(); // → [1, 3]
 * ```
 */
export const minimum = /* @__PURE__ */ binary("minimum", s.minimum);

/**
 * y = −x, elementwise.
 *
 * Shapes: any; the result has the same. bool gives int32, other dtypes stay.
 *
 * @example
 * ```ts
 * import { neg } from "gradkit";
 * neg([1, -2]).toArray(); // → [-1, 2]
 * ```
 */
export const neg = /* @__PURE__ */ unary("neg", s.neg, "number");

/**
 * y = |x|, elementwise.
 *
 * Shapes: any; the result has the same. Integers stay integers. Gradient: the sign of x, so 0 at 0.
 *
 * @example
 * ```ts
 * import { abs } from "gradkit";
 * abs([1, -2]).toArray(); // → [1, 2]
 * ```
 */
export const abs = /* @__PURE__ */ unary("abs", s.abs, "number");

/**
 * y = −1, 0 or 1 with the sign of x, elementwise.
 *
 * Shapes: any; the result has the same. Integers stay integers. The gradient is 0 everywhere, and stays in the graph.
 *
 * @example
 * ```ts
 * import { sign } from "gradkit";
 * sign([-3, 0, 2]).toArray(); // → [-1, 0, 1]
 * ```
 */
export const sign = /* @__PURE__ */ unary("sign", s.sign, "number");

/**
 * y = x², elementwise.
 *
 * Shapes: any; the result has the same. Integers stay integers.
 *
 * @example
 * ```ts
 * import { square } from "gradkit";
 * square([1, -3]).toArray(); // → [1, 9]
 * ```
 */
export const square = /* @__PURE__ */ unary("square", s.square, "number");

/**
 * y = 1 / x, elementwise.
 *
 * Shapes: any; the result has the same. Integers give float32. 1 / ±0 is ±Infinity.
 *
 * @example
 * ```ts
 * import { reciprocal } from "gradkit";
 * reciprocal([2, -4]).toArray(); // → [0.5, -0.25]
 * ```
 */
export const reciprocal = /* @__PURE__ */ unary("reciprocal", (x) => s.div(s.one, x));

/**
 * y = ⌊x⌋, the largest whole number ≤ x, elementwise.
 *
 * Shapes: any; the result has the same. Dtypes stay (bool gives int32). The gradient is 0, and stays in the graph.
 *
 * @example
 * ```ts
 * import { floor } from "gradkit";
 * floor([1.5, -1.5]).toArray(); // → [1, -2]
 * ```
 */
export const floor = /* @__PURE__ */ unary("floor", s.floor, "number");

/**
 * y = ⌈x⌉, the smallest whole number ≥ x, elementwise.
 *
 * Shapes: any; the result has the same. Dtypes stay (bool gives int32). The gradient is 0, and stays in the graph.
 *
 * @example
 * ```ts
 * import { ceil } from "gradkit";
 * ceil([1.5, 0.25]).toArray(); // → [2, 1]
 * ```
 */
export const ceil = /* @__PURE__ */ unary("ceil", s.ceil, "number");

/**
 * The nearest whole number, halves to the even neighbour, elementwise.
 *
 * Shapes: any; the result has the same. Dtypes stay (bool gives int32). The gradient is 0, and stays in the graph.
 *
 * Source: IEEE 754 roundTiesToEven, as PyTorch and NumPy; `Math.round` takes halves upwards instead.
 *
 * @example
 * ```ts
 * import { round } from "gradkit";
 * round([0.5, 1.5, 2.4]).toArray(); // → [0, 2, 2]
 * ```
 */
export const round = /* @__PURE__ */ unary("round", s.round, "number");
