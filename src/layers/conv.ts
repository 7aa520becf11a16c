/** Convolutional layers: a kernel that slides over a signal, and the transposed one that enlarges it. */

import { checkNumber, checkOptions, show } from "../check";
import { OptionError } from "../errors";
import { checkOutputPadding, conv1d, conv2d, convTranspose2d } from "../ops/conv";
import { marginsOf, perAxis } from "../ops/windowOf";
import type { Shape } from "../shape";
import type { ConvOptions, ConvTransposeOptions, Padding, PerAxis } from "../tensor/moves";
import type { Parameter } from "../tensor/parameter";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { AFFINE_KEYS, type AffineOptions, affineParameters } from "./affine";
import { Module } from "./module";

/** The settings of {@link Conv1d} and {@link Conv2d}. */
export interface ConvLayerOptions extends ConvOptions, AffineOptions {}

/** The settings of {@link ConvTranspose2d}. */
export interface ConvTransposeLayerOptions extends ConvTransposeOptions, AffineOptions {}

/** Settings that a layer's text leaves out. */
const USUAL = { stride: 1, padding: 0, dilation: 1, groups: 1, outputPadding: 0, bias: true };

const MOVES = ["stride", "padding", "dilation", "groups"] as const;

/** Channels, kernel and moves that all convolutional layers share, checked before any weight is made. */
abstract class Convolution<In extends Shape = Shape, Out extends Shape = Shape> extends Module<In, Out> {
  readonly inChannels: number;
  readonly outChannels: number;
  /** The size of the kernel along each axis. */
  readonly kernel: readonly number[];
  readonly stride: PerAxis;
  readonly padding: Padding;
  readonly dilation: PerAxis;
  readonly groups: number;

  constructor(
    where: string,
    axes: number,
    channels: readonly [inChannels: number, outChannels: number],
    kernel: PerAxis,
    options: Omit<ConvLayerOptions, keyof AffineOptions>,
  ) {
    super();
    const rule = { integer: true, min: 1 };
    this.inChannels = checkNumber(where, "inChannels", channels[0], rule);
    this.outChannels = checkNumber(where, "outChannels", channels[1], rule);
    this.kernel = perAxis(where, "kernel", kernel, axes, 1);
    this.groups = checkNumber(where, "groups", options.groups ?? 1, rule);
    for (const count of channels) {
      if (count % this.groups === 0) continue;
      throw new OptionError(
        `${where}: groups do not divide the channels: ${this.groups} and ${count} ` +
          `(${channels[0]} in, ${channels[1]} out); choose a divisor of both`,
        { groups: this.groups, channels },
      );
    }
    const { stride = 1, padding = 0, dilation = 1 } = options;
    perAxis(where, "stride", stride, axes, 1);
    perAxis(where, "dilation", dilation, axes, 1);
    marginsOf(where, padding, axes);
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
  }

  /** How the kernel moves, as the op takes it. */
  protected get moves(): Required<ConvOptions> {
    const { stride, padding, dilation, groups } = this;
    return { stride, padding, dilation, groups };
  }

  abstract readonly bias: Parameter | null;

  override settings(): string {
    const set = Object.entries({ ...this.moves, bias: this.bias !== null })
      .filter(([name, value]) => value !== USUAL[name as keyof typeof USUAL])
      .map(([name, value]) => `${name}: ${show(value)}`);
    const square = this.kernel.every((size) => size === this.kernel[0]);
    const kernel = show(square ? this.kernel[0] : this.kernel);
    return `${this.inChannels}, ${this.outChannels}, ${kernel}${set.length === 0 ? "" : `, { ${set.join(", ")} }`}`;
  }
}

/** A layer over one axis or two, whose weight is [out, in / groups, …kernel]. */
function weightShape({ inChannels, outChannels, groups, kernel }: Convolution): number[] {
  return [outChannels, inChannels / groups, ...kernel];
}

/**
 * A convolution along one axis; see {@link conv1d}.
 *
 * Shapes: x [N, in, L] (or [in, L]) gives [N, out, L′]; `weight` [out, in / groups, K], `bias` [out] or null. Defaults:
 * stride 1, padding 0, dilation 1, groups 1, with bias; weight and bias from U(±1/√(in / groups·K)) as in PyTorch.
 *
 * @throws OptionError if a size is not a whole number > 0 or groups do not divide both channels; ShapeError (when
 * called) for other channels or ranks, and a kernel larger than the padded signal.
 *
 * @example
 * ```ts
 * import { Conv1d, zeros } from "gradkit";
 * new Conv1d(3, 8, 5, { padding: "same" }).forward(zeros([2, 3, 20])).shape; // → [2, 8, 20]
 * ```
 */
export class Conv1d<In extends number = number, Out extends number = number> extends Convolution<
  [In, number],
  [Out, number]
