/** Augmentation: pictures a little different in every epoch, so that a network learns what they have in common. */

import { checkNumber, checkOptions, show } from "../check";
import { type TypedArray, allocate } from "../dtype";
import { philox } from "../devices/js/philox";
import { OptionError, ShapeError } from "../errors";
import { showShape } from "../shape";
import { Generator } from "../tensor/generator";
import { readView, storageOf } from "../tensor/storage";
import { Tensor, fromStorage } from "../tensor/tensor";
import { type Layout, type Motion, moveInto } from "./affine";
import { type Batch, type BatchPlace, seedOf } from "./batches";
import { allRows } from "./bytes";

/** The least and the largest of what is drawn; a number a means −a … a, for factors 1 − a … 1 + a. */
export type Spread = number | readonly [low: number, high: number];

/** How pictures without axes of their own are read, and what fixes the random numbers. */
export interface AugmentOptions {
  /** Rows of pixels; needed where each picture is one flat row, [N, height·width]. */
  height?: number;
  /** Columns of pixels; as height. */
  width?: number;
  /** Fixes what is drawn; by default a seed is drawn from the stream that {@link manualSeed} seeds. */
  seed?: number;
}

/** Settings of {@link randomAffine}. */
export interface RandomAffineOptions extends AugmentOptions {
  /** Degrees, counter-clockwise, in [−180, 180]; default 0. */
  rotate?: Spread;
  /** Factor, > 0; default 0, which is 1 … 1. */
  scale?: Spread;
  /** Degrees of slant along the rows, in (−90, 90); default 0. */
  shear?: Spread;
  /** Pixels, drawn for each axis apart; default 0. */
  shift?: Spread;
  /** What comes in from outside the picture; default 0. */
  fill?: number;
}

/** A function for {@link Dataset.map}: called by hand without a place, it takes the rows as the first ones. */
export type Augmentation = (batch: Batch, place?: BatchPlace) => Batch;

/**
 * Turns, scales, slants and shifts each picture a little, differently in every epoch: p ↦ s·R(θ)·S(φ)·p + shift about
 * the picture's middle, sampled bilinearly.
 *
 * Shapes: x [N, H, W], [N, C, H, W] (channels first), or [N, H·W] with `height` and `width`; y passes. Whole numbers
 * give float32. What is drawn depends on the seed, the epoch and the row alone, not on the order or size of batches;
 * reading `x` of the dataset shows epoch 0. Give it to the training part only, `train.map(randomAffine(…))`.
 *
 * Units: degrees, factors, pixels. PyTorch's `affine_grid` counts in half widths and gives the map from new pixels to
 * old ones; this is its `grid_sample` with `padding_mode="zeros"` (here `fill`) and `align_corners=False`, with the
 * map in pixels, so that nothing is distorted where H ≠ W.
 *
 * @throws OptionError for unknown options and values out of range; ShapeError for an x that holds no pictures.
 *
 * @example
 * ```ts
 * import { Dataset, randomAffine } from "gradkit";
 * const train = Dataset.from({ x: [[[0, 0, 0], [0, 1, 0], [0, 0, 0]]], y: [7] });
 * train.map(randomAffine({ shift: [1, 1] })).x.toArray(); // → [[[0, 0, 0], [0, 0, 0], [0, 0, 1]]]
 * ```
 *
 * Source: Simard, Steinkraus and Platt 2003, "Best practices for convolutional neural networks".
 */
export function randomAffine(options: RandomAffineOptions = {}): Augmentation {
  const where = "randomAffine";
  checkOptions(where, options, ["rotate", "scale", "shear", "shift", "fill", "height", "width", "seed"]);
  const rotate = spreadOf(where, "rotate", options.rotate, 0, { min: -180, max: 180 });
  const scale = spreadOf(where, "scale", options.scale, 1, { above: 0 });
  const shear = spreadOf(where, "shear", options.shear, 0, { above: -90, below: 90 });
  const shift = spreadOf(where, "shift", options.shift, 0, {});
  const fill = checkNumber(where, "fill", options.fill ?? 0);
  const draw = drawer(where, options.seed, 0);
  return augmentation(where, options, (out, pixels, base, layout, row, epoch) => {
    const u = draw(row, epoch);
    const motion: Motion = {
      rotate: rotate(u[0]!),
      scale: scale(u[1]!),
      shear: shear(u[2]!),
      shiftX: shift(u[3]!),
      shiftY: shift(u[4]!),
    };
    moveInto(out, pixels, base, layout, motion, fill);
  });
}

/** Settings of {@link randomFlip}. */
export interface RandomFlipOptions extends AugmentOptions {
  /** The probability that left and right change places, in [0, 1]; default 0.5. */
  horizontal?: number;
  /** The probability that top and bottom do, in [0, 1]; default 0. */
  vertical?: number;
}

/**
 * Mirrors each picture, or not, differently in every epoch.
 *
 * Shapes, seed and use as in {@link randomAffine}. Not for pictures that mean something else in a mirror, such as
 * letters.
 *
 * @throws OptionError for unknown options and probabilities out of range; ShapeError for an x that holds no pictures.
 *
 * @example
 * ```ts
 * import { Dataset, randomFlip } from "gradkit";
 * const train = Dataset.from({ x: [[[1, 2], [3, 4]]], y: [0] });
 * train.map(randomFlip({ horizontal: 1 })).x.toArray(); // → [[[2, 1], [4, 3]]]
 * ```
 */
