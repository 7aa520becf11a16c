/** Rows picked by a list of positions, and their adjoint, which adds rows back; one-hot rows. */

import { checkAxis, checkDType, checkNumber, checkOptions } from "../check";
import { type DType, toNumber } from "../dtype";
import { ShapeError } from "../errors";
import { showShape } from "../shape";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { AxisOptions } from "../tensor/methods";
import type { Op } from "../tensor/op";
import type { Spec } from "../tensor/storage";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { to } from "./cast";
import { constantOf } from "./constant";
import { asIndices, checkRange } from "./indices";
import { scatterAdd } from "./gather";
import { unsqueeze } from "./reshape";

interface Along {
  readonly axis: number;
}

function selected(x: Spec, index: Spec, axis: number): Spec {
  if (index.shape.length !== 1) {
    throw new ShapeError(
      `indexSelect: the index is not a list: ${showShape(index.shape)} (rank ${index.shape.length}); ` +
        "flatten it, or use gather for one index per element",
      { index: index.shape },
    );
  }
  return { shape: x.shape.map((n, i) => (i === axis ? index.shape[0]! : n)), dtype: x.dtype };
}

const indexSelectOp: Op<Along> = {
  name: "indexSelect",
  infer: ([x, index], { axis }) => selected(x!, index!, axis),
  lower: ([x, index], { axis }) => ({
    kernel: "indexSelect",
    attrs: { axis },
    output: selected(x!, index!, axis),
  }),
  vjp: ({ inputs: [x, index], attrs }) => {
    const { shape } = x!;
    return [(g) => apply(indexAddOp, [constantOf(0, shape, g.dtype), index!, g], attrs), null];
  },
};

const indexAddOp: Op<Along> = {
  name: "indexAdd",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  lower: ([x], { axis }) => ({ kernel: "indexAdd", attrs: { axis }, output: { shape: x!.shape, dtype: x!.dtype } }),
  vjp: ({ inputs: [, index], attrs }) => [(g) => g, null, (g) => apply(indexSelectOp, [g, index!], attrs)],
};

/**
 * The rows of x along `axis` (default 0) at the positions of a list.
 *
 * Shapes: x `[a, n]`, index `[k]` → `[k, n]`. The index holds whole numbers from 0 to the axis' size − 1, as int32 or
 * as floats; repeats are fine, and their gradients add up.
 *
 * @throws ShapeError if the index is not a list or points outside, DTypeError for a fraction in it, OptionError for
 *   an unknown option.
 *
 * @example
 * ```ts
 * import { indexSelect } from "gradkit";
 * indexSelect([[1, 2], [3, 4], [5, 6]], [2, 0], { axis: 0 }).toArray(); // → [[5, 6], [1, 2]]
 * ```
 */
export function indexSelect(x: TensorLike, index: TensorLike, options: AxisOptions = {}): Tensor {
  checkOptions("indexSelect", options, ["axis"]);
  const tensor = asTensor("indexSelect", x);
  const axis = checkAxis("indexSelect", options.axis ?? 0, tensor.rank);
  return apply(indexSelectOp, [tensor, asIndices("indexSelect", index)], { axis });
}

/** What `oneHot` makes. */
export interface OneHotOptions {
  /** Element type; default float32. */
  dtype?: DType;
}

/**
 * For each class a row with 1 at its place and 0 elsewhere.
 *
 * Shapes: indices `[...]` → `[..., classes]`. The indices are whole numbers from 0 to `classes` − 1, int32 or float.
 *
 * @throws ShapeError if a class is out of range, DTypeError for a fraction, OptionError if `classes` is not a whole
 *   number > 0.
 *
 * @example
 * ```ts
 * import { oneHot } from "gradkit";
 * oneHot([2, 0], 3).toArray(); // → [[0, 0, 1], [1, 0, 0]]
 * ```
 */
export function oneHot(indices: TensorLike, classes: number, options: OneHotOptions = {}): Tensor {
  checkOptions("oneHot", options, ["dtype"]);
  checkNumber("oneHot", "classes", classes, { integer: true, min: 1 });
  const dtype = checkDType("oneHot", options.dtype ?? "float32");
  const index = asIndices("oneHot", indices, "class");
  checkRange("oneHot", index, classes, { name: "class", of: `${classes} classes` });
  const counted = toNumber(dtype);
  const places = unsqueeze(index, -1);
  const ones = constantOf(1, places.shape, counted);
  return to(scatterAdd(constantOf(0, [...index.shape, classes], counted), places, ones, { axis: -1 }), dtype);
}
