/** Gradients against central differences: what a derivative claims, measured. */

import { checkFunction, checkNumber, checkOptions, show } from "../check";
import { isFloat } from "../dtype";
import { GradError, OptionError } from "../errors";
import { to } from "../ops/cast";
import { add, mul } from "../ops/elementwise";
import { randn } from "../ops/random";
import { sum } from "../ops/reduce";
import { type Shape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Generator } from "../tensor/generator";
import { readView, storageOf } from "../tensor/storage";
import { withGradMode } from "../tensor/tape";
import { Tensor, type TensorLike, fromStorage } from "../tensor/tensor";
import { grad } from "./functional";

/** How strictly {@link checkGradients} checks. */
export interface CheckGradientsOptions {
  /** 1: first derivatives; 2: second ones as well; default 1. */
  order?: 1 | 2;
  /** Step h of the central difference (f(x + h) − f(x − h)) / 2h; default 1e-5. */
  eps?: number;
  /** Allowed difference relative to the larger of the two values; default 1e-6. */
  rtol?: number;
  /** Allowed difference in any case; default 1e-6. */
  atol?: number;
  /** Seed of the random weights that make one number of a tensor; default 0. */
  seed?: number;
}

/** One derivative, as it is claimed and as it was measured. */
export interface GradientEntry {
  /** 1 for ∂f/∂x, 2 for the derivative of a random combination of first derivatives. */
  readonly order: 1 | 2;
  /** Which of the inputs. */
  readonly input: number;
  /** Which of its elements. */
  readonly index: readonly number[];
  readonly analytic: number;
  readonly numeric: number;
}

/** What {@link checkGradients} found. */
export class GradientReport {
  /** Whether every derivative is within the tolerance. */
  readonly ok: boolean;
  /** The largest |analytic − numeric| / max(1, |analytic|, |numeric|). */
  readonly maxError: number;
  /** The order up to which derivatives were checked. */
  readonly order: 1 | 2;
  /** How many derivatives were compared. */
  readonly count: number;
  /** The derivative farthest off in terms of the tolerance; null if there was none to check. */
  readonly worst: GradientEntry | null;

  /** Made by {@link checkGradients}. @internal */
  constructor(entries: readonly GradientEntry[], order: 1 | 2, tolerance: (entry: GradientEntry) => number) {
    let excess = -Infinity;
    let maxError = 0;
    let worst: GradientEntry | null = null;
    for (const entry of entries) {
      maxError = Math.max(maxError, errorOf(entry));
      const apart = difference(entry);
      const ratio = Number.isFinite(apart) ? apart / tolerance(entry) : apart;
      if (ratio > excess) [excess, worst] = [ratio, entry];
    }
    this.ok = excess <= 1;
    this.maxError = maxError;
    this.order = order;
    this.count = entries.length;
    this.worst = worst;
  }

  /** The verdict in a sentence. */
  toString(): string {
    const { worst } = this;
    if (worst === null) return "gradients: nothing to check (no input has an element)";
    const about = `${this.count} derivatives, largest error ${this.maxError.toExponential(1)}`;
    if (this.ok) return `gradients agree to order ${this.order}: ${about}`;
    const { order, input, index, analytic, numeric } = worst;
    return `gradients differ: order ${order}, input ${input} at ${showShape(index)}: ${analytic}, measured ${numeric} (${about})`;
  }
}

/** |a − n|, where equal infinities do not differ and NaN differs from everything. */
function difference({ analytic, numeric }: GradientEntry): number {
  const apart = analytic === numeric ? 0 : Math.abs(analytic - numeric);
  return Number.isNaN(apart) ? Infinity : apart;
}

function errorOf(entry: GradientEntry): number {
  const apart = difference(entry);
  return Number.isFinite(apart) ? apart / Math.max(1, Math.abs(entry.analytic), Math.abs(entry.numeric)) : apart;
}

/**
 * Compares the gradients of a function with central differences, in float64.
 *
 * Shapes: `inputs` are anything tensors are made of; those of a float dtype are copied to float64 and differentiated
 * with respect to each element, the others are handed on as they are. `f` may return any shape: of more than one
 * element a fixed random combination is taken. Order 2 also checks the derivatives of a fixed random combination of
 * all first derivatives, which must then be differentiable themselves. Tolerance: |a − n| ≤ max(atol, rtol · max(|a|,
 * |n|)). Central differences mislead within `eps` of a kink, such as relu at 0: choose other points there.
 *
 * @throws GradError if `f` does not return a float tensor, or gives two values for the same inputs; OptionError for an
 * unknown option or one out of range.
 *
 * @example
 * ```ts
 * import { checkGradients } from "gradkit";
 * const report = checkGradients((x, y) => x.mul(y).tanh(), [[0.5, -1], [2, 3]], { order: 2 });
 * report.ok; // → true
 * ```
 */
