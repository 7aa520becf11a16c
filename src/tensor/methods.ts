/** The methods of a tensor: one per op whose first argument is a tensor, with the words people read when they hover. */

import type { DType } from "../dtype";
import type { Shape } from "../shape";
import type { Axes } from "../axes";
import type { Embedded, Seed } from "../rules";
import type { Broadcast, Checked, ShapeOf } from "../types";
import type { AvgPoolOptions, ConvOptions, ConvTransposeOptions, MaxPoolOptions, PerAxis } from "./moves";
import type { ContractionMethods, ReductionMethods, ShapeMethods } from "./shapedMethods";
import type { Tensor, TensorLike } from "./tensor";

/** A random stream: a {@link Generator}. */
export interface RandomStream {
  /** A copy of the state: four whole numbers. */
  readonly state: Int32Array;
  /** Goes back (or on) to a state read earlier. */
  load(state: ArrayLike<number>): RandomStream;
  /** Starts again from a seed. */
  seed(seed: number): RandomStream;
}

/** Which axes a reduction runs over; R is what the compiler makes of it. */
export interface ReduceOptions<
  X extends Axes | undefined = Axes | undefined,
  K extends boolean = boolean,
  R = unknown,
> {
  /** One axis or several; negative ones count from the end; default all; `[]` reduces nothing. */
  axes?: Checked<R, X>;
  /** Whether the reduced axes stay as size 1; default false. */
  keepDims?: K;
}

/** Along which axis an op works; R is what the compiler makes of it. */
export interface AxisOptions<X extends number = number, R = unknown> {
  /** The axis; negative counts from the end. */
  axis?: Checked<R, X>;
}

/** What `slice` takes along one axis: all, or from `begin` until before `end`; null leaves a side open. */
export type Range = null | readonly [begin: number | null, end: number | null, step?: number];

/** Every op whose first argument is a tensor, as a method; S is the tensor's shape as far as it is known. */
export interface TensorMethods<S extends Shape>
  extends ElementwiseMethods<S>,
    ComparisonMethods<S>,
    ReductionMethods,
    ShapeMethods<S>,
    IndexMethods,
    ContractionMethods,
    SignalMethods,
    NetworkMethods<S> {
  /**
   * Adds ∂x/∂leaf to the `.grad` of every leaf that requires a gradient and that x was computed from. x has one
   * element, or `gradient` (of its shape and dtype) says what arrives from outside. The graph is freed unless retained.
   */
  backward<A extends Tensor, G extends TensorLike | undefined = undefined>(
    this: Checked<Seed<ShapeOf<A>, G>, A>,
    gradient?: G,
    options?: { retainGraph?: boolean; createGraph?: boolean },
  ): void;
  /** The tensor in another dtype; itself where it has that dtype. Fractions are cut toward 0 in int32. */
  to(dtype: DType): Tensor<S>;
  /** Zeros with probability p, else x / (1 − p); x itself with `training: false`. */
  dropout(p: number, options?: { training?: boolean; generator?: RandomStream }): Tensor<S>;
  /** A copy in memory of its own; gradients pass through. */
  clone(): Tensor<S>;
  /** The same elements without their history; nothing is copied. */
  detach(): Tensor<S>;
}

/** The shape of two operands that broadcast. */
export type Met<A, B> = Broadcast<ShapeOf<A>, ShapeOf<B>>;

/** The second of two operands that broadcast. */
export type Operand<A, B> = Checked<Met<A, B>, B>;

/** The shape of a where a condition holds and b elsewhere. */
export type Chosen<C, A, B> = Broadcast<Met<C, A>, ShapeOf<B>>;

