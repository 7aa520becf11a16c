/** Random search: every trial is drawn anew. */

import { checkNumber, checkOptions } from "../check";
import { type SearchParams, type SearchSpace, axesOf, draw } from "./space";
import { type Outcome, SEARCH_OPTIONS, type SearchOptions, type Searched, runSearch, seedOf } from "./study";
import { streamOf } from "./stream";

/**
 * Tries settings drawn at random, each evenly along its range or list, and gives the best.
 *
 * The space names the settings: lists of choices, and ranges `{ min, max, scale: "log", integer: true }`. 20 trials
 * unless `trials` says otherwise; in small spaces some may be equal. The smallest score is the best, unless `maximize`.
 * An objective that returns a promise gives a promise. A trial that throws, or whose score is not finite, is recorded
 * and never the best. The trials depend on the seed alone; with `previous` the search goes on where it was.
 *
 * @throws OptionError for a space or options that are wrong, for an objective that gives no number, and where all
 * trials fail (its cause is what the first threw).
 *
 * @example
 * ```ts
 * import { randomSearch } from "gradkit";
 * const space = { lr: { min: 1e-4, max: 1, scale: "log" }, layers: [1, 2, 3] } as const;
 * const found = randomSearch(({ lr, layers }) => (Math.log10(lr) + 2) ** 2 + layers, space, { trials: 50, seed: 1 });
 * found.params.layers; // → 1
 * found.trials.length; // → 50
 * ```
 *
 * Source: Bergstra and Bengio 2012, "Random search for hyper-parameter optimization".
 */
export function randomSearch<const S extends SearchSpace, R extends Outcome>(
  objective: (params: SearchParams<S>) => R,
  space: S,
  options: SearchOptions<SearchParams<S>> = {},
): Searched<R, SearchParams<S>> {
  const where = "randomSearch";
  checkOptions(where, options, SEARCH_OPTIONS);
  const axes = axesOf(where, space);
  const trials = checkNumber(where, "trials", options.trials ?? 20, { integer: true, min: 1 });
  const seed = seedOf(where, options.seed);
  const strategy = (tried: readonly unknown[]) => draw(axes, streamOf(seed, tried.length));
  return runSearch(objective, options, { where, axes, trials, strategy });
}
