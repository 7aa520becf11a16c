/** Whether any or all elements over axes are true. */

import { checkOptions } from "../check";
import * as s from "../scalar/expr";
import { reducedShape } from "../shape";
import type { Axes, Reduced } from "../axes";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { ReduceOptions } from "../tensor/methods";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { REDUCE_KEYS, type Reduction, reductionOf } from "./reduce";

const truth = s.not(s.equal(s.input(0), s.zero));

/** Counts truths, or multiplies them; an empty sum is 0 and an empty product 1. */
function asking(name: string, op: "sum" | "prod"): Op<Reduction> {
  return {
    name,
    infer: ([x], { axes, keepDims }) => ({ shape: reducedShape(x!.shape, axes, keepDims), dtype: "bool" }),
    lower: ([x], { axes, keepDims }) => ({
      kernel: "reduce",
      attrs: { op, axes, shape: x!.shape, before: truth, after: truth },
      output: { shape: reducedShape(x!.shape, axes, keepDims), dtype: "bool" },
    }),
  };
}

const anyOp = asking("any", "sum");
const allOp = asking("all", "prod");

function ask(op: Op<Reduction>, x: TensorLike, options: ReduceOptions): Tensor {
  checkOptions(op.name, options, REDUCE_KEYS);
  const tensor = asTensor(op.name, x);
  return apply(op, [tensor], reductionOf(op.name, tensor, options, "bool"));
}

/**
 * Whether any element over `axes` is true; numbers count as true where they are not 0 (NaN too).
 *
 * Shapes: as {@link sum}; bool. Among no elements: false.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { any } from "gradkit";
 * any([[0, 0], [0, 2]], { axes: 1 }).toArray(); // → [false, true]
 * ```
 */
export function any<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function any(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return ask(anyOp, x, options);
}

/**
 * Whether all elements over `axes` are true; numbers count as true where they are not 0 (NaN too).
 *
 * Shapes: as {@link sum}; bool. Among no elements: true.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { all } from "gradkit";
 * all([[1, 0], [1, 2]], { axes: 1 }).toArray(); // → [false, true]
 * ```
 */
export function all<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function all(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return ask(allOp, x, options);
}