/** Functions of every element; operands broadcast. */
export interface ElementwiseMethods<S extends Shape> {
  /** x + other, elementwise with broadcasting. */
  add<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** x − other, elementwise with broadcasting. */
  sub<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** x · other, elementwise with broadcasting. */
  mul<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** x / other, elementwise with broadcasting; integers give float32. */
  div<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** x to a power, elementwise with broadcasting. */
  pow<A extends Tensor, B extends TensorLike>(this: A, exponent: Operand<A, B>): Tensor<Met<A, B>>;
  /** The larger of x and other, elementwise; the gradient is shared at ties. */
  maximum<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** The smaller of x and other, elementwise; the gradient is shared at ties. */
  minimum<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** −x */
  neg(): Tensor<S>;
  /** |x|; gradient 0 at 0. */
  abs(): Tensor<S>;
  /** −1, 0 or 1 with the sign of x. */
  sign(): Tensor<S>;
  /** x² */
  square(): Tensor<S>;
  /** 1 / x */
  reciprocal(): Tensor<S>;
  /** The largest whole number ≤ x. */
  floor(): Tensor<S>;
  /** The smallest whole number ≥ x. */
  ceil(): Tensor<S>;
  /** The nearest whole number, halves to the even one. */
  round(): Tensor<S>;
  /** eˣ */
  exp(): Tensor<S>;
  /** eˣ − 1, exact for small x. */
  expm1(): Tensor<S>;
  /** ln x */
  log(): Tensor<S>;
  /** ln(1 + x), exact for small x. */
  log1p(): Tensor<S>;
  /** √x; gradient +Infinity at 0. */
  sqrt(): Tensor<S>;
  /** 1 / √x */
  rsqrt(): Tensor<S>;
  /** sin x */
  sin(): Tensor<S>;
  /** cos x */
  cos(): Tensor<S>;
  /** tan x */
  tan(): Tensor<S>;
  /** tanh x, in (−1, 1). */
  tanh(): Tensor<S>;
  /** The error function, in (−1, 1). */
  erf(): Tensor<S>;
  /** 1 / (1 + e⁻ˣ), in (0, 1). */
  sigmoid(): Tensor<S>;
  /** ln(1 / (1 + e⁻ˣ)), stable. */
  logSigmoid(): Tensor<S>;
  /** x/6 + ½ within [0, 1]. */
  hardSigmoid(): Tensor<S>;
  /** x within [−1, 1]. */
  hardTanh(): Tensor<S>;
  /** max(x, 0); gradient 0 at 0. */
  relu(): Tensor<S>;
  /** x within [0, 6]. */
  relu6(): Tensor<S>;
  /** x above 0, negativeSlope · x (default 0.01) below. */
  leakyRelu(options?: { negativeSlope?: number }): Tensor<S>;
  /** x above 0, alpha · (eˣ − 1) (alpha default 1) below. */
  elu(options?: { alpha?: number }): Tensor<S>;
  /** x · Φ(x), by erf unless `approximate` is "tanh". */
  gelu(options?: { approximate?: "none" | "tanh" }): Tensor<S>;
  /** x · sigmoid(x) */
  silu(): Tensor<S>;
  /** x · tanh(softplus(x)) */
  mish(): Tensor<S>;
  /** ln(1 + eˣ), stable. */
  softplus(): Tensor<S>;
  /** x / (1 + |x|), in (−1, 1). */
  softsign(): Tensor<S>;
  /** x within [low, high]; ±Infinity leaves a side open. */
  clamp(low: number, high: number): Tensor<S>;
}

/** Questions about every element, answered in bool; operands broadcast. */
export interface ComparisonMethods<S extends Shape> {
  /** Whether x = other. */
  equal<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** Whether x ≠ other. */
  notEqual<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** Whether x < other. */
  less<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** Whether x ≤ other. */
  lessEqual<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** Whether x > other. */
  greater<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** Whether x ≥ other. */
  greaterEqual<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** Whether x is 0 or false. */
  logicalNot(): Tensor<S>;
  /** Whether x and other both differ from 0. */
  logicalAnd<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** Whether x or other differs from 0. */
  logicalOr<A extends Tensor, B extends TensorLike>(this: A, other: Operand<A, B>): Tensor<Met<A, B>>;
  /** Whether x is NaN. */
  isNaN(): Tensor<S>;
  /** Whether x is neither NaN nor ±Infinity. */
  isFinite(): Tensor<S>;
  /** a where this condition holds, else b. */
  where<C extends Tensor, A extends TensorLike, B extends TensorLike>(
    this: C,
    a: Operand<C, A>,
    b: Checked<Chosen<C, A, B>, B>,
  ): Tensor<Chosen<C, A, B>>;
}

