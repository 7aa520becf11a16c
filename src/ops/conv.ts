/** Convolutions of neural networks: conv1d, conv2d, and the transposed one that enlarges. */

import { checkNumber, checkOptions, checkShape } from "../check";
import { toNumber } from "../dtype";
import { OptionError, ShapeError } from "../errors";
import { type Shape, showShape } from "../shape";
import type { Pair } from "../tensor/device";
import type { ConvOptions, ConvTransposeOptions } from "../tensor/moves";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { alike } from "./alike";
import { convolve, spread } from "./convolve";
import { add } from "./elementwise";
import { reshape, squeeze, unsqueeze } from "./reshape";
import { type AxisWindow, perAxis, windowsOf } from "./windowOf";

const KEYS = ["stride", "padding", "dilation", "groups"] as const;

/** The signal as [n, channels, …sizes], and whether it came without the batch axis. */
function batched(where: string, x: Tensor, axes: number): readonly [x: Tensor, alone: boolean] {
  const layout = axes === 1 ? "[batch, channels, length]" : "[batch, channels, height, width]";
  if (x.rank === axes + 2) return [x, false];
  if (x.rank === axes + 1) return [unsqueeze(x, 0), true];
  throw new ShapeError(
    `${where}: bad rank: x ${showShape(x.shape)} (rank ${x.rank}); give ${layout}, or one signal without the batch axis`,
    { x: x.shape },
  );
}

function checkRank(where: string, weight: Shape, layout: string, rank: number): void {
  if (weight.length === rank && !weight.slice(2).includes(0)) return;
  const why = weight.length === rank ? "an empty kernel" : `rank ${weight.length}`;
  throw new ShapeError(`${where}: bad weight: ${showShape(weight)} (${why}); give ${layout}`, { weight });
}

/** The number of groups, which must divide the channels. */
function groupsOf(where: string, value: unknown, channels: number, what: string): number {
  const groups = checkNumber(where, "groups", value ?? 1, { integer: true, min: 1 });
  if (channels % groups === 0) return groups;
  throw new OptionError(
    `${where}: groups do not divide the ${what}: ${groups} and ${channels}; choose a divisor of ${channels}`,
    { groups, channels },
  );
}

/** Of a signal as it was given, with or without the batch axis. */
function checkChannels(where: string, x: Shape, weight: Shape, expected: number, why: string): void {
  const axis = x.length - weight.length + 1;
  if (x[axis] === expected) return;
  throw new ShapeError(
    `${where}: channels differ: x ${showShape(x)}, weight ${showShape(weight)} (${x[axis]} ≠ ${expected}${why}); ` +
      `channels are axis ${axis} of x`,
    { x, weight },
  );
}

function checkBias(where: string, bias: Shape, channels: number): void {
  if (bias.length === 1 && bias[0] === channels) return;
  throw new ShapeError(
    `${where}: the bias does not fit: ${showShape(bias)} (one number per output channel, ${channels}); ` +
      `give [${channels}] or null`,
    { bias, channels },
  );
}

function withBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? y : add(y, reshape(bias, [bias.size, 1, 1]));
}

/** One axis becomes two: a window that does not move along the first. */
const STILL: AxisWindow = { kernel: 1, stride: 1, dilation: 1, padding: 0, size: 1 };

