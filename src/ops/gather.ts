/** Elements picked by an index along an axis, and their adjoint, which adds them back where they came from. */

import { checkAxis, checkOptions } from "../check";
import { toNumber } from "../dtype";
import { ShapeError } from "../errors";
import { type Shape, sameShape, showShape } from "../shape";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { AxisOptions } from "../tensor/methods";
import type { Op } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { alike } from "./alike";
import { constantOf } from "./constant";
import { asIndices } from "./indices";

interface Along {
  readonly axis: number;
}

function checkFit(where: string, x: Shape, index: Shape, axis: number): void {
  const wrong = x.length === index.length ? index.findIndex((n, i) => i !== axis && n > x[i]!) : -2;
  if (wrong === -1) return;
  const why = wrong === -2 ? `ranks ${x.length} ≠ ${index.length}` : `${index[wrong]} > ${x[wrong]} at axis ${wrong}`;
  throw new ShapeError(
    `${where}: the index does not fit: x ${showShape(x)}, index ${showShape(index)} (${why}); ` +
      `give an index of the same rank, no larger than x beside axis ${axis}`,
    { x, index, axis },
  );
}

const gatherOp: Op<Along> = {
  name: "gather",
  infer: ([x, index], { axis }) => {
    checkFit("gather", x!.shape, index!.shape, axis);
    return { shape: index!.shape, dtype: x!.dtype };
  },
  lower: ([x, index], { axis }) => ({
    kernel: "gather",
    attrs: { axis },
    output: { shape: index!.shape, dtype: x!.dtype },
  }),
  vjp: ({ inputs: [x, index], attrs }) => {
    const { shape } = x!;
    return [(g) => apply(scatterAddOp, [constantOf(0, shape, g.dtype), index!, g], attrs), null];
  },
};

const scatterAddOp: Op<Along> = {
  name: "scatterAdd",
  infer: ([x, index, source], { axis }) => {
    checkFit("scatterAdd", x!.shape, index!.shape, axis);
    if (!sameShape(index!.shape, source!.shape)) {
      throw new ShapeError(
        `scatterAdd: index and source differ: ${showShape(index!.shape)} and ${showShape(source!.shape)} ` +
          "(each element needs its place); give both the same shape",
        { index: index!.shape, source: source!.shape },
      );
    }
    return { shape: x!.shape, dtype: x!.dtype };
  },
  lower: ([x], { axis }) => ({ kernel: "scatterAdd", attrs: { axis }, output: { shape: x!.shape, dtype: x!.dtype } }),
  vjp: ({ inputs: [, index], attrs }) => [(g) => g, null, (g) => apply(gatherOp, [g, index!], attrs)],
};

function axisOf(where: string, x: Tensor, options: AxisOptions): number {
  checkOptions(where, options, ["axis"]);
  return checkAxis(where, options.axis ?? 0, x.rank);
}

/**
 * yᵢⱼₖ = x at i, index ᵢⱼₖ, k for axis 1, and so for each axis (default 0): PyTorch's `gather`.
 *
 * Shapes: x of any rank ≥ 1, index of the same rank and nowhere larger beside the axis → the index's shape.
 * The index holds whole numbers from 0 to the axis' size − 1, as int32 or as floats; repeats are fine, and their
 * gradients add up.
 *
 * @throws ShapeError if the index does not fit or points outside, DTypeError for a fraction in it, OptionError for an
 *   unknown option.
 *
 * @example
 * ```ts
 * import { gather } from "gradkit";
 * gather([[1, 2, 3], [4, 5, 6]], [[2], [0]], { axis: 1 }).toArray(); // → [[3], [4]]
 * ```
 */
export function gather(x: TensorLike, index: TensorLike, options: AxisOptions = {}): Tensor {
  const tensor = asTensor("gather", x);
  const axis = axisOf("gather", tensor, options);
  return apply(gatherOp, [tensor, asIndices("gather", index)], { axis });
}

/**
 * {@link gather} under NumPy's name.
 *
 * Shapes and errors: as there.
 *
 * @throws ShapeError if the index does not fit or points outside, DTypeError for a fraction in it.
 *
 * @example
 * ```ts
 * import { takeAlong } from "gradkit";
 * takeAlong([5, 6, 7], [2, 2, 0], { axis: 0 }).toArray(); // → [7, 7, 5]
 * ```
 */
export function takeAlong(x: TensorLike, index: TensorLike, options: AxisOptions = {}): Tensor {
  return gather(x, index, options);
}

/**
 * x with every element of `source` added at its place in `index` along `axis` (default 0): PyTorch's `scatter_add`.
 *
 * Shapes: x of any rank ≥ 1; index and source of one shape, of x's rank and nowhere larger beside the axis → x's shape.
 * Repeated places add up. Dtypes promote.
 *
 * @throws ShapeError if shapes do not fit or an index points outside, DTypeError for a fraction in the index,
 *   OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { scatterAdd } from "gradkit";
 * scatterAdd([0, 0, 10], [2, 0, 2], [1, 2, 3], { axis: 0 }).toArray(); // → [2, 0, 14]
 * ```
 */
export function scatterAdd(x: TensorLike, index: TensorLike, source: TensorLike, options: AxisOptions = {}): Tensor {
  const [base, parts] = alike("scatterAdd", [x, source], toNumber) as [Tensor, Tensor];
  const axis = axisOf("scatterAdd", base, options);
  return apply(scatterAddOp, [base, asIndices("scatterAdd", index), parts], { axis });
}
