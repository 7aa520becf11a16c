/** Many random starts of one training: how far their results lie apart, and which is the best. */

import { checkNumber, checkOptions } from "../check";
import { manualSeed } from "../tensor/generator";
import { type Outcome, runSearch, seedOf } from "./study";
import { type SearchResult, hasFailed } from "./trials";

/** Settings of {@link multiStart}. */
export interface MultiStartOptions {
  /** How many starts are made: whole, ≥ 1; default 20. */
  starts?: number;
  /** Seed of the first start, whole, ≥ 0; the next ones follow. Without it, one from the default generator. */
  seed?: number;
  /** Whether the largest score is the best; default false: the smallest. */
  maximize?: boolean;
  /** Told of each start when it has ended. */
  onStart?: (seed: number, score: number) => void;
  /** An AbortSignal: the start that runs is the last one, and is not kept. */
  signal?: { readonly aborted: boolean };
}

/** What many starts came to. */
export interface Starts {
  /** The score of each start, in order; NaN where it threw. */
  readonly scores: readonly number[];
  /** The best score, and the seed that gives it again. */
  readonly best: { readonly seed: number; readonly score: number };
  /** Mean of the finite scores. */
  readonly mean: number;
  /** Sample standard deviation of the finite scores; NaN for fewer than two. */
  readonly std: number;
  /** How many starts threw, or gave no finite score. */
  readonly failed: number;
}

/** What {@link multiStart} gives: the summary at once, or for objectives that return promises, a promise of it. */
export type Started<R> = R extends PromiseLike<unknown> ? Promise<Starts> : Starts;

/**
 * Runs an objective once for each of many seeds, such as a training from a random start to its final loss, and sums the
 * scores up: their spread says how much the start matters.
 *
 * Before each start `manualSeed(seed)` is called, with seed, seed + 1, …; so a model that the objective makes begins
 * elsewhere each time, and the best one can be made again. An objective that returns a promise gives a promise.
 *
 * @throws OptionError for options out of range, an objective that gives no number, and where all starts fail.
 *
 * @example
 * ```ts
 * import { multiStart, rand } from "gradkit";
 * const { scores, best, failed } = multiStart(() => rand([]).item(), { starts: 5, seed: 1 });
 * scores.length; // → 5
 * best.score === Math.min(...scores); // → true
 * failed; // → 0
 * ```
 *
 * Source: Choromanska et al. 2015, "The loss surfaces of multilayer networks": the wider a network, the closer together
 * its final losses.
 */
export function multiStart<R extends Outcome>(
  objective: (seed: number) => R,
  options: MultiStartOptions = {},
): Started<R> {
  const where = "multiStart";
  checkOptions(where, options, ["starts", "seed", "maximize", "onStart", "signal"]);
  const { onStart, seed: given, starts: _, ...rest } = options;
  const starts = checkNumber(where, "starts", options.starts ?? 20, { integer: true, min: 1 });
  const seed = seedOf(where, given);
  const axes = [{ name: "seed", choices: null, range: { min: seed, max: seed + starts - 1, integer: true } }];
  const run = (params: { readonly seed: number }): R => {
    manualSeed(params.seed);
    return objective(params.seed);
  };
  const found = runSearch<R, { readonly seed: number }>(
    typeof objective === "function" ? run : objective,
    onStart === undefined ? rest : { ...rest, onTrial: ({ params, score }) => onStart(params.seed, score) },
    { where, axes, trials: starts, strategy: (tried) => ({ seed: seed + tried.length }) },
  ) as SearchResult<{ readonly seed: number }> | Promise<SearchResult<{ readonly seed: number }>>;
  return (found instanceof Promise ? found.then(summary) : summary(found)) as Started<R>;
}

function summary({ params, score, trials }: SearchResult<{ readonly seed: number }>): Starts {
  const finite = trials.filter((trial) => !hasFailed(trial)).map((trial) => trial.score);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    scores: trials.map((trial) => trial.score),
    best: { seed: params.seed, score },
    mean,
    std: Math.sqrt(squares / (finite.length - 1)),
    failed: trials.length - finite.length,
  };
}
