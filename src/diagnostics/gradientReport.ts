/** How large the gradients of a model are, parameter by parameter: whether they vanish or explode on their way back. */

import { show } from "../check";
import type { TypedArray } from "../dtype";
import { GradError, OptionError } from "../errors";
import type { Shape } from "../shape";
import type { HasParameters } from "../tensor/hasParameters";
import type { Tensor } from "../tensor/tensor";
import { short, tableOf } from "./table";

/** What can be said of one gradient; see {@link gradientReport}. */
export type GradientVerdict = "fine" | "vanishing" | "exploding" | "zero" | "missing" | "notFinite";

/** The gradient of one parameter in numbers. */
export interface ParameterGradient {
  /** The parameter's name, such as `0.weight`. */
  readonly name: string;
  readonly shape: Shape;
  /** ‖g‖, the root of the sum of squares. */
  readonly norm: number;
  /** The root of the mean square: independent of the parameter's size. */
  readonly rms: number;
  /** The largest |g|. */
  readonly max: number;
  /** Share of entries that are exactly 0, in [0, 1]. */
  readonly zeros: number;
  /** ‖g‖/‖w‖: times the learning rate, the share of the weights that a step of SGD changes; null where ‖w‖ is 0. */
  readonly ratio: number | null;
  readonly verdict: GradientVerdict;
}

const LEAST = 1e-4;
const MOST = 1e2;
const APART = 1e-3;

const MENDS: Readonly<Record<GradientVerdict, string>> = {
  fine: "",
  notFinite: "lower the learning rate, clip gradients, and see fit's message for the op that made it",
  exploding: "smaller initial weights (heNormal before ReLU), { clipNorm: 1 }, a lower learning rate, or fewer layers",
  vanishing: "larger initial weights (heNormal before ReLU), ReLU in the place of Sigmoid or Tanh, or fewer layers",
  zero: "nothing reaches these parameters: look for dead ReLUs (deadUnits) or saturated outputs",
  missing: "these parameters are not used, or are frozen, or backward has not run",
};

/** What {@link gradientReport} found. */
export class GradientFlow {
  /** One entry per parameter, in the model's order. */
  readonly parameters: readonly ParameterGradient[];
  /** The gravest verdict on any parameter: not finite, exploding, vanishing, zero, missing, fine, in this order. */
  readonly verdict: GradientVerdict;

  /** Made by {@link gradientReport}. @internal */
  constructor(parameters: readonly ParameterGradient[]) {
    const order = ["notFinite", "exploding", "vanishing", "zero", "missing"] as const;
    this.parameters = parameters;
    this.verdict = order.find((verdict) => parameters.some((entry) => entry.verdict === verdict)) ?? "fine";
  }

  /** Whether nothing is wrong with any gradient. */
  get ok(): boolean {
    return this.verdict === "fine";
  }

  /** A table, one line per parameter, and below it what usually helps. */
  toString(): string {
    const rows = this.parameters.map(({ name, norm, rms, max, zeros, ratio, verdict }) => {
      const numbers = [norm, rms, max].map(short);
      return [name, ...numbers, `${short(100 * zeros)} %`, ratio === null ? "-" : short(ratio), verdict];
    });
    const table = tableOf([["parameter", "norm", "rms", "max", "zeros", "norm/weights", "verdict"], ...rows]);
    return this.ok ? table : `${table}\n${this.verdict}: ${MENDS[this.verdict]}`;
  }
}

/**
 * The gradients that `backward` left in a model, parameter by parameter: norm, root mean square, maximum, share of
 * zeros, and the norm relative to that of the weights; with a verdict on each.
 *
 * - `vanishing`: ‖g‖ < 10⁻⁴·‖w‖, or less than 10⁻³ of the largest such ratio in the model
 * - `exploding`: ‖g‖ > 10²·‖w‖
 * - `zero`: every entry is exactly 0; `notFinite`: one is NaN or infinite; `missing`: there is no gradient
 *
 * Vectors (biases, gains) are judged by the last three only: they begin at 0 and mean little. The thresholds are rules
 * of thumb for a model at its start; near a minimum every gradient is small, and should be. Norms are summed in
 * float64.
 *
 * @throws OptionError for something that has no named parameters, GradError if none of them has a gradient.
 *
 * @example
 * ```ts
 * import { Linear, Sigmoid, Sequential, gradientReport, mse, ones, zeros } from "gradkit";
 * const deep = new Sequential(...Array.from({ length: 8 }, () => new Sequential(new Linear(4, 4), new Sigmoid())));
 * mse(deep.forward(ones([2, 4])), zeros([2, 4])).backward();
 * const report = gradientReport(deep);
 * report.verdict; // → "vanishing"
 * report.parameters[0]!.name; // → "0.0.weight"
 * ```
 */
export function gradientReport(model: HasParameters): GradientFlow {
  if (typeof (model as Partial<HasParameters> | null)?.namedParameters !== "function") {
    throw new OptionError(`gradientReport: no named parameters: ${show(model)}; give a Module, such as new Sequential(…)`, {
      model,
    });
  }
  const named = model.namedParameters();
  if (named.every(([, parameter]) => parameter.grad === null)) {
    throw new GradError("gradientReport: no parameter has a gradient; call backward() on a loss of the model first");
  }
  const measured = named.map(([name, parameter]) => measure(name, parameter));
  const largest = Math.max(...measured.map(({ shape, ratio }) => (shape.length < 2 ? 0 : (ratio ?? 0))));
  return new GradientFlow(measured.map((entry) => ({ ...entry, verdict: judged(entry, largest) })));
}

function judged({ shape, ratio, verdict }: ParameterGradient, largest: number): GradientVerdict {
  if (verdict !== "fine" || shape.length < 2 || ratio === null) return verdict;
  if (ratio > MOST) return "exploding";
  return ratio < LEAST || ratio < APART * largest ? "vanishing" : "fine";
}

/** The numbers of one parameter, judged by itself alone. */
function measure(name: string, parameter: Tensor): ParameterGradient {
  const { shape, grad, size } = parameter;
  if (grad === null) return { name, shape, norm: 0, rms: 0, max: 0, zeros: 0, ratio: null, verdict: "missing" };
  const g = grad.toTypedArray();
  const norm = lengthOf(g);
  const weights = lengthOf(parameter.toTypedArray());
  let [zeros, max] = [0, 0];
  for (const value of g) {
    if (value === 0) zeros++;
    max = Math.max(max, Math.abs(value));
  }
  const ratio = weights === 0 ? null : norm / weights;
  const own = Number.isFinite(norm) ? (norm === 0 && size > 0 ? "zero" : "fine") : "notFinite";
  return { name, shape, norm, rms: norm / Math.sqrt(size || 1), max, zeros: zeros / (size || 1), ratio, verdict: own };
}

function lengthOf(values: TypedArray): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
