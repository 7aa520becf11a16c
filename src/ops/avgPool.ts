/** Average pooling: the mean of each window of a signal. */

import { checkBoolean, checkOptions, checkShape } from "../check";
import { isFloat } from "../dtype";
import { ShapeError } from "../errors";
import { showShape } from "../shape";
import { tensor } from "../tensor/create";
import type { AvgPoolOptions, PerAxis } from "../tensor/moves";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { to } from "./cast";
import { constantOf } from "./constant";
import { convolve } from "./convolve";
import { mul } from "./elementwise";
import { matmul } from "./matmul";
import { transpose } from "./permute";
import { planesOf, poolWindows } from "./pool";
import { reshape } from "./reshape";
import { type AxisWindow, perAxis } from "./windowOf";

/** How many elements each window along an axis counts: those of the signal, and of the padding if asked. */
function countsOf({ kernel, stride, padding, size }: AxisWindow, n: number, withPadding: boolean): number[] {
  const margin = withPadding ? padding : 0;
  return Array.from({ length: size }, (_, i) => {
    const start = i * stride - padding;
    return Math.min(start + kernel, n + margin) - Math.max(start, -margin);
  });
}

const AVG_KEYS = ["stride", "padding", "ceilMode", "countIncludePad"] as const;

function avgPool(where: string, x: TensorLike, kernel: unknown, options: AvgPoolOptions, axes: number): Tensor {
  checkOptions(where, options, AVG_KEYS);
  const counted = checkBoolean(where, "countIncludePad", options.countIncludePad, true);
  const planes = planesOf(where, x, axes);
  const { countIncludePad: _, ...moves } = options;
  const [rows, columns] = poolWindows(where, planes.shaped(planes.x), kernel, axes, moves);
  const signal = isFloat(planes.x.dtype) ? planes.x : to(planes.x, "float32");
  const [n, c, h, w] = signal.shape as [number, number, number, number];
  const { dtype } = signal;
  const across = countsOf(columns, w, counted);
  const shares = countsOf(rows, h, counted).map((down) => across.map((count) => 1 / (down * count)));
  const each = 1 / (rows.kernel * columns.kernel);
  const even = shares.every((row) => row.every((share) => share === each));
  // Each plane by itself is a signal of one channel, and a mean is a correlation with equal weights.
  const weight = constantOf(even ? each : 1, [1, 1, rows.kernel, columns.kernel], dtype);
  const y = convolve(reshape(signal, [n * c, 1, h, w]), weight, {
    groups: 1,
    stride: [rows.stride, columns.stride],
    dilation: [1, 1],
    padding: [rows.padding, columns.padding],
    size: [rows.size, columns.size],
  });
  const means = even ? y : mul(y, tensor(shares, { dtype }));
  return planes.shaped(reshape(means, [n, c, rows.size, columns.size]));
}

/**
 * The mean of each window: y[n, c, i] = Σₖ x[n, c, i·stride + k − padding] / kernel.
 *
 * Shapes: x `[N, C, L]` or `[C, L]` → `[N, C, L′]`. Integers give float32. Settings as of {@link avgPool2d}.
 *
 * @throws ShapeError for a bad rank, or a window larger than the padded signal; OptionError for settings out of range.
 *
 * @example
 * ```ts
 * import { avgPool1d } from "gradkit";
 * avgPool1d([[1, 5, 2, 4]], 2).toArray(); // → [[3, 3]]
 * ```
 */
export function avgPool1d(x: TensorLike, kernel: PerAxis, options: AvgPoolOptions = {}): Tensor {
  return avgPool("avgPool1d", x, kernel, options, 1);
}

/**
 * The mean of each window: y[n, c, i, j] = Σ_{u,v} x[n, c, i·stride + u − padding, j·stride + v − padding] / (KH·KW).
 *
 * Shapes: as of {@link maxPool2d}. With `countIncludePad: false` the zeros of the padding do not count; what reaches
 * over the padded edge with `ceilMode` never does. Integers give float32. As in PyTorch.
 *
 * @throws ShapeError for a bad rank, or a window larger than the padded signal; OptionError for settings out of range,
 * and padding of more than half of the window.
 *
 * @example
 * ```ts
 * import { avgPool2d } from "gradkit";
 * avgPool2d([[[1, 2, 3, 4], [5, 6, 7, 8]]], 2).toArray(); // → [[[3.5, 5.5]]]
 * ```
 */
export function avgPool2d(x: TensorLike, kernel: PerAxis, options: AvgPoolOptions = {}): Tensor {
  return avgPool("avgPool2d", x, kernel, options, 2);
}

/** Row i is the mean over elements ⌊i·n / size⌋ to ⌈(i + 1)·n / size⌉. */
function meansMatrix(n: number, size: number): number[][] {
  return Array.from({ length: size }, (_, i) => {
    const [start, end] = [Math.floor((i * n) / size), Math.ceil(((i + 1) * n) / size)];
    return Array.from({ length: n }, (_, j) => (j >= start && j < end ? 1 / (end - start) : 0));
  });
}

/**
 * Means over a grid of `size` windows, whatever the size of the signal: window i of an axis goes from ⌊i·n / size⌋
 * until before ⌈(i + 1)·n / size⌉.
 *
 * Shapes: x `[N, C, H, W]` or `[C, H, W]`, size one number or `[rows, columns]` → `[N, C, …size]`; size 1 is the mean
 * of each plane. Integers give float32. As in PyTorch.
 *
 * @throws ShapeError for a bad rank or an empty signal, OptionError for a size that is no whole number > 0.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool2d } from "gradkit";
 * adaptiveAvgPool2d([[[1, 2, 3], [5, 6, 7]]], 1).toArray(); // → [[[4]]]
 * ```
 */
export function adaptiveAvgPool2d(x: TensorLike, size: PerAxis): Tensor {
  const where = "adaptiveAvgPool2d";
  const [rows, columns] = perAxis(where, "size", size, 2, 1) as [number, number];
  const planes = planesOf(where, x, 2);
  const signal = isFloat(planes.x.dtype) ? planes.x : to(planes.x, "float32");
  const [, , h, w] = signal.shape as [number, number, number, number];
  if (h * w === 0) {
    const { shape } = planes.shaped(signal);
    throw new ShapeError(`${where}: an empty signal: ${showShape(shape)} (it has no mean); give some elements`, {
      x: shape,
    });
  }
  checkShape(where, [...signal.shape.slice(0, 2), rows, columns]);
  const { dtype } = signal;
  const down = tensor(meansMatrix(h, rows), { dtype });
  const across = tensor(meansMatrix(w, columns), { dtype });
  return planes.shaped(matmul(down, matmul(signal, transpose(across))));
}
