/** Training a model on a dataset in one call: what can be asked for, checked before the first batch. */

import { checkNumber, checkOneOf, checkOptions, checkSignal, show } from "../check";
import type { Dataset } from "../data/dataset";
import { OptionError } from "../errors";
import type { Module } from "../layers/module";
import { Optimizer } from "../optimizers/optimizer";
import { ReduceOnPlateau } from "../optimizers/reduceOnPlateau";
import type { Callback } from "./callbacks";
import { type EarlyStoppingOptions, Watcher } from "./earlyStopping";
import { checkCallbacks, checkDataset, checkMetrics, checkModel, checkTrained, validationName } from "./checks";
import type { Loss } from "./evaluate";
import { type ProgressSink, breathe, now } from "./host";
import { type Plan, type Run, type Steps, train as trainingSteps } from "./loop";
import type { Metric } from "./metrics";
import { progressCallback, progressSink } from "./progress";
import { type CompileChoice, compileChoice } from "./traced";

/** How a model is trained. */
export interface FitOptions extends CompileChoice {
  /** Prediction and target to one scalar; losses of gradkit take raw logits. */
  loss: Loss;
  /** The optimizer that holds the model's parameters. */
  optimizer: Optimizer;
  /** How often all rows are seen; default 1. */
  epochs?: number;
  /** Rows per update; default 32. */
  batchSize?: number;
  /** Order of the rows: a new one each epoch (default), one for all epochs, or as they stand. */
  shuffle?: "epoch" | "once" | false;
  /** Data that is only measured, after each epoch. */
  validation?: Dataset;
  /**
   * Metrics by name, measured on all rows of each epoch: in training as each batch met them, and on validation data.
   */
  metrics?: Readonly<Record<string, Metric>>;
  /**
   * Learning rate by update, counted from 0; or a {@link ReduceOnPlateau} of this optimizer, which is told a number
   * after each epoch. Default: the optimizer's own.
   */
  schedule?: ((step: number) => number) | ReduceOnPlateau;
  /** The gradient of all parameters together is shortened to this length; default: not. */
  clipNorm?: number;
  /** λ₁ Σ|w| + λ₂ Σw² of the weights (no biases) is added to what is minimised. */
  penalty?: { l1?: number; l2?: number };
  /** Stop when a number no longer improves, and go back to the best weights. */
  earlyStopping?: EarlyStoppingOptions;
  /** Called while training runs. */
  callbacks?: readonly Callback[];
  /** Show progress: true, false, or where to; default: where a person watches a terminal. */
  progress?: boolean | ProgressSink;
  /** Seeds the default generator first, so that shuffles and dropout are the same whatever ran before. */
  seed?: number;
  /** An `AbortSignal`: ends training after the current batch when aborted; `fit` then resolves as usual. */
  signal?: { readonly aborted: boolean };
}

const KNOWN: readonly (keyof FitOptions)[] = [
  "loss",
  "optimizer",
  "epochs",
  "batchSize",
  "shuffle",
  "validation",
  "metrics",
  "schedule",
  "clipNorm",
  "penalty",
  "earlyStopping",
  "callbacks",
  "progress",
  "seed",
  "signal",
  "compile",
  "device",
  "onNotice",
];

const TURN = 40; // milliseconds of work between turns given to timers and input

/**
 * Trains a model: for each epoch, for each batch, loss (+ penalty), backward, clip, step.
 *
 * Shapes: `train.x` [N, …in], `train.y` as the loss wants it. Epochs and steps are counted as the options say.
 * The same seed gives the same weights, bit for bit. The event loop gets a turn every few hundredths of a second.
 * A NaN or Infinity in the loss or gradient stops the run before it reaches the weights: `stoppedBy` is `"nonFinite"`,
 * and `nonFinite` says which layer, op, batch and row produced it. An aborted run resolves with `stoppedBy: "abort"`.
 * Early stopping goes back to the best weights (not the optimizer's state) unless `restoreBest: false`.
 *
 * @throws OptionError for unknown options or values out of range, before anything is trained; and whatever the model or
 * loss throws.
 *
 * @example
 * ```ts
 * import { Adam, Dataset, Linear, fit, manualSeed, mse } from "gradkit";
 * manualSeed(1);
 * const data = Dataset.from({ x: [[0], [1], [2], [3]], y: [[1], [3], [5], [7]] });
 * const model = new Linear(1, 1);
 * const run = await fit(model, data, {
 *   loss: mse,
 *   optimizer: new Adam(model.parameters(), { lr: 0.1 }),
 *   epochs: 200,
 *   progress: false,
 * });
 * run.stoppedBy; // → "epochs"
 * run.best!.loss < 0.01; // → true
 * ```
 */
export async function fit(model: Module, train: Dataset, options: FitOptions): Promise<Run> {
  const steps = start("fit", model, train, options);
  let turn = now();
  try {
    for (let next = steps.next(); ; next = steps.next()) {
      if (next.done === true) return next.value;
      if (next.value !== undefined) await next.value;
      if (now() - turn < TURN) continue;
      await breathe();
      turn = now();
    }
  } finally {
    steps.return(undefined as never);
  }
}