export function randomFlip(options: RandomFlipOptions = {}): Augmentation {
  const where = "randomFlip";
  checkOptions(where, options, ["horizontal", "vertical", "height", "width", "seed"]);
  const across = checkNumber(where, "horizontal", options.horizontal ?? 0.5, { min: 0, max: 1 });
  const over = checkNumber(where, "vertical", options.vertical ?? 0, { min: 0, max: 1 });
  const draw = drawer(where, options.seed, 2);
  return augmentation(where, options, (out, pixels, base, { channels, height, width }, row, epoch) => {
    const u = draw(row, epoch);
    const [mirrored, turned] = [u[0]! < across, u[1]! < over];
    for (let line = 0; line < channels * height; line++) {
      const plane = line - (line % height);
      const from = base + (turned ? plane + height - 1 - (line - plane) : line) * width;
      const to = base + line * width;
      for (let c = 0; c < width; c++) out[to + c] = pixels[from + (mirrored ? width - 1 - c : c)]!;
    }
  });
}

/** Writes one picture, which starts at `base` in both arrays. */
type Redraw = (
  out: Float32Array | Float64Array,
  pixels: TypedArray,
  base: number,
  layout: Layout,
  row: number,
  epoch: number,
) => void;

function augmentation(where: string, options: AugmentOptions, redraw: Redraw): Augmentation {
  const flat = flatSize(where, options);
  return ({ x, y }, place) => {
    if (!(x instanceof Tensor)) {
      throw new OptionError(`${where}: x is no tensor: ${show(x)}; make it one, such as tensor(x), or map a Dataset`, { x });
    }
    const layout = layoutOf(where, x, flat);
    const { epoch, rows } = place ?? { epoch: 0, rows: allRows(layout.count) };
    const pixels = readView(x, false);
    const dtype = x.dtype === "float64" ? "float64" : "float32";
    const out = allocate(dtype, x.size) as Float32Array | Float64Array;
    const size = layout.channels * layout.height * layout.width;
    for (let i = 0; i < layout.count; i++) redraw(out, pixels, i * size, layout, rows[i]!, epoch);
    return { x: fromStorage(storageOf(dtype, out), x.shape), y };
  };
}

/** Numbers in [0, 1) of a row in an epoch, from `block` on; the array is overwritten by the next call. */
function drawer(where: string, given: number | undefined, block: number): (row: number, epoch: number) => Float64Array {
  const [low = 0, high = 0] = new Generator(seedOf(where, given)).state;
  const words = new Int32Array(4);
  const numbers = new Float64Array(8);
  return (row, epoch) => {
    for (let k = 0; k < 2; k++) {
      philox(row, block + k, epoch, 0, low, high, words);
      for (let i = 0; i < 4; i++) numbers[4 * k + i] = (words[i]! >>> 0) * 2 ** -32;
    }
    return numbers;
  };
}

/** From a number in [0, 1) to one in the range. */
function spreadOf(
  where: string,
  name: string,
  given: Spread | undefined,
  middle: number,
  rule: Parameters<typeof checkNumber>[3],
): (u: number) => number {
  const pair: unknown = typeof given === "number" ? [middle - given, middle + given] : (given ?? [middle, middle]);
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new OptionError(`${where}: ${name} is no range: ${show(given)}; give [least, largest], or one number a for ± a`, {
      [name]: given,
    });
  }
  const [low, high] = pair.map((end: unknown, i) => checkNumber(where, `${name}[${i}]`, end, rule)) as [number, number];
  if (low > high) {
    throw new OptionError(`${where}: ${name} is no range: ${show(given)} (${low} > ${high}); give the smaller number first`, {
      [name]: given,
    });
  }
  return (u) => low + u * (high - low);
}

function flatSize(where: string, { height, width }: AugmentOptions): readonly [number, number] | null {
  if (height === undefined && width === undefined) return null;
  const rule = { integer: true, min: 1 };
  return [checkNumber(where, "height", height, rule), checkNumber(where, "width", width, rule)];
}

function layoutOf(where: string, x: Tensor, flat: readonly [number, number] | null): Layout {
  const { shape } = x;
  const [height, width] = flat ?? shape.slice(-2);
  const [count = 0] = shape;
  const channels = shape.length === 4 ? shape[1]! : 1;
  const [rows, columns] = shape.slice(-2);
  const fits =
    shape.length === 2
      ? flat !== null && columns === flat[0] * flat[1]
      : (shape.length === 3 || shape.length === 4) && rows === height && columns === width;
  if (fits) return { count, channels, height: height, width: width };
  const asked = flat === null ? "" : ` for height ${flat[0]} and width ${flat[1]}`;
  throw new ShapeError(
    `${where}: x holds no such pictures: ${showShape(shape)}${asked}; ` +
      "give [N, H, W] or [N, C, H, W], or [N, H·W] with { height, width }",
    { shape, height: flat?.[0], width: flat?.[1] },
  );
}
