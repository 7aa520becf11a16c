/** The learning rate range test: how the loss answers while the rate grows, from hardly learning to flying apart. */

import { checkNumber, checkOptions, show } from "../check";
import type { Dataset } from "../data/dataset";
import { OptionError } from "../errors";
import type { Module } from "../layers/module";
import { Adam } from "../optimizers/adam";
import { Optimizer } from "../optimizers/optimizer";
import { defaultGenerator } from "../tensor/generator";
import { type Tensor, assign } from "../tensor/tensor";
import { checkDataset, checkLossFunction, checkModel, checkTrained } from "./checks";
import type { Loss } from "./evaluate";
import { type CompileChoice, compileChoice } from "./traced";
import { Updater } from "./update";

/** Settings of {@link lrFind}. */
export interface LrFindOptions extends CompileChoice {
  /** The loss that is to fall; losses of gradkit take raw logits. */
  loss: Loss;
  /** The optimizer whose rate is sought; default a new {@link Adam} of the model's parameters. */
  optimizer?: Optimizer;
  /** The first rate, > 0; default 1e-7. */
  from?: number;
  /** The last rate, > from; default 10. */
  to?: number;
  /** Updates from the first rate to the last, ≥ 2; default 100. */
  steps?: number;
  /** Rows per update; default 32. */
  batchSize?: number;
  /** How much of the running mean of the losses is kept, in [0, 1); default 0.9. */
  smoothing?: number;
  /** The test ends when the smoothed loss exceeds its lowest value this many times; > 1, default 4. */
  divergence?: number;
  /** Fixes the order of the rows; by default a seed is drawn as for `batches`. */
  seed?: number;
}

/** What {@link lrFind} found. */
export interface LrFound {
  /** The rates that were tried, from the lowest. */
  readonly rates: readonly number[];
  /** The smoothed loss at each rate, without the bias of a mean that begins at 0. */
  readonly losses: readonly number[];
  /** The rate at which the loss falls fastest; null if it never falls. */
  readonly suggestion: number | null;
}

/**
 * Smith's range test: trains while the learning rate grows from `from` to `to`, each update's by the same factor, and
 * looks where the loss falls fastest.
 *
 * The loss is smoothed; the test ends where it diverges or is no longer finite. Rows come in mixed order, epoch after
 * epoch. Afterwards the model (weights, buffers, modes, gradients), the optimizer with all that it trains and the
 * default generator are what they were. The suggestion is the rate of the steepest fall over log lr, a good rate to
 * begin with; the loss's lowest point is too high already.
 *
 * @throws OptionError for unknown options and values out of range; whatever the model or the loss throws.
 *
 * @example
 * ```ts
 * import { Dataset, Linear, Sequential, Tanh, lrFind, manualSeed, mse, randn } from "gradkit";
 * manualSeed(1);
 * const x = randn([256, 2]);
 * const data = Dataset.from({ x, y: x.square().sum({ axes: 1, keepDims: true }) });
 * const model = new Sequential(new Linear(2, 16), new Tanh(), new Linear(16, 1));
 * const { suggestion } = lrFind(model, data, { loss: mse });
 * suggestion! > 1e-3 && suggestion! < 1; // → true
 * ```
 *
 * Source: Smith 2017, "Cyclical learning rates for training neural networks", section 3.3; smoothing and stop as in
 * fastai.
 */
export function lrFind(model: Module, data: Dataset, options: LrFindOptions): LrFound {
  const plan = planOf(model, data, options);
  const restore = remember(model, plan.optimizer);
  const updater = new Updater({ ...plan, clipNorm: undefined, l1: 0, l2: 0 }, false, "lrFind");
  model.train();
  try {
    const { rates, losses } = climb(plan, updater);
    return { rates, losses, suggestion: steepest(plan, rates, losses) };
  } finally {
    updater.release();
    restore();
  }
}

interface LrPlan extends CompileChoice {
  readonly model: Module;
  readonly data: Dataset;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly smoothing: number;
  readonly divergence: number;
  readonly seed: number | undefined;
}

