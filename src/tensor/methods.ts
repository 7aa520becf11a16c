/** The methods of a tensor: one per op whose first argument is a tensor, with the words people read when they hover. */

import type { DType } from "../dtype";
import type { AvgPoolOptions, ConvOptions, ConvTransposeOptions, MaxPoolOptions, PerAxis } from "./moves";

/** A random stream: a {@link Generator}. */
export interface RandomStream {
  /** A copy of the state: four whole numbers. */
  readonly state: Int32Array;
  /** Goes back (or on) to a state read earlier. */
  load(state: ArrayLike<number>): RandomStream;
  /** Starts again from a seed. */
  seed(seed: number): RandomStream;
}

/** Which axes a reduction runs over. */
export interface ReduceOptions {
  /** One axis or several; negative ones count from the end; default all; `[]` reduces nothing. */
  axes?: number | readonly number[];
  /** Whether the reduced axes stay as size 1; default false. */
  keepDims?: boolean;
}

/** Along which axis an op works. */
export interface AxisOptions {
  /** The axis; negative counts from the end. */
  axis?: number;
}

/** What `slice` takes along one axis: all, or from `begin` until before `end`; null leaves a side open. */
export type Range = null | readonly [begin: number | null, end: number | null, step?: number];

/** Every op whose first argument is a tensor, as a method; `T` is the tensor, `L` whatever one can be made of. */
export interface TensorMethods<T, L>
  extends ElementwiseMethods<T, L>,
    ComparisonMethods<T, L>,
    ReductionMethods<T>,
    ShapeMethods<T>,
    IndexMethods<T, L>,
    ContractionMethods<T, L>,
    SignalMethods<T, L>,
    NetworkMethods<T, L> {
  /**
   * Adds ∂x/∂leaf to the `.grad` of every leaf that requires a gradient and that x was computed from. x has one
   * element, or `gradient` (of its shape and dtype) says what arrives from outside. The graph is freed unless retained.
   */
  backward(gradient?: L, options?: { retainGraph?: boolean; createGraph?: boolean }): void;
  /** The tensor in another dtype; itself where it has that dtype. Fractions are cut toward 0 in int32. */
  to(dtype: DType): T;
  /** Zeros with probability p, else x / (1 − p); x itself with `training: false`. */
  dropout(p: number, options?: { training?: boolean; generator?: RandomStream }): T;
  /** A copy in memory of its own; gradients pass through. */
  clone(): T;
  /** The same elements without their history; nothing is copied. */
  detach(): T;
}

/** Functions of every element; operands broadcast. */
export interface ElementwiseMethods<T, L> {
  /** x + other, elementwise with broadcasting. */
  add(other: L): T;
  /** x − other, elementwise with broadcasting. */
  sub(other: L): T;
  /** x · other, elementwise with broadcasting. */
  mul(other: L): T;
  /** x / other, elementwise with broadcasting; integers give float32. */
  div(other: L): T;
  /** x to a power, elementwise with broadcasting. */
  pow(exponent: L): T;
  /** The larger of x and other, elementwise; the gradient is shared at ties. */
  maximum(other: L): T;
  /** The smaller of x and other, elementwise; the gradient is shared at ties. */
  minimum(other: L): T;
  /** −x */
  neg(): T;
  /** |x|; gradient 0 at 0. */
  abs(): T;
  /** −1, 0 or 1 with the sign of x. */
  sign(): T;
  /** x² */
  square(): T;
  /** 1 / x */
  reciprocal(): T;
  /** The largest whole number ≤ x. */
  floor(): T;
  /** The smallest whole number ≥ x. */
  ceil(): T;
  /** The nearest whole number, halves to the even one. */
  round(): T;
  /** eˣ */
  exp(): T;
  /** eˣ − 1, exact for small x. */
  expm1(): T;
  /** ln x */
  log(): T;
  /** ln(1 + x), exact for small x. */
  log1p(): T;
  /** √x; gradient +Infinity at 0. */
  sqrt(): T;
  /** 1 / √x */
  rsqrt(): T;
  /** sin x */
  sin(): T;
  /** cos x */
  cos(): T;
  /** tan x */
  tan(): T;
  /** tanh x, in (−1, 1). */
  tanh(): T;
  /** The error function, in (−1, 1). */
  erf(): T;
  /** 1 / (1 + e⁻ˣ), in (0, 1). */
  sigmoid(): T;
  /** ln(1 / (1 + e⁻ˣ)), stable. */
  logSigmoid(): T;
  /** x/6 + ½ within [0, 1]. */
  hardSigmoid(): T;
  /** x within [−1, 1]. */
  hardTanh(): T;
  /** max(x, 0); gradient 0 at 0. */
  relu(): T;
  /** x within [0, 6]. */
  relu6(): T;
  /** x above 0, negativeSlope · x (default 0.01) below. */
  leakyRelu(options?: { negativeSlope?: number }): T;
  /** x above 0, alpha · (eˣ − 1) (alpha default 1) below. */
  elu(options?: { alpha?: number }): T;
  /** x · Φ(x), by erf unless `approximate` is "tanh". */
  gelu(options?: { approximate?: "none" | "tanh" }): T;
  /** x · sigmoid(x) */
  silu(): T;
  /** x · tanh(softplus(x)) */
  mish(): T;
  /** ln(1 + eˣ), stable. */
  softplus(): T;
  /** x / (1 + |x|), in (−1, 1). */
  softsign(): T;
  /** x within [low, high]; ±Infinity leaves a side open. */
  clamp(low: number, high: number): T;
}

