/** When to stop, and which weights were the best: one number per epoch is watched. */

import { checkBoolean, checkNumber, checkOneOf, checkOptions } from "../check";
import { OptionError } from "../errors";
import type { EpochRecord } from "./callbacks";

/** When training stops before its last epoch. */
export interface EarlyStoppingOptions {
  /** Epochs without improvement (or, with `rule: "rising"`, of getting worse in a row) after which training stops. */
  patience: number;
  /** What is watched: a key of the history. Default `validationLoss` where there is validation data, else `loss`. */
  monitor?: string;
  /** An improvement smaller than this does not count; ≥ 0, default 0. */
  minDelta?: number;
  /** Whether the weights go back to those of the best epoch; default true. */
  restoreBest?: boolean;
  /**
   * Whether smaller or larger is better; default "max" for accuracy, precision, recall, f1, rocAuc and r2, else "min".
   */
  mode?: "min" | "max";
  /**
   * `"noImprovement"` (default) counts epochs since the best one; `"rising"` epochs in a row that were worse than the
   * one before.
   */
  rule?: "noImprovement" | "rising";
}

const LARGER_IS_BETTER = /(accuracy|precision|recall|f1|auc|r2)$/i;

/** Watches one number of each epoch's record. */
export class Watcher {
  readonly monitor: string;
  readonly restoreBest: boolean;
  best: EpochRecord | null = null;
  private readonly patience: number;
  private readonly minDelta: number;
  private readonly sign: number;
  private readonly rule: "noImprovement" | "rising";
  private before = NaN;
  private count = 0;

  /** Without options it only remembers the best epoch. */
  constructor(options: EarlyStoppingOptions | undefined, hasValidation: boolean) {
    const where = "fit: earlyStopping";
    checkOptions(where, options, ["patience", "monitor", "minDelta", "restoreBest", "mode", "rule"]);
    const { patience, monitor, minDelta, restoreBest, mode, rule } = options ?? { patience: Infinity };
    this.patience = checkNumber(where, "patience", patience, { min: 1, infinite: options === undefined });
    this.monitor = monitor ?? (hasValidation ? "validationLoss" : "loss");
    this.minDelta = checkNumber(where, "minDelta", minDelta ?? 0, { min: 0 });
    this.restoreBest = checkBoolean(where, "restoreBest", restoreBest, options !== undefined);
    const direction = LARGER_IS_BETTER.test(this.monitor) ? "max" : "min";
    this.sign = checkOneOf(where, "mode", mode ?? direction, ["min", "max"]) === "min" ? 1 : -1;
    this.rule = checkOneOf(where, "rule", rule ?? "noImprovement", ["noImprovement", "rising"]);
  }

  /** Takes an epoch in; says whether it is the best so far and whether it is time to stop. */
  see(record: EpochRecord): { improved: boolean; stop: boolean } {
    const value = record[this.monitor];
    if (value === undefined) {
      throw new OptionError(
        `fit: earlyStopping: nothing is called "${this.monitor}" in the history ` +
          `(it has ${Object.keys(record).join(", ")}); choose one of those`,
        { monitor: this.monitor },
      );
    }
    const score = this.sign * value;
    const best = this.best === null ? Infinity : this.sign * this.best[this.monitor]!;
    const improved = score < best - this.minDelta || (this.best === null && !Number.isNaN(score));
    if (improved) this.best = record;
    const worse = this.rule === "rising" ? score > this.before : !improved;
    this.count = worse ? this.count + 1 : 0;
    this.before = score;
    return { improved, stop: this.count >= this.patience };
  }
}