/**
 * Trains like {@link fit}, without ever yielding to the event loop: for scripts, tests and workers.
 *
 * @throws as {@link fit}; OptionError if a callback returns a promise.
 *
 * @example
 * ```ts
 * import { Dataset, Linear, SGD, fitSync, mse } from "gradkit";
 * const data = Dataset.from({ x: [[1], [2]], y: [[2], [4]] });
 * const model = new Linear(1, 1);
 * const run = fitSync(model, data, { loss: mse, optimizer: new SGD(model.parameters(), { lr: 0.1 }), epochs: 3 });
 * run.history.length; // → 3
 * ```
 */
export function fitSync(model: Module, train: Dataset, options: FitOptions): Run {
  const steps = start("fitSync", model, train, options);
  try {
    for (;;) {
      const next = steps.next();
      if (next.done === true) return next.value;
      if (next.value !== undefined) {
        next.value.catch(() => undefined);
        throw new OptionError("fitSync: a callback is asynchronous: it returned a Promise; use await fit(…)");
      }
    }
  } finally {
    steps.return(undefined as never);
  }
}

function start(where: string, model: Module, data: Dataset, options: FitOptions): Steps {
  checkModel(where, model);
  checkDataset(where, "the training data", data);
  checkOptions(where, options ?? {}, KNOWN);
  const { loss, optimizer, validation, penalty = {} } = options ?? {};
  if (typeof loss !== "function") throw missing(where, "loss", loss, "a function, such as mse or crossEntropy");
  if (!(optimizer instanceof Optimizer)) {
    throw missing(where, "optimizer", optimizer, "one, such as new Adam(model.parameters(), { lr: 0.001 })");
  }
  checkTrained(where, model, optimizer);
  if (validation !== undefined) checkDataset(where, "validation", validation);
  checkOptions(`${where}: penalty`, penalty, ["l1", "l2"]);
  const callbacks = checkCallbacks(where, options.callbacks ?? []);
  const sink = progressSink(where, options.progress);
  const plan: Plan = {
    model,
    data,
    loss,
    optimizer,
    validation,
    metrics: checkMetrics(where, options.metrics ?? {}),
    ...scheduleOf(where, options),
    epochs: checkNumber(where, "epochs", options.epochs ?? 1, { integer: true, min: 1 }),
    batchSize: checkNumber(where, "batchSize", options.batchSize ?? 32, { integer: true, min: 1 }),
    shuffle: checkOneOf(where, "shuffle", options.shuffle ?? "epoch", ["epoch", "once", false]),
    clipNorm:
      options.clipNorm === undefined ? undefined : checkNumber(where, "clipNorm", options.clipNorm, { above: 0 }),
    l1: checkNumber(where, "penalty.l1", penalty.l1 ?? 0, { min: 0 }),
    l2: checkNumber(where, "penalty.l2", penalty.l2 ?? 0, { min: 0 }),
    watcher: new Watcher(options.earlyStopping, validation !== undefined),
    callbacks: sink === null ? callbacks : [progressCallback(sink), ...callbacks],
    seed: options.seed === undefined ? undefined : checkNumber(where, "seed", options.seed, { integer: true, min: 0 }),
    signal: checkSignal(where, options.signal),
    ...compileChoice(where, options),
  };
  checkMonitor(where, plan);
  return trainingSteps(plan);
}

/** The learning rate by update, or what lowers it after epochs. */
function scheduleOf(where: string, { schedule, optimizer, validation }: FitOptions): Pick<Plan, "schedule" | "plateau"> {
  if (schedule === undefined || typeof schedule === "function") return { schedule, plateau: undefined };
  if (!(schedule instanceof ReduceOnPlateau)) {
    const mend = "a function of the update count, such as stepDecay(0.1, { every: 1000 }), or a ReduceOnPlateau";
    throw missing(where, "schedule", schedule, mend);
  }
  if (schedule.optimizer !== optimizer) {
    throw new OptionError(
      `${where}: the schedule lowers the rate of another optimizer: ${show(schedule.optimizer)} (not the one that trains); ` +
        "make it with new ReduceOnPlateau(optimizer)",
      { schedule },
    );
  }
  const monitor = schedule.monitor ?? (validation === undefined ? "loss" : validationName("loss"));
  return { schedule: undefined, plateau: { reduce: schedule, monitor } };
}

function missing(where: string, name: string, value: unknown, mend: string): OptionError {
  return new OptionError(`${where}: no ${name} to train with: ${show(value)}; give ${mend}`, { [name]: value });
}

function checkMonitor(where: string, { watcher, plateau, metrics, validation }: Plan): void {
  const names = ["loss", ...Object.keys(metrics)];
  const known = [...names, "lr", ...(validation === undefined ? [] : names.map(validationName))];
  checkOneOf(`${where}: earlyStopping`, "monitor", watcher.monitor, known);
  if (plateau !== undefined) checkOneOf(`${where}: schedule`, "monitor", plateau.monitor, known);
}
