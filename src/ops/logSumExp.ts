/** The logarithm of a sum of exponentials, without overflow. */

import { checkOptions } from "../check";
import { toFloat } from "../dtype";
import * as s from "../scalar/expr";
import { reducedShape } from "../shape";
import type { Axes, Reduced } from "../axes";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { ReduceOptions } from "../tensor/methods";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { to } from "./cast";
import { max } from "./extreme";
import { MapOp } from "./map";
import { REDUCE_KEYS, type Reduction, countOf, keepAxes, reductionOf, sum, sumOf } from "./reduce";
import { reshape } from "./reshape";
import { exp, log } from "./transcendental";

const [first, second, third] = [s.input(0), s.input(1), s.input(2)] as const;

/** The largest exponent of a row, or 0 where it is infinite and could not be subtracted. */
const finite = (m: s.Expr): s.Expr => s.select(s.equal(s.sub(m, m), s.zero), m, s.zero);

const sumOfPowers = sumOf("logSumExp", s.exp(s.sub(first, finite(second))));
const shifted = s.add(s.log(first), finite(second));
const combine = new MapOp("logSumExp");
/** g·exp(x − y), and 0 in a row that is −∞ throughout. */
const share = s.mul(third, s.exp(s.sub(first, s.select(s.equal(second, s.constant(-Infinity)), s.zero, second))));

const logSumExpOp: Op<Reduction> = {
  name: "logSumExp",
  infer: ([x], { axes, keepDims, dtype }) => ({ shape: reducedShape(x!.shape, axes, keepDims), dtype }),
  decompose: ([x], { axes, keepDims, dtype }) => {
    if (countOf(x!.shape, axes) === 0) return log(sum(exp(x!), { axes, keepDims }));
    const largest = max(x!, { axes, keepDims: true });
    const total = sumOfPowers([x!, largest], { axes, keepDims });
    return apply(combine, [total, reshape(largest, total.shape)], { expr: shifted, dtype });
  },
  vjp: ({ inputs: [x], output, attrs: { axes, dtype } }) => [
    (g) => {
      const inputs = [x!, keepAxes(output, x!.shape, axes), keepAxes(g, x!.shape, axes)];
      return apply(new MapOp("logSumExp′"), inputs, { expr: share, dtype });
    },
  ],
};

/**
 * y = log Σ exp x over `axes`.
 *
 * Shapes: as {@link sum}. Integers give float32. No size of x overflows; a row that is −∞ throughout, or empty, gives
 * −∞ with gradient 0.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { logSumExp } from "gradkit";
 * logSumExp([1000, 1000]).item().toFixed(3); // → "1000.693"
 * ```
 */
export function logSumExp<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function logSumExp(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptions("logSumExp", options, REDUCE_KEYS);
  const given = asTensor("logSumExp", x);
  const tensor = to(given, toFloat(given.dtype));
  return apply(logSumExpOp, [tensor], reductionOf("logSumExp", tensor, options, tensor.dtype));
}