function correlate(
  where: "conv1d" | "conv2d",
  given: readonly TensorLike[],
  options: ConvOptions,
): Tensor {
  checkOptions(where, options, KEYS);
  const [first, weight, bias] = alike(where, given, toNumber);
  const axes = where === "conv1d" ? 1 : 2;
  const [x, alone] = batched(where, first!, axes);
  const layout = `[out, in / groups, ${axes === 1 ? "length" : "height, width"}]`;
  checkRank(where, weight!.shape, layout, axes + 2);
  const [out, inner] = weight!.shape as [number, number];
  const groups = groupsOf(where, options.groups, out, "output channels");
  checkChannels(where, first!.shape, weight!.shape, inner * groups, groups > 1 ? ` = ${inner}·${groups} groups` : "");
  if (bias !== undefined) checkBias(where, bias.shape, out);
  const found = windowsOf(where, x.shape.slice(2), weight!.shape.slice(2), options);
  const [rows, columns] = (axes === 1 ? [STILL, ...found] : found) as [AxisWindow, AxisWindow];
  const both = (key: keyof AxisWindow): Pair => [rows[key], columns[key]];
  const walk = {
    groups,
    stride: both("stride"),
    dilation: both("dilation"),
    padding: both("padding"),
    size: both("size"),
  };
  const flat = (t: Tensor): Tensor => (axes === 1 ? unsqueeze(t, 2) : t);
  const y = withBias(convolve(flat(x), flat(weight!), walk), bias);
  const whole = axes === 1 ? squeeze(y, 2) : y;
  return alone ? squeeze(whole, 0) : whole;
}

/**
 * The one-dimensional convolution of a neural network (a cross-correlation: the kernel is not turned):
 * y[n, o, t] = b[o] + Σ_{c,k} w[o, c, k]·x[n, c, t·stride + k·dilation − padding].
 *
 * Shapes: x `[N, C, L]` (or `[C, L]`), weight `[O, C / groups, K]`, bias `[O]` or null → `[N, O, L′]` with
 * L′ = ⌊(L + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1; "same" gives L′ = ⌈L / stride⌉, the odd zero at the end.
 * Dtypes promote. As in PyTorch, which allows "same" with stride 1 alone; with others it is Keras's.
 *
 * @throws ShapeError if ranks or channels do not fit, or the kernel is larger than the padded signal; OptionError for
 * settings out of range, and groups that do not divide the channels.
 *
 * @example
 * ```ts
 * import { conv1d } from "gradkit";
 * conv1d([[1, 2, 4, 8]], [[[1, -1]]]).toArray(); // → [[-1, -2, -4]]
 * ```
 */
export function conv1d(
  x: TensorLike,
  weight: TensorLike,
  bias: TensorLike | null = null,
  options: ConvOptions = {},
): Tensor {
  return correlate("conv1d", bias === null ? [x, weight] : [x, weight, bias], options);
}

/**
 * The two-dimensional convolution of a neural network (a cross-correlation: the kernel is not turned):
 * y[n, o, i, j] = b[o] + Σ_{c,u,v} w[o, c, u, v]·x[n, c, i·stride + u·dilation − padding, j·stride + …].
 *
 * Shapes: x `[N, C, H, W]` (or `[C, H, W]`), weight `[O, C / groups, KH, KW]`, bias `[O]` or null → `[N, O, H′, W′]`
 * with H′ = ⌊(H + 2·padding − dilation·(KH − 1) − 1) / stride⌋ + 1; "same" gives H′ = ⌈H / stride⌉, odd zeros at the
 * end. `stride`, `padding` and `dilation` are one number or `[rows, columns]`. Group g of the output channels sees
 * group g of the input channels; groups = C is a depthwise convolution. Dtypes promote. As in PyTorch, which allows
 * "same" with stride 1 alone; with others it is Keras's.
 *
 * @throws ShapeError if ranks or channels do not fit, or the kernel is larger than the padded signal; OptionError for
 * settings out of range, and groups that do not divide the channels.
 *
 * @example
 * ```ts
 * import { conv2d, ones } from "gradkit";
 * conv2d([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]], ones([1, 1, 2, 2])).toArray(); // → [[[12, 16], [24, 28]]]
 * ```
 */
export function conv2d(
  x: TensorLike,
  weight: TensorLike,
  bias: TensorLike | null = null,
  options: ConvOptions = {},
): Tensor {
  return correlate("conv2d", bias === null ? [x, weight] : [x, weight, bias], options);
}

