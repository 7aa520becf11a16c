/** The training loop itself: epochs, batches, one update after another, and what is remembered of them. */

import type { Dataset } from "../data/dataset";
import { within } from "../errors";
import { defaultGenerator, manualSeed } from "../tensor/generator";
import { withGradMode } from "../tensor/tape";
import type { Tensor } from "../tensor/tensor";
import { concat } from "../ops/concat";
import type { ReduceOnPlateau } from "../optimizers/reduceOnPlateau";
import type { Callback, EpochRecord, TrainingContext } from "./callbacks";
import { validationName } from "./checks";
import type { Watcher } from "./earlyStopping";
import { evaluate, measure } from "./evaluate";
import type { Metric } from "./metrics";
import type { NonFinite } from "./nonFinite";
import { compileChoice } from "./traced";
import { type UpdatePlan, Updater } from "./update";

/** Everything a run needs, checked. */
export interface Plan extends UpdatePlan {
  readonly data: Dataset;
  readonly validation: Dataset | undefined;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly schedule: ((step: number) => number) | undefined;
  /** Lowers the learning rate after epochs without improvement; told the number called `monitor`. */
  readonly plateau: { readonly reduce: ReduceOnPlateau; readonly monitor: string } | undefined;
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: "epoch" | "once" | false;
  readonly watcher: Watcher;
  readonly callbacks: readonly Callback[];
  readonly seed: number | undefined;
  readonly signal: { readonly aborted: boolean } | undefined;
}

/** What a finished run tells. */
export interface Run {
  /** One record per finished epoch. */
  readonly history: readonly EpochRecord[];
  /** The record of the best epoch by what early stopping watches (by default the validation loss, else the loss). */
  readonly best: EpochRecord | null;
  /** Why training ended. */
  readonly stoppedBy: "epochs" | "earlyStopping" | "abort" | "nonFinite";
  /** Where a NaN or Infinity came from, if one ended the run. */
  readonly nonFinite: NonFinite | null;
}

/** Pauses of the loop: nothing (a turn may be given) or a callback's promise to wait for. */
export type Steps = Generator<Promise<void> | undefined, Run, void>;

/** Trains as planned; yields after every batch, and wherever a callback's promise is to be awaited. */
export function* train(plan: Plan): Steps {
  const { model, optimizer, watcher, callbacks } = plan;
  const history: EpochRecord[] = [];
  const context: TrainingContext = { model, epochs: plan.epochs, history };
  const modules = [...model.modules()];
  const modes = modules.map((module) => module.training);
  if (plan.seed !== undefined) manualSeed(plan.seed);
  const batches = plan.data.batches({ size: plan.batchSize, shuffle: plan.shuffle });
  let best: Record<string, Tensor> | null = null;
  let stoppedBy: Run["stoppedBy"] = "epochs";
  let nonFinite: NonFinite | null = null;
  const updater = new Updater(plan, Object.keys(plan.metrics).length > 0);
  model.train();
  try {
    tryValidation(plan);
    yield* tell(callbacks, (callback) => callback.onStart?.(context));
    for (let epoch = 0, step = 0; epoch < plan.epochs && stoppedBy === "epochs"; epoch++) {
      const sums = new EpochSums(plan.metrics);
      let batch = 0;
      for (const rows of batches) {
        if (plan.signal?.aborted === true) break;
        if (plan.schedule !== undefined) optimizer.lr = plan.schedule(step);
        const result = updater.update(rows, epoch + 1, batch);
        if ("nonFinite" in result) {
          nonFinite = result.nonFinite;
          break;
        }
        sums.add(result.loss, result.prediction, rows.y);
        const event = { epoch, epochs: plan.epochs, batch, batches: batches.length, step, loss: result.loss };
        yield* tell(callbacks, (callback) => callback.onBatch?.(event, context));
        yield undefined;
        batch++;
        step++;
      }
      if (nonFinite !== null || plan.signal?.aborted === true) {
        stoppedBy = nonFinite === null ? "abort" : "nonFinite";
        break;
      }
      const record: EpochRecord = { epoch: epoch + 1, ...sums.result(), lr: optimizer.lr, ...validate(plan) };
      history.push(record);
      if (plan.plateau !== undefined) plan.plateau.reduce.step(record[plan.plateau.monitor] ?? NaN);
      const { improved, stop } = watcher.see(record);
      if (improved && watcher.restoreBest) best = model.stateDict();
      yield* tell(callbacks, (callback) => callback.onEpoch?.(record, context));
      if (stop) stoppedBy = "earlyStopping";
    }
    if (best !== null) model.loadStateDict(best);
    yield* tell(callbacks, (callback) => callback.onEnd?.(context));
    return { history, best: watcher.best, stoppedBy, nonFinite };
  } finally {
    updater.release();
    modules.forEach((module, i) => (module.training = modes[i]!));
    optimizer.zeroGrad();
  }
}

function* tell(
  callbacks: readonly Callback[],
  call: (callback: Callback) => unknown,
): Generator<Promise<void>, void, void> {
  for (const callback of callbacks) {
    const result = call(callback);
    if (result instanceof Promise) yield result as Promise<void>;
  }
}

/** Shows model and loss one batch of the validation data, so that a misfit shows before an epoch has been trained. */
function tryValidation({ model, validation, loss, batchSize }: Plan): void {
  if (validation === undefined) return;
  const random = defaultGenerator.state;
  const some = validation.take(Math.min(batchSize, validation.length));
  within("fit: validation", {}, () => evaluate(model, some, { loss }));
  defaultGenerator.load(random);
}

function validate(plan: Plan): Record<string, number> {
  const { model, validation, loss, metrics } = plan;
  if (validation === undefined) return {};
  const scores = evaluate(model, validation, { loss, metrics, ...compileChoice("fit", plan) });
  return Object.fromEntries(Object.entries(scores).map(([name, score]) => [validationName(name), score]));
}

/** The mean loss of an epoch, and its predictions where metrics want them. */
class EpochSums {
  private rows = 0;
  private loss = 0;
  private readonly predictions: Tensor[] = [];
  private readonly targets: Tensor[] = [];

  constructor(private readonly metrics: Readonly<Record<string, Metric>>) {}

  add(loss: number, prediction: Tensor | null, target: Tensor): void {
    const count = target.shape[0] ?? 1;
    this.rows += count;
    this.loss += loss * count;
    if (prediction === null) return;
    this.predictions.push(prediction);
    this.targets.push(target);
  }

  result(): { loss: number } & Record<string, number> {
    const loss = this.loss / this.rows;
    if (this.predictions.length === 0) return { loss };
    const all = withGradMode(
      false,
      () => [concat(this.predictions, { axis: 0 }), concat(this.targets, { axis: 0 })] as const,
    );
    return { loss, ...measure("fit", all[0], all[1], undefined, this.metrics) };
  }
}