/** Questions about every element, answered in bool; operands broadcast. */
export interface ComparisonMethods<T, L> {
  /** Whether x = other. */
  equal(other: L): T;
  /** Whether x ≠ other. */
  notEqual(other: L): T;
  /** Whether x < other. */
  less(other: L): T;
  /** Whether x ≤ other. */
  lessEqual(other: L): T;
  /** Whether x > other. */
  greater(other: L): T;
  /** Whether x ≥ other. */
  greaterEqual(other: L): T;
  /** Whether x is 0 or false. */
  logicalNot(): T;
  /** Whether x and other both differ from 0. */
  logicalAnd(other: L): T;
  /** Whether x or other differs from 0. */
  logicalOr(other: L): T;
  /** Whether x is NaN. */
  isNaN(): T;
  /** Whether x is neither NaN nor ±Infinity. */
  isFinite(): T;
  /** a where this condition holds, else b. */
  where(a: L, b: L): T;
}

/** Many elements to one; over all axes unless some are named. */
export interface ReductionMethods<T> {
  /** Σ x; bool and int32 give int32. */
  sum(options?: ReduceOptions): T;
  /** Σ x / n; integers give float32. */
  mean(options?: ReduceOptions): T;
  /** The largest element; ties share the gradient. */
  max(options?: ReduceOptions): T;
  /** The smallest element; ties share the gradient. */
  min(options?: ReduceOptions): T;
  /** The position of the largest element, the first at a tie. */
  argmax(options?: ReduceOptions): T;
  /** The position of the smallest element, the first at a tie. */
  argmin(options?: ReduceOptions): T;
  /** Π x; bool and int32 give int32. */
  prod(options?: ReduceOptions): T;
  /** Σ (x − μ)² / (n − correction), correction 1 by default. */
  variance(options?: ReduceOptions & { correction?: number }): T;
  /** √variance; gradient 0 where all elements agree. */
  std(options?: ReduceOptions & { correction?: number }): T;
  /** (Σ |x|ᵖ)^(1/p), p = 2 by default; gradient 0 at 0. */
  norm(options?: ReduceOptions & { p?: number }): T;
  /** log Σ exp x, without overflow. */
  logSumExp(options?: ReduceOptions): T;
  /** Whether any element is true. */
  any(options?: ReduceOptions): T;
  /** Whether all elements are true. */
  all(options?: ReduceOptions): T;
  /** Running sums along an axis, 0 by default. */
  cumsum(options?: AxisOptions): T;
  /** exp x / Σ exp x along an axis, the last by default. */
  softmax(options?: AxisOptions): T;
  /** log softmax x along an axis, the last by default. */
  logSoftmax(options?: AxisOptions): T;
}

/** The same elements, laid out otherwise. */
export interface ShapeMethods<T> {
  /** The same elements in another shape; one size may be −1. */
  reshape(shape: readonly number[]): T;
  /** All axes from `startAxis` (default 0) on as one. */
  flatten(options?: { startAxis?: number }): T;
  /** Without one axis of size 1, or without all of them. */
  squeeze(axis?: number): T;
  /** With a new axis of size 1 at `axis` of the result. */
  unsqueeze(axis: number): T;
  /** The last two axes swapped. */
  transpose(): T;
  /** The axes in another order. */
  permute(axes: readonly number[]): T;
  /** Repeated along new leading axes and axes of size 1. */
  broadcastTo(shape: readonly number[]): T;
  /** A window: per axis null or [begin, end, step?]. */
  slice(ranges: readonly Range[]): T;
  /** The elements in reverse order along axes, all by default. */
  flip(options?: { axes?: number | readonly number[] }): T;
  /** A margin around x, of one number or of its own elements: per axis [before, after]. */
  pad(
    amounts: readonly (readonly [number, number])[],
    options?: { value?: number; mode?: "constant" | "reflect" | "replicate" | "circular" },
  ): T;
  /** Repeated as a whole, as often as said along each axis. */
  tile(repeats: readonly number[]): T;
  /** Cut into parts along an axis, 0 by default. */
  split(sizes: number | readonly number[], options?: AxisOptions): T[];
}

