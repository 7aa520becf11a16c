/** Products over axes, whose gradient is right beside zeros too. */

import { checkOptions } from "../check";
import { toNumber } from "../dtype";
import * as s from "../scalar/expr";
import { type Shape, reducedShape } from "../shape";
import type { Axes, Reduced } from "../axes";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { ReduceOptions } from "../tensor/methods";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { to } from "./cast";
import { add, mul } from "./elementwise";
import { permute } from "./permute";
import { REDUCE_KEYS, type Reduction, countOf, reductionOf, sum } from "./reduce";
import { reshape } from "./reshape";
import { narrow } from "./slice";

/** The axes reduced as one, behind all others. */
function asRows(x: Tensor, axes: readonly number[]): Tensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const rows = kept.map((axis) => x.shape[axis]!);
  return reshape(permute(x, [...kept, ...axes]), [countOf(rows, rows.map((_, i) => i)), countOf(x.shape, axes)]);
}

/**
 * The product of each row by halves: first half times second half, until one column is left. Its derivatives are the
 * products of the others without any division, so zeros need no special case at any order.
 */
function productOfRows(x: Tensor): Tensor {
  let count = x.shape[1]!;
  if (count === 0) return add(sum(x, { axes: 1 }), 1);
  let left: Tensor | null = null;
  let y = x;
  while (count > 1) {
    const half = count >> 1;
    if (count % 2 === 1) {
      const last = narrow(y, 1, count - 1, 1);
      left = left === null ? last : mul(left, last);
    }
    y = mul(narrow(y, 1, 0, half), narrow(y, 1, half, half));
    count = half;
  }
  return left === null ? y : mul(y, left);
}

const resultShape = (shape: Shape, { axes, keepDims }: Reduction): Shape => reducedShape(shape, axes, keepDims);

const prodOp: Op<Reduction> = {
  name: "prod",
  infer: ([x], attrs) => ({ shape: resultShape(x!.shape, attrs), dtype: attrs.dtype }),
  lower: ([x], attrs) => ({
    kernel: "reduce",
    attrs: { op: "prod", axes: attrs.axes, shape: x!.shape, before: s.input(0), after: s.input(0) },
    output: { shape: resultShape(x!.shape, attrs), dtype: attrs.dtype },
  }),
  decompose: ([x], attrs) =>
    reshape(productOfRows(asRows(to(x!, attrs.dtype), attrs.axes)), resultShape(x!.shape, attrs)),
};

/**
 * y = Π x over `axes`.
 *
 * Shapes: as {@link sum}. bool and int32 give int32. An empty product is 1. The gradient of each factor is the product
 * of the others, also where some are 0.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { prod } from "gradkit";
 * prod([[1, 2], [3, 4]], { axes: 1 }).toArray(); // → [2, 12]
 * ```
 */
export function prod<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function prod(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptions("prod", options, REDUCE_KEYS);
  const tensor = asTensor("prod", x);
  return apply(prodOp, [tensor], reductionOf("prod", tensor, options, toNumber(tensor.dtype)));
}
