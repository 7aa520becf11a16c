/** Sums over axes and their adjoint, the repetition along axes. */

import { checkAxes, checkBoolean, checkBroadcast, checkOptions, checkShape } from "../check";
import { type DType, promote, toFloat, toNumber } from "../dtype";
import { ShapeError } from "../errors";
import * as s from "../scalar/expr";
import { derive } from "../scalar/derive";
import {
  type Shape,
  broadcastAxes,
  broadcastShapes,
  broadcastStrides,
  reducedShape,
  sameShape,
  showShape,
} from "../shape";
import type { Axes, Reduced } from "../axes";
import type { Repeated } from "../rules";
import type { Checked, ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { ReduceOptions } from "../tensor/methods";
import type { Context, Op, Pullback } from "../tensor/op";
import type { Spec } from "../tensor/storage";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { div } from "./elementwise";
import { Remembered, MapOp } from "./map";
import { reshape } from "./reshape";

/** The keys of {@link ReduceOptions}. @internal */
export const REDUCE_KEYS = ["axes", "keepDims"] as const;

/** What a reduction is told: its axes, sorted and counted from the front, and the dtype it answers in. @internal */
export interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  readonly dtype: DType;
}

/** The axes and `keepDims` of a reduction of `x`, checked. @internal */
export function reductionOf(where: string, x: Spec, options: ReduceOptions, dtype: DType): Reduction {
  const axes = checkAxes(where, options.axes, x.shape.length);
  return { axes, keepDims: checkBoolean(where, "keepDims", options.keepDims, false), dtype };
}

/** The gradient of a reduction's result, laid out so that it broadcasts to the input. @internal */
export function keepAxes(g: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  const kept = reducedShape(shape, axes, true);
  return sameShape(g.shape, kept) ? g : reshape(g, kept);
}

/** What a sum is told: Σ before(inputs) / divisor. */
interface SumAttrs extends Reduction {
  readonly before: s.Expr;
  readonly divisor: number;
}

function commonShape(name: string, inputs: readonly Spec[]): Shape {
  let { shape } = inputs[0]!;
  for (let i = 1; i < inputs.length; i++) shape = checkBroadcast(name, shape, inputs[i]!.shape);
  return shape;
}

function summing(name: string): Op<SumAttrs> {
  return {
    name,
    infer: (inputs, { axes, keepDims, dtype }) => ({
      shape: reducedShape(commonShape(name, inputs), axes, keepDims),
      dtype,
    }),
    lower: (inputs, { axes, keepDims, dtype, before, divisor }) => {
      const shape = commonShape(name, inputs);
      const attrs = { op: "sum" as const, axes, shape, before, after: divideBy(divisor) };
      return { kernel: "reduce", attrs, output: { shape: reducedShape(shape, axes, keepDims), dtype } };
    },
    vjp: (ctx) => sumPullbacks(name, ctx),
  };
}

const quotients = new Remembered();

function divideBy(divisor: number): s.Expr {
  return divisor === 1 ? s.input(0) : quotients.get(String(divisor), () => s.div(s.input(0), s.constant(divisor)));
}

/** Each input's gradient is the derivative of `before` times the result's gradient, repeated along the axes. */
function sumPullbacks(name: string, { inputs, attrs }: Context<SumAttrs>): (Pullback | null)[] {
  const count = inputs.length;
  const spread = spreading(commonShape(name, inputs), attrs);
  const derivatives = derive(withoutResult(attrs.before, count), count);
  return inputs.map((tracked, i) => {
    if (!tracked.requiresGrad) return null;
    const { expr, reads } = derivatives[i]!;
    if (expr.kind === "input" && reads.length === 1) return spread;
    const kept = reads.map((at) => (at === count ? null : inputs[at]!));
    return (g) => {
      const wide = spread(g);
      return apply(new MapOp(`${name}′`), kept.map((tensor) => tensor ?? wide), { expr, dtype: attrs.dtype });
    };
  });
}

/** The adjoint of a sum; a function of its own, so that a plain sum keeps none of its inputs alive. */
function spreading(shape: Shape, { axes, divisor }: SumAttrs): (g: Tensor) => Tensor {
  return (g) => broadcastTo(keepAxes(divisor === 1 ? g : div(g, divisor), shape, axes), shape);
}

const opened = new WeakMap<s.Expr, s.Expr>();

/** The same expression such that its derivative does not read its value, which a sum does not keep. */
function withoutResult(expr: s.Expr, count: number): s.Expr {
  if (!derive(expr, count).some(({ reads }) => reads.includes(count + 1))) return expr;
  let known = opened.get(expr);
  if (known === undefined) opened.set(expr, (known = s.add(expr, s.zero)));
  return known;
}

/** How a function made by {@link sumOf} is told what to do. @internal */
export interface SumOptions extends ReduceOptions {
  /** Divide by the number of elements summed. */
  readonly average?: boolean;
  /** Divide by this number. */
  readonly divisor?: number;
}

