/** Windows on a tensor and their adjoint, the placing of a window into a larger tensor. */

import { checkAxes, checkOptions, show } from "../check";
import { ShapeError } from "../errors";
import { type Shape, showShape } from "../shape";
import type { Sliced } from "../rules";
import type { Checked, ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { Range } from "../tensor/methods";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { constantOf } from "./constant";

/** Along each axis: where a window begins, how far apart its elements stand, and how many they are. */
interface Window {
  readonly begin: readonly number[];
  readonly step: readonly number[];
  readonly sizes: Shape;
}

function slicing(name: string): Op<Window> {
  return {
    name,
    infer: ([x], { sizes }) => ({ shape: sizes, dtype: x!.dtype }),
    lower: ([x], { begin, step, sizes }) => ({
      kernel: "view",
      shape: sizes,
      strides: x!.strides.map((stride, axis) => stride * step[axis]!),
      offset: begin.reduce((offset, at, axis) => offset + at * x!.strides[axis]!, x!.offset),
    }),
    vjp: ({ inputs: [x], attrs }) => {
      const { shape } = x!;
      return [(g) => apply(placeOp, [constantOf(0, shape, g.dtype), g], attrs)];
    },
  };
}

/** An op that places its second input into its first. @internal */
export function placing(name: string): Op<Window> {
  const op: Op<Window> = {
    name,
    infer: ([base]) => base!,
    lower: ([base], { begin, step }) => ({
      kernel: "place",
      attrs: { begin, step, mode: "set" },
      output: { shape: base!.shape, dtype: base!.dtype },
    }),
    vjp: ({ inputs: [base, source], attrs }) => [
      base!.requiresGrad ? (g) => apply(placeOp, [g, constantOf(0, attrs.sizes, g.dtype)], attrs) : null,
      source!.requiresGrad ? (g) => apply(sliceOp, [g], attrs) : null,
    ],
  };
  return op;
}

const sliceOp = slicing("slice");
const placeOp = placing("place");

function checkBound(where: string, range: unknown, bound: unknown): number | null {
  const open = bound === null || bound === Infinity || bound === -Infinity;
  if (open || Number.isInteger(bound)) return bound as number | null;
  throw new ShapeError(
    `${where}: a bound is not a whole number: ${show(bound)} in ${show(range)}; give positions, or null for an open end`,
    { range, bound },
  );
}

/** One axis of a window, by Python's rules: negative positions count from the end, what lies outside is cut off. */
function resolveRange(where: string, range: unknown, size: number): [begin: number, step: number, count: number] {
  if (range === null) return [0, 1, size];
  if (!Array.isArray(range) || range.length < 2 || range.length > 3) {
    throw new ShapeError(`${where}: not a range: ${show(range)}; give null or [begin, end, step?] for each axis`, {
      range,
    });
  }
  const step: unknown = range[2] ?? 1;
  if (!Number.isInteger(step) || step === 0) {
    throw new ShapeError(
      `${where}: the step is not a whole number ≠ 0: ${show(step)} in ${show(range)}; give 1, 2, … or −1, −2, …`,
      { range, step },
    );
  }
  const stride = step as number;
  const [low, high] = stride > 0 ? [0, size] : [-1, size - 1];
  const clip = (bound: number | null, open: number): number =>
    bound === null ? open : Math.min(Math.max(bound < 0 ? bound + size : bound, low), high);
  const begin = clip(checkBound(where, range, range[0]), stride > 0 ? low : high);
  const end = clip(checkBound(where, range, range[1]), stride > 0 ? high : low);
  const count = Math.max(0, Math.ceil((end - begin) / stride));
  return [count === 0 ? 0 : begin, stride, count];
}

/** The error for a list that has not one entry per axis. @internal */
export function notPerAxis(where: string, list: unknown, shape: Shape, what: string): ShapeError {
  const got = Array.isArray(list) ? `${list.length} for ${shape.length} axes` : "not a list";
  return new ShapeError(`${where}: not one entry per axis: ${show(list)} for ${showShape(shape)} (${got}); give ${what}`, {
    shape,
    list,
  });
}

/**
 * A window on x; no element is copied.
 *
 * `ranges` has an entry for each axis, from the first on: null takes the axis whole, as do axes beyond the list, and
 * `[begin, end, step?]` takes positions begin, begin + step, … before end. As in Python, negative positions count from
 * the end, positions outside are cut off, and a bound that is null is open. A negative step walks backwards (which
 * PyTorch refuses), so `[null, null, -1]` turns an axis around.
 *
 * Shapes: `[5, 3]` with `[[1, 4], null]` → `[3, 3]`.
 *
 * @throws ShapeError if there are more entries than axes, a bound is a fraction, or a step is 0.
 *
 * @example
 * ```ts
 * import { slice } from "gradkit";
 * slice([[1, 2, 3], [4, 5, 6]], [null, [-2, null]]).toArray(); // → [[2, 3], [5, 6]]
 * ```
 */
export function slice<T extends TensorLike, const R extends readonly Range[]>(
  x: T,
  ranges: Checked<Sliced<ShapeOf<T>, R>, R>,
): Tensor<Sliced<ShapeOf<T>, R>>;
export function slice(x: TensorLike, ranges: readonly Range[]): Tensor {
  const tensor = asTensor("slice", x);
  if (!Array.isArray(ranges) || ranges.length > tensor.rank) {
    throw notPerAxis("slice", ranges, tensor.shape, "null or [begin, end, step?] for each axis");
  }
  const axes = tensor.shape.map((size, axis) => resolveRange("slice", axis < ranges.length ? ranges[axis] : null, size));
  return apply(sliceOp, [tensor], {
    begin: axes.map(([begin]) => begin),
    step: axes.map(([, step]) => step),
    sizes: axes.map(([, , count]) => count),
  });
}

/** `count` positions of x along one axis from `begin` on. @internal */
export function narrow(x: Tensor, axis: number, begin: number, count: number): Tensor {
  return apply(sliceOp, [x], {
    begin: x.shape.map((_, i) => (i === axis ? begin : 0)),
    step: x.shape.map(() => 1),
    sizes: x.shape.map((n, i) => (i === axis ? count : n)),
  });
}

const flipOp = slicing("flip");

/**
 * x with its elements in reverse order along `axes`; no element is copied.
 *
 * Shapes: any; the result has the same.
 *
 * @throws ShapeError for an axis that is not there, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { flip } from "gradkit";
 * flip([[1, 2], [3, 4]], { axes: 1 }).toArray(); // → [[2, 1], [4, 3]]
 * ```
 */
export function flip<X extends TensorLike>(
  x: X,
  options: { axes?: number | readonly number[] } = {},
): Tensor<ShapeOf<X>> {
  checkOptions("flip", options, ["axes"]);
  const tensor = asTensor("flip", x);
  const axes = checkAxes("flip", options.axes, tensor.rank);
  return apply(flipOp, [tensor], {
    begin: tensor.shape.map((n, axis) => (axes.includes(axis) ? Math.max(n - 1, 0) : 0)),
    step: tensor.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1)),
    sizes: tensor.shape,
  });
}
