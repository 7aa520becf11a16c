/** Normalisation of each row by itself as layers: over the last axes, by their length, or over groups of channels. */

import { checkBoolean, checkNumber, checkOptions } from "../check";
import type { DType } from "../dtype";
import { ShapeError } from "../errors";
import { ones, zeros } from "../ops/create";
import { checkGroups, checkNormalizedShape, groupNorm, layerNorm, rmsNorm } from "../ops/normalize";
import { type Shape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Parameter } from "../tensor/parameter";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { Module } from "./module";
import { checkWeightDType, unusual } from "./weights";

/** The settings of {@link GroupNorm}, and some of {@link LayerNorm} and {@link RMSNorm}. */
export interface NormLayerOptions {
  /** Added under the root, ≥ 0. */
  eps?: number;
  /** Whether values are scaled, and shifted where the layer does that; default true. */
  affine?: boolean;
  /** Element type of weight and bias, "float32" (default) or "float64". */
  dtype?: DType;
}

/** The settings of {@link LayerNorm}. */
export interface LayerNormOptions extends NormLayerOptions {
  /** Whether there is a β beside the γ; default true. */
  bias?: boolean;
}

/** γ = 1 and β = 0 of a shape, each where it is wanted. */
function scale(
  shape: Shape,
  dtype: DType,
  affine: boolean,
  bias: boolean,
): { weight: Parameter | null; bias: Parameter | null } {
  return {
    weight: affine ? new Parameter(ones(shape, { dtype })) : null,
    bias: affine && bias ? new Parameter(zeros(shape, { dtype })) : null,
  };
}

/** The options that are there, for the ops, which know no null. */
function given(weight: Parameter | null, bias: Parameter | null): { weight?: Parameter; bias?: Parameter } {
  return { ...(weight === null ? {} : { weight }), ...(bias === null ? {} : { bias }) };
}

function showSizes(shape: Shape): string {
  return shape.length === 1 ? String(shape[0]) : `[${shape.join(", ")}]`;
}

/**
 * y = (x − μ) / √(σ² + eps) · γ + β over the last axes, each row by itself; see {@link layerNorm}.
 *
 * Shapes: x [..., ...normalizedShape] gives the same; `weight` and `bias` have the normalised shape. Defaults: eps
 * 1e-5, γ = 1, β = 0. The same in training and evaluation.
 *
 * @throws ShapeError if x does not end in the normalised shape, or that is none; OptionError for a negative eps.
 *
 * @example
 * ```ts
 * import { LayerNorm } from "gradkit";
 * new LayerNorm(2, { eps: 0 }).forward([[1, 3]]).toArray(); // → [[-1, 1]]
 * ```
 *
 * Source: Ba, Kiros and Hinton 2016, "Layer normalization".
 */
export class LayerNorm<Size extends number = number> extends Module<[Size], [Size]> {
  /** The sizes of the axes normalised over. */
  readonly normalizedShape: Shape;
  /** Added to the variance under the root. */
  readonly eps: number;
  /** γ, or null. */
  readonly weight: Parameter | null;
  /** β, or null. */
  readonly bias: Parameter | null;

  constructor(normalizedShape: Size | Shape, options: LayerNormOptions = {}) {
    super();
    checkOptions("LayerNorm", options, ["eps", "affine", "bias", "dtype"]);
    this.normalizedShape = checkNormalizedShape("LayerNorm", normalizedShape);
    this.eps = checkNumber("LayerNorm", "eps", options.eps ?? 1e-5, { min: 0 });
    const affine = checkBoolean("LayerNorm", "affine", options.affine, true);
    const biased = checkBoolean("LayerNorm", "bias", options.bias, true);
    const dtype = checkWeightDType("LayerNorm", options.dtype);
    ({ weight: this.weight, bias: this.bias } = scale(this.normalizedShape, dtype, affine, biased));
  }

  forward(x: TensorLike): Tensor {
    const { normalizedShape, weight, bias, eps } = this;
    return layerNorm(asTensor("LayerNorm", x, weight?.dtype), normalizedShape, { ...given(weight, bias), eps });
  }

  override settings(): string {
    const [affine, bias] = [this.weight !== null, this.bias !== null || this.weight === null];
    const usual = { eps: 1e-5, affine: true, bias: true };
    return showSizes(this.normalizedShape) + unusual({ eps: this.eps, affine, bias }, usual);
  }
}

/**
 * y = x / √(mean x² + eps) · γ over the last axes; see {@link rmsNorm}.
 *
 * Shapes: x [..., ...normalizedShape] gives the same; `weight` has the normalised shape. Defaults: γ = 1, eps the
 * machine epsilon of x's dtype, as in PyTorch. The same in training and evaluation.
 *
 * @throws ShapeError if x does not end in the normalised shape, or that is none; OptionError for a negative eps.
 *
 * @example
 * ```ts
 * import { RMSNorm } from "gradkit";
 * new RMSNorm(4, { eps: 0 }).forward([[3, 4, 0, 0]]).toArray(); // → [[1.2, 1.6, 0, 0]]
 * ```
 *
 * Source: Zhang and Sennrich 2019, "Root mean square layer normalization".
 */
