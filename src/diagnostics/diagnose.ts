/** What a history of losses says: whether a model learns too little, too much, or not at all, and what to try. */

import { checkNumber, checkOptions, show } from "../check";
import { OptionError } from "../errors";

/** The numbers of one epoch that {@link diagnose} reads; a record of `run.history` has them. */
export interface DiagnosedEpoch {
  /** Mean loss on the training data. */
  readonly loss: number;
  /** Loss on the validation data. */
  readonly validationLoss?: number | undefined;
}

/** What {@link diagnose} may be told. */
export interface DiagnoseOptions {
  /**
   * The loss of a model that has learned nothing, > 0, such as ln K for K classes or the variance of the targets for
   * `mse`; default: the first epoch's training loss, but at least 1.
   */
  baseline?: number;
  /** A training loss up to this share of the baseline counts as low; in (0, 1), default 0.5. */
  low?: number;
  /** A validation loss this share of the baseline above the training loss is a gap; > 0, default 0.1. */
  gap?: number;
}

/** What {@link diagnose} found. */
export interface Diagnosis {
  /** In a word; see {@link diagnose}. */
  readonly verdict: "overfit" | "underfit" | "fine" | "stillImproving" | "diverging" | "unclear";
  /** The numbers that led to it, in a sentence. */
  readonly reason: string;
  /** What usually helps, the likeliest first. */
  readonly advice: string;
  /** The epoch with the lowest validation loss (training loss where there is none), counted from 1; 0 if none is. */
  readonly bestEpoch: number;
}

const ADVICE = {
  overfit:
    "more regularisation (a penalty, Dropout, a smaller model), more data, or early stopping at the best validation loss",
  underfit:
    "less regularisation, a better optimizer or learning rate (lower and higher), a larger model, or inputs that tell more",
  fine: "keep it, and report the loss on a test set that no choice was made on",
  stillImproving: "train for more epochs; early stopping can find the end",
  diverging: "lower the learning rate, clip gradients ({ clipNorm: 1 }), or scale the inputs (StandardScaler)",
  unclear: "give fit a validation set, such as a tenth of the training rows: without one overfitting does not show",
} satisfies Record<Diagnosis["verdict"], string>;

/**
 * What the losses of a run say, by rules of thumb; with b the baseline, and t and v the last training and validation
 * loss, the first that fits:
 *
 * 1. `diverging`: a loss is not finite, or t is more than twice its lowest and 0.1·b above it.
 * 2. `overfit`: v exceeds both t + gap·b and 1.2·t, or has risen by gap·b from its lowest while t fell.
 * 3. `stillImproving`: of five epochs or more, the last fifth brought the watched loss down by more than 0.02·b.
 * 4. `underfit`: t is above low·b.
 * 5. `unclear`: there are no epochs, or t is low and there is no validation loss.
 * 6. `fine`: t is low, and v is near it.
 *
 * `history` is that of a {@link fit}, or any list of `{ loss, validationLoss }`, also of a single epoch. What counts as
 * low depends on the loss: give the `baseline` where you know it. Training losses are means over an epoch in which the
 * weights moved and dropout acted, so they run a little behind, and may lie above the validation loss.
 *
 * @throws OptionError if the history is not a list of such records, or for options out of range.
 *
 * @example
 * ```ts
 * import { diagnose } from "gradkit";
 * diagnose([{ loss: 0.02, validationLoss: 0.5 }]).verdict; // → "overfit"
 * diagnose([{ loss: 0.6, validationLoss: 0.62 }]).verdict; // → "underfit"
 * diagnose([{ loss: 0.05, validationLoss: 0.07 }], { baseline: Math.LN2 }).verdict; // → "fine"
 * ```
 */
