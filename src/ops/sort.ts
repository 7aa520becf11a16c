/** Sorting along an axis: the order first, then the elements picked in that order, so that gradients find their way. */

import { checkAxis, checkBoolean, checkNumber, checkOptions } from "../check";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { gather } from "./gather";
import { narrow } from "./slice";

const argSortOp: Op<{ readonly axis: number; readonly descending: boolean }> = {
  name: "argSort",
  infer: ([x]) => ({ shape: x!.shape, dtype: "int32" }),
  lower: ([x], attrs) => ({ kernel: "argSort", attrs, output: { shape: x!.shape, dtype: "int32" } }),
};

/** Elements in order, and where each stood. */
export interface Sorted {
  /** The elements. */
  values: Tensor;
  /** Their positions along the axis, int32. */
  indices: Tensor;
}

/** How `sort` orders. */
export interface SortOptions {
  /** The axis; negative counts from the end; default −1. */
  axis?: number;
  /** From the largest to the smallest; default false. */
  descending?: boolean;
}

/**
 * The elements in order along `axis` (default −1, the last), and where each stood. Ties keep their order.
 *
 * Shapes: any of rank ≥ 1; both results have the same. NaN counts as the largest.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { sort } from "gradkit";
 * const { values, indices } = sort([3, 1, 2]);
 * values.toArray(); // → [1, 2, 3]
 * indices.toArray(); // → [1, 2, 0]
 * ```
 */
export function sort(x: TensorLike, options: SortOptions = {}): Sorted {
  checkOptions("sort", options, ["axis", "descending"]);
  const tensor = asTensor("sort", x);
  const axis = checkAxis("sort", options.axis ?? -1, tensor.rank);
  const descending = checkBoolean("sort", "descending", options.descending, false);
  const indices = apply(argSortOp, [tensor], { axis, descending });
  return { values: gather(tensor, indices, { axis }), indices };
}

/** Which elements `topK` takes. */
export interface TopKOptions {
  /** The axis; negative counts from the end; default −1. */
  axis?: number;
  /** The largest elements, or with false the smallest; default true. */
  largest?: boolean;
}

/**
 * The k largest elements along `axis` (default −1, the last), the largest first, and where each stood.
 *
 * Shapes: `[a, n]` → `[a, k]`, both results. Of ties the first is taken; NaN counts as the largest.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option or a k that is no whole number
 *   from 0 to the axis' size.
 *
 * @example
 * ```ts
 * import { topK } from "gradkit";
 * topK([3, 1, 2], 2).indices.toArray(); // → [0, 2]
 * ```
 */
export function topK(x: TensorLike, k: number, options: TopKOptions = {}): Sorted {
  checkOptions("topK", options, ["axis", "largest"]);
  const tensor = asTensor("topK", x);
  const axis = checkAxis("topK", options.axis ?? -1, tensor.rank);
  checkNumber("topK", "k", k, { integer: true, min: 0, max: tensor.shape[axis]! });
  const descending = checkBoolean("topK", "largest", options.largest, true);
  const indices = narrow(apply(argSortOp, [tensor], { axis, descending }), axis, 0, k);
  return { values: gather(tensor, indices, { axis }), indices };
}
