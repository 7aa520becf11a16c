/** Largest and smallest elements over axes, and where they stand. */

import { checkOptions } from "../check";
import { ShapeError } from "../errors";
import * as s from "../scalar/expr";
import { reducedShape, showShape } from "../shape";
import type { Axes, Reduced } from "../axes";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { ReduceOptions } from "../tensor/methods";
import type { Context, Op, Pullback } from "../tensor/op";
import type { Spec } from "../tensor/storage";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { detach } from "./cast";
import { MapOp } from "./map";
import { REDUCE_KEYS, type Reduction, keepAxes, reductionOf, sumOf } from "./reduce";

type Which = "max" | "min";

/** Refuses to look for an extreme among no elements. @internal */
export function checkSome(where: string, { shape }: Spec, axes: readonly number[]): void {
  const empty = axes.find((axis) => shape[axis] === 0);
  if (empty === undefined) return;
  throw new ShapeError(
    `${where}: nothing to choose from: ${showShape(shape)} (axis ${empty} has no elements); ` +
      "reduce other axes, or check the size first",
    { shape, axes },
  );
}

/** The largest or smallest of `before(x)`; @internal */
export interface ExtremeAttrs extends Reduction {
  readonly before: s.Expr;
}

/** An op that takes the extreme of an expression of one input. @internal */
export function extreme(
  name: string,
  which: Which,
  pull: (ctx: Context<ExtremeAttrs>) => Pullback,
): Op<ExtremeAttrs> {
  return {
    name,
    infer: ([x], { axes, keepDims, dtype }) => {
      checkSome(name, x!, axes);
      return { shape: reducedShape(x!.shape, axes, keepDims), dtype };
    },
    lower: ([x], { axes, keepDims, dtype, before }) => ({
      kernel: "reduce",
      attrs: { op: which, axes, shape: x!.shape, before, after: s.input(0) },
      output: { shape: reducedShape(x!.shape, axes, keepDims), dtype },
    }),
    vjp: (ctx) => [pull(ctx)],
  };
}

const countTies = sumOf("ties", s.equal(s.input(0), s.input(1)));
const [x, y, g, count] = [s.input(0), s.input(1), s.input(2), s.input(3)] as const;
const shared = s.div(s.select(s.equal(x, y), g, s.zero), count);

/** The gradient goes to the elements that equal the extreme, in equal parts. @internal */
export function shareTies(name: string, values: Tensor, extremes: Tensor, axes: readonly number[]): Pullback {
  const all = detach(values);
  const best = keepAxes(detach(extremes), all.shape, axes);
  return (g) => {
    const ties = countTies([all, best], { axes, keepDims: true });
    const inputs = [all, best, keepAxes(g, all.shape, axes), ties];
    return apply(new MapOp(`${name}′`), inputs, { expr: shared, dtype: all.dtype });
  };
}

function choosing(name: Which): Op<ExtremeAttrs> {
  return extreme(name, name, ({ inputs: [x], output, attrs }) => shareTies(name, x!, output, attrs.axes));
}

const maxOp = choosing("max");
const minOp = choosing("min");

function choose(op: Op<ExtremeAttrs>, x: TensorLike, options: ReduceOptions): Tensor {
  checkOptions(op.name, options, REDUCE_KEYS);
  const tensor = asTensor(op.name, x);
  const { axes, keepDims, dtype } = reductionOf(op.name, tensor, options, tensor.dtype);
  return apply(op, [tensor], { axes, keepDims, dtype, before: s.input(0) });
}

/**
 * The largest element over `axes`.
 *
 * Shapes: as {@link sum}. The dtype stays. NaN if any element is NaN. Elements that tie share the gradient equally.
 *
 * @throws ShapeError if an axis reduced has no elements or is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { max } from "gradkit";
 * max([[1, 5], [7, 3]], { axes: 1 }).toArray(); // → [5, 7]
 * ```
 */
export function max<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function max(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return choose(maxOp, x, options);
}

/**
 * The smallest element over `axes`.
 *
 * Shapes: as {@link sum}. The dtype stays. NaN if any element is NaN. Elements that tie share the gradient equally.
 *
 * @throws ShapeError if an axis reduced has no elements or is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { min } from "gradkit";
 * min([[1, 5], [7, 3]], { axes: 1 }).toArray(); // → [1, 3]
 * ```
 */
export function min<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function min(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return choose(minOp, x, options);
}

function pointing(name: string, which: Which): Op<Reduction> {
  return {
    name,
    infer: ([x], { axes, keepDims }) => {
      checkSome(name, x!, axes);
      return { shape: reducedShape(x!.shape, axes, keepDims), dtype: "int32" };
    },
    lower: ([x], { axes, keepDims }) => ({
      kernel: "argReduce",
      attrs: { op: which, axes },
      output: { shape: reducedShape(x!.shape, axes, keepDims), dtype: "int32" },
    }),
  };
}

const argmaxOp = pointing("argmax", "max");
const argminOp = pointing("argmin", "min");

function point(op: Op<Reduction>, x: TensorLike, options: ReduceOptions): Tensor {
  checkOptions(op.name, options, REDUCE_KEYS);
  const tensor = asTensor(op.name, x);
  return apply(op, [tensor], reductionOf(op.name, tensor, options, "int32"));
}

/**
 * The position of the largest element over `axes`, the first of them at a tie; a NaN counts as the largest.
 *
 * Shapes: as {@link sum}; int32. Over several axes the position counts through them in row-major order.
 *
 * @throws ShapeError if an axis reduced has no elements or is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { argmax } from "gradkit";
 * argmax([[1, 5], [7, 3]], { axes: 1 }).toArray(); // → [1, 0]
 * ```
 */
export function argmax<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function argmax(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return point(argmaxOp, x, options);
}

/**
 * The position of the smallest element over `axes`, the first of them at a tie; a NaN counts as the smallest.
 *
 * Shapes: as {@link sum}; int32. Over several axes the position counts through them in row-major order.
 *
 * @throws ShapeError if an axis reduced has no elements or is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { argmin } from "gradkit";
 * argmin([[1, 5], [7, 3]], { axes: 1 }).toArray(); // → [0, 1]
 * ```
 */
export function argmin<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: ReduceOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function argmin(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return point(argminOp, x, options);
}
