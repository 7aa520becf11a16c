/** Softmax and its logarithm along an axis, both without overflow. */

import { checkAxis, checkOptions } from "../check";
import { toFloat } from "../dtype";
import * as s from "../scalar/expr";
import type { Along } from "../axes";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { AxisOptions } from "../tensor/methods";
import type { Op, Pullback } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { clone, detach, to } from "./cast";
import { div, sub } from "./elementwise";
import { max } from "./extreme";
import { MapOp } from "./map";
import { sum, sumOf } from "./reduce";
import { exp, log } from "./transcendental";

interface SoftmaxAttrs {
  readonly axis: number;
}

const [first, second, third] = [s.input(0), s.input(1), s.input(2)] as const;

type Meaning = (x: Tensor, axis: number) => Tensor;
type Pull = (y: Tensor, axis: number) => Pullback;

function overAxis(name: string, log: boolean, decompose: Meaning, pull: Pull): Op<SoftmaxAttrs> {
  return {
    name,
    infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
    lower: ([x], { axis }) => ({
      kernel: "softmax",
      attrs: { axis, log },
      output: { shape: x!.shape, dtype: x!.dtype },
    }),
    vjp: ({ output, attrs: { axis } }) => [pull(output, axis)],
    decompose: ([x], { axis }) => (x!.size === 0 ? clone(x!) : decompose(x!, axis)),
  };
}

/** x − max x, so that the largest exponent is 0. */
function centred(x: Tensor, axis: number): Tensor {
  return sub(x, detach(max(x, { axes: axis, keepDims: true })));
}

const weighted = sumOf("softmax′", s.mul(first, second));
const softmaxGradient = s.mul(first, s.sub(second, third));

const softmaxOp = overAxis(
  "softmax",
  false,
  (x, axis) => {
    const powers = exp(centred(x, axis));
    return div(powers, sum(powers, { axes: axis, keepDims: true }));
  },
  (y, axis) => (g) => {
    const mean = weighted([y, g], { axes: axis, keepDims: true });
    return apply(new MapOp("softmax′"), [y, g, mean], { expr: softmaxGradient, dtype: y.dtype });
  },
);

const logSoftmaxGradient = s.sub(second, s.mul(s.exp(first), third));

const logSoftmaxOp = overAxis(
  "logSoftmax",
  true,
  (x, axis) => {
    const shifted = centred(x, axis);
    return sub(shifted, log(sum(exp(shifted), { axes: axis, keepDims: true })));
  },
  (y, axis) => (g) => {
    const total = sum(g, { axes: axis, keepDims: true });
    return apply(new MapOp("logSoftmax′"), [y, g, total], { expr: logSoftmaxGradient, dtype: y.dtype });
  },
);

function along(op: Op<SoftmaxAttrs>, x: TensorLike, options: AxisOptions): Tensor {
  checkOptions(op.name, options, ["axis"]);
  const tensor = asTensor(op.name, x);
  const axis = checkAxis(op.name, options.axis ?? -1, tensor.rank);
  return apply(op, [to(tensor, toFloat(tensor.dtype))], { axis });
}

/**
 * yᵢ = exp xᵢ / Σⱼ exp xⱼ along `axis` (default −1, the last): positive numbers that sum to 1.
 *
 * Shapes: any of rank ≥ 1; the result has the same. Integers give float32. No size of x overflows; −∞ gives 0, and a
 * row that is −∞ throughout, or holds +∞ or NaN, gives NaN.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { softmax } from "gradkit";
 * softmax([1000, 1000]).toArray(); // → [0.5, 0.5]
 * ```
 */
export function softmax<T extends TensorLike, const X extends number = number>(
  x: T,
  options?: AxisOptions<X, Along<ShapeOf<T>, X>>,
): Tensor<ShapeOf<T>>;
export function softmax(x: TensorLike, options: AxisOptions = {}): Tensor {
  return along(softmaxOp, x, options);
}

/**
 * yᵢ = xᵢ − log Σⱼ exp xⱼ along `axis` (default −1, the last): softmax's logarithm, also where softmax itself is 0.
 *
 * Shapes: any of rank ≥ 1; the result has the same. Integers give float32. No size of x overflows; −∞ stays −∞, and a
 * row that is −∞ throughout, or holds +∞ or NaN, gives NaN.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { logSoftmax } from "gradkit";
 * logSoftmax([[0, -1000]], { axis: 1 }).toArray(); // → [[0, -1000]]
 * ```
 */
export function logSoftmax<T extends TensorLike, const X extends number = number>(
  x: T,
  options?: AxisOptions<X, Along<ShapeOf<T>, X>>,
): Tensor<ShapeOf<T>>;
export function logSoftmax(x: TensorLike, options: AxisOptions = {}): Tensor {
  return along(logSoftmaxOp, x, options);
}
