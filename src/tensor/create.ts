/** Tensors from values: numbers, nested arrays, typed arrays, with ragged ones refused. */

import { checkBoolean, checkDType, checkOptions, checkShape, show } from "../check";
import { type DType, type TypedArray, allocate, dtypeOf } from "../dtype";
import { DTypeError, ShapeError } from "../errors";
import type { Nested } from "../nested";
import { type Shape, showShape, sizeOf } from "../shape";
import type { Checked, Sizes } from "../types";
import { storageOf } from "./storage";
import { type NestedArray, Tensor, type TensorLike, fromStorage } from "./tensor";

/** How a new tensor is to be. */
export interface TensorOptions {
  /** Element type; default float32 (bool for booleans, a typed array's own type). */
  dtype?: DType;
  /** Whether operations on it are recorded for gradients; default false. */
  requiresGrad?: boolean;
}

/** How a tensor made from given values is to be. */
export interface FromValuesOptions<S extends Shape | undefined = Shape | undefined> extends TensorOptions {
  /** The shape that flat data is read with; its sizes must multiply to the number of values. */
  shape?: S;
}

/**
 * A tensor with the given values.
 *
 * Shapes: that of the nesting; `[]` for a number; `[n]` for a typed array, or `shape` where one is given.
 * Values are copied. The dtype is float32 unless `dtype` says otherwise; booleans give bool, and typed arrays keep
 * theirs (integer arrays become int32, so pass `{ dtype: "float32" }` to compute with bytes). int32 cuts fractions
 * toward 0.
 *
 * @throws ShapeError for ragged arrays or a `shape` that does not fit, DTypeError for values that are not numbers, or
 * that int32 cannot hold.
 *
 * @example
 * ```ts
 * import { tensor } from "gradkit";
 * tensor([[1, 2], [3, 4]]).shape; // → [2, 2]
 * tensor(new Float64Array([1, 2, 3, 4]), { shape: [2, 2] }).dtype; // → "float64"
 * ```
 */
export function tensor<const V extends TensorLike, const S extends Shape | undefined = undefined>(
  values: Checked<Nested<V>, V>,
  options?: FromValuesOptions<S>,
): Tensor<S extends Shape ? Sizes<S> : Nested<V>>;
export function tensor(values: TensorLike, options: FromValuesOptions = {}): Tensor {
  checkOptions("tensor", options, ["dtype", "requiresGrad", "shape"]);
  const dtype = options.dtype === undefined ? undefined : checkDType("tensor", options.dtype);
  const requiresGrad = checkBoolean("tensor", "requiresGrad", options.requiresGrad, false);
  const made = fromValues("tensor", values, dtype);
  const shape = options.shape === undefined ? made.shape : checkShape("tensor", options.shape);
  if (sizeOf(shape) !== made.data.length) {
    throw new ShapeError(
      `tensor: the values do not fill the shape: ${made.data.length} values for ${showShape(shape)} ` +
        `(${sizeOf(shape)} elements); give as many values as the sizes multiply to`,
      { shape, count: made.data.length },
    );
  }
  return finish(fromStorage(storageOf(made.dtype, made.data), shape), requiresGrad);
}

/** Gives a fresh tensor its `requiresGrad`. @internal */
export function finish(made: Tensor, requiresGrad: boolean | undefined): Tensor {
  if (requiresGrad === true) made.requiresGrad = true;
  return made;
}

/** A tensor as it is, anything else made into one; `where` names the op in errors. @internal */
export function asTensor(where: string, value: TensorLike, dtype?: DType): Tensor {
  if (value instanceof Tensor) return value;
  const made = fromValues(where, value, dtype);
  return fromStorage(storageOf(made.dtype, made.data), made.shape);
}

interface Made {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: TypedArray;
}

function fromValues(where: string, values: unknown, dtype: DType | undefined): Made {
  if (values instanceof Tensor) return fromFlat(where, values.shape, values.toTypedArray(), dtype ?? values.dtype);
  if (typeof values === "number") return fromFlat(where, [], [values], dtype ?? "float32");
  if (typeof values === "boolean") return fromFlat(where, [], [values ? 1 : 0], dtype ?? "bool");
  if (ArrayBuffer.isView(values)) {
    const own = dtypeOf(values);
    if (own !== null) return fromFlat(where, [(values as TypedArray).length], values as TypedArray, dtype ?? own);
  } else if (Array.isArray(values)) {
    const shape = shapeOf(values as NestedArray);
    const flat: number[] = [];
    const booleans = flatten(where, values as NestedArray, shape, 0, flat);
    return fromFlat(where, shape, flat, dtype ?? (booleans && flat.length > 0 ? "bool" : "float32"));
  }
  throw new DTypeError(
    `${where}: not something a tensor is made of: ${show(values)}; give a number, nested arrays of numbers or a typed array`,
    { values },
  );
}

function fromFlat(where: string, shape: Shape, flat: ArrayLike<number>, dtype: DType): Made {
  const data = allocate(dtype, flat.length);
  if (dtype === "bool") for (let i = 0; i < flat.length; i++) data[i] = flat[i] === 0 ? 0 : 1;
  else data.set(flat);
  if (dtype === "int32") {
    for (let i = 0; i < flat.length; i++) if (data[i] !== Math.trunc(flat[i]!)) throw overflow(where, flat, i);
  }
  return { shape, dtype, data };
}

function overflow(where: string, flat: ArrayLike<number>, position: number): DTypeError {
  const value = flat[position]!;
  return new DTypeError(
    `${where}: int32 cannot hold a value: ${value} (value ${position}); give whole numbers from −2³¹ to 2³¹ − 1, or "float64"`,
    { value, position },
  );
}

function shapeOf(values: NestedArray): number[] {
  const shape: number[] = [];
  for (let at: unknown = values; Array.isArray(at); at = at[0]) shape.push(at.length);
  return shape;
}

/** Appends the numbers of a nested array to `out`; true if they are booleans. */
function flatten(where: string, values: NestedArray, shape: Shape, axis: number, out: number[]): boolean {
  let booleans = true;
  if (values.length !== shape[axis]) throw ragged(where, `a list of ${values.length}`, shape, axis);
  for (const value of values) {
    if (Array.isArray(value)) {
      if (axis + 1 === shape.length) throw ragged(where, `a list of ${value.length}`, shape, axis + 1);
      booleans = flatten(where, value as NestedArray, shape, axis + 1, out) && booleans;
    } else if (typeof value !== "number" && typeof value !== "boolean") {
      throw new DTypeError(
        `${where}: a value is not a number: ${show(value)} (value ${out.length}); give numbers or booleans only`,
        { value, position: out.length },
      );
    } else {
      if (axis + 1 !== shape.length) throw ragged(where, show(value), shape, axis + 1);
      booleans &&= typeof value === "boolean";
      out.push(Number(value));
    }
  }
  return booleans;
}

function ragged(where: string, found: string, shape: Shape, axis: number): ShapeError {
  const expected = axis < shape.length ? `a list of ${shape[axis]}` : "a number";
  return new ShapeError(
    `${where}: ragged array: ${found} at depth ${axis} (the first entries say ${expected}, shape ${showShape(shape)}); ` +
      "make all lists at one depth equally long",
    { shape, axis },
  );
}
