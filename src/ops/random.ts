/** Random tensors: uniform, normal, whole numbers, permutations, dropout; each draw moves its generator on. */

import { checkBoolean, checkDType, checkNumber, checkOptions, checkShape, show } from "../check";
import { type DType, isFloat, toFloat } from "../dtype";
import { DTypeError, OptionError } from "../errors";
import * as s from "../scalar/expr";
import type { Shape } from "../shape";
import type { ShapeOf, Sizes } from "../types";
import { apply } from "../tensor/apply";
import { asTensor, finish } from "../tensor/create";
import { Generator, defaultGenerator } from "../tensor/generator";
import type { RandomStream } from "../tensor/methods";
import type { Op } from "../tensor/op";
import { storageOf } from "../tensor/storage";
import { withGradMode } from "../tensor/tape";
import { type Tensor, type TensorLike, assign, fromStorage } from "../tensor/tensor";
import { to } from "./cast";
import { greaterEqual } from "./compare";
import { Remembered, keyOf, MapOp, unaryWith } from "./map";

/** How random numbers are to be drawn. */
export interface RandomOptions {
  /** Element type, float32 by default (int32 for whole numbers). */
  dtype?: DType;
  /** Whether operations on the result are recorded for gradients; default false. */
  requiresGrad?: boolean;
  /** The stream to draw from; default the one that {@link manualSeed} seeds. */
  generator?: RandomStream;
}

const KEYS = ["dtype", "requiresGrad", "generator"];

interface Draw {
  readonly distribution: "uniform" | "normal" | "bits";
  readonly shape: Shape;
  readonly dtype: DType;
}

const drawOp: Op<Draw> = {
  name: "random",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  lower: (_, { distribution, shape, dtype }) => ({ kernel: "random", attrs: { distribution }, output: { shape, dtype } }),
};

/** The low word of a generator's call count, as a view of its state. */
const lowWordOp: Op = {
  name: "lowWord",
  infer: () => ({ shape: [], dtype: "int32" }),
  lower: ([state]) => ({ kernel: "view", shape: [], strides: [], offset: state!.offset + 2 * state!.strides[0]! }),
};

const advanceOp = /* @__PURE__ */ new MapOp("advance");

/** state + [0, 0, 1, carry]: inputs are the state, its low word, and the positions 0 … 3. */
const advanced = /* @__PURE__ */ (() => {
  const carry = s.select(s.equal(s.input(1), s.constant(-1)), s.one, s.zero);
  const high = s.select(s.equal(s.input(2), s.constant(3)), carry, s.zero);
  return s.add(s.input(0), s.select(s.equal(s.input(2), s.constant(2)), s.one, high));
})();

/** Draws from a generator and counts the call, by tensor operations that a compiled program can repeat. */
function draw(generator: Generator, attrs: Draw): Tensor {
  return withGradMode(false, () => {
    const state = generator.tensor;
    const drawn = apply(drawOp, [state], attrs);
    const positions = fromStorage(storageOf("int32", Int32Array.of(0, 1, 2, 3)), [4]);
    const low = apply(lowWordOp, [state], undefined);
    assign(state, apply(advanceOp, [state, low, positions], { expr: advanced, dtype: "int32" }));
    return drawn;
  });
}

function checkGenerator(where: string, generator: unknown): Generator {
  if (generator === undefined) return defaultGenerator;
  if (generator instanceof Generator) return generator;
  throw new OptionError(`${where}: not a generator: ${show(generator)}; make one with new Generator(seed)`, { generator });
}

function drawFloats(where: string, distribution: "uniform" | "normal", shape: Shape, options: RandomOptions): Tensor {
  const sizes = checkShape(where, shape);
  checkOptions(where, options, KEYS);
  const dtype = checkDType(where, options.dtype ?? "float32");
  if (!isFloat(dtype)) {
    throw new DTypeError(`${where}: the numbers are fractions: in ${dtype}; use a float dtype, or randint`, { dtype });
  }
  const requiresGrad = checkBoolean(where, "requiresGrad", options.requiresGrad, false);
  const generator = checkGenerator(where, options.generator);
  return finish(draw(generator, { distribution, shape: sizes, dtype }), requiresGrad);
}

/**
 * Numbers drawn uniformly from [0, 1).
 *
 * Shapes: the one given. Multiples of 2⁻²⁴ in float32 (the default), of 2⁻⁵³ in float64. The same generator state gives
 * the same numbers on every device.
 *
 * @throws ShapeError for a bad shape, DTypeError for int32 and bool, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { Generator, rand } from "gradkit";
 * const x = rand([2, 3], { generator: new Generator(1) });
 * x.shape; // → [2, 3]
 * ```
 */
export function rand<const S extends Shape>(shape: S, options: RandomOptions = {}): Tensor<Sizes<S>> {
  return drawFloats("rand", "uniform", shape, options);
}

/**
 * Numbers drawn from the normal distribution with mean 0 and variance 1.
 *
 * Shapes: the one given. float32 unless `dtype` says float64. Source: Box, Muller 1958, on Philox words.
 *
 * @throws ShapeError for a bad shape, DTypeError for int32 and bool, OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { Generator, randn } from "gradkit";
 * const x = randn([2, 3], { generator: new Generator(1) });
 * x.shape; // → [2, 3]
 * ```
 */
