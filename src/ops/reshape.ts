/** The same elements in the same order, read with another shape: a view where the strides allow it. */

import { checkAxis, checkOptions, show } from "../check";
import { ShapeError } from "../errors";
import { type Shape, isContiguous, showShape, sizeOf, stridesOf } from "../shape";
import type { Flattened, Squeezed, Unsqueezed } from "../axes";
import type { Checked, ShapeOf, Sizes } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";

/** An op that keeps the elements and their order; `target` says the new shape. */
function reshaping<A>(name: string, target: (shape: Shape, attrs: A) => Shape): Op<A> {
  return {
    name,
    infer: ([x], attrs) => ({ shape: target(x!.shape, attrs), dtype: x!.dtype }),
    lower: ([x], attrs) => {
      const shape = target(x!.shape, attrs);
      const strides = stridesAs(x!.shape, x!.strides, shape);
      if (strides === null) return { kernel: "copy", attrs: {}, output: { shape, dtype: x!.dtype } };
      return { kernel: "view", shape, strides, offset: x!.offset };
    },
    vjp: ({ inputs: [x] }) => {
      const { shape } = x!;
      return [(g) => reshape(g, shape)];
    },
  };
}

/** Strides that read the same elements with another shape of the same size, or null where only a copy can. */
function stridesAs(shape: Shape, strides: readonly number[], target: Shape): number[] | null {
  if (isContiguous(shape, strides)) return stridesOf(target);
  const result = new Array<number>(target.length);
  let to = target.length - 1;
  let base = strides[strides.length - 1]!;
  let run = 1; // elements in the axes that lie in one another without gaps
  let taken = 1; // how many of them the target's axes cover
  for (let from = shape.length - 1; from >= 0; from--) {
    run *= shape[from]!;
    if (from > 0 && (shape[from - 1] === 1 || strides[from - 1] === base * run)) continue;
    while (to >= 0 && (taken < run || target[to] === 1)) {
      result[to] = base * taken;
      taken *= target[to--]!;
    }
    if (taken !== run) return null;
    if (from > 0) [base, run, taken] = [strides[from - 1]!, 1, 1];
  }
  return result;
}

function resolveShape(shape: Shape, { target }: { readonly target: Shape }): Shape {
  const size = sizeOf(shape);
  let known = 1;
  let free = -1;
  target.forEach((n, axis) => {
    if (n === -1 && free === -1) free = axis;
    else if (n === -1 || !Number.isInteger(n) || n < 0) throw badSize(target, n);
    else known *= n;
  });
  if (free === -1 ? known === size : known > 0 && size % known === 0) {
    return free === -1 ? target : target.map((n) => (n === -1 ? size / known : n));
  }
  const why = free === -1 ? `${size} ≠ ${known} elements` : `${size} elements do not divide by ${known}`;
  throw new ShapeError(
    `reshape: sizes do not fit: ${showShape(shape)} → ${showShape(target)} (${why}); ` +
      "give sizes with the same product, or −1 for one that follows from the others",
    { shape, target },
  );
}

function badSize(target: Shape, size: number): ShapeError {
  const message =
    size === -1
      ? `more than one size is −1: ${show(target)}; let −1 stand for one axis only`
      : `a size is not a whole number ≥ 0: ${show(size)} in ${show(target)}; give element counts, −1 for one axis at most`;
  return new ShapeError(`reshape: ${message}`, { target, size });
}

const reshapeOp = reshaping("reshape", resolveShape);

/**
 * The same elements, in row-major order, with another shape.
 *
 * Shapes: any → `shape`, whose sizes have the same product; one of them may be −1 and follows from the others.
 * No element is moved where the strides allow it.
 *
 * @throws ShapeError if the sizes do not fit.
 *
 * @example
 * ```ts
 * import { arange } from "gradkit";
 * arange(6).reshape([2, -1]).toArray(); // → [[0, 1, 2], [3, 4, 5]]
 * ```
 */
