/** Schedules: functions from the number of updates done so far to the learning rate of the next one. */

import { checkNumber, checkOptions, show } from "../check";
import { OptionError } from "../errors";

/** Learning rate by update, counted from 0. */
export type Schedule = (step: number) => number;

/** A schedule that refuses anything but a step ≥ 0. @internal */
export function schedule(where: string, rate: Schedule): Schedule {
  return (step) => rate(checkNumber(where, "step", step, { min: 0 }));
}

/** @internal */
export function checkRate(where: string, lr: number): number {
  return checkNumber(where, "lr", lr, { min: 0 });
}

/** @internal */
export function checkSteps(where: string, steps: number): number {
  return checkNumber(where, "steps", steps, { integer: true, min: 1 });
}

/**
 * The same rate always.
 *
 * @throws OptionError if `lr` is not a number ≥ 0.
 *
 * @example
 * ```ts
 * import { constantRate } from "gradkit";
 * constantRate(0.1)(1000); // → 0.1
 * ```
 */
export function constantRate(lr: number): Schedule {
  checkRate("constantRate", lr);
  return schedule("constantRate", () => lr);
}

/** Settings of {@link stepDecay}: `every` or `milestones`. */
export interface StepDecayOptions {
  /** Multiply by the factor whenever this many steps have passed. */
  every?: number;
  /** Multiply by the factor at each of these steps, in rising order. */
  milestones?: readonly number[];
  /** What to multiply by, > 0; default 0.1. */
  factor?: number;
}

/**
 * lr·factorⁿ, where n counts the decays so far: ⌊t/every⌋, or the milestones ≤ t.
 *
 * Steps are updates, so "every 10 epochs" is 10 · batches per epoch.
 *
 * @throws OptionError unless exactly one of `every` and `milestones` is given, or for values out of range.
 *
 * @example
 * ```ts
 * import { stepDecay } from "gradkit";
 * const rate = stepDecay(0.01, { every: 100 });
 * [rate(99), rate(100)]; // → [0.01, 0.001]
 * stepDecay(0.01, { milestones: [5, 8] })(9); // → 0.0001
 * ```
 */
export function stepDecay(lr: number, options: StepDecayOptions): Schedule {
  const where = "stepDecay";
  checkRate(where, lr);
  checkOptions(where, options, ["every", "milestones", "factor"]);
  const { every, milestones, factor = 0.1 } = options ?? {};
  checkNumber(where, "factor", factor, { above: 0 });
  if ((every === undefined) === (milestones === undefined)) {
    throw new OptionError(
      `${where}: needs every or milestones, and not both: ${show(every)}, ${show(milestones)}; ` +
        "write { every: 1000 } or { milestones: [1000, 1500] }",
      { every, milestones },
    );
  }
  if (every !== undefined) {
    checkNumber(where, "every", every, { integer: true, min: 1 });
    return schedule(where, (t) => lr * factor ** Math.floor(t / every));
  }
  return atMilestones(where, lr, milestones, factor);
}

/** Settings of {@link multiStepDecay}. */
export interface MultiStepDecayOptions {
  /** Multiply by the factor at each of these steps, in rising order. */
  milestones: readonly number[];
  /** What to multiply by, > 0; default 0.1. */
  factor?: number;
}

/**
 * lr·factorⁿ, where n counts the milestones ≤ t: {@link stepDecay} at steps of your choice.
 *
 * @throws OptionError for values out of range.
 *
 * @example
 * ```ts
 * import { multiStepDecay } from "gradkit";
 * const rate = multiStepDecay(0.1, { milestones: [5, 8] });
 * [rate(4), rate(5), rate(8)]; // → [0.1, 0.01, 0.001]
 * ```
 */
export function multiStepDecay(lr: number, options: MultiStepDecayOptions): Schedule {
  const where = "multiStepDecay";
  checkRate(where, lr);
  checkOptions(where, options, ["milestones", "factor"]);
  const factor = checkNumber(where, "factor", options?.factor ?? 0.1, { above: 0 });
  return atMilestones(where, lr, options?.milestones, factor);
}

function atMilestones(where: string, lr: number, milestones: unknown, factor: number): Schedule {
  const list = checkMilestones(where, milestones);
  return schedule(where, (t) => lr * factor ** list.filter((milestone) => milestone <= t).length);
}

function checkMilestones(where: string, milestones: unknown): readonly number[] {
  const list = Array.isArray(milestones) ? (milestones as readonly unknown[]) : [];
  list.forEach((milestone, i) => checkNumber(where, `milestones[${i}]`, milestone, { integer: true, min: 0 }));
  const rising = (list as readonly number[]).every((milestone, i, all) => i === 0 || milestone > all[i - 1]!);
  if (list.length > 0 && rising) return list as readonly number[];
  throw new OptionError(`${where}: milestones are no rising list: ${show(milestones)}; list steps in order, such as [1000, 1500]`, {
    milestones,
  });
}

/** Settings of {@link exponentialDecay}. */
export interface ExponentialDecayOptions {
  /** What to multiply by in each step, > 0. */
  factor: number;
}

/**
 * lr·factorᵗ.
 *
 * @throws OptionError for values out of range.
 *
 * @example
 * ```ts
 * import { exponentialDecay } from "gradkit";
 * exponentialDecay(0.1, { factor: 0.5 })(2); // → 0.025
 * ```
 */
