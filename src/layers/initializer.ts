/** What an initialiser is, and how one is told its settings. */

import { checkOptions, checkShape } from "../check";
import type { DType } from "../dtype";
import { rand } from "../ops/random";
import type { Shape } from "../shape";
import type { Generator } from "../tensor/generator";
import type { Tensor } from "../tensor/tensor";

/** What every initialiser may be told besides the shape. */
export interface InitOptions {
  /** Element type; default float32. */
  dtype?: DType;
  /** Where the random numbers come from; default the generator that {@link manualSeed} seeds. */
  generator?: Generator;
}

/**
 * A function that makes the first values of a weight, for the `init` option of a layer: any function of a shape will
 * do.
 *
 * All of gradkit's initialisers keep one convention. Called with a shape they make a tensor, `heNormal([128, 784])`;
 * called with their settings they make an initialiser, `uniform(-0.1, 0.1)` or `heNormal({ mode: "fanOut" })`.
 * Without settings they are initialisers themselves: `{ init: heNormal }`. Weights are [out, in, …kernel]; fan-in is
 * in × kernel size, fan-out is out × kernel size.
 */
export type Initializer = (shape: Shape, options?: InitOptions) => Tensor;

/** The settings of {@link xavierUniform}, {@link xavierNormal} and {@link orthogonal}. */
export interface GainOptions {
  /** Factor on all values; default 1. 5/3 is usual before tanh, √2 before ReLU. */
  gain?: number;
}

/** What an initialiser with named settings is: a function of a shape, or of the settings. */
export interface Configurable<S> {
  /** Values of a shape. */
  (shape: Shape, options?: InitOptions & S): Tensor;
  /** An initialiser with these settings. */
  (settings: S): Initializer;
}

/** The options that every initialiser knows. */
export const COMMON = ["dtype", "generator"];

/** The options that `rand`, `randn` and `full` understand, without keys that were not given. */
export function passed({ dtype, generator }: InitOptions): InitOptions {
  return { ...(dtype === undefined ? {} : { dtype }), ...(generator === undefined ? {} : { generator }) };
}

/** An initialiser whose settings have names. */
export function configurable<S>(
  where: string,
  known: readonly string[],
  make: (shape: Shape, settings: Partial<S>, options: InitOptions) => Tensor,
): Configurable<S> {
  function initialise(first: Shape | S, options?: InitOptions & Partial<S>): Tensor | Initializer {
    if (Array.isArray(first)) {
      checkOptions(where, options, [...known, ...COMMON]);
      return make(checkShape(where, first), options ?? {}, passed(options ?? {}));
    }
    checkOptions(where, first, known);
    const settings = first as Partial<S>;
    return (shape, more = {}) => initialise(shape, { ...more, ...settings }) as Tensor;
  }
  return initialise as Configurable<S>;
}

/** Values from U(low, high). */
export function between(low: number, high: number, shape: Shape, options: InitOptions): Tensor {
  return rand(shape, options).mul(high - low).add(low);
}
