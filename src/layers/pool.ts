/** Pooling layers: the largest or the mean element of each window. */

import { checkBoolean, checkOptions, show } from "../check";
import { adaptiveAvgPool2d, avgPool1d, avgPool2d } from "../ops/avgPool";
import { maxPool1d, maxPool2d } from "../ops/maxPool";
import { poolMoves } from "../ops/pool";
import { perAxis } from "../ops/windowOf";
import type { AvgPoolOptions, MaxPoolOptions, PerAxis } from "../tensor/moves";
import type { Shape } from "../shape";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { Module } from "./module";

const MAX_KEYS = ["stride", "padding", "dilation", "ceilMode"] as const;
const AVG_KEYS = ["stride", "padding", "ceilMode", "countIncludePad"] as const;

/** A window and how it moves, checked when the layer is built. */
abstract class Pool<Options extends object, S extends Shape> extends Module<S, S> {
  /** The options as they were given. */
  readonly options: Readonly<Options>;

  constructor(
    where: string,
    readonly kernel: PerAxis,
    options: Options & MaxPoolOptions & AvgPoolOptions,
    keys: readonly string[],
    axes: number,
  ) {
    super();
    checkOptions(where, options, keys);
    poolMoves(where, kernel, axes, options);
    checkBoolean(where, "countIncludePad", options.countIncludePad, true);
    this.options = { ...options };
  }

  override settings(): string {
    const set = Object.entries(this.options)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: ${show(value)}`);
    return `${show(this.kernel)}${set.length === 0 ? "" : `, { ${set.join(", ")} }`}`;
  }
}

/**
 * The largest element of each window along one axis; see {@link maxPool1d}.
 *
 * Shapes: x [N, C, L] (or [C, L]) gives [N, C, L′]. Default stride: the kernel.
 *
 * @throws OptionError for settings out of their range; ShapeError (when called) for a bad rank.
 *
 * @example
 * ```ts
 * import { MaxPool1d, zeros } from "gradkit";
 * new MaxPool1d(2).forward(zeros([4, 3, 10])).shape; // → [4, 3, 5]
 * ```
 */
export class MaxPool1d extends Pool<MaxPoolOptions, [number]> {
  constructor(kernel: PerAxis, options: MaxPoolOptions = {}) {
    super("MaxPool1d", kernel, options, MAX_KEYS, 1);
  }

  forward(x: TensorLike): Tensor {
    return maxPool1d(x, this.kernel, this.options);
  }
}

/**
 * The largest element of each window; see {@link maxPool2d}.
 *
 * Shapes: x [N, C, H, W] (or [C, H, W]) gives [N, C, H′, W′]. Default stride: the kernel.
 *
 * @throws OptionError for settings out of their range; ShapeError (when called) for a bad rank.
 *
 * @example
 * ```ts
 * import { MaxPool2d, zeros } from "gradkit";
 * new MaxPool2d(2).forward(zeros([4, 3, 28, 28])).shape; // → [4, 3, 14, 14]
 * new MaxPool2d(3, { stride: 2 }).toString(); // → "MaxPool2d(3, { stride: 2 })"
 * ```
 */
export class MaxPool2d extends Pool<MaxPoolOptions, [number, number]> {
  constructor(kernel: PerAxis, options: MaxPoolOptions = {}) {
    super("MaxPool2d", kernel, options, MAX_KEYS, 2);
  }

  forward(x: TensorLike): Tensor {
    return maxPool2d(x, this.kernel, this.options);
  }
}

/**
 * The mean of each window along one axis; see {@link avgPool1d}.
 *
 * Shapes: x [N, C, L] (or [C, L]) gives [N, C, L′]. Default stride: the kernel.
 *
 * @throws OptionError for settings out of their range; ShapeError (when called) for a bad rank.
 *
 * @example
 * ```ts
 * import { AvgPool1d, zeros } from "gradkit";
 * new AvgPool1d(2).forward(zeros([4, 3, 10])).shape; // → [4, 3, 5]
 * ```
 */
export class AvgPool1d extends Pool<AvgPoolOptions, [number]> {
  constructor(kernel: PerAxis, options: AvgPoolOptions = {}) {
    super("AvgPool1d", kernel, options, AVG_KEYS, 1);
  }

  forward(x: TensorLike): Tensor {
    return avgPool1d(x, this.kernel, this.options);
  }
}

/**
 * The mean of each window; see {@link avgPool2d}.
 *
 * Shapes: x [N, C, H, W] (or [C, H, W]) gives [N, C, H′, W′]. Default stride: the kernel.
 *
 * @throws OptionError for settings out of their range; ShapeError (when called) for a bad rank.
 *
 * @example
 * ```ts
 * import { AvgPool2d, zeros } from "gradkit";
 * new AvgPool2d(2).forward(zeros([4, 3, 28, 28])).shape; // → [4, 3, 14, 14]
 * ```
 */
export class AvgPool2d extends Pool<AvgPoolOptions, [number, number]> {
  constructor(kernel: PerAxis, options: AvgPoolOptions = {}) {
    super("AvgPool2d", kernel, options, AVG_KEYS, 2);
  }

  forward(x: TensorLike): Tensor {
    return avgPool2d(x, this.kernel, this.options);
  }
}

/**
 * Means over a grid of windows, whatever the size of the signal; see {@link adaptiveAvgPool2d}.
 *
 * Shapes: x [N, C, H, W] (or [C, H, W]) gives [N, C, …size]; size 1 is the mean of each plane.
 *
 * @throws OptionError if size is not a whole number > 0; ShapeError (when called) for a bad rank.
 *
 * @example
 * ```ts
 * import { AdaptiveAvgPool2d, zeros } from "gradkit";
 * new AdaptiveAvgPool2d(1).forward(zeros([4, 16, 7, 7])).shape; // → [4, 16, 1, 1]
 * ```
 */
export class AdaptiveAvgPool2d extends Module<[number, number], [number, number]> {
  constructor(readonly size: PerAxis) {
    super();
    perAxis("AdaptiveAvgPool2d", "size", size, 2, 1);
  }

  forward(x: TensorLike): Tensor {
    return adaptiveAvgPool2d(x, this.size);
  }

  override settings(): string {
    return show(this.size);
  }
}