export function exponentialDecay(lr: number, options: ExponentialDecayOptions): Schedule {
  const where = "exponentialDecay";
  checkRate(where, lr);
  checkOptions(where, options, ["factor"]);
  const factor = checkNumber(where, "factor", options?.factor, { above: 0 });
  return schedule(where, (t) => lr * factor ** t);
}

/** Settings of {@link cosineDecay}. */
export interface CosineDecayOptions {
  /** How many steps the decay takes. */
  steps: number;
  /** Where it ends, ≥ 0; default 0. */
  min?: number;
}

/**
 * min + (lr − min)·(1 + cos(πt/steps))/2, and min from `steps` on.
 *
 * @throws OptionError for values out of range.
 *
 * @example
 * ```ts
 * import { cosineDecay } from "gradkit";
 * const rate = cosineDecay(0.1, { steps: 100 });
 * [rate(0), rate(50), rate(100)]; // → [0.1, 0.05, 0]
 * ```
 *
 * Source: Loshchilov and Hutter 2017, equation 5, without restarts. PyTorch's CosineAnnealingLR rises again after
 * `steps`.
 */
export function cosineDecay(lr: number, options: CosineDecayOptions): Schedule {
  const where = "cosineDecay";
  checkRate(where, lr);
  checkOptions(where, options, ["steps", "min"]);
  const steps = checkSteps(where, options?.steps);
  const min = checkNumber(where, "min", options.min ?? 0, { min: 0 });
  return schedule(where, (t) => (t >= steps ? min : min + ((lr - min) * (1 + Math.cos((Math.PI * t) / steps))) / 2));
}

/** Settings of {@link linearWarmup}. */
export interface LinearWarmupOptions {
  /** How many steps the rise takes. */
  steps: number;
  /** The rate it starts from, ≥ 0; default 0. */
  from?: number;
}

/**
 * From `from` to lr in a straight line: from + (lr − from)·t/steps, and lr from `steps` on.
 *
 * With the default `from` 0 the first update changes nothing.
 *
 * @throws OptionError for values out of range.
 *
 * @example
 * ```ts
 * import { linearWarmup } from "gradkit";
 * const rate = linearWarmup(0.1, { steps: 4 });
 * [rate(0), rate(1), rate(9)]; // → [0, 0.025, 0.1]
 * ```
 */
export function linearWarmup(lr: number, options: LinearWarmupOptions): Schedule {
  const where = "linearWarmup";
  checkRate(where, lr);
  checkOptions(where, options, ["steps", "from"]);
  const steps = checkSteps(where, options?.steps);
  const from = checkNumber(where, "from", options.from ?? 0, { min: 0 });
  return schedule(where, (t) => (t >= steps ? lr : from + ((lr - from) * t) / steps));
}

/** Settings of {@link polynomialDecay}. */
export interface PolynomialDecayOptions {
  /** How many steps the decay takes. */
  steps: number;
  /** The exponent, > 0; default 1, a straight line. */
  power?: number;
}

/**
 * lr·(1 − t/steps)^power, and 0 from `steps` on.
 *
 * @throws OptionError for values out of range.
 *
 * @example
 * ```ts
 * import { polynomialDecay } from "gradkit";
 * polynomialDecay(0.1, { steps: 4, power: 2 })(2); // → 0.025
 * ```
 */
export function polynomialDecay(lr: number, options: PolynomialDecayOptions): Schedule {
  const where = "polynomialDecay";
  checkRate(where, lr);
  checkOptions(where, options, ["steps", "power"]);
  const steps = checkSteps(where, options?.steps);
  const power = checkNumber(where, "power", options.power ?? 1, { above: 0 });
  return schedule(where, (t) => (t >= steps ? 0 : lr * (1 - t / steps) ** power));
}

/**
 * One schedule after another: each for its number of steps, counting from 0 again; the last one for Infinity.
 *
 * @throws OptionError for an empty list, an entry that is no [schedule, steps], or a last one that ends.
 *
 * @example
 * ```ts
 * import { chain, cosineDecay, linearWarmup } from "gradkit";
 * const rate = chain([[linearWarmup(0.1, { steps: 10 }), 10], [cosineDecay(0.1, { steps: 90 }), Infinity]]);
 * [rate(5), rate(10), rate(55)]; // → [0.05, 0.1, 0.05]
 * ```
 */
export function chain(parts: readonly (readonly [schedule: Schedule, steps: number])[]): Schedule {
  const list: unknown = parts;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isPart)) {
    throw new OptionError(`chain: not a list of [schedule, steps]: ${show(parts)}; write [[warmup, 100], [decay, Infinity]]`, {
      parts,
    });
  }
  parts.forEach(([, steps], i) => {
    const last = i === parts.length - 1;
    if (!last) checkNumber("chain", `steps of part ${i}`, steps, { integer: true, min: 1 });
    else if (steps !== Infinity) {
      throw new OptionError(`chain: the last schedule ends: after ${show(steps)} steps (what follows is unknown); give it Infinity`, {
        steps,
      });
    }
  });
  return schedule("chain", (t) => {
    for (const [part, steps] of parts) {
      if (t < steps) return part(t);
      t -= steps;
    }
    return NaN;
  });
}

function isPart(part: unknown): boolean {
  return Array.isArray(part) && part.length === 2 && typeof part[0] === "function" && typeof part[1] === "number";
}
