/** Running sums along an axis; their adjoint runs from the other end. */

import { checkAxis, checkOptions } from "../check";
import { toNumber } from "../dtype";
import type { Along } from "../axes";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { AxisOptions } from "../tensor/methods";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";

const cumsumOp: Op<{ readonly axis: number; readonly reverse: boolean }> = {
  name: "cumsum",
  infer: ([x]) => ({ shape: x!.shape, dtype: toNumber(x!.dtype) }),
  lower: ([x], attrs) => ({
    kernel: "cumulate",
    attrs,
    output: { shape: x!.shape, dtype: toNumber(x!.dtype) },
  }),
  vjp: ({ attrs: { axis, reverse } }) => [(g) => apply(cumsumOp, [g], { axis, reverse: !reverse })],
};

/**
 * yᵢ = x₀ + … + xᵢ along `axis` (default 0).
 *
 * Shapes: any of rank ≥ 1; the result has the same. bool and int32 give int32.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { cumsum } from "gradkit";
 * cumsum([[1, 2], [3, 4]], { axis: 1 }).toArray(); // → [[1, 3], [3, 7]]
 * ```
 */
export function cumsum<T extends TensorLike, const X extends number = number>(
  x: T,
  options?: AxisOptions<X, Along<ShapeOf<T>, X>>,
): Tensor<ShapeOf<T>>;
export function cumsum(x: TensorLike, options: AxisOptions = {}): Tensor {
  checkOptions("cumsum", options, ["axis"]);
  const tensor = asTensor("cumsum", x);
  return apply(cumsumOp, [tensor], { axis: checkAxis("cumsum", options.axis ?? 0, tensor.rank), reverse: false });
}
