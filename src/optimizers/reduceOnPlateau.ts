/** A schedule that listens: the learning rate falls when a number has stopped improving. */

import { checkNumber, checkOneOf, checkOptions, show } from "../check";
import { OptionError } from "../errors";
import { type Tensor, assign } from "../tensor/tensor";
import { scalar } from "./group";
import { Optimizer } from "./optimizer";
import { checkState } from "./state";

/** Settings of {@link ReduceOnPlateau}. */
export interface ReduceOnPlateauOptions {
  /** Whether smaller (default) or larger numbers are better. */
  mode?: "min" | "max";
  /** What the learning rates are multiplied by, in (0, 1); default 0.1. */
  factor?: number;
  /** How many steps without improvement are borne; the rate falls after one more. Default 10. */
  patience?: number;
  /** What an improvement must exceed, ≥ 0; default 1e-4. */
  threshold?: number;
  /** Whether the threshold is a share of the best number (default) or an amount. */
  thresholdMode?: "rel" | "abs";
  /** Steps after a fall in which nothing is counted; default 0. */
  cooldown?: number;
  /** No learning rate falls below this, ≥ 0; default 0. */
  minLr?: number;
  /** A smaller change of a learning rate is left undone, ≥ 0; default 1e-8. */
  eps?: number;
  /** In `fit`: which number of the history; default `validationLoss` where there is validation data, else `loss`. */
  monitor?: string;
}

/**
 * Multiplies the learning rates by `factor` when a number has not improved for more than `patience` steps.
 *
 * Call {@link ReduceOnPlateau.step} once per epoch with the number watched, or give it to `fit` as its `schedule`,
 * which does that. An improvement of x on the best b is x < b·(1 − threshold), or x < b − threshold with
 * `thresholdMode: "abs"`; with `mode: "max"` x > b·(1 + threshold) or x > b + threshold. NaN is none.
 *
 * @throws OptionError for something that is no optimizer, and options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { ReduceOnPlateau, SGD, tensor } from "gradkit";
 * const optimizer = new SGD([tensor([1], { requiresGrad: true })], { lr: 0.1 });
 * const plateau = new ReduceOnPlateau(optimizer, { patience: 1, factor: 0.5 });
 * [1, 0.8, 0.8, 0.8].map((loss) => plateau.step(loss)); // → [false, false, false, true]
 * optimizer.lr; // → 0.05
 * ```
 *
 * Source: PyTorch's ReduceLROnPlateau.
 */
export class ReduceOnPlateau {
  /** The optimizer whose learning rates fall. */
  readonly optimizer: Optimizer;
  /** Which number of the history `fit` gives it; undefined for the loss. */
  readonly monitor: string | undefined;
  private readonly settings: Required<Omit<ReduceOnPlateauOptions, "monitor">>;
  /** Best number, steps without improvement, steps of cooldown left. */
  private readonly counts: Readonly<Record<"best" | "bad" | "cooldown", Tensor>>;

  constructor(optimizer: Optimizer, options: ReduceOnPlateauOptions = {}) {
    const where = "ReduceOnPlateau";
    if (!(optimizer instanceof Optimizer)) {
      throw new OptionError(`${where}: not an optimizer: ${show(optimizer)}; give the one whose rate shall fall`, { optimizer });
    }
    checkOptions(where, options, [...Object.keys(DEFAULTS), "monitor"]);
    this.optimizer = optimizer;
    this.monitor = options.monitor;
    this.settings = settingsOf(where, options);
    const worst = this.settings.mode === "min" ? Infinity : -Infinity;
    this.counts = { best: scalar(worst), bad: scalar(0), cooldown: scalar(0) };
  }

  /** Takes one number in, such as an epoch's validation loss; says whether it lowered a learning rate. */
  step(metric: number): boolean {
    if (typeof metric !== "number") {
      throw new OptionError(`ReduceOnPlateau.step: the metric is not a number: ${show(metric)}; give one, such as loss.item()`, {
        metric,
      });
    }
    const { patience, cooldown } = this.settings;
    const before = { best: this.best, bad: this.counts.bad.item(), cooldown: this.counts.cooldown.item() };
    const better = this.improves(metric, before.best);
    const bad = better || before.cooldown > 0 ? 0 : before.bad + 1;
    const fall = bad > patience;
    this.set({
      best: better ? metric : before.best,
      bad: fall ? 0 : bad,
      cooldown: fall ? cooldown : Math.max(0, before.cooldown - 1),
    });
    return fall && this.lower();
  }

  /** The best number so far; ±Infinity before the first. */
  get best(): number {
    return this.counts.best.item();
  }

  /** The best number and both counts, to be saved. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(Object.entries(this.counts).map(([key, value]) => [key, value.clone()]));
  }

  /**
   * Goes on from a state that {@link ReduceOnPlateau.stateDict} gave; the learning rates are the optimizer's state.
   *
   * @throws OptionError, ShapeError or DTypeError for what is no such state.
   */
  loadStateDict(dict: Readonly<Record<string, Tensor>>): void {
    const own = Object.entries(this.counts);
    checkState("ReduceOnPlateau.loadStateDict", own, dict);
    for (const [key, target] of own) assign(target, dict[key]!);
  }

  private improves(metric: number, best: number): boolean {
    const { mode, threshold, thresholdMode } = this.settings;
    const sign = mode === "min" ? -1 : 1;
    const bar = thresholdMode === "rel" ? best * (1 + sign * threshold) : best + sign * threshold;
    return mode === "min" ? metric < bar : metric > bar;
  }

  private set(values: Readonly<Record<"best" | "bad" | "cooldown", number>>): void {
    for (const [key, target] of Object.entries(this.counts)) assign(target, scalar(values[key as keyof typeof values]));
  }

  /** Lowers the rate of each group; says whether one changed. */
  private lower(): boolean {
    const { factor, minLr, eps } = this.settings;
    let changed = false;
    for (const group of this.optimizer.groups) {
      const lr = Math.max(group.lr * factor, minLr);
      if (group.lr - lr <= eps) continue;
      group.lr = lr;
      changed = true;
    }
    return changed;
  }
}

const DEFAULTS = {
  mode: "min",
  factor: 0.1,
  patience: 10,
  threshold: 1e-4,
  thresholdMode: "rel",
  cooldown: 0,
  minLr: 0,
  eps: 1e-8,
} as const;

function settingsOf(where: string, options: ReduceOnPlateauOptions): Required<Omit<ReduceOnPlateauOptions, "monitor">> {
  const number = (name: keyof typeof DEFAULTS, rule: Parameters<typeof checkNumber>[3]): number =>
    checkNumber(where, name, options[name] ?? DEFAULTS[name], rule);
  return {
    mode: checkOneOf(where, "mode", options.mode ?? DEFAULTS.mode, ["min", "max"]),
    factor: number("factor", { above: 0, below: 1 }),
    patience: number("patience", { integer: true, min: 0 }),
    threshold: number("threshold", { min: 0 }),
    thresholdMode: checkOneOf(where, "thresholdMode", options.thresholdMode ?? DEFAULTS.thresholdMode, ["rel", "abs"]),
    cooldown: number("cooldown", { integer: true, min: 0 }),
    minLr: number("minLr", { min: 0 }),
    eps: number("eps", { min: 0 }),
  };
}
