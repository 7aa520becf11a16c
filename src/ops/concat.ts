/** Tensors joined along an axis, and one tensor cut into parts. */

import { checkAxis, checkOptions, show } from "../check";
import { ShapeError } from "../errors";
import { type Shape, showShape } from "../shape";
import type { Joined, Stacked } from "../rules";
import type { Checked } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { AxisOptions } from "../tensor/methods";
import type { Op } from "../tensor/op";
import type { Spec } from "../tensor/storage";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { alike } from "./alike";
import { unsqueeze } from "./reshape";
import { narrow } from "./slice";

function joinedShape(inputs: readonly Spec[], axis: number): Shape {
  const first = inputs[0]!.shape;
  let along = 0;
  inputs.forEach(({ shape }, i) => {
    const other = shape.length === first.length ? shape.findIndex((n, a) => a !== axis && n !== first[a]) : -2;
    if (other !== -1) {
      const why = other === -2 ? `rank ${first.length} ≠ ${shape.length}` : `${first[other]} ≠ ${shape[other]} at axis ${other}`;
      throw new ShapeError(
        `concat: shapes differ beside axis ${axis}: ${showShape(first)} and ${showShape(shape)} ` +
          `(${why}, tensor ${i}); make all other sizes equal`,
        { a: first, b: shape, axis, position: i },
      );
    }
    along += shape[axis]!;
  });
  return first.map((n, a) => (a === axis ? along : n));
}

const concatOp: Op<{ readonly axis: number }> = {
  name: "concat",
  infer: (inputs, { axis }) => ({ shape: joinedShape(inputs, axis), dtype: inputs[0]!.dtype }),
  lower: (inputs, { axis }) => ({
    kernel: "concat",
    attrs: { axis },
    output: { shape: joinedShape(inputs, axis), dtype: inputs[0]!.dtype },
  }),
  vjp: ({ inputs, attrs: { axis } }) => {
    let end = 0;
    return inputs.map((x) => {
      const count = x.shape[axis]!;
      const begin = (end += count) - count;
      return x.requiresGrad ? (g) => narrow(g, axis, begin, count) : null;
    });
  },
};

function listOf(where: string, tensors: readonly TensorLike[]): Tensor[] {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ShapeError(`${where}: not a list of tensors: ${show(tensors)}; give at least one in an array`, { tensors });
  }
  return alike(where, tensors);
}

/**
 * The tensors one after another along `axis` (default 0).
 *
 * Shapes: `[a, n]`, `[b, n]` → `[a + b, n]`; all sizes beside the axis agree. Dtypes promote.
 *
 * @throws ShapeError if other sizes differ, or there is no such axis, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { concat } from "gradkit";
 * concat([[[1, 2]], [[3, 4], [5, 6]]]).toArray(); // → [[1, 2], [3, 4], [5, 6]]
 * ```
 */
export function concat<const L extends readonly TensorLike[], const X extends number = 0>(
  tensors: Checked<Joined<L, X>, L>,
  options?: AxisOptions<X>,
): Tensor<Joined<L, X>>;
export function concat(tensors: readonly TensorLike[], options: AxisOptions = {}): Tensor {
  checkOptions("concat", options, ["axis"]);
  const list = listOf("concat", tensors);
  return apply(concatOp, list, { axis: checkAxis("concat", options.axis ?? 0, list[0]!.rank) });
}

/**
 * Tensors of one shape side by side along a new axis (default 0, counted in the result).
 *
 * Shapes: n times `[a, b]` → `[n, a, b]`, with axis 1 → `[a, n, b]`. Dtypes promote.
 *
 * @throws ShapeError if shapes differ, or the result has no such axis, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { stack } from "gradkit";
 * stack([[1, 2], [3, 4]], { axis: 1 }).toArray(); // → [[1, 3], [2, 4]]
 * ```
 */
export function stack<const L extends readonly TensorLike[], const X extends number = 0>(
  tensors: Checked<Stacked<L, X>, L>,
  options?: AxisOptions<X>,
): Tensor<Stacked<L, X>>;
export function stack(tensors: readonly TensorLike[], options: AxisOptions = {}): Tensor {
  checkOptions("stack", options, ["axis"]);
  const list = listOf("stack", tensors);
  const first = list[0]!.shape;
  list.forEach(({ shape }, i) => {
    if (showShape(shape) === showShape(first)) return;
    throw new ShapeError(
      `stack: shapes differ: ${showShape(first)} and ${showShape(shape)} (tensor ${i}); ` +
        "give tensors of one shape, or join along an existing axis with concat",
      { a: first, b: shape, position: i },
    );
  });
  const axis = checkAxis("stack", options.axis ?? 0, first.length + 1);
  return apply(concatOp, list.map((x) => unsqueeze(x, axis)), { axis });
}

/**
 * x cut into parts along `axis` (default 0); no element is copied.
 *
 * `sizes` lists the parts' sizes, or is the size of each part, the last of which may be smaller.
 *
 * Shapes: `[5, n]` with sizes 2 → `[2, n]`, `[2, n]`, `[1, n]`; with `[1, 4]` → `[1, n]`, `[4, n]`.
 *
 * @throws ShapeError if the sizes do not add up to the axis, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { split } from "gradkit";
 * split([1, 2, 3, 4, 5], 2).map((part) => part.toArray()); // → [[1, 2], [3, 4], [5]]
 * ```
 */
export function split(x: TensorLike, sizes: number | readonly number[], options: AxisOptions = {}): Tensor[] {
  checkOptions("split", options, ["axis"]);
  const tensor = asTensor("split", x);
  const axis = checkAxis("split", options.axis ?? 0, tensor.rank);
  return cut(tensor, axis, partSizes(sizes, tensor.shape, axis));
}

/**
 * The parts, by halves of halves: the gradient of n parts then costs log n times the whole. Were each part cut from the
 * whole, it would cost n times as much.
 */
function cut(x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  if (sizes.length < 2) return sizes.map((size) => narrow(x, axis, 0, size));
  const [left, right] = [sizes.slice(0, sizes.length >> 1), sizes.slice(sizes.length >> 1)];
  const [a, b] = [left, right].map((part) => part.reduce((total, size) => total + size, 0)) as [number, number];
  const [first, second] = [narrow(x, axis, 0, a), narrow(x, axis, a, b)];
  return [
    ...(left.length === 1 ? [first] : cut(first, axis, left)),
    ...(right.length === 1 ? [second] : cut(second, axis, right)),
  ];
}

function partSizes(sizes: number | readonly number[], shape: Shape, axis: number): readonly number[] {
  const whole = shape[axis]!;
  if (typeof sizes === "number" && Number.isInteger(sizes) && sizes > 0) {
    const count = Math.max(1, Math.ceil(whole / sizes));
    return Array.from({ length: count }, (_, i) => Math.min(sizes, whole - i * sizes));
  }
  if (!Array.isArray(sizes) || !sizes.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new ShapeError(
      `split: not sizes: ${show(sizes)}; give a list of whole numbers ≥ 0, or one number > 0 for parts of that size`,
      { sizes },
    );
  }
  const total = sizes.reduce((sum: number, n: number) => sum + n, 0);
  if (total !== whole) {
    throw new ShapeError(
      `split: the sizes do not add up: ${show(sizes)} for axis ${axis} of ${showShape(shape)} (${total} ≠ ${whole}); ` +
        "give each position to one part",
      { sizes, shape, axis },
    );
  }
  return sizes as readonly number[];
}
