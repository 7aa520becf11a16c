/** Directions in which a model's parameters may move: random ones, given ones, and those towards other weights. */

import { checkOneOf, show } from "../check";
import { isFloat } from "../dtype";
import { OptionError, ShapeError } from "../errors";
import { randn } from "../ops/random";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Generator } from "../tensor/generator";
import type { Tensor, TensorLike } from "../tensor/tensor";

/** Tensors by the names of a model's parameters, such as a state dict. */
export type ByName = Readonly<Record<string, TensorLike>>;

/** Along what a surface is measured. */
export interface DirectionChoice {
  /** Random directions scaled per filter (default) or as a whole, or one or two of your own, by parameter name. */
  directions?: "filter" | "random" | readonly ByName[];
  /** Instead of directions: state dicts to go towards, one per axis. */
  towards?: readonly ByName[];
  /** Seed of random directions; default 0. */
  seed?: number;
}

/** A parameter, and where it stood. */
export interface Weight {
  readonly name: string;
  readonly weight: Tensor;
  readonly origin: Tensor;
}

/** For each axis a direction: one tensor per parameter, undefined where it stays. */
export function directionsOf(
  weights: readonly Weight[],
  { directions = "filter", towards, seed = 0 }: DirectionChoice,
  count: number,
): (Tensor | undefined)[][] {
  if (towards !== undefined) {
    return listed("towards", towards, count).map((state) =>
      named("towards", weights, state, (weight, value) => value.to("float64").sub(weight.origin)),
    );
  }
  if (typeof directions === "object") {
    return listed("directions", directions, count).map((given) =>
      named("directions", weights, given, (_, value) => value),
    );
  }
  const kind = checkOneOf("lossLandscape", "directions", directions, ["filter", "random"]);
  const generator = new Generator(seed);
  return Array.from({ length: count }, () => {
    const drawn = weights.map(({ weight }) => {
      return isFloat(weight.dtype) ? randn(weight.shape, { generator, dtype: weight.dtype }) : undefined;
    });
    return kind === "filter" ? drawn.map((d, i) => perFilter(d, weights[i]!.origin)) : ofLengthOne(drawn);
  });
}

function listed(what: string, given: readonly ByName[], count: number): readonly ByName[] {
  if (Array.isArray(given) && given.length === count) return given;
  const axes = count === 1 ? "x alone is one axis; a range for y makes a second" : "x and y are two axes";
  const found = Array.isArray(given) ? String(given.length) : show(given);
  throw new OptionError(`lossLandscape: ${what} must be a list of ${count}: ${found} (${axes}); give one record per axis`, {
    [what]: given,
  });
}

function named(
  what: string,
  weights: readonly Weight[],
  given: ByName,
  make: (weight: Weight, value: Tensor) => Tensor,
): (Tensor | undefined)[] {
  const found = weights.map((entry) => {
    const { name, weight } = entry;
    if (given[name] === undefined) return undefined;
    const value = asTensor("lossLandscape", given[name], weight.dtype).detach();
    if (sameShape(value.shape, weight.shape)) return make(entry, value).to(weight.dtype);
    throw new ShapeError(
      `lossLandscape: ${what} has another shape for ${name}: ${showShape(value.shape)} (the parameter is ` +
        `${showShape(weight.shape)}); give one of that shape`,
      { name, shape: value.shape },
    );
  });
  if (found.some((value) => value !== undefined)) return found;
  const names = weights.map(({ name }) => name);
  throw new OptionError(
    `lossLandscape: ${what} names no parameter of the model: ${show(Object.keys(given))}; ` +
      `names are ${names.join(", ")}`,
    { names },
  );
}

/** d·‖θ‖/‖d‖ for each row of a weight, 0 for vectors and scalars. */
function perFilter(d: Tensor | undefined, origin: Tensor): Tensor | undefined {
  if (d === undefined || d.rank < 2) return undefined;
  const axes = d.shape.map((_, axis) => axis).slice(1);
  const lengths = (of: Tensor): Tensor => of.square().sum({ axes, keepDims: true }).sqrt();
  return d.mul(lengths(origin)).div(lengths(d).add(1e-10)); // as the authors do, lest a filter of zeros divide by 0
}

function ofLengthOne(drawn: readonly (Tensor | undefined)[]): (Tensor | undefined)[] {
  const squares = drawn.map((d) => d?.to("float64").square().sum().item() ?? 0);
  const length = Math.sqrt(squares.reduce((a, b) => a + b, 0)) || 1;
  return drawn.map((d) => d?.div(length));
}