export function randn<const S extends Shape>(shape: S, options: RandomOptions = {}): Tensor<Sizes<S>> {
  return drawFloats("randn", "normal", shape, options);
}

const scaleToRange = /* @__PURE__ */ unaryWith("randint", (u, low: number, count: number) =>
  s.add(s.floor(s.mul(u, s.constant(count))), s.constant(low)),
);

/**
 * Whole numbers drawn uniformly from low … high − 1.
 *
 * Shapes: the one given. int32 unless `dtype` says otherwise. Made of 53 random bits each, so the counts of two numbers
 * differ by less than one in two million even for the widest range.
 *
 * @throws OptionError if the bounds are not whole numbers of int32 with low < high.
 *
 * @example
 * ```ts
 * import { Generator, randint } from "gradkit";
 * const dice = randint(1, 7, [100], { generator: new Generator(1) });
 * dice.dtype; // → "int32"
 * ```
 */
export function randint<const S extends Shape>(
  low: number,
  high: number,
  shape: S,
  options: RandomOptions = {},
): Tensor<Sizes<S>> {
  checkOptions("randint", options, KEYS);
  checkNumber("randint", "low", low, { integer: true, min: -(2 ** 31), max: 2 ** 31 - 1 });
  checkNumber("randint", "high", high, { integer: true, above: low, max: 2 ** 31 });
  const dtype = checkDType("randint", options.dtype ?? "int32");
  const requiresGrad = checkBoolean("randint", "requiresGrad", options.requiresGrad, false);
  const generator = checkGenerator("randint", options.generator);
  const attrs = { distribution: "uniform", shape: checkShape("randint", shape), dtype: "float64" } as const;
  return finish(to(scaleToRange(draw(generator, attrs), low, high - low), dtype), requiresGrad);
}

/** Settings of {@link permutation}. */
export interface PermutationOptions {
  /** The stream to draw from; default the one that {@link manualSeed} seeds. */
  generator?: RandomStream;
}

const permutationOp: Op = {
  name: "permutation",
  infer: ([keys]) => ({ shape: keys!.shape, dtype: "int32" }),
  lower: ([keys]) => ({
    kernel: "argSort",
    attrs: { axis: 0, descending: false },
    output: { shape: keys!.shape, dtype: "int32" },
  }),
};

/**
 * The numbers 0 … n − 1 in random order, every order equally likely.
 *
 * Shapes: `[n]`, int32. Made by sorting n random keys of 53 bits: equal keys, which would favour one order, occur once
 * in 2⁵⁴ / n² draws.
 *
 * @throws OptionError if n is not a whole number ≥ 0, or an option is unknown.
 *
 * @example
 * ```ts
 * import { permutation } from "gradkit";
 * permutation(5).size; // → 5
 * ```
 */
export function permutation<N extends number>(n: N, options: PermutationOptions = {}): Tensor<[N]> {
  checkOptions("permutation", options, ["generator"]);
  checkNumber("permutation", "n", n, { integer: true, min: 0, max: 2 ** 31 - 1 });
  const generator = checkGenerator("permutation", options.generator);
  const keys = draw(generator, { distribution: "uniform", shape: [n], dtype: "float64" });
  return apply(permutationOp, [keys], undefined);
}

/** Settings of {@link dropout}. */
export interface DropoutOptions {
  /** Whether to drop at all; default true. When evaluating, pass false: the input comes back as it is. */
  training?: boolean;
  /** The stream to draw from; default the one that {@link manualSeed} seeds. */
  generator?: RandomStream;
}

const dropoutOp = /* @__PURE__ */ new MapOp("dropout");
const droppings = /* @__PURE__ */ new Remembered();

/**
 * Each element of x is 0 with probability p, else x / (1 − p), so that the expected sum stays the same.
 *
 * Shapes: any; the result has the same. p lies in [0, 1]; 1 gives zeros. With `training: false` or p = 0 the result is
 * x itself and nothing is drawn. Integers give float32. The gradient passes, equally scaled, where x did.
 * Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting", inverted.
 *
 * @throws OptionError if p lies outside [0, 1], or an option is unknown.
 *
 * @example
 * ```ts
 * import { dropout, ones } from "gradkit";
 * dropout(ones([2]), 0.5, { training: false }).toArray(); // → [1, 1]
 * dropout(ones([2]), 1).toArray(); // → [0, 0]
 * ```
 */
export function dropout<X extends TensorLike>(x: X, p: number, options: DropoutOptions = {}): Tensor<ShapeOf<X>> {
  checkOptions("dropout", options, ["training", "generator"]);
  checkNumber("dropout", "p", p, { min: 0, max: 1 });
  const training = checkBoolean("dropout", "training", options.training, true);
  const generator = checkGenerator("dropout", options.generator);
  const made = asTensor("dropout", x);
  const dtype = toFloat(made.dtype);
  const input = to(made, dtype);
  if (!training || p === 0) return input;
  const uniform = draw(generator, { distribution: "uniform", shape: input.shape, dtype: "float32" });
  const kept = greaterEqual(uniform, p);
  const expr = droppings.get(keyOf(p), () => {
    const scale = s.constant(p === 1 ? 0 : 1 / (1 - p)); // not 1/0: the gradient would be 0 · ∞
    return s.select(s.input(1), s.mul(s.input(0), scale), s.zero);
  });
  return apply(dropoutOp, [input, kept], { expr, dtype });
}
