/** Initialisers that do not look at the shape: uniform, normal, constant. */

import { checkNumber, checkOptions, checkShape, show } from "../check";
import { OptionError } from "../errors";
import { full } from "../ops/create";
import { randn } from "../ops/random";
import type { Shape } from "../shape";
import type { Tensor } from "../tensor/tensor";
import { COMMON, type InitOptions, type Initializer, between, passed } from "./initializer";

/**
 * Values from U(low, high): `uniform(low, high)` is an initialiser, `uniform(shape, { low, high })` a tensor.
 *
 * Shapes: any. Defaults: low 0, high 1; low ≤ value < high.
 *
 * @throws OptionError if low is larger than high, or one of them is not a finite number.
 *
 * @example
 * ```ts
 * import { Linear, uniform } from "gradkit";
 * const layer = new Linear(4, 2, { init: uniform(-0.1, 0.1) });
 * layer.weight.abs().max().item() <= 0.1; // → true
 * ```
 */
export function uniform(low: number, high: number): Initializer;
export function uniform(shape: Shape, options?: InitOptions & { low?: number; high?: number }): Tensor;
export function uniform(
  first: number | Shape,
  second: number | (InitOptions & { low?: number; high?: number }) = {},
): Initializer | Tensor {
  const { shape, options, settings } = positional("uniform", first, second, ["low", "high"], [0, 1]);
  const [low, high] = settings as [number, number];
  if (low > high) {
    throw new OptionError(`uniform: low is larger than high: ${low} > ${high}; swap them`, { low, high });
  }
  const make: Initializer = (size, more) => between(low, high, size, checked("uniform", more));
  return shape === undefined ? make : make(shape, options);
}

/**
 * Values from N(mean, std²): `normal(mean, std)` is an initialiser, `normal(shape, { mean, std })` a tensor.
 *
 * Shapes: any. Defaults: mean 0, std 1 (≥ 0).
 *
 * @throws OptionError if std is negative, or one of them is not a finite number.
 *
 * @example
 * ```ts
 * import { Linear, normal } from "gradkit";
 * new Linear(4, 2, { init: normal(0, 0.02) }).weight.shape; // → [2, 4]
 * ```
 */
export function normal(mean: number, std: number): Initializer;
export function normal(shape: Shape, options?: InitOptions & { mean?: number; std?: number }): Tensor;
export function normal(
  first: number | Shape,
  second: number | (InitOptions & { mean?: number; std?: number }) = {},
): Initializer | Tensor {
  const { shape, options, settings } = positional("normal", first, second, ["mean", "std"], [0, 1]);
  const [mean, std] = settings as [number, number];
  checkNumber("normal", "std", std, { min: 0 });
  const make: Initializer = (size, more) => randn(size, checked("normal", more)).mul(std).add(mean);
  return shape === undefined ? make : make(shape, options);
}

/**
 * One value everywhere: `constant(value)` is an initialiser, `constant(shape, { value })` a tensor.
 *
 * Shapes: any. Default 0.
 *
 * @throws OptionError if the value is not a finite number.
 *
 * @example
 * ```ts
 * import { Linear, constant } from "gradkit";
 * new Linear(2, 2, { init: constant(0.5) }).weight.toArray(); // → [[0.5, 0.5], [0.5, 0.5]]
 * ```
 */
export function constant(value: number): Initializer;
export function constant(shape: Shape, options?: InitOptions & { value?: number }): Tensor;
export function constant(first: number | Shape, second: InitOptions & { value?: number } = {}): Initializer | Tensor {
  const { shape, options, settings } = positional("constant", first, second, ["value"], [0]);
  const make: Initializer = (size, more) => {
    const { dtype } = checked("constant", more);
    return full(size, settings[0]!, dtype === undefined ? {} : { dtype });
  };
  return shape === undefined ? make : make(shape, options);
}

/** Tells `f(shape, { a, b })` from `f(a, b)`, and checks what was given. */
function positional(
  where: string,
  first: number | Shape,
  second: number | InitOptions,
  names: readonly string[],
  defaults: readonly number[],
): { shape?: Shape; options: InitOptions; settings: number[] } {
  if (Array.isArray(first)) {
    checkOptions(where, second, [...names, ...COMMON]);
    const given = second as Readonly<Record<string, unknown>>;
    const settings = names.map((name, i) => checkNumber(where, name, given[name] ?? defaults[i]));
    return { shape: checkShape(where, first), options: passed(second as InitOptions), settings };
  }
  if (typeof first !== "number") {
    throw new OptionError(
      `${where}: neither a shape nor a number: ${show(first)}; write ${where}(${names.join(", ")}) or ${where}([2, 3])`,
      { first },
    );
  }
  const given = [first, second];
  return { options: {}, settings: names.map((name, i) => checkNumber(where, name, given[i])) };
}

function checked(where: string, options: InitOptions = {}): InitOptions {
  checkOptions(where, options, COMMON);
  return passed(options);
}
