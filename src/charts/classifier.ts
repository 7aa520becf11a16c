/** What may classify points of a plane, and what it says of them: classes, margins, probabilities. */

import { show } from "../check";
import { isFloat } from "../dtype";
import { OptionError, ShapeError } from "../errors";
import { Module } from "../layers/module";
import { concat } from "../ops/concat";
import { showShape } from "../shape";
import { asTensor, tensor } from "../tensor/create";
import { withGradMode } from "../tensor/tape";
import type { Tensor, TensorLike } from "../tensor/tensor";

/** Anything that predicts: scores [N, C], one score [N] or [N, 1], or int32 classes [N], of points [N, 2]. */
export interface Predictor {
  /** What it says of the points x. */
  predict(x: Tensor): TensorLike;
}

/** A model, a function of points [N, 2], or anything with such a `predict`. */
export type Classifier = Module | ((x: Tensor) => TensorLike) | Predictor;

/** What a classifier says of N points. */
export interface Verdict {
  readonly classes: number;
  /** The class of each point. */
  readonly winner: Int32Array;
  /** For one class, how far each point is from its boundary (positive within); null where only classes are known. */
  margin(of: number): Float64Array | null;
  /** Probability of each point's class; null where only classes are known. */
  readonly confidence: Float64Array | null;
}

const BATCH = 4096;

/** Asks a classifier about points, in batches; a model answers in eval mode, and nothing is recorded. */
export function classify(where: string, model: Classifier, points: Float32Array, threshold: number): Verdict {
  const ask = asker(where, model);
  const parts: Tensor[] = [];
  const answer = withGradMode(false, () => {
    for (let from = 0; from < points.length; from += 2 * BATCH) {
      const some = points.slice(from, from + 2 * BATCH);
      const size = some.length / 2;
      parts.push(checkAnswer(where, asTensor(where, ask(tensor(some, { shape: [size, 2] }))), size));
    }
    return parts.length === 1 ? parts[0]! : concat(parts, { axis: 0 });
  });
  const columns = answer.rank === 2 ? answer.shape[1]! : 1;
  const scores = answer.toTypedArray();
  if (columns > 1) return ofScores(scores, columns);
  return isFloat(answer.dtype) ? ofOneScore(scores, threshold) : ofClasses(scores);
}

function checkAnswer(where: string, answer: Tensor, size: number): Tensor {
  const { rank, shape } = answer;
  if ((rank === 1 || (rank === 2 && shape[1]! > 0)) && shape[0] === size) return answer;
  throw new ShapeError(
    `${where}: the model's answer has a wrong shape: ${showShape(shape)} for ${size} points; ` +
      "give scores [N, C], one score [N] or [N, 1], or classes as int32 [N]",
    { answer: shape, points: size },
  );
}

function asker(where: string, model: Classifier): (x: Tensor) => TensorLike {
  if (model instanceof Module) return (x) => inEvalMode(model, () => model.forward(x));
  if (typeof model === "function") return model;
  if (typeof model === "object" && model !== null && typeof model.predict === "function")
    return (x) => model.predict(x);
  throw new OptionError(
    `${where}: nothing that can classify: ${show(model)}; give a model, or a function of points [N, 2]`,
    {
      model,
    },
  );
}

function inEvalMode<T>(model: Module, run: () => T): T {
  const modules = [...model.modules()];
  const modes = modules.map((module) => module.training);
  model.eval();
  try {
    return run();
  } finally {
    modules.forEach((module, i) => (module.training = modes[i]!));
  }
}

function ofScores(scores: ArrayLike<number>, columns: number): Verdict {
  const count = scores.length / columns;
  const winner = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    for (let c = 1; c < columns; c++) if (scores[n * columns + c]! > scores[n * columns + winner[n]!]!) winner[n] = c;
  }
  const rivalOf = (n: number, of: number): number => {
    let best = -Infinity;
    for (let c = 0; c < columns; c++) if (c !== of) best = Math.max(best, scores[n * columns + c]!);
    return best;
  };
  return {
    classes: columns,
    winner,
    margin: (of) => Float64Array.from({ length: count }, (_, n) => scores[n * columns + of]! - rivalOf(n, of)),
    confidence: confidenceOf(scores, columns, winner),
  };
}

/** Rows that are probabilities stay; others count as logits, of which softmax makes some. */
function confidenceOf(scores: ArrayLike<number>, columns: number, winner: Int32Array): Float64Array {
  const count = winner.length;
  let probable = true;
  for (let n = 0; n < count && probable; n++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      const score = scores[n * columns + c]!;
      sum += score;
      if (!(score >= 0)) probable = false;
    }
    if (!(Math.abs(sum - 1) < 1e-3)) probable = false;
  }
  return Float64Array.from({ length: count }, (_, n) => {
    const best = scores[n * columns + winner[n]!]!;
    if (probable) return best;
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += Math.exp(scores[n * columns + c]! - best);
    return 1 / sum;
  });
}

function ofOneScore(scores: ArrayLike<number>, threshold: number): Verdict {
  const above = Float64Array.from(scores, (score) => score - threshold);
  // A threshold of 0 is that of logits; any other, of probabilities.
  const positive = Float64Array.from(scores, (score) => (threshold === 0 ? 1 / (1 + Math.exp(-score)) : score));
  return {
    classes: 2,
    winner: Int32Array.from(above, (margin) => (margin > 0 ? 1 : 0)),
    margin: (of) => (of === 1 ? above : above.map((margin) => -margin)),
    confidence: positive.map((p) => Math.max(p, 1 - p)),
  };
}

function ofClasses(values: ArrayLike<number>): Verdict {
  const winner = Int32Array.from(values);
  return { classes: winner.reduce((a, b) => Math.max(a, b), 0) + 1, winner, margin: () => null, confidence: null };
}
