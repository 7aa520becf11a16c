/** Normalisation: values brought to mean 0 and variance 1 over some axes, or to mean square 1, then scaled. */

import { checkNumber, checkOptions, show } from "../check";
import { toFloat } from "../dtype";
import { ShapeError } from "../errors";
import * as s from "../scalar/expr";
import { type Shape, sameShape, showShape, sizeOf } from "../shape";
import type { ShapeOf } from "../types";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { to } from "./cast";
import { add, mul, sub } from "./elementwise";
import { mean, sumOf } from "./reduce";
import { reshape } from "./reshape";
import { rsqrt } from "./transcendental";

/** How {@link rmsNorm} scales. */
export interface RmsNormOptions {
  /** γ, of the normalised shape; default none. */
  weight?: TensorLike;
  /** Added under the root, ≥ 0. */
  eps?: number;
}

/** How {@link layerNorm} and {@link groupNorm} scale and shift. */
export interface NormalizeOptions extends RmsNormOptions {
  /** β, of the weight's shape; default none. */
  bias?: TensorLike;
}

const meanSquare = /* @__PURE__ */ sumOf("meanSquare", s.square(s.input(0)));

/** x with its mean over the axes taken away, and the mean square of that, each with the axes kept. @internal */
export interface Moments {
  readonly mean: Tensor;
  readonly centred: Tensor;
  readonly variance: Tensor;
}

/** Mean and (biased) variance over axes, by centred values, so that a large mean costs no digits. @internal */
export function momentsOf(x: Tensor, axes: readonly number[]): Moments {
  const centre = mean(x, { axes, keepDims: true });
  const centred = sub(x, centre);
  return { mean: centre, centred, variance: meanSquare([centred], { axes, keepDims: true, average: true }) };
}

function standardized(x: Tensor, axes: readonly number[], eps: number): Tensor {
  const { centred, variance } = momentsOf(x, axes);
  return mul(centred, rsqrt(add(variance, eps)));
}

/** y·weight + bias, with weight and bias read in a shape that broadcasts to y. @internal */
export function scaled(y: Tensor, weight: Tensor | null, bias: Tensor | null, shape: Shape): Tensor {
  const grown = weight === null ? y : mul(y, reshape(weight, shape));
  return bias === null ? grown : add(grown, reshape(bias, shape));
}

/** x as floats. @internal */
export function floats(where: string, x: TensorLike): Tensor {
  const tensor = asTensor(where, x);
  return to(tensor, toFloat(tensor.dtype));
}

/** A weight or bias of a shape in x's dtype, or null. @internal */
export function checkScale(
  where: string,
  name: string,
  value: TensorLike | null | undefined,
  shape: Shape,
  x: Tensor,
): Tensor | null {
  if (value === undefined || value === null) return null;
  const tensor = asTensor(where, value, x.dtype);
  if (sameShape(tensor.shape, shape)) return to(tensor, x.dtype);
  throw new ShapeError(
    `${where}: the ${name} does not fit: ${showShape(tensor.shape)} for x ${showShape(x.shape)} ` +
      `(${showShape(tensor.shape)} ≠ ${showShape(shape)}); give one number per normalised element or channel, ${showShape(shape)}`,
    { [name]: tensor.shape, shape, x: x.shape },
  );
}

/** The last axes that a shape names, as positions in x. */
function lastAxes(where: string, x: Tensor, given: unknown): { shape: Shape; axes: number[] } {
  const shape = checkNormalizedShape(where, given);
  const lead = x.rank - shape.length;
  if (lead < 0 || !sameShape(x.shape.slice(lead), shape)) {
    const end = lead < 0 ? `rank ${x.rank} < ${shape.length}` : `${showShape(x.shape.slice(lead))} ≠ ${showShape(shape)}`;
    throw new ShapeError(
      `${where}: x does not end in the normalised shape: ${showShape(x.shape)}, ${showShape(shape)} (${end}); ` +
        "name the sizes of the last axes, those to normalise over",
      { x: x.shape, normalizedShape: shape },
    );
  }
  return { shape, axes: shape.map((_, i) => lead + i) };
}

/** One size or several, at least one and each > 0; a list of them. @internal */
export function checkNormalizedShape(where: string, given: unknown): Shape {
  const shape: unknown[] = Array.isArray(given) ? [...(given as unknown[])] : [given];
  if (shape.length > 0 && shape.every((n) => Number.isInteger(n) && (n as number) > 0)) return shape as number[];
  throw new ShapeError(
    `${where}: not a normalised shape: ${show(given)}; give the size of the last axis, such as 64, or of several, [8, 8]`,
    { normalizedShape: given },
  );
}

/**
 * y = (x − μ) / √(σ² + eps) · γ + β, with mean μ and variance σ² over the last axes: each row by itself.
 *
 * Shapes: x `[..., ...normalizedShape]` → the same; `weight` γ and `bias` β of `normalizedShape`, a size or a list of
 * them. σ² is the mean square of the centred values (divided by n, not by n − 1). Default eps 1e-5, without γ and β.
 * Integers give float32. A row of equal values gives β.
 *
 * @throws ShapeError if x does not end in the normalised shape, or weight or bias have another one; OptionError for a
 * negative eps or an unknown option.
 *
 * @example
 * ```ts
 * import { layerNorm } from "gradkit";
 * layerNorm([[1, 3], [10, 30]], 2, { eps: 0 }).toArray(); // → [[-1, 1], [-1, 1]]
 * ```
 *
 * Source: Ba, Kiros and Hinton 2016, "Layer normalization"; PyTorch's layer_norm.
 */