> {
  readonly weight: Parameter<[Out, number, number]>;
  readonly bias: Parameter<[Out]> | null;

  constructor(inChannels: In, outChannels: Out, kernel: PerAxis, options: ConvLayerOptions = {}) {
    checkOptions("Conv1d", options, [...MOVES, ...AFFINE_KEYS]);
    super("Conv1d", 1, [inChannels, outChannels], kernel, options);
    ({ weight: this.weight, bias: this.bias } = affineParameters("Conv1d", weightShape(this), outChannels, options));
  }

  forward(x: TensorLike): Tensor {
    return conv1d(x, this.weight, this.bias, this.moves);
  }
}

/**
 * A convolution over rows and columns; see {@link conv2d}.
 *
 * Shapes: x [N, in, H, W] (or [in, H, W]) gives [N, out, H′, W′]; `weight` [out, in / groups, KH, KW], `bias` [out] or
 * null. `kernel` is one number or [rows, columns]. Defaults: stride 1, padding 0, dilation 1, groups 1, with bias;
 * weight and bias from U(±1/√(in / groups·KH·KW)) as in PyTorch.
 *
 * @throws OptionError if a size is not a whole number > 0 or groups do not divide both channels; ShapeError (when
 * called) for other channels or ranks, and a kernel larger than the padded signal.
 *
 * @example
 * ```ts
 * import { Conv2d, zeros } from "gradkit";
 * const layer = new Conv2d(1, 8, 5, { stride: 2 });
 * layer.forward(zeros([32, 1, 28, 28])).shape; // → [32, 8, 12, 12]
 * layer.toString(); // → "Conv2d(1, 8, 5, { stride: 2 })"
 * ```
 */
export class Conv2d<In extends number = number, Out extends number = number> extends Convolution<
  [In, number, number],
  [Out, number, number]
> {
  readonly weight: Parameter<[Out, number, number, number]>;
  readonly bias: Parameter<[Out]> | null;

  constructor(inChannels: In, outChannels: Out, kernel: PerAxis, options: ConvLayerOptions = {}) {
    checkOptions("Conv2d", options, [...MOVES, ...AFFINE_KEYS]);
    super("Conv2d", 2, [inChannels, outChannels], kernel, options);
    ({ weight: this.weight, bias: this.bias } = affineParameters("Conv2d", weightShape(this), outChannels, options));
  }

  forward(x: TensorLike): Tensor {
    return conv2d(x, this.weight, this.bias, this.moves);
  }
}

/**
 * The transposed convolution, which enlarges; see {@link convTranspose2d}.
 *
 * Shapes: x [N, in, H, W] (or [in, H, W]) gives [N, out, H′, W′]; `weight` [in, out / groups, KH, KW], `bias` [out] or
 * null. Defaults as of {@link Conv2d}, outputPadding 0; as in PyTorch, fan-in is here out / groups·KH·KW.
 *
 * @throws OptionError if a size is not a whole number > 0, groups do not divide both channels, or outputPadding is too
 * large; ShapeError (when called) for other channels or ranks.
 *
 * @example
 * ```ts
 * import { ConvTranspose2d, zeros } from "gradkit";
 * new ConvTranspose2d(8, 1, 2, { stride: 2 }).forward(zeros([4, 8, 7, 7])).shape; // → [4, 1, 14, 14]
 * ```
 */
export class ConvTranspose2d<In extends number = number, Out extends number = number> extends Convolution<
  [In, number, number],
  [Out, number, number]
> {
  readonly weight: Parameter<[In, number, number, number]>;
  readonly bias: Parameter<[Out]> | null;
  readonly outputPadding: PerAxis;
  declare readonly padding: PerAxis;

  constructor(inChannels: In, outChannels: Out, kernel: PerAxis, options: ConvTransposeLayerOptions = {}) {
    const where = "ConvTranspose2d";
    checkOptions(where, options, [...MOVES, "outputPadding", ...AFFINE_KEYS]);
    super(where, 2, [inChannels, outChannels], kernel, { ...options, padding: options.padding ?? 0 });
    const { stride = 1, dilation = 1, padding = 0, outputPadding = 0 } = options;
    perAxis(where, "padding", padding, 2, 0);
    const each = (name: string, value: PerAxis, min: number): number[] => perAxis(where, name, value, 2, min);
    const extra = each("outputPadding", outputPadding, 0);
    checkOutputPadding(where, extra, each("stride", stride, 1), each("dilation", dilation, 1));
    this.outputPadding = outputPadding;
    const shape = [inChannels, outChannels / this.groups, ...this.kernel];
    ({ weight: this.weight, bias: this.bias } = affineParameters(where, shape, outChannels, options));
  }

  protected override get moves(): Required<ConvTransposeOptions> {
    const { stride, padding, dilation, groups, outputPadding } = this;
    return { stride, padding, dilation, groups, outputPadding };
  }

  forward(x: TensorLike): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this.moves);
  }
}
