/** Functions applied to every element: each is one scalar expression. */

import { binary, unary } from "./map";
import * as s from "../scalar/expr";

/**
 * y = a + b, elementwise.
 *
 * Shapes: any two that broadcast. Dtypes promote; a number takes the tensor's dtype.
 *
 * @throws ShapeError if the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { add } from "gradkit";
 * add([1, 2], 10).toArray(); // → [11, 12]
 * ```
 */
export const add = /* @__PURE__ */ binary("add", s.add);
/** y = a · b, elementwise. Shapes: any two that broadcast. */
export const mul = /* @__PURE__ */ binary("mul", s.mul);
/** y = tanh x, elementwise. */
export const tanh = /* @__PURE__ */ unary("tanh", s.tanh);