/** What is added at the end must be less than the larger of stride and dilation: more would be a place more. */
export function checkOutputPadding(
  where: string,
  outputPadding: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): void {
  outputPadding.forEach((more, axis) => {
    const [s, d] = [stride[axis]!, dilation[axis]!];
    if (more < Math.max(s, d)) return;
    throw new OptionError(
      `${where}: outputPadding is too large: ${more} (stride ${s}, dilation ${d}); give less than the larger of both`,
      { outputPadding },
    );
  });
}

const TRANSPOSE_KEYS = [...KEYS, "outputPadding"] as const;

/**
 * The transposed convolution: the adjoint (the gradient in x) of {@link conv2d} with the same settings. Each element of
 * x adds a copy of the kernel, times itself, to the output, `stride` apart.
 *
 * Shapes: x `[N, C, H, W]` (or `[C, H, W]`), weight `[C, O / groups, KH, KW]`, bias `[O]` or null → `[N, O, H′, W′]`,
 * H′ = (H − 1)·stride − 2·padding + dilation·(KH − 1) + 1 + outputPadding. Dtypes promote. As PyTorch's
 * `conv_transpose2d`.
 *
 * @throws ShapeError if ranks or channels do not fit, or nothing would be left; OptionError for settings out of range
 * (`outputPadding` must be less than the stride or the dilation), and groups that do not divide the channels.
 *
 * @example
 * ```ts
 * import { convTranspose2d } from "gradkit";
 * convTranspose2d([[[1, 2]]], [[[[1, 10]]]], null, { stride: 2 }).toArray(); // → [[[1, 10, 2, 20]]]
 * ```
 */
export function convTranspose2d(
  x: TensorLike,
  weight: TensorLike,
  bias: TensorLike | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  const where = "convTranspose2d";
  checkOptions(where, options, TRANSPOSE_KEYS);
  const [first, kernel, shift] = alike(where, bias === null ? [x, weight] : [x, weight, bias], toNumber);
  const [signal, alone] = batched(where, first!, 2);
  checkRank(where, kernel!.shape, "[in, out / groups, height, width]", 4);
  const [channels, inner] = kernel!.shape as [number, number];
  const groups = groupsOf(where, options.groups, channels, "input channels");
  checkChannels(where, first!.shape, kernel!.shape, channels, "");
  if (shift !== undefined) checkBias(where, shift.shape, inner * groups);
  const pair = (name: "stride" | "dilation" | "padding" | "outputPadding", fallback: number, min: number): Pair =>
    perAxis(where, name, options[name] ?? fallback, 2, min) as unknown as Pair;
  const walk = { groups, stride: pair("stride", 1, 1), dilation: pair("dilation", 1, 1), padding: pair("padding", 0, 0) };
  const extra = pair("outputPadding", 0, 0);
  checkOutputPadding(where, extra, walk.stride, walk.dilation);
  const size = [0, 1].map((axis) => {
    const [s, d, p, more] = [walk.stride[axis]!, walk.dilation[axis]!, walk.padding[axis]!, extra[axis]!];
    const n = (signal.shape[2 + axis]! - 1) * s - 2 * p + d * (kernel!.shape[2 + axis]! - 1) + 1 + more;
    if (n > 0) return n;
    throw new ShapeError(
      `${where}: nothing is left along axis ${axis - 2}: ${n} elements (x ${showShape(first!.shape)}, kernel ` +
        `${kernel!.shape[2 + axis]}, padding ${p}); give less padding`,
      { x: first!.shape, weight: kernel!.shape, padding: p },
    );
  }) as unknown as Pair;
  checkShape(where, [signal.shape[0]!, inner * groups, ...size]);
  const from: Pair = [signal.shape[2]!, signal.shape[3]!];
  const y = withBias(spread(signal, kernel!, { ...walk, size: from }, size), shift);
  return alone ? squeeze(y, 0) : y;
}
