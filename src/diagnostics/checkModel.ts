/** A model before its training: one batch is sent through and back, and looked at from all sides. */

import { grad } from "../autograd/functional";
import { checkNumber, checkOptions, show } from "../check";
import { GradkitError, OptionError } from "../errors";
import { checkModel as checkGiven, inEvalMode } from "../layers/given";
import type { Module } from "../layers/module";
import { type Loss, checkLoss, checkLossFunction } from "../losses/given";
import { concat } from "../ops/concat";
import { Optimizer } from "../optimizers/optimizer";
import { asTensor } from "../tensor/create";
import { withGradMode } from "../tensor/tape";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { watchCalls } from "./activations";
import {
  type Finding,
  finding,
  guessOf,
  inData,
  inFirstLoss,
  inGradients,
  inLayers,
  inOptimizer,
  inOutput,
  inPairing,
  inParameters,
  leavesOf,
} from "./findings";

/** What {@link checkModel} may be told besides the data. */
export interface CheckModelOptions {
  /** The loss that the model is to be trained with; it needs y. */
  loss?: Loss;
  /** The optimizer, to see whether it has all parameters. */
  optimizer?: Pick<Optimizer, "groups">;
  /** The loss of a guess, > 0; default ln K for `crossEntropy` with K classes, ln 2 for two. */
  baseline?: number;
}

/** What {@link checkModel} found. */
export class ModelReport {
  /** Everything that was noticed, the gravest first. */
  readonly findings: readonly Finding[];
  /** The loss on the batch; null without one. */
  readonly loss: number | null;

  /** Made by {@link checkModel}. @internal */
  constructor(findings: readonly Finding[], loss: number | null) {
    const order: readonly Finding["severity"][] = ["error", "warning", "note"];
    this.findings = order.flatMap((severity) => findings.filter((found) => found.severity === severity));
    this.loss = loss;
  }

  /** Whether there is neither an error nor a warning. */
  get ok(): boolean {
    return this.findings.every(({ severity }) => severity === "note");
  }

  /** One line per finding: `warning: layer 1: what was noticed; what usually helps`. */
  toString(): string {
    const head = this.ok ? "nothing is wrong with the model on this batch" : "the model needs a look before training";
    const lines = this.findings.map(({ severity, layer, message, mend }) => {
      return `${severity}: ${layer === null ? "" : `${layer === "" ? "the model" : layer}: `}${message}; ${mend}`;
    });
    return [head, ...lines].join("\n");
  }
}

/**
 * Looks at a model before it is trained, with one batch of its data, and reports what usually goes wrong.
 *
 * - parameters: none, frozen, not finite; the optimizer's, if one is given, compared with the model's
 * - data: not finite, inputs beyond ±50, another number of targets than rows; whatever model or loss refuse
 * - layers: an output that is not finite (the first one), dead ReLUs (half or more), saturated sigmoids and tanhs
 * - output: the same for every row; a softmax or sigmoid before a loss that applies its own; `nll` on raw scores
 * - loss: not finite, or more than twice that of a guess: ln K for `crossEntropy` with K classes
 * - gradients: parameters that none reaches, that are exactly 0, or not finite
 *
 * Shapes: x [N, …] and y as the loss takes them; a few hundred rows tell more than a few. Without y and a loss, what
 * needs them is left out. The model runs in eval mode; nothing is changed, neither weights nor `.grad` nor buffers nor
 * random streams. Problems are findings, not errors.
 *
 * @throws OptionError for something that is no model, an unknown option, or a loss without y.
 *
 * @example
 * ```ts
 * import { Linear, Sequential, Softmax, checkModel, crossEntropy, randn } from "gradkit";
 * const model = new Sequential(new Linear(2, 3), new Softmax());
 * const report = checkModel(model, randn([4, 2]), [0, 1, 2, 0], { loss: crossEntropy });
 * report.ok; // → false
 * report.findings[0]!.message; // → "the model ends with a softmax, and the loss applies another"
 * ```
 */
export function checkModel(
  model: Module,
  x: TensorLike,
  y?: TensorLike | null,
  options: CheckModelOptions = {},
): ModelReport {
  const where = "checkModel";
  checkGiven(where, model);
  checkOptions(where, options, ["loss", "optimizer", "baseline"]);
  const { loss, optimizer, baseline } = options;
  if (loss !== undefined) checkLossFunction(where, loss);
  if (loss !== undefined && (y === undefined || y === null)) {
    throw new OptionError(`${where}: a loss without targets: y is ${show(y)}; pass the targets of x as well`);
  }
  if (baseline !== undefined) checkNumber(where, "baseline", baseline, { above: 0 });
  if (optimizer !== undefined && !(optimizer instanceof Optimizer)) {
    throw new OptionError(`${where}: not an optimizer: ${show(optimizer)}; give one, such as new Adam(…)`, { optimizer });
  }
  const input = asTensor(where, x);
  const target = y === undefined || y === null ? null : asTensor(where, y);
  const findings = [...inParameters(model), ...inData(input, target)];
  if (optimizer !== undefined) findings.push(...inOptimizer(model, optimizer));
  const passed = inEvalMode(model, () => withGradMode(true, () => pass({ model, input, target, loss, baseline })));
  return new ModelReport([...findings, ...passed.findings], passed.loss);
}

interface Batch {
  readonly model: Module;
  readonly input: Tensor;
  readonly target: Tensor | null;
  readonly loss: Loss | undefined;
  readonly baseline: number | undefined;
}

/** Sends the batch through and back; what the model or the loss refuses ends it. */
function pass({ model, input, target, loss, baseline }: Batch): { findings: Finding[]; loss: number | null } {
  const findings: Finding[] = [];
  let value: number | null = null;
  let what = "forward";
  try {
    const { result: prediction, calls } = watchCalls(model, () => model.forward(input));
    if (!(prediction instanceof Tensor)) return { findings, loss: null };
    findings.push(...inLayers(calls), ...inOutput(input, prediction));
    const named = model.namedParameters();
    if (loss === undefined || target === null) {
      findings.push(...inGradients(named, leavesOf(prediction), new Map()));
      return { findings, loss: null };
    }
    what = "loss";
    const found = checkLoss("checkModel", loss(prediction, target));
    value = found.item();
    findings.push(...inPairing(prediction, found));
    findings.push(...inFirstLoss(value, baseline ?? guess(loss, prediction, target, found)));
    const reached = leavesOf(found);
    const learning = named.map(([, parameter]) => parameter).filter((p) => p.requiresGrad && reached.has(p));
    const gradients = learning.length === 0 ? [] : grad(found, learning);
    findings.push(...inGradients(named, reached, new Map(learning.map((p, i) => [p, gradients[i]!]))));
  } catch (error) {
    if (!(error instanceof GradkitError)) throw error;
    const mend = what === "forward" ? "make the layers and x fit" : "make the output, y and the loss fit";
    findings.push(finding("error", what, null, error.message, mend));
  }
  return { findings, loss: value };
}

/** The loss of a guess on these rows; a loss is a sum over rows if all of them twice cost twice as much. */
function guess(loss: Loss, prediction: Tensor, target: Tensor, found: Tensor): number | null {
  const one = guessOf(prediction, found);
  if (one === null || prediction.rank < 2 || target.rank === 0) return one;
  const [twice, once] = withGradMode(false, () => {
    return [loss(concat([prediction, prediction]), concat([target, target])).item(), found.item()];
  });
  return Math.abs(twice - 2 * once) <= 1e-3 * Math.abs(once) ? one * prediction.shape[0]! : one;
}