/**
 * A sum (or mean) over axes of an elementwise expression of several tensors, in one pass. @internal
 *
 * The inputs broadcast and their dtypes promote, to a float for an average.
 */
export function sumOf(name: string, before: s.Expr): (inputs: readonly Tensor[], options?: SumOptions) => Tensor {
  const op = summing(name);
  return (inputs, options = {}) => {
    const shape = commonShape(name, inputs);
    const common = toNumber(inputs.map((x) => x.dtype).reduce(promote));
    const dtype = options.average === true ? toFloat(common) : common;
    const { axes, keepDims } = reductionOf(name, { shape, dtype }, options, dtype);
    const divisor = options.average === true ? countOf(shape, axes) : (options.divisor ?? 1);
    return apply(op, inputs, { axes, keepDims, dtype, before, divisor });
  };
}

/** How many elements go into each result of a reduction. @internal */
export function countOf(shape: Shape, axes: readonly number[]): number {
  let count = 1;
  for (const axis of axes) count *= shape[axis]!;
  return count;
}

const sumOp = summing("sum");

/**
 * y = Σ x over `axes`.
 *
 * Shapes: `[a, b]` with `axes: 0` → `[b]`, or `[1, b]` with `keepDims`; without axes → `[]`.
 * bool and int32 give int32. An empty sum is 0.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { sum } from "gradkit";
 * sum([[1, 2], [3, 4]], { axes: 0 }).toArray(); // → [4, 6]
 * ```
 */
export function sum<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function sum(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptions("sum", options, REDUCE_KEYS);
  const tensor = asTensor("sum", x);
  const { axes, keepDims, dtype } = reductionOf("sum", tensor, options, toNumber(tensor.dtype));
  return apply(sumOp, [tensor], { axes, keepDims, dtype, before: s.input(0), divisor: 1 });
}

const meanOp = summing("mean");

/**
 * y = Σ x / n over `axes`, n elements each.
 *
 * Shapes: as {@link sum}. Integers and bool give float32 (PyTorch refuses them). The mean of nothing is NaN.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { mean } from "gradkit";
 * mean([[1, 2], [3, 4]], { axes: -1 }).toArray(); // → [1.5, 3.5]
 * ```
 */
export function mean<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function mean(x: TensorLike, options: ReduceOptions = {}): Tensor {
  checkOptions("mean", options, REDUCE_KEYS);
  const tensor = asTensor("mean", x);
  const { axes, keepDims, dtype } = reductionOf("mean", tensor, options, toFloat(tensor.dtype));
  const divisor = countOf(tensor.shape, axes);
  return apply(meanOp, [tensor], { axes, keepDims, dtype, before: s.input(0), divisor });
}

interface BroadcastAttrs {
  readonly shape: Shape;
}

const broadcastOp: Op<BroadcastAttrs> = {
  name: "broadcastTo",
  infer: ([x], { shape }) => {
    const common = broadcastShapes(x!.shape, shape);
    if (common !== null && sameShape(common, shape)) return { shape, dtype: x!.dtype };
    throw new ShapeError(
      `broadcastTo: the shape does not repeat to the target: ${showShape(x!.shape)} → ${showShape(shape)} ` +
        "(only axes of size 1 and missing leading axes repeat); reshape it first, or choose another target",
      { shape: x!.shape, target: shape },
    );
  },
  lower: ([x], { shape }) => ({
    kernel: "view",
    shape,
    strides: broadcastStrides(x!.shape, x!.strides, shape),
    offset: x!.offset,
  }),
  vjp: ({ inputs: [x] }) => {
    const { shape } = x!;
    return [(g) => sumTo(g, shape)];
  },
};

/**
 * x repeated along new leading axes and along axes of size 1; no element is copied.
 *
 * Shapes: `[3]` → `[2, 3]`, `[2, 1]` → `[2, 3]`; a scalar → any.
 *
 * @throws ShapeError if an axis of another size than 1 would have to change.
 *
 * @example
 * ```ts
 * import { broadcastTo } from "gradkit";
 * broadcastTo([[1], [2]], [2, 3]).toArray(); // → [[1, 1, 1], [2, 2, 2]]
 * ```
 */
export function broadcastTo<T extends TensorLike, const To extends Shape>(
  x: T,
  shape: Checked<Repeated<ShapeOf<T>, To>, To>,
): Tensor<Repeated<ShapeOf<T>, To>>;
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  return apply(broadcastOp, [asTensor("broadcastTo", x)], { shape: checkShape("broadcastTo", shape) });
}

/** x summed down to a shape that broadcasts to its own: the adjoint of {@link broadcastTo}. @internal */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const axes = broadcastAxes(shape, x.shape);
  const summed =
    axes.length === 0
      ? x
      : apply(sumOp, [x], { axes, keepDims: false, dtype: toNumber(x.dtype), before: s.input(0), divisor: 1 });
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape);
}
