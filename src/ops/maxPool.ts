/** Max pooling: the largest element of each window of a signal. */

import { checkOptions } from "../check";
import { type DType, isFloat, toNumber } from "../dtype";
import * as s from "../scalar/expr";
import { apply } from "../tensor/apply";
import { tensor } from "../tensor/create";
import type { Range } from "../tensor/methods";
import type { MaxPoolOptions, PerAxis } from "../tensor/moves";
import type { Op } from "../tensor/op";
import type { Spec } from "../tensor/storage";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { detach, to } from "./cast";
import { constantOf } from "./constant";
import { add, maximum } from "./elementwise";
import { scatterAdd } from "./gather";
import { MapOp } from "./map";
import { type Windows, framed, planesOf, poolWindows } from "./pool";
import { broadcastTo } from "./reduce";
import { reshape } from "./reshape";
import { slice } from "./slice";
import type { AxisWindow } from "./windowOf";

/** For each element of the window, in row-major order, what it sees at all places; and where in a plane that begins. */
function taps(x: Tensor, windows: Windows): { readonly seen: Tensor; readonly start: number }[] {
  const [rows, columns] = windows;
  const range = ({ stride, dilation, size }: AxisWindow, k: number): Range => {
    return [k * dilation, k * dilation + (size - 1) * stride + 1, stride];
  };
  return Array.from({ length: rows.kernel * columns.kernel }, (_, i) => {
    const [row, column] = [Math.floor(i / columns.kernel), i % columns.kernel];
    return {
      seen: slice(x, [null, null, range(rows, row), range(columns, column)]),
      start: row * rows.dilation * x.shape[3]! + column * columns.dilation,
    };
  });
}

const later = /* @__PURE__ */ new MapOp("later");
const [seen, best, position] = [s.input(0), s.input(1), s.input(2)] as const;

/** Where the largest so far lies, after one more tap: at `start` if that is larger, or NaN. */
function laterAt(start: number): s.Expr {
  const at = s.constant(start);
  return s.select(s.equal(seen, seen), s.select(s.less(best, seen), at, position), at);
}

/** How far from a window's first place its first one on the signal is: there a window of −Infinity has its largest. */
function inset({ stride, dilation, padding }: AxisWindow, i: number): number {
  return Math.max(Math.ceil((padding - i * stride) / dilation), 0) * dilation;
}

/** Where in its plane of h × w elements the first largest element of each window lies; NaN counts as the largest. */
function winners(x: Tensor, windows: Windows): Tensor {
  const width = x.shape[3]!;
  const each = (at: (window: AxisWindow, i: number) => number, dtype: DType): Tensor => {
    const [down, across] = windows.map((window) => Array.from({ length: window.size }, (_, i) => at(window, i)));
    return tensor(down!.map((row) => across!.map((column) => row * width + column)), { dtype });
  };
  const [first, ...others] = taps(x, windows);
  // Positions are exact in lanes of the signal's own kind, or else in wider ones.
  const dtype = x.shape[2]! * width < 2 ** 24 ? x.dtype : "float64";
  let best = first!.seen;
  let position = broadcastTo(each(inset, dtype), best.shape);
  for (const { seen, start } of others) {
    position = apply(later, [seen, best, position], { expr: laterAt(start), dtype });
    best = maximum(best, seen);
  }
  return add(to(position, "int32"), each(({ stride }, i) => i * stride, "int32"));
}

function pooled(x: Spec, windows: Windows): Spec {
  return { shape: [...x.shape.slice(0, 2), windows[0].size, windows[1].size], dtype: x.dtype };
}

/** Over a signal that no window reaches beyond. */
const maxPoolOp: Op<Windows> = {
  name: "maxPool",
  infer: ([x], windows) => pooled(x!, windows),
  decompose: ([x], windows) => taps(x!, windows).map(({ seen }) => seen).reduce(maximum),
  vjp: ({ inputs: [x], attrs }) => {
    const values = detach(x!);
    return [
      (g) => {
        const [n, c, h, w] = values.shape as [number, number, number, number];
        const places = attrs[0].size * attrs[1].size;
        const index = reshape(winners(values, attrs), [n * c, places]);
        const none = constantOf(0, [n * c, h * w], g.dtype);
        return reshape(scatterAdd(none, index, reshape(g, [n * c, places]), { axis: 1 }), [n, c, h, w]);
      },
    ];
  },
};

const MAX_KEYS = ["stride", "padding", "dilation", "ceilMode"] as const;

function maxPool(where: string, x: TensorLike, kernel: unknown, options: MaxPoolOptions, axes: number): Tensor {
  checkOptions(where, options, MAX_KEYS);
  const planes = planesOf(where, x, axes);
  const windows = poolWindows(where, planes.shaped(planes.x), kernel, axes, options);
  const { dtype } = planes.x;
  const signal = to(planes.x, toNumber(dtype));
  const low = isFloat(dtype) ? -Infinity : -(2 ** 31);
  return planes.shaped(to(apply(maxPoolOp, [framed(signal, windows, low)], windows), dtype));
}

/**
 * The largest element of each window: y[n, c, i] = maxₖ x[n, c, i·stride + k·dilation − padding].
 *
 * Shapes: x `[N, C, L]` or `[C, L]` → `[N, C, L′]`, L′ as of {@link maxPool2d}.
 *
 * @throws ShapeError for a bad rank, or a window larger than the padded signal; OptionError for settings out of range.
 *
 * @example
 * ```ts
 * import { maxPool1d } from "gradkit";
 * maxPool1d([[1, 5, 2, 4]], 2).toArray(); // → [[5, 4]]
 * ```
 */
export function maxPool1d(x: TensorLike, kernel: PerAxis, options: MaxPoolOptions = {}): Tensor {
  return maxPool("maxPool1d", x, kernel, options, 1);
}

/**
 * The largest element of each window: y[n, c, i, j] = max_{u,v} x[n, c, i·stride + u·dilation − padding, …].
 *
 * Shapes: x `[N, C, H, W]` or `[C, H, W]` → `[N, C, H′, W′]` with
 * H′ = ⌊(H + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1, rounded up with `ceilMode` where the last window begins
 * inside. `kernel`, `stride` (default: the kernel), `padding` and `dilation` are one number or `[rows, columns]`. Any
 * dtype stays as it is. The gradient goes to the first largest element of each window, never to the padding, as in
 * PyTorch; a window with a NaN gives NaN.
 *
 * @throws ShapeError for a bad rank, or a window larger than the padded signal; OptionError for settings out of range,
 * and padding of more than half of the window.
 *
 * @example
 * ```ts
 * import { maxPool2d } from "gradkit";
 * maxPool2d([[[1, 2, 3, 4], [5, 6, 7, 8]]], 2).toArray(); // → [[[6, 8]]]
 * ```
 */
export function maxPool2d(x: TensorLike, kernel: PerAxis, options: MaxPoolOptions = {}): Tensor {
  return maxPool("maxPool2d", x, kernel, options, 2);
}
