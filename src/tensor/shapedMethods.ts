/** The methods of a tensor whose result has another shape: reductions, layouts, products. */

import type { Along, Axes, Flattened, Permuted, Reduced, Squeezed, Unsqueezed } from "../axes";
import type { Affine, Dotted, Matmul, Outer, Repeated, Sliced, Transposed } from "../rules";
import type { Shape } from "../shape";
import type { Checked, ShapeOf, Sizes } from "../types";
import type { AxisOptions, Range, ReduceOptions } from "./methods";
import type { Tensor, TensorLike } from "./tensor";

/** Many elements to one; over all axes unless some are named. */
export interface ReductionMethods {
  /** Σ x; bool and int32 give int32. */
  sum<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** Σ x / n; integers give float32. */
  mean<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** The largest element; ties share the gradient. */
  max<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** The smallest element; ties share the gradient. */
  min<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** The position of the largest element, the first at a tie. */
  argmax<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** The position of the smallest element, the first at a tie. */
  argmin<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** Π x; bool and int32 give int32. */
  prod<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** Σ (x − μ)² / (n − correction), correction 1 by default. */
  variance<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>> & { correction?: number },
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** √variance; gradient 0 where all elements agree. */
  std<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>> & { correction?: number },
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** (Σ |x|ᵖ)^(1/p), p = 2 by default; gradient 0 at 0. */
  norm<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>> & { p?: number },
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** log Σ exp x, without overflow. */
  logSumExp<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** Whether any element is true. */
  any<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** Whether all elements are true. */
  all<A extends Tensor, const X extends Axes | undefined = undefined, const K extends boolean = false>(
    this: A,
    options?: ReduceOptions<X, K, Reduced<ShapeOf<A>, X, K>>,
  ): Tensor<Reduced<ShapeOf<A>, X, K>>;
  /** Running sums along an axis, 0 by default. */
  cumsum<A extends Tensor, const X extends number = number>(
    this: A,
    options?: AxisOptions<X, Along<ShapeOf<A>, X>>,
  ): Tensor<ShapeOf<A>>;
  /** exp x / Σ exp x along an axis, the last by default. */
  softmax<A extends Tensor, const X extends number = number>(
    this: A,
    options?: AxisOptions<X, Along<ShapeOf<A>, X>>,
  ): Tensor<ShapeOf<A>>;
  /** log softmax x along an axis, the last by default. */
  logSoftmax<A extends Tensor, const X extends number = number>(
    this: A,
    options?: AxisOptions<X, Along<ShapeOf<A>, X>>,
  ): Tensor<ShapeOf<A>>;
}

/** The same elements, laid out otherwise. */
export interface ShapeMethods<S extends Shape> {
  /** The same elements in another shape; one size may be −1. */
  reshape<const To extends Shape>(shape: To): Tensor<Sizes<To>>;
  /** All axes from `startAxis` (default 0) on as one. */
  flatten<A extends Tensor, const X extends number = 0>(
    this: A,
    options?: { startAxis?: X },
  ): Tensor<Flattened<ShapeOf<A>, X>>;
  /** Without one axis of size 1, or without all of them. */
  squeeze<A extends Tensor, const X extends number | undefined = undefined>(
    this: A,
    axis?: Checked<Squeezed<ShapeOf<A>, X>, X>,
  ): Tensor<Squeezed<ShapeOf<A>, X>>;
  /** With a new axis of size 1 at `axis` of the result. */
  unsqueeze<A extends Tensor, const X extends number>(
    this: A,
    axis: Checked<Unsqueezed<ShapeOf<A>, X>, X>,
  ): Tensor<Unsqueezed<ShapeOf<A>, X>>;
  /** The last two axes swapped. */
  transpose<A extends Tensor>(this: Checked<Transposed<ShapeOf<A>>, A>): Tensor<Transposed<ShapeOf<A>>>;
  /** The axes in another order. */
  permute<A extends Tensor, const X extends Shape>(
    this: A,
    axes: Checked<Permuted<ShapeOf<A>, X>, X>,
  ): Tensor<Permuted<ShapeOf<A>, X>>;
  /** Repeated along new leading axes and axes of size 1. */
  broadcastTo<A extends Tensor, const To extends Shape>(
    this: A,
    shape: Checked<Repeated<ShapeOf<A>, To>, To>,
  ): Tensor<Repeated<ShapeOf<A>, To>>;
  /** A window: per axis null or [begin, end, step?]. */
  slice<A extends Tensor, const R extends readonly Range[]>(
    this: A,
    ranges: Checked<Sliced<ShapeOf<A>, R>, R>,
  ): Tensor<Sliced<ShapeOf<A>, R>>;
  /** The elements in reverse order along axes, all by default. */
  flip(options?: { axes?: Axes }): Tensor<S>;
  /** A margin around x, of one number or of its own elements: per axis [before, after]. */
  pad(
    amounts: readonly (readonly [number, number])[],
    options?: { value?: number; mode?: "constant" | "reflect" | "replicate" | "circular" },
  ): Tensor;
  /** Repeated as a whole, as often as said along each axis. */
  tile(repeats: readonly number[]): Tensor;
  /** Cut into parts along an axis, 0 by default. */
  split(sizes: Axes, options?: AxisOptions): Tensor[];
}

/** Products that sum over an axis. */
export interface ContractionMethods {
  /** The matrix product x · other; leading axes broadcast. */
  matmul<A extends Tensor, B extends TensorLike>(
    this: A,
    other: Checked<Matmul<ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Matmul<ShapeOf<A>, ShapeOf<B>>>;
  /** The inner product of two vectors. */
  dot<A extends Tensor, B extends TensorLike>(
    this: A,
    other: Checked<Dotted<ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<[]>;
  /** The outer product of two vectors. */
  outer<A extends Tensor, B extends TensorLike>(
    this: A,
    other: Checked<Outer<ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Outer<ShapeOf<A>, ShapeOf<B>>>;
  /** x·Wᵀ + b with a weight [out, in]. */
  linear<A extends Tensor, W extends TensorLike>(
    this: A,
    weight: Checked<Affine<ShapeOf<A>, ShapeOf<W>>, W>,
    bias?: TensorLike | null,
  ): Tensor<Affine<ShapeOf<A>, ShapeOf<W>>>;
}