export class RMSNorm<Size extends number = number> extends Module<[Size], [Size]> {
  /** The sizes of the axes normalised over. */
  readonly normalizedShape: Shape;
  /** Added to the mean square under the root; null for the machine epsilon of x's dtype. */
  readonly eps: number | null;
  /** γ, or null. */
  readonly weight: Parameter | null;

  constructor(normalizedShape: Size | Shape, options: NormLayerOptions = {}) {
    super();
    checkOptions("RMSNorm", options, ["eps", "affine", "dtype"]);
    this.normalizedShape = checkNormalizedShape("RMSNorm", normalizedShape);
    this.eps = options.eps === undefined ? null : checkNumber("RMSNorm", "eps", options.eps, { min: 0 });
    const affine = checkBoolean("RMSNorm", "affine", options.affine, true);
    const dtype = checkWeightDType("RMSNorm", options.dtype);
    this.weight = scale(this.normalizedShape, dtype, affine, false).weight;
  }

  forward(x: TensorLike): Tensor {
    const { normalizedShape, weight, eps } = this;
    const options = { ...given(weight, null), ...(eps === null ? {} : { eps }) };
    return rmsNorm(asTensor("RMSNorm", x, weight?.dtype), normalizedShape, options);
  }

  override settings(): string {
    const usual = { eps: null, affine: true };
    return showSizes(this.normalizedShape) + unusual({ eps: this.eps, affine: this.weight !== null }, usual);
  }
}

/**
 * y = (x − μ) / √(σ² + eps) · γ + β over groups of neighbouring channels, each row by itself; see {@link groupNorm}.
 *
 * Shapes: x [batch, channels, …] gives the same; `weight` and `bias` [channels]. The groups divide the channels.
 * Defaults: eps 1e-5, γ = 1, β = 0. The same in training and evaluation.
 *
 * @throws ShapeError if the groups do not divide the channels, or x has other channels; OptionError for sizes that are
 * no whole numbers ≥ 1 or a negative eps.
 *
 * @example
 * ```ts
 * import { GroupNorm } from "gradkit";
 * new GroupNorm(2, 4, { eps: 0 }).forward([[1, 3, 10, 30]]).toArray(); // → [[-1, 1, -1, 1]]
 * ```
 *
 * Source: Wu and He 2018, "Group normalization".
 */
export class GroupNorm extends Module<[], []> {
  /** How many groups the channels form. */
  readonly groups: number;
  /** The number of channels, the size of axis 1. */
  readonly channels: number;
  /** Added to the variance under the root. */
  readonly eps: number;
  /** γ [channels], or null. */
  readonly weight: Parameter | null;
  /** β [channels], or null. */
  readonly bias: Parameter | null;

  constructor(groups: number, channels: number, options: NormLayerOptions = {}) {
    super();
    checkOptions("GroupNorm", options, ["eps", "affine", "dtype"]);
    this.groups = checkNumber("GroupNorm", "groups", groups, { integer: true, min: 1 });
    this.channels = checkNumber("GroupNorm", "channels", channels, { integer: true, min: 1 });
    checkGroups("GroupNorm", groups, channels);
    this.eps = checkNumber("GroupNorm", "eps", options.eps ?? 1e-5, { min: 0 });
    const affine = checkBoolean("GroupNorm", "affine", options.affine, true);
    const dtype = checkWeightDType("GroupNorm", options.dtype);
    ({ weight: this.weight, bias: this.bias } = scale([channels], dtype, affine, true));
  }

  forward(x: TensorLike): Tensor {
    const { groups, channels, weight, bias, eps } = this;
    const input = asTensor("GroupNorm", x, weight?.dtype);
    if (input.shape[1] !== channels) throw wrongChannels(input.shape, channels);
    return groupNorm(input, groups, { ...given(weight, bias), eps });
  }

  override settings(): string {
    const usual = { eps: 1e-5, affine: true };
    return `${this.groups}, ${this.channels}${unusual({ eps: this.eps, affine: this.weight !== null }, usual)}`;
  }
}

function wrongChannels(shape: Shape, channels: number): ShapeError {
  const found = shape.length < 2 ? "no channels" : `${shape[1]} channels`;
  return new ShapeError(
    `GroupNorm: input has ${found}, expects ${channels}: ${showShape(shape)} (axis 1 counts); ` +
      `give [batch, ${channels}, …]`,
    { shape, channels },
  );
}
