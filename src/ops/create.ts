/** Tensors from a rule: constants, the identity, evenly spaced numbers. */

import { checkBoolean, checkDType, checkNumber, checkOptions, checkShape, show } from "../check";
import { type DType, allocate, isFloat } from "../dtype";
import { DTypeError, OptionError } from "../errors";
import { type Shape, sizeOf } from "../shape";
import type { ShapeOf, Sizes } from "../types";
import { type TensorOptions, asTensor, finish } from "../tensor/create";
import { storageOf } from "../tensor/storage";
import { type Tensor, type TensorLike, fromStorage } from "../tensor/tensor";

const KEYS = ["dtype", "requiresGrad"];

/** The elements of a new tensor: one value everywhere, or one for each position in row-major order. */
type Rule = number | ((i: number) => number);

function build(where: string, shape: Shape, options: TensorOptions, fallback: DType, rule: Rule): Tensor {
  const sizes = checkShape(where, shape); // before the options: torch.zeros(2, 3) is a habit
  checkOptions(where, options, KEYS);
  const dtype = checkDType(where, options.dtype ?? fallback);
  const data = allocate(dtype, sizeOf(sizes));
  if (typeof rule === "function") for (let i = 0; i < data.length; i++) data[i] = rule(i);
  else if (rule !== 0) data.fill(dtype === "bool" ? 1 : rule);
  const requiresGrad = checkBoolean(where, "requiresGrad", options.requiresGrad, false);
  return finish(fromStorage(storageOf(dtype, data), sizes), requiresGrad);
}

/**
 * A tensor of zeros.
 *
 * Shapes: the one given; `[]` for a scalar. The dtype is float32 unless `dtype` says otherwise.
 *
 * @throws ShapeError if the shape is not a list of whole numbers ≥ 0, DTypeError if integers are to require a gradient.
 *
 * @example
 * ```ts
 * import { zeros } from "gradkit";
 * zeros([2, 2]).toArray(); // → [[0, 0], [0, 0]]
 * ```
 */
export function zeros<const S extends Shape>(shape: S, options: TensorOptions = {}): Tensor<Sizes<S>> {
  return build("zeros", shape, options, "float32", 0);
}

/**
 * A tensor of ones.
 *
 * Shapes: the one given; `[]` for a scalar. The dtype is float32 unless `dtype` says otherwise.
 *
 * @throws ShapeError if the shape is not a list of whole numbers ≥ 0, DTypeError if integers are to require a gradient.
 *
 * @example
 * ```ts
 * import { ones } from "gradkit";
 * ones([3]).toArray(); // → [1, 1, 1]
 * ```
 */
export function ones<const S extends Shape>(shape: S, options: TensorOptions = {}): Tensor<Sizes<S>> {
  return build("ones", shape, options, "float32", 1);
}

/**
 * A tensor that holds one value everywhere.
 *
 * Shapes: the one given; `[]` for a scalar. The dtype is float32, bool for a boolean, unless `dtype` says otherwise.
 *
 * @throws ShapeError if the shape is not a list of whole numbers ≥ 0, DTypeError if the value is no number or boolean.
 *
 * @example
 * ```ts
 * import { full } from "gradkit";
 * full([2], 0.5).toArray(); // → [0.5, 0.5]
 * ```
 */
export function full<const S extends Shape>(
  shape: S,
  value: number | boolean,
  options: TensorOptions = {},
): Tensor<Sizes<S>> {
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new DTypeError(`full: the value is not a number: ${show(value)}; give a number or a boolean`, { value });
  }
  return build("full", shape, options, typeof value === "boolean" ? "bool" : "float32", Number(value));
}

/**
 * Zeros in the shape and dtype of another tensor.
 *
 * Shapes: that of x. `dtype` overrides that of x.
 *
 * @example
 * ```ts
 * import { zerosLike } from "gradkit";
 * zerosLike([[1, 2]]).toArray(); // → [[0, 0]]
 * ```
 */
export function zerosLike<X extends TensorLike>(x: X, options: TensorOptions = {}): Tensor<ShapeOf<X>> {
  const { shape, dtype } = asTensor("zerosLike", x);
  return build("zerosLike", shape, options, dtype, 0);
}

/**
 * Ones in the shape and dtype of another tensor.
 *
 * Shapes: that of x. `dtype` overrides that of x.
 *
 * @example
 * ```ts
 * import { onesLike } from "gradkit";
 * onesLike([[1, 2]]).toArray(); // → [[1, 1]]
 * ```
 */