export function reshape<const To extends Shape>(x: TensorLike, shape: To): Tensor<Sizes<To>>;
export function reshape(x: TensorLike, shape: Shape): Tensor {
  if (!Array.isArray(shape)) {
    throw new ShapeError(`reshape: the shape is not an array: ${show(shape)}; write it as [2, 3], a scalar's as []`, {
      shape,
    });
  }
  return apply(reshapeOp, [asTensor("reshape", x)], { target: shape });
}

/** Where `flatten` begins. */
export interface FlattenOptions<X extends number = number> {
  /** The first axis of those that become one; negative counts from the end; default 0. */
  startAxis?: X;
}

const flattenOp = reshaping("flatten", (shape, { startAxis }: { readonly startAxis: number }) => {
  const start = checkAxis("flatten", startAxis, Math.max(shape.length, 1), "startAxis");
  return [...shape.slice(0, start), sizeOf(shape.slice(start))];
});

/**
 * All axes from `startAxis` on as one.
 *
 * Shapes: `[a, b, c]` → `[a·b·c]`, with `startAxis` 1 → `[a, b·c]`; a scalar → `[1]`.
 *
 * @throws ShapeError if there is no such axis, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { zeros } from "gradkit";
 * zeros([64, 28, 28]).flatten({ startAxis: 1 }).shape; // → [64, 784]
 * ```
 */
export function flatten<T extends TensorLike, const X extends number = 0>(
  x: T,
  options?: FlattenOptions<X>,
): Tensor<Flattened<ShapeOf<T>, X>>;
export function flatten(x: TensorLike, options: FlattenOptions = {}): Tensor {
  checkOptions("flatten", options, ["startAxis"]);
  return apply(flattenOp, [asTensor("flatten", x)], { startAxis: options.startAxis ?? 0 });
}

const squeezeOp = reshaping("squeeze", (shape, { axis }: { readonly axis: number | undefined }) => {
  if (axis === undefined) return shape.filter((n) => n !== 1);
  const at = checkAxis("squeeze", axis, shape.length);
  if (shape[at] !== 1) {
    throw new ShapeError(
      `squeeze: the axis is not of size 1: axis ${axis} of ${showShape(shape)} (size ${shape[at]}); ` +
        "index it with slice, or reduce it",
      { shape, axis },
    );
  }
  return shape.filter((_, i) => i !== at);
});

/**
 * Without one axis of size 1, or without all of them.
 *
 * Shapes: `[2, 1, 3]` → `[2, 3]`.
 *
 * @throws ShapeError if there is no such axis, or its size is not 1 (PyTorch leaves it silently).
 *
 * @example
 * ```ts
 * import { zeros } from "gradkit";
 * zeros([1, 3, 1]).squeeze(0).shape; // → [3, 1]
 * ```
 */
export function squeeze<T extends TensorLike, const X extends number | undefined = undefined>(
  x: T,
  axis?: Checked<Squeezed<ShapeOf<T>, X>, X>,
): Tensor<Squeezed<ShapeOf<T>, X>>;
export function squeeze(x: TensorLike, axis?: number): Tensor {
  return apply(squeezeOp, [asTensor("squeeze", x)], { axis });
}

const unsqueezeOp = reshaping("unsqueeze", (shape, { axis }: { readonly axis: number }) => {
  const at = checkAxis("unsqueeze", axis, shape.length + 1);
  return [...shape.slice(0, at), 1, ...shape.slice(at)];
});

/**
 * With a new axis of size 1 that stands at `axis` in the result; −1 puts it last.
 *
 * Shapes: `[2, 3]` → `[1, 2, 3]`, `[2, 1, 3]` or `[2, 3, 1]`.
 *
 * @throws ShapeError if the result has no such axis.
 *
 * @example
 * ```ts
 * import { tensor } from "gradkit";
 * tensor([1, 2]).unsqueeze(-1).toArray(); // → [[1], [2]]
 * ```
 */
export function unsqueeze<T extends TensorLike, const X extends number>(
  x: T,
  axis: Checked<Unsqueezed<ShapeOf<T>, X>, X>,
): Tensor<Unsqueezed<ShapeOf<T>, X>>;
export function unsqueeze(x: TensorLike, axis: number): Tensor {
  return apply(unsqueezeOp, [asTensor("unsqueeze", x)], { axis });
}