/** Elements chosen by position. */
export interface IndexMethods {
  /** The elements at an index along an axis (default 0): PyTorch's gather. */
  gather(index: TensorLike, options?: AxisOptions): Tensor;
  /** The elements at an index along an axis (default 0); the same as gather. */
  takeAlong(index: TensorLike, options?: AxisOptions): Tensor;
  /** The rows at a list of positions along an axis (default 0). */
  indexSelect(index: TensorLike, options?: AxisOptions): Tensor;
  /** The elements in order along an axis (default −1), and where each stood. */
  sort(options?: { axis?: number; descending?: boolean }): { values: Tensor; indices: Tensor };
  /** The k largest elements along an axis (default −1), and where each stood. */
  topK(k: number, options?: { axis?: number; largest?: boolean }): { values: Tensor; indices: Tensor };
  /** For each class a row with a 1 at its place. */
  oneHot(classes: number, options?: { dtype?: DType }): Tensor;
  /** x with source's elements added at an index along an axis (default 0). */
  scatterAdd(index: TensorLike, source: TensorLike, options?: AxisOptions): Tensor;
}

/** Signals [batch, channels, …sizes] seen through windows. */
export interface SignalMethods {
  /** The convolution along one axis, with a weight [out, in / groups, K]. */
  conv1d(weight: TensorLike, bias?: TensorLike | null, options?: ConvOptions): Tensor;
  /** The convolution over rows and columns, with a weight [out, in / groups, KH, KW]. */
  conv2d(weight: TensorLike, bias?: TensorLike | null, options?: ConvOptions): Tensor;
  /** The transposed convolution, which enlarges; weight [in, out / groups, KH, KW]. */
  convTranspose2d(weight: TensorLike, bias?: TensorLike | null, options?: ConvTransposeOptions): Tensor;
  /** The largest element of each window along one axis. */
  maxPool1d(kernel: PerAxis, options?: MaxPoolOptions): Tensor;
  /** The largest element of each window. */
  maxPool2d(kernel: PerAxis, options?: MaxPoolOptions): Tensor;
  /** The mean of each window along one axis. */
  avgPool1d(kernel: PerAxis, options?: AvgPoolOptions): Tensor;
  /** The mean of each window. */
  avgPool2d(kernel: PerAxis, options?: AvgPoolOptions): Tensor;
  /** Means over a grid of `size` windows. */
  adaptiveAvgPool2d(size: PerAxis): Tensor;
}

/** What layers of networks are made of. */
export interface NetworkMethods<S extends Shape> {
  /** (x − μ) / √(σ² + eps) · γ + β over the last axes, each row by itself. */
  layerNorm(
    normalizedShape: number | readonly number[],
    options?: { weight?: TensorLike; bias?: TensorLike; eps?: number },
  ): Tensor<S>;
  /** x / √(mean x² + eps) · γ over the last axes. */
  rmsNorm(normalizedShape: number | readonly number[], options?: { weight?: TensorLike; eps?: number }): Tensor<S>;
  /** As layerNorm, over groups of channels (axis 1). */
  groupNorm(groups: number, options?: { weight?: TensorLike; bias?: TensorLike; eps?: number }): Tensor<S>;
  /** Each channel (axis 1) by the batch's mean and variance in training, else by the running ones. */
  batchNorm(options?: {
    weight?: TensorLike | null;
    bias?: TensorLike | null;
    runningMean?: Tensor | null;
    runningVar?: Tensor | null;
    training?: boolean;
    momentum?: number | Tensor;
    eps?: number;
  }): Tensor<S>;
  /** The rows of this table at indices. */
  embedding<A extends Tensor, B extends TensorLike>(
    this: A,
    indices: B,
    options?: { paddingIndex?: number },
  ): Tensor<Embedded<ShapeOf<A>, ShapeOf<B>>>;
  /** softmax(x·kᵀ · scale + mask) · v, for queries x. */
  scaledDotProductAttention(
    k: TensorLike,
    v: TensorLike,
    options?: { mask?: TensorLike; causal?: boolean; dropout?: number; scale?: number; generator?: RandomStream },
  ): Tensor;
}