export function onesLike<X extends TensorLike>(x: X, options: TensorOptions = {}): Tensor<ShapeOf<X>> {
  const { shape, dtype } = asTensor("onesLike", x);
  return build("onesLike", shape, options, dtype, 1);
}

/**
 * The identity matrix: 1 on the diagonal, 0 elsewhere.
 *
 * Shapes: `[n, n]`. The dtype is float32 unless `dtype` says otherwise.
 *
 * @throws OptionError if n is not a whole number ≥ 0.
 *
 * @example
 * ```ts
 * import { eye } from "gradkit";
 * eye(2).toArray(); // → [[1, 0], [0, 1]]
 * ```
 */
export function eye<N extends number>(n: N, options: TensorOptions = {}): Tensor<[N, N]> {
  checkNumber("eye", "n", n, { integer: true, min: 0 });
  return build("eye", [n, n], options, "float32", (i) => (i % (n + 1) === 0 ? 1 : 0));
}

/**
 * Evenly spaced numbers from `start` (default 0) up to, but without, `stop`, `step` (default 1) apart.
 *
 * Shapes: `[⌈(stop − start) / step⌉]`; empty where start = stop. A negative step counts down. The dtype is float32
 * unless `dtype` says otherwise (PyTorch gives integers for whole numbers).
 *
 * @throws OptionError if a number is not finite, the step is 0, or it leads away from `stop`; DTypeError for bool, and
 * for int32 with fractions.
 *
 * @example
 * ```ts
 * import { arange } from "gradkit";
 * arange(3).toArray(); // → [0, 1, 2]
 * arange(1, 2, 0.25).toArray(); // → [1, 1.25, 1.5, 1.75]
 * ```
 */
export function arange(stop: number, options?: TensorOptions): Tensor<[number]>;
export function arange(start: number, stop: number, options?: TensorOptions): Tensor<[number]>;
export function arange(start: number, stop: number, step: number, options?: TensorOptions): Tensor<[number]>;
export function arange(...given: readonly (number | TensorOptions | undefined)[]): Tensor {
  const options = given.find((value) => typeof value === "object") ?? {};
  const [first, second, step = 1] = given.filter((value) => value !== options && value !== undefined) as number[];
  const start = second === undefined ? 0 : checkNumber("arange", "start", first);
  const stop = checkNumber("arange", "stop", second ?? first);
  if (checkNumber("arange", "step", step) === 0 || (stop - start) * step < 0) {
    throw new OptionError(
      `arange: the steps never reach the end: from ${start} to ${stop} by ${step} ` +
        `(${step === 0 ? "the step is 0" : "the step has the wrong sign"}); give a step that leads from start to stop`,
      { start, stop, step },
    );
  }
  checkOptions("arange", options, KEYS);
  const dtype = checkDType("arange", options.dtype ?? "float32");
  if (dtype === "bool" || (dtype === "int32" && !(Number.isInteger(start) && Number.isInteger(step)))) {
    throw new DTypeError(
      `arange: the numbers do not fit the dtype: ${start}, ${start + step}, … in ${dtype}; use "float32" or "float64"`,
      { dtype, start, step },
    );
  }
  const count = Math.ceil((stop - start) / step);
  return build("arange", [count === 0 ? 0 : count], options, dtype, (i) => start + i * step);
}

/**
 * `count` evenly spaced numbers from `start` to `stop`, both included.
 *
 * Shapes: `[count]`; a count of 1 gives start alone. float32 unless `dtype` says float64.
 *
 * @throws OptionError if a bound is not finite or the count is not a whole number ≥ 0; DTypeError for int32 and bool.
 *
 * @example
 * ```ts
 * import { linspace } from "gradkit";
 * linspace(0, 1, 5).toArray(); // → [0, 0.25, 0.5, 0.75, 1]
 * ```
 */
export function linspace<N extends number>(
  start: number,
  stop: number,
  count: N,
  options: TensorOptions = {},
): Tensor<[N]> {
  checkNumber("linspace", "start", start);
  checkNumber("linspace", "stop", stop);
  checkNumber("linspace", "count", count, { integer: true, min: 0 });
  checkOptions("linspace", options, KEYS);
  const dtype = checkDType("linspace", options.dtype ?? "float32");
  if (!isFloat(dtype)) {
    throw new DTypeError(
      `linspace: the numbers between are fractions: in ${dtype}; use a float dtype, then convert with .to("${dtype}")`,
      { dtype },
    );
  }
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  const half = count / 2; // counted from the nearer end, so that both ends are exact
  return build("linspace", [count], options, dtype, (i) => (i < half ? start + i * step : stop - (count - 1 - i) * step));
}