export function layerNorm<X extends TensorLike>(
  x: X,
  normalizedShape: number | Shape,
  options: NormalizeOptions = {},
): Tensor<ShapeOf<X>> {
  checkOptions("layerNorm", options, ["weight", "bias", "eps"]);
  const input = floats("layerNorm", x);
  const { shape, axes } = lastAxes("layerNorm", input, normalizedShape);
  const eps = checkNumber("layerNorm", "eps", options.eps ?? 1e-5, { min: 0 });
  const weight = checkScale("layerNorm", "weight", options.weight, shape, input);
  const bias = checkScale("layerNorm", "bias", options.bias, shape, input);
  return scaled(standardized(input, axes, eps), weight, bias, shape);
}

/** The distance from 1 to the next number of a float dtype: what PyTorch adds in RMSNorm unless told otherwise. */
const MACHINE_EPS = { float32: 2 ** -23, float64: 2 ** -52 } as const;

/**
 * y = x / √(mean x² + eps) · γ, the mean taken over the last axes: length is normalised, the mean stays.
 *
 * Shapes: x `[..., ...normalizedShape]` → the same; `weight` γ of `normalizedShape`, a size or a list of them. Default
 * eps: the machine epsilon of x's dtype (2⁻²³ in float32, 2⁻⁵² in float64), as in PyTorch. Integers give float32. A
 * row of zeros gives zeros.
 *
 * @throws ShapeError if x does not end in the normalised shape, or the weight has another one; OptionError for a
 * negative eps or an unknown option.
 *
 * @example
 * ```ts
 * import { rmsNorm } from "gradkit";
 * rmsNorm([[3, 4, 0, 0]], 4, { eps: 0 }).toArray(); // → [[1.2, 1.6, 0, 0]]
 * ```
 *
 * Source: Zhang and Sennrich 2019, "Root mean square layer normalization", eq. 4; PyTorch's rms_norm.
 */
export function rmsNorm<X extends TensorLike>(
  x: X,
  normalizedShape: number | Shape,
  options: RmsNormOptions = {},
): Tensor<ShapeOf<X>> {
  checkOptions("rmsNorm", options, ["weight", "eps"]);
  const input = floats("rmsNorm", x);
  const { shape, axes } = lastAxes("rmsNorm", input, normalizedShape);
  const usual = MACHINE_EPS[input.dtype as keyof typeof MACHINE_EPS];
  const eps = checkNumber("rmsNorm", "eps", options.eps ?? usual, { min: 0 });
  const weight = checkScale("rmsNorm", "weight", options.weight, shape, input);
  const square = meanSquare([input], { axes, keepDims: true, average: true });
  return scaled(mul(input, rsqrt(add(square, eps))), weight, null, shape);
}

/** `[1, channels, 1, …]`: what a number per channel looks like beside x. @internal */
export function perChannel(x: Tensor): Shape {
  return x.shape.map((n, axis) => (axis === 1 ? n : 1));
}

/** Refuses x without a channel axis; returns the number of channels. @internal */
export function channelsOf(where: string, x: Tensor): number {
  if (x.rank >= 2) return x.shape[1]!;
  throw new ShapeError(
    `${where}: x has no channels: ${showShape(x.shape)} (rank ${x.rank} < 2); give [batch, channels, …]`,
    { x: x.shape },
  );
}

/**
 * y = (x − μ) / √(σ² + eps) · γ + β, with mean and variance over groups of neighbouring channels of one row.
 *
 * Shapes: x `[batch, channels, …]` → the same; `groups` divides the channels; `weight` γ and `bias` β `[channels]`.
 * One group normalises each row as a whole, as many groups as channels each channel by itself. Default eps 1e-5,
 * without γ and β. Integers give float32. A group of equal values (or one) gives β; PyTorch refuses a batch of one row
 * whose groups have one value each.
 *
 * @throws ShapeError if x has no channels, groups do not divide them, or weight or bias are not `[channels]`;
 * OptionError for groups that are no whole number ≥ 1, a negative eps or an unknown option.
 *
 * @example
 * ```ts
 * import { groupNorm } from "gradkit";
 * groupNorm([[1, 3, 10, 30]], 2, { eps: 0 }).toArray(); // → [[-1, 1, -1, 1]]
 * ```
 *
 * Source: Wu and He 2018, "Group normalization"; PyTorch's group_norm.
 */
export function groupNorm<X extends TensorLike>(
  x: X,
  groups: number,
  options: NormalizeOptions = {},
): Tensor<ShapeOf<X>> {
  checkOptions("groupNorm", options, ["weight", "bias", "eps"]);
  const input = floats("groupNorm", x);
  checkNumber("groupNorm", "groups", groups, { integer: true, min: 1 });
  const channels = channelsOf("groupNorm", input);
  checkGroups("groupNorm", groups, channels);
  const eps = checkNumber("groupNorm", "eps", options.eps ?? 1e-5, { min: 0 });
  const weight = checkScale("groupNorm", "weight", options.weight, [channels], input);
  const bias = checkScale("groupNorm", "bias", options.bias, [channels], input);
  const rows = reshape(input, [input.shape[0]!, groups, sizeOf(input.shape.slice(1)) / groups]);
  return scaled(reshape(standardized(rows, [2], eps), input.shape), weight, bias, perChannel(input));
}

/** Refuses a number of groups that does not divide the channels. @internal */
export function checkGroups(where: string, groups: number, channels: number): void {
  if (channels % groups === 0) return;
  throw new ShapeError(
    `${where}: the groups do not divide the channels: ${channels} channels in ${groups} groups ` +
      `(remainder ${channels % groups}); choose a divisor of ${channels}`,
    { groups, channels },
  );
}