export function diagnose(history: readonly DiagnosedEpoch[], options: DiagnoseOptions = {}): Diagnosis {
  const where = "diagnose";
  checkOptions(where, options, ["baseline", "low", "gap"]);
  const low = checkNumber(where, "low", options.low ?? 0.5, { above: 0, below: 1 });
  const gap = checkNumber(where, "gap", options.gap ?? 0.1, { above: 0 });
  checkHistory(history);
  const first = history[0]?.loss ?? 1;
  const usual = Number.isFinite(first) ? Math.max(1, first) : 1;
  const baseline = checkNumber(where, "baseline", options.baseline ?? usual, { above: 0 });
  const train = history.map(({ loss }) => loss);
  const validation = history.flatMap(({ validationLoss }) => validationLoss ?? []);
  const watched = validation.length === train.length ? validation : train;
  const [verdict, reason] = judged(train, validation, watched, { baseline, low: low * baseline, gap: gap * baseline });
  return { verdict, reason, advice: ADVICE[verdict], bestEpoch: lowest(watched) + 1 };
}

interface Bounds {
  readonly baseline: number;
  readonly low: number;
  readonly gap: number;
}

function judged(
  train: readonly number[],
  validation: readonly number[],
  watched: readonly number[],
  { baseline, low, gap }: Bounds,
): [Diagnosis["verdict"], string] {
  if (train.length === 0) return ["unclear", "there are no epochs"];
  const bad = [...train, ...validation].find((loss) => !Number.isFinite(loss));
  if (bad !== undefined) return ["diverging", `a loss is ${bad}`];
  const t = train[train.length - 1]!;
  const least = Math.min(...train);
  if (t > 2 * least && t - least > 0.1 * baseline) {
    return ["diverging", `the training loss rose from ${round(least)} to ${round(t)}`];
  }
  const v = validation[validation.length - 1];
  if (v !== undefined) {
    const both = `training loss ${round(t)}, validation loss ${round(v)}`;
    if (v > t + gap && v > 1.2 * t) return ["overfit", both];
    const best = lowest(validation);
    const rise = v - validation[best]!;
    if (rise > gap && t < train[best + train.length - validation.length]!) {
      return ["overfit", `${both}, which was ${round(validation[best]!)} in epoch ${best + 1}`];
    }
  }
  const fall = lately(watched);
  if (fall > 0.02 * baseline) return ["stillImproving", `the last fifth of the epochs brought ${round(fall)}`];
  const high = `the training loss is ${round(t)}, above ${round(low)} (the baseline is ${round(baseline)})`;
  if (t > low) return ["underfit", high];
  if (v === undefined) return ["unclear", `the training loss is low, ${round(t)}, and there is no validation loss`];
  return ["fine", `training loss ${round(t)}, validation loss ${round(v)}`];
}

/** By how much the last fifth of at least five values is lower than the fifth before. */
function lately(values: readonly number[]): number {
  if (values.length < 5) return 0;
  const span = Math.floor(values.length / 5);
  const mean = (part: readonly number[]): number => part.reduce((a, b) => a + b) / part.length;
  return mean(values.slice(-2 * span, -span)) - mean(values.slice(-span));
}

/** The position of the lowest finite value; −1 if there is none. */
function lowest(values: readonly number[]): number {
  let best = -1;
  values.forEach((value, i) => {
    if (Number.isFinite(value) && (best < 0 || value < values[best]!)) best = i;
  });
  return best;
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function checkHistory(history: unknown): void {
  if (!Array.isArray(history)) {
    throw new OptionError(`diagnose: the history is not a list: ${show(history)}; pass run.history`, { history });
  }
  history.forEach((record: Partial<Record<string, unknown>> | null | undefined, i) => {
    const [loss, validation] = [record?.["loss"], record?.["validationLoss"]];
    if (typeof loss === "number" && (validation === undefined || typeof validation === "number")) return;
    throw new OptionError(
      `diagnose: epoch ${i} of the history has no losses: loss ${show(loss)}, validationLoss ${show(validation)}; ` +
        "give records such as { loss: 0.1, validationLoss: 0.2 }",
      { epoch: i, record },
    );
  });
}