const KNOWN: readonly (keyof LrFindOptions)[] = [
  "loss", "optimizer", "from", "to", "steps", "batchSize", "smoothing", "divergence", "seed", "compile", "device", "onNotice",
];

function planOf(model: Module, data: Dataset, options: LrFindOptions): LrPlan {
  const where = "lrFind";
  checkModel(where, model);
  checkDataset(where, "data", data);
  checkOptions(where, options ?? {}, KNOWN);
  const { loss, optimizer, seed } = options ?? {};
  checkLossFunction(where, loss);
  if (optimizer !== undefined && !(optimizer instanceof Optimizer)) {
    throw new OptionError(`${where}: not an optimizer: ${show(optimizer)}; give one, such as new Adam(model.parameters()), or leave it out`, {
      optimizer,
    });
  }
  const from = checkNumber(where, "from", options.from ?? 1e-7, { above: 0 });
  const chosen = optimizer ?? new Adam(model.parameters().filter((parameter) => parameter.requiresGrad));
  checkTrained(where, model, chosen);
  return {
    model,
    data,
    loss,
    optimizer: chosen,
    from,
    to: checkNumber(where, "to", options.to ?? 10, { above: from }),
    steps: checkNumber(where, "steps", options.steps ?? 100, { integer: true, min: 2 }),
    batchSize: checkNumber(where, "batchSize", options.batchSize ?? 32, { integer: true, min: 1 }),
    smoothing: checkNumber(where, "smoothing", options.smoothing ?? 0.9, { min: 0, below: 1 }),
    divergence: checkNumber(where, "divergence", options.divergence ?? 4, { above: 1 }),
    seed,
    ...compileChoice(where, options),
  };
}

/** What puts model, optimizer and random numbers back to where they are now. */
function remember(model: Module, optimizer: Optimizer): () => void {
  const modules = [...model.modules()];
  const modes = modules.map((module) => module.training);
  const params = [...new Set([...model.parameters(), ...optimizer.groups.flatMap((group) => group.params)])];
  const values = [...model.buffers(), ...params].map((target) => [target, target.detach()] as const);
  const state = optimizer.stateDict();
  const gradients = params.map((parameter): Tensor | null => parameter.grad);
  const random = defaultGenerator.state;
  return () => {
    for (const [target, value] of values) assign(target, value);
    optimizer.loadStateDict(state);
    modules.forEach((module, i) => (module.training = modes[i]!));
    params.forEach((parameter, i) => (parameter.grad = gradients[i]!));
    defaultGenerator.load(random);
  };
}

function climb(plan: LrPlan, updater: Updater): { rates: number[]; losses: number[] } {
  const { data, optimizer, from, to, steps, batchSize: size, smoothing, divergence, seed } = plan;
  const batches = data.batches({ size, shuffle: "epoch", ...(seed === undefined ? {} : { seed }) });
  const [rates, losses]: [number[], number[]] = [[], []];
  let [mean, lowest] = [0, Infinity];
  while (rates.length < steps) {
    for (const batch of batches) {
      const rate = from * (to / from) ** (rates.length / (steps - 1));
      optimizer.lr = rate;
      const result = updater.update(batch, 0, rates.length);
      if ("nonFinite" in result) return { rates, losses };
      mean = smoothing * mean + (1 - smoothing) * result.loss;
      const smoothed = mean / (1 - smoothing ** (rates.length + 1));
      rates.push(rate);
      losses.push(smoothed);
      lowest = Math.min(lowest, smoothed);
      if (rates.length === steps || smoothed > divergence * lowest) return { rates, losses };
    }
  }
  return { rates, losses };
}

/**
 * The rate where the loss falls most within a fifth of all steps; rates grow by one factor, so differences are slopes
 * over log lr. The first tenth is not looked at: the mean of few losses is mostly noise.
 */
function steepest({ steps }: LrPlan, rates: readonly number[], losses: readonly number[]): number | null {
  const reach = Math.max(1, Math.round(steps / 10));
  let [best, found]: [number, number | null] = [0, null];
  for (let i = 2 * reach; i < losses.length - reach; i++) {
    const fall = losses[i + reach]! - losses[i - reach]!;
    if (fall < best) [best, found] = [fall, rates[i]!];
  }
  return found;
}
