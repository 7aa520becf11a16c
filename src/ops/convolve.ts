/** Cross-correlation of two-dimensional signals; its adjoints are cross-correlations again, read otherwise. */

import { apply } from "../tensor/apply";
import type { Kernels, Pair } from "../tensor/device";
import type { Op } from "../tensor/op";
import type { Spec } from "../tensor/storage";
import type { Tensor } from "../tensor/tensor";
import { concat } from "./concat";
import { constantOf } from "./constant";
import { permute } from "./permute";
import { reshape } from "./reshape";
import { flip, slice } from "./slice";

/** How a signal is walked over, and how large the result is. */
export interface Walk {
  readonly groups: number;
  readonly stride: Pair;
  readonly dilation: Pair;
  /** What stands before the first row and column; the sizes of the result say how far it goes beyond the last. */
  readonly padding: Pair;
  readonly size: Pair;
}

function specOf(x: Spec, weight: Spec, { size }: Walk): Spec {
  return { shape: [x.shape[0]!, weight.shape[0]!, ...size], dtype: x.dtype };
}

const convolveOp: Op<Walk> = {
  name: "convolve",
  infer: ([x, weight], walk) => specOf(x!, weight!, walk),
  lower: ([x, weight], walk) => {
    const { groups, stride, dilation, padding } = walk;
    const attrs: Kernels["convolve"] = { groups, stride, dilation, padding };
    return { kernel: "convolve", attrs, output: specOf(x!, weight!, walk) };
  },
  vjp: ({ inputs: [x, weight], attrs }) => {
    const [shapeOfX, shapeOfWeight] = [x!.shape, weight!.shape];
    const [kept, given] = [weight!.requiresGrad ? x! : null, x!.requiresGrad ? weight! : null];
    return [
      given && ((g) => spread(g, given, attrs, [shapeOfX[2]!, shapeOfX[3]!])),
      kept && ((g) => weightGradient(kept, g, attrs, [shapeOfWeight[2]!, shapeOfWeight[3]!])),
    ];
  },
};

/** x [b, groups·c, h, w], weight [groups·o, c, kh, kw] → [b, groups·o, …size], all of one dtype and checked. */
export function convolve(x: Tensor, weight: Tensor, walk: Walk): Tensor {
  return apply(convolveOp, [x, weight], walk);
}

/** The weight's gradient: the signal, with images and channels swapped, walked over by the gradient as its weight. */
function weightGradient(x: Tensor, g: Tensor, { groups, stride, dilation, padding }: Walk, size: Pair): Tensor {
  const walk = { groups, stride: dilation, dilation: stride, padding, size };
  const swapped = apply(convolveOp, [channelsFirst(x, groups), permute(g, [1, 0, 2, 3])], walk);
  return permute(swapped, [1, 0, 2, 3]);
}

/** [a, groups·b, h, w] → [b, groups·a, h, w]: what is walked over together becomes what is summed. */
function channelsFirst(x: Tensor, groups: number): Tensor {
  if (groups === 1) return permute(x, [1, 0, 2, 3]);
  const [a, b, h, w] = x.shape as [number, number, number, number];
  const parts = reshape(x, [a, groups, b / groups, h, w]);
  return reshape(permute(parts, [2, 1, 0, 3, 4]), [b / groups, groups * a, h, w]);
}

/** [groups·a, b, h, w] → [groups·b, a, h, w] */
function swapInGroups(weight: Tensor, groups: number): Tensor {
  if (groups === 1) return permute(weight, [1, 0, 2, 3]);
  const [a, b, h, w] = weight.shape as [number, number, number, number];
  const parts = reshape(weight, [groups, a / groups, b, h, w]);
  return reshape(permute(parts, [0, 2, 1, 3, 4]), [groups * b, a / groups, h, w]);
}

/** Every stride-th element of one axis of the signal, from `first` on: which taps reach it, and from where. */
interface Phase {
  readonly first: number;
  /** The taps, every `step`-th from `start` on; none, and the elements are 0. */
  readonly start: number;
  readonly step: number;
  readonly taps: number;
  readonly padding: number;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Element p − padding gets g[i]·weight[k] where i·stride + k·dilation = p: which k do, by p modulo the stride. */
function phasesOf(stride: number, dilation: number, padding: number, kernel: number, size: number): Phase[] {
  const common = gcd(stride, dilation);
  const step = stride / common;
  return Array.from({ length: Math.max(Math.min(stride, size), 1) }, (_, first) => {
    const rest = (((first + padding) % stride) + stride) % stride;
    const candidates = Array.from({ length: Math.min(step, kernel) }, (_, k) => k);
    const start = candidates.findIndex((k) => (k * dilation) % stride === rest);
    const taps = start < 0 ? 0 : Math.ceil((kernel - start) / step);
    const from = (first + padding - start * dilation) / stride;
    return { first, start, step, taps, padding: ((taps - 1) * dilation) / common - from };
  });
}

/**
 * The adjoint of {@link convolve} in x: what each element of g spreads over a signal of `size`. Where the stride is
 * more than 1, elements that it tells apart are reached by different taps: each such phase is a walk of its own, and
 * they are woven together.
 *
 * Shapes: g `[b, groups·o, …]`, weight `[groups·o, c, kh, kw]` → `[b, groups·c, …size]`.
 */
export function spread(g: Tensor, weight: Tensor, walk: Walk, size: Pair): Tensor {
  const { groups, stride, dilation, padding } = walk;
  const swapped = swapInGroups(weight, groups);
  const [rows, columns] = [0, 1].map((axis) =>
    phasesOf(stride[axis]!, dilation[axis]!, padding[axis]!, weight.shape[2 + axis]!, size[axis]!),
  ) as [Phase[], Phase[]];
  const each: Pair = [Math.ceil(size[0] / stride[0]), Math.ceil(size[1] / stride[1])];
  const apart: Pair = [dilation[0] / gcd(stride[0], dilation[0]), dilation[1] / gcd(stride[1], dilation[1])];
  const parts = rows.flatMap((row) =>
    columns.map((column) => {
      if (row.taps === 0 || column.taps === 0) {
        return constantOf(0, [g.shape[0]!, swapped.shape[0]!, ...each], g.dtype);
      }
      const some = slice(swapped, [null, null, [row.start, null, row.step], [column.start, null, column.step]]);
      const turned = flip(some, { axes: [2, 3] });
      const padding: Pair = [row.padding, column.padding];
      return apply(convolveOp, [g, turned], { groups, stride: [1, 1], dilation: apart, padding, size: each });
    }),
  );
  return parts.length === 1 ? parts[0]! : woven(parts, [rows.length, columns.length], size);
}

/** [b, c, h, w] parts, one for each row and column modulo the stride (as far as there are any), as one signal. */
function woven(parts: readonly Tensor[], [down, across]: Pair, [height, width]: Pair): Tensor {
  const [b, c, h, w] = parts[0]!.shape as [number, number, number, number];
  const stacked = concat(parts.map((part) => reshape(part, [b, c, 1, h, w])), { axis: 2 });
  const grid = reshape(stacked, [b, c, down, across, h, w]);
  const whole = reshape(permute(grid, [0, 1, 4, 2, 5, 3]), [b, c, h * down, w * across]);
  return slice(whole, [null, null, [0, height], [0, width]]);
}