export function checkGradients(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly TensorLike[],
  options: CheckGradientsOptions = {},
): GradientReport {
  checkOptions("checkGradients", options, ["order", "eps", "rtol", "atol", "seed"]);
  checkFunction("checkGradients", "f", f);
  if (!Array.isArray(inputs)) {
    throw new OptionError(`checkGradients: the inputs are not a list: ${show(inputs)}; write them in brackets, as [x]`, {
      inputs,
    });
  }
  const order = checkNumber("checkGradients", "order", options.order ?? 1, { integer: true, min: 1, max: 2 }) as 1 | 2;
  const eps = checkNumber("checkGradients", "eps", options.eps ?? 1e-5, { above: 0 });
  const rtol = checkNumber("checkGradients", "rtol", options.rtol ?? 1e-6, { min: 0 });
  const atol = checkNumber("checkGradients", "atol", options.atol ?? 1e-6, { min: 0 });
  const combine = combiner(new Generator(options.seed ?? 0));
  const points = inputs.map(pointOf);
  const value = (at: readonly Tensor[]): Tensor => combine("f", [checkResult(f(...at))]);
  checkRepeats(valueAt(value, points), valueAt(value, points));
  const entries = compare(value, points, eps, 1);
  if (order === 2) {
    const slope = (at: readonly Tensor[]): Tensor =>
      combine("gradient", grad(value(at), at.filter(isPoint), { createGraph: true }));
    entries.push(...compare(slope, points, eps, 2));
  }
  return new GradientReport(entries, order, ({ analytic, numeric }) =>
    Math.max(atol, rtol * Math.max(Math.abs(analytic), Math.abs(numeric)), Number.MIN_VALUE),
  );
}

/** An input as a leaf of its own in float64; as it is where it has no gradient. */
function pointOf(input: TensorLike): Tensor {
  const given = asTensor("checkGradients", input);
  return isFloat(given.dtype) ? leafOf(Float64Array.from(readView(given, false)), given.shape) : given;
}

function leafOf(values: Float64Array, shape: Shape): Tensor {
  const leaf = fromStorage(storageOf("float64", values), shape);
  leaf.requiresGrad = true;
  return leaf;
}

const isPoint = (input: Tensor): boolean => input.requiresGrad && input.dtype === "float64";

/**
 * One number of tensors: Σ weight · element, where a lone element weighs 1, and weights stay the same from call to
 * call.
 */
function combiner(generator: Generator): (name: string, tensors: readonly Tensor[]) => Tensor {
  const known = new Map<string, Tensor>();
  const weighted = (name: string, tensor: Tensor): Tensor => {
    const wide = to(tensor, "float64");
    if (tensor.size === 1) return sum(wide);
    const weights = known.get(name) ?? randn(tensor.shape, { dtype: "float64", generator });
    known.set(name, weights);
    return sum(mul(wide, weights));
  };
  return (name, tensors) => {
    const zero = asTensor(name, 0, "float64");
    return tensors.map((tensor, i) => weighted(`${name} ${i}`, tensor)).reduce((a, b) => add(a, b), zero);
  };
}

/** The derivatives of a function that gives one number, claimed and measured. */
function compare(
  f: (at: readonly Tensor[]) => Tensor,
  points: readonly Tensor[],
  eps: number,
  order: 1 | 2,
): GradientEntry[] {
  const gradients = withGradMode(true, () => grad(f(points), points.filter(isPoint)));
  return points.flatMap((point, input) => {
    if (!isPoint(point)) return [];
    const analytic = readView(gradients.shift()!, false);
    const at = (values: Float64Array): number =>
      valueAt(f, points.map((other, i) => (i === input ? leafOf(values, point.shape) : other)));
    const values = readView(point, false) as Float64Array;
    return Array.from(values, (x, element) => {
      const above = values.with(element, x + eps);
      const below = values.with(element, x - eps);
      const numeric = (at(above) - at(below)) / (above[element]! - below[element]!);
      return { order, input, index: indexOf(element, point.shape), analytic: analytic[element]!, numeric };
    });
  });
}

function valueAt(f: (at: readonly Tensor[]) => Tensor, points: readonly Tensor[]): number {
  return withGradMode(true, () => f(points)).item();
}

function indexOf(element: number, shape: Shape): number[] {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1, rest = element; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

function checkResult(result: unknown): Tensor {
  if (result instanceof Tensor && isFloat(result.dtype)) return result;
  const what = result instanceof Tensor ? `a tensor of ${result.dtype}` : show(result);
  throw new GradError(
    `checkGradients: f did not return a tensor of floats: ${what}; return what it computes from its arguments by ops`,
    { result },
  );
}

function checkRepeats(first: number, second: number): void {
  if (Object.is(first, second)) return;
  throw new GradError(
    `checkGradients: f gives two values for the same inputs: ${first} and ${second} (it is random, or changes a state); ` +
      "make it repeatable, such as with a new Generator inside",
    { first, second },
  );
}
