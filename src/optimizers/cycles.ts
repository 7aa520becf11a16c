/** Schedules that rise as well as fall: one cycle, many of them, warm restarts. */

import { checkNumber, checkOneOf, checkOptions } from "../check";
import { OptionError } from "../errors";
import { type Schedule, checkRate, checkSteps, schedule } from "./schedules";

/** Half a wave of the cosine from `start` to `end`, or a straight line; `part` in [0, 1]. */
function between(start: number, end: number, part: number, anneal: "cos" | "linear" = "cos"): number {
  return anneal === "cos" ? end + ((start - end) * (1 + Math.cos(Math.PI * part))) / 2 : start + (end - start) * part;
}

/** Settings of {@link cosineWarmRestarts}. */
export interface CosineWarmRestartsOptions {
  /** How many steps the first cycle takes. */
  steps: number;
  /** How many times as long each cycle is as the one before, a whole number ≥ 1; default 1. */
  growth?: number;
  /** Where each cycle ends, ≥ 0; default 0. */
  min?: number;
}

/**
 * min + (lr − min)·(1 + cos(πu/U))/2, u steps into a cycle of U: {@link cosineDecay} that starts anew.
 *
 * The cycles take steps, steps·growth, steps·growth², … steps.
 *
 * @throws OptionError for values out of range.
 *
 * @example
 * ```ts
 * import { cosineWarmRestarts } from "gradkit";
 * const rate = cosineWarmRestarts(0.1, { steps: 10, growth: 2 });
 * [rate(5), rate(10), rate(20), rate(30)]; // → [0.05, 0.1, 0.05, 0.1]
 * ```
 *
 * Source: Loshchilov and Hutter 2017, equation 5. PyTorch's CosineAnnealingWarmRestarts: T_0 is `steps`, T_mult
 * `growth`.
 */
export function cosineWarmRestarts(lr: number, options: CosineWarmRestartsOptions): Schedule {
  const where = "cosineWarmRestarts";
  checkRate(where, lr);
  checkOptions(where, options, ["steps", "growth", "min"]);
  const steps = checkSteps(where, options?.steps);
  const growth = checkNumber(where, "growth", options.growth ?? 1, { integer: true, min: 1 });
  const min = checkNumber(where, "min", options.min ?? 0, { min: 0 });
  return schedule(where, (t) => {
    if (growth === 1) return between(lr, min, (t % steps) / steps);
    let length = steps;
    while (t >= length) {
      t -= length;
      length *= growth;
    }
    return between(lr, min, t / length);
  });
}

/** Settings of {@link oneCycle}. */
export interface OneCycleOptions {
  /** How many steps the whole cycle takes: those of the run. */
  steps: number;
  /** The share of the steps in which the rate rises, in [0, 1]; default 0.3. */
  warmup?: number;
  /** The first rate is maxLr/divFactor; > 0, default 25. */
  divFactor?: number;
  /** The last rate is the first one divided by this; > 0, default 10,000. */
  finalDivFactor?: number;
  /** How the rate goes from one to the next: half a wave of the cosine (default), or a straight line. */
  anneal?: "cos" | "linear";
}

/**
 * From maxLr/divFactor up to maxLr at step warmup·steps − 1, then down to maxLr/(divFactor·finalDivFactor) at the last
 * step, steps − 1; that rate from there on (PyTorch refuses more steps).
 *
 * Only the learning rate cycles: PyTorch lowers the momentum meanwhile (`cycle_momentum`).
 *
 * @throws OptionError for values out of range.
 *
 * @example
 * ```ts
 * import { oneCycle } from "gradkit";
 * const rate = oneCycle(0.1, { steps: 20, anneal: "linear" });
 * [rate(0), rate(5), rate(19)]; // → [0.004, 0.1, 4e-7]
 * ```
 *
 * Source: Smith and Topin 2018, "Super-convergence", in the two phases of fastai. PyTorch's OneCycleLR.
 */
export function oneCycle(maxLr: number, options: OneCycleOptions): Schedule {
  const where = "oneCycle";
  checkNumber(where, "maxLr", maxLr, { min: 0 });
  checkOptions(where, options, ["steps", "warmup", "divFactor", "finalDivFactor", "anneal"]);
  const steps = checkSteps(where, options?.steps);
  const warmup = checkNumber(where, "warmup", options.warmup ?? 0.3, { min: 0, max: 1 });
  const first = maxLr / checkNumber(where, "divFactor", options.divFactor ?? 25, { above: 0 });
  const last = first / checkNumber(where, "finalDivFactor", options.finalDivFactor ?? 1e4, { above: 0 });
  const anneal = checkOneOf(where, "anneal", options.anneal ?? "cos", ["cos", "linear"]);
  const [top, end] = [warmup * steps - 1, steps - 1];
  return schedule(where, (t) => {
    if (t >= end && top < end) return last;
    if (t < top) return between(first, maxLr, t / top, anneal);
    return t <= top || top >= end ? maxLr : between(maxLr, last, (t - top) / (end - top), anneal);
  });
}

/** Settings of {@link cyclic}. */
export interface CyclicOptions {
  /** The highest rate, ≥ lr. */
  max: number;
  /** How many steps the rate rises. */
  up: number;
  /** How many steps it falls; default as many. */
  down?: number;
  /** Cycles of one height (default), each half as high as the one before, or of a height that falls as factorᵗ. */
  mode?: "triangular" | "triangular2" | "exponential";
  /** What the height is multiplied by in each step of mode "exponential", > 0; default 1. */
  factor?: number;
}

/**
 * lr + (max − lr)·h, where h rises from 0 to 1 in `up` steps and falls to 0 in `down`, over and over; in cycle n it is
 * divided by 2ⁿ⁻¹ in mode "triangular2", at step t multiplied by factorᵗ in mode "exponential".
 *
 * Only the learning rate cycles: PyTorch lowers the momentum meanwhile (`cycle_momentum`).
 *
 * @throws OptionError for values out of range.
 *
 * @example
 * ```ts
 * import { cyclic } from "gradkit";
 * const rate = cyclic(0.1, { max: 0.5, up: 4 });
 * [rate(0), rate(2), rate(4), rate(8)]; // → [0.1, 0.3, 0.5, 0.1]
 * ```
 *
 * Source: Smith 2017, "Cyclical learning rates for training neural networks". PyTorch's CyclicLR, whose "exp_range" is
 * "exponential" here.
 */
export function cyclic(lr: number, options: CyclicOptions): Schedule {
  const where = "cyclic";
  checkRate(where, lr);
  checkOptions(where, options, ["max", "up", "down", "mode", "factor"]);
  const max = checkNumber(where, "max", options?.max, { min: lr });
  const up = checkNumber(where, "up", options.up, { integer: true, min: 1 });
  const down = checkNumber(where, "down", options.down ?? up, { integer: true, min: 1 });
  const mode = checkOneOf(where, "mode", options.mode ?? "triangular", ["triangular", "triangular2", "exponential"]);
  const factor = checkNumber(where, "factor", options.factor ?? 1, { above: 0 });
  if (options.factor !== undefined && mode !== "exponential") {
    throw new OptionError(`${where}: a factor in mode "${mode}": ${factor} (it would do nothing); set mode: "exponential"`, {
      factor,
      mode,
    });
  }
  return schedule(where, (t) => {
    const into = t % (up + down);
    const height = into <= up ? into / up : (up + down - into) / down;
    const scale = { triangular: 1, triangular2: 0.5 ** Math.floor(t / (up + down)), exponential: factor ** t }[mode];
    return lr + (max - lr) * height * scale;
  });
}