/** Elements chosen by position. */
export interface IndexMethods<T, L> {
  /** The elements at an index along an axis (default 0): PyTorch's gather. */
  gather(index: L, options?: AxisOptions): T;
  /** The elements at an index along an axis (default 0); the same as gather. */
  takeAlong(index: L, options?: AxisOptions): T;
  /** The rows at a list of positions along an axis (default 0). */
  indexSelect(index: L, options?: AxisOptions): T;
  /** The elements in order along an axis (default −1), and where each stood. */
  sort(options?: { axis?: number; descending?: boolean }): { values: T; indices: T };
  /** The k largest elements along an axis (default −1), and where each stood. */
  topK(k: number, options?: { axis?: number; largest?: boolean }): { values: T; indices: T };
  /** For each class a row with a 1 at its place. */
  oneHot(classes: number, options?: { dtype?: DType }): T;
  /** x with source's elements added at an index along an axis (default 0). */
  scatterAdd(index: L, source: L, options?: AxisOptions): T;
}

/** Products that sum over an axis. */
export interface ContractionMethods<T, L> {
  /** The matrix product x · other; leading axes broadcast. */
  matmul(other: L): T;
  /** The inner product of two vectors. */
  dot(other: L): T;
  /** The outer product of two vectors. */
  outer(other: L): T;
  /** x·Wᵀ + b with a weight [out, in]. */
  linear(weight: L, bias?: L | null): T;
}

/** Signals [batch, channels, …sizes] seen through windows. */
export interface SignalMethods<T, L> {
  /** The convolution along one axis, with a weight [out, in / groups, K]. */
  conv1d(weight: L, bias?: L | null, options?: ConvOptions): T;
  /** The convolution over rows and columns, with a weight [out, in / groups, KH, KW]. */
  conv2d(weight: L, bias?: L | null, options?: ConvOptions): T;
  /** The transposed convolution, which enlarges; weight [in, out / groups, KH, KW]. */
  convTranspose2d(weight: L, bias?: L | null, options?: ConvTransposeOptions): T;
  /** The largest element of each window along one axis. */
  maxPool1d(kernel: PerAxis, options?: MaxPoolOptions): T;
  /** The largest element of each window. */
  maxPool2d(kernel: PerAxis, options?: MaxPoolOptions): T;
  /** The mean of each window along one axis. */
  avgPool1d(kernel: PerAxis, options?: AvgPoolOptions): T;
  /** The mean of each window. */
  avgPool2d(kernel: PerAxis, options?: AvgPoolOptions): T;
  /** Means over a grid of `size` windows. */
  adaptiveAvgPool2d(size: PerAxis): T;
}

/** What layers of networks are made of. */
export interface NetworkMethods<T, L> {
  /** (x − μ) / √(σ² + eps) · γ + β over the last axes, each row by itself. */
  layerNorm(normalizedShape: number | readonly number[], options?: { weight?: L; bias?: L; eps?: number }): T;
  /** x / √(mean x² + eps) · γ over the last axes. */
  rmsNorm(normalizedShape: number | readonly number[], options?: { weight?: L; eps?: number }): T;
  /** As layerNorm, over groups of channels (axis 1). */
  groupNorm(groups: number, options?: { weight?: L; bias?: L; eps?: number }): T;
  /** Each channel (axis 1) by the batch's mean and variance in training, else by the running ones. */
  batchNorm(options?: {
    weight?: L | null;
    bias?: L | null;
    runningMean?: T | null;
    runningVar?: T | null;
    training?: boolean;
    momentum?: number | T;
    eps?: number;
  }): T;
  /** The rows of this table at indices. */
  embedding(indices: L, options?: { paddingIndex?: number }): T;
  /** softmax(x·kᵀ · scale + mask) · v, for queries x. */
  scaledDotProductAttention(
    k: L,
    v: L,
    options?: { mask?: L; causal?: boolean; dropout?: number; scale?: number; generator?: RandomStream },
  ): T;
}
