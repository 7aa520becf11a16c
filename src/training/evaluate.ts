/** What a trained model says: predictions in batches, losses and metrics over all rows at once. */

import { checkNumber, checkOptions } from "../check";
import { Dataset } from "../data/dataset";
import { OptionError } from "../errors";
import { inEvalMode } from "../layers/given";
import type { Module } from "../layers/module";
import type { Loss } from "../losses/given";
import { concat } from "../ops/concat";
import { slice } from "../ops/slice";
import { asTensor } from "../tensor/create";
import { withGradMode } from "../tensor/tape";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { checkDataset, checkLoss, checkLossFunction, checkMetrics, checkModel, metricValue } from "./checks";
import type { Metric } from "./metrics";
import { type CompileChoice, compileChoice, traced } from "./traced";

export type { Loss } from "../losses/given";

const BATCH = 1024;
const CHOICES = ["compile", "device", "onNotice"];

/** Settings of {@link predict}. */
export interface PredictOptions extends CompileChoice {
  /** Rows per forward pass; default 1024. Results do not depend on it. */
  batchSize?: number;
}

/** Settings of {@link evaluate}. */
export interface EvaluateOptions extends PredictOptions {
  /** The loss, called once on all predictions. */
  loss?: Loss;
  /** Metrics by name, each called once on all predictions. */
  metrics?: Readonly<Record<string, Metric>>;
}

/**
 * The model's outputs for all rows of x, computed in batches, in eval mode and without recording.
 *
 * Shapes: x [N, …] gives [N, …out]. The model's training mode is put back afterwards.
 *
 * @throws OptionError for something that is not a model or a bad batch size; whatever the model throws for x.
 *
 * @example
 * ```ts
 * import { Linear, predict, zeros } from "gradkit";
 * predict(new Linear(3, 2), zeros([5, 3])).shape; // → [5, 2]
 * ```
 */
export function predict(model: Module, x: TensorLike | Dataset, options: PredictOptions = {}): Tensor {
  checkModel("predict", model);
  checkOptions("predict", options, ["batchSize", ...CHOICES]);
  const size = checkNumber("predict", "batchSize", options.batchSize ?? BATCH, { integer: true, min: 1 });
  if (x instanceof Dataset) return forwardAll("predict", model, x.batches({ size, shuffle: false }), options).outputs;
  const rows = asTensor("predict", x);
  if (rows.rank === 0) {
    throw new OptionError("predict: x has no rows: a scalar; give one row per sample, such as [[1, 2]]", { x });
  }
  const count = rows.shape[0]!;
  const parts = Array.from({ length: Math.max(1, Math.ceil(count / size)) }, (_, i) => ({
    x: count <= size ? rows : slice(rows, [[i * size, (i + 1) * size]]),
    y: null,
  }));
  return forwardAll("predict", model, parts, options).outputs;
}

/** The model's outputs, and the targets, of batches; where there are several, the model runs as a compiled program. */
function forwardAll<Y extends Tensor | null>(
  where: string,
  model: Module,
  batches: Iterable<{ readonly x: Tensor; readonly y: Y }> & { readonly length: number },
  choice: CompileChoice,
): { outputs: Tensor; targets: Y[] } {
  return inEvalMode(model, () => {
    const wanted = choice.compile !== false && batches.length > 1;
    const how = { ...compileChoice(where, choice), compile: wanted };
    const forward = traced(where, (x: Tensor) => model.forward(x), how);
    const outputs: Tensor[] = [];
    const targets: Y[] = [];
    try {
      for (const { x, y } of batches) {
        outputs.push(forward(x));
        targets.push(y);
      }
    } finally {
      forward.release();
    }
    return { outputs: joined(outputs), targets };
  });
}

function joined(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? parts[0]! : concat(parts, { axis: 0 });
}

/**
 * The loss and metrics of a model on a dataset, as plain numbers: `{ loss, …metrics }`.
 *
 * All rows are predicted first (in eval mode, in batches), then each function is called once on all of them, so that
 * metrics that are no means of batches, such as a root mean squared error, come out right.
 *
 * @throws OptionError if neither a loss nor a metric is given, or for unknown options.
 *
 * @example
 * ```ts
 * import { Dataset, Linear, evaluate, meanAbsoluteError, mse } from "gradkit";
 * const data = Dataset.from({ x: [[1], [2]], y: [[1], [2]] });
 * const scores = evaluate(new Linear(1, 1), data, { loss: mse, metrics: { meanAbsoluteError } });
 * Object.keys(scores); // → ["loss", "meanAbsoluteError"]
 * ```
 */
export function evaluate(model: Module, data: Dataset, options: EvaluateOptions): Record<string, number> {
  checkModel("evaluate", model);
  checkDataset("evaluate", "data", data);
  checkOptions("evaluate", options, ["loss", "metrics", "batchSize", ...CHOICES]);
  const { loss, batchSize = BATCH } = options ?? {};
  if (loss !== undefined) checkLossFunction("evaluate", loss);
  const metrics = checkMetrics("evaluate", options?.metrics ?? {});
  if (loss === undefined && Object.keys(metrics).length === 0) {
    throw new OptionError(
      "evaluate: nothing to measure: no loss and no metrics; pass { loss: mse } or { metrics: { accuracy } }",
    );
  }
  const size = checkNumber("evaluate", "batchSize", batchSize, { integer: true, min: 1 });
  const { outputs, targets } = forwardAll("evaluate", model, data.batches({ size, shuffle: false }), options);
  return withGradMode(false, () => measure("evaluate", outputs, joined(targets), loss, metrics));
}

/** The loss and every metric of predictions, as numbers. */
export function measure(
  where: string,
  prediction: Tensor,
  target: Tensor,
  loss: Loss | undefined,
  metrics: Readonly<Record<string, Metric>>,
): Record<string, number> {
  const result: Record<string, number> = {};
  if (loss !== undefined) result["loss"] = checkLoss(where, loss(prediction, target)).item();
  for (const [name, metric] of Object.entries(metrics)) {
    result[name] = metricValue(where, name, metric(prediction, target));
  }
  return result;
}
