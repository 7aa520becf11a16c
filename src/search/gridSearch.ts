/** Grid search: every combination of the settings. */

import { checkNumber, checkOptions } from "../check";
import { permutation } from "../ops/random";
import { Generator } from "../tensor/generator";
import { type Point, type SearchParams, type SearchSpace, axesOf, keyOf, listOf, pointOf } from "./space";
import { type Outcome, SEARCH_OPTIONS, type SearchOptions, type Searched, type Tried, runSearch, seedOf } from "./study";

/**
 * Tries every combination of the settings and gives the best; lists of 3 and 4 choices make 12 trials.
 *
 * The space names the settings: lists of choices, and ranges with `points`, such as
 * `{ min: 1e-4, max: 1, scale: "log", points: 5 }`. The last setting changes fastest; with a `seed` the order is mixed,
 * so that a bounded number of `trials` is a fair sample (default: all). What else is said of {@link randomSearch} holds
 * here too.
 *
 * @throws OptionError for a space or options that are wrong, a range without points, an objective that gives no number,
 * and where all trials fail.
 *
 * @example
 * ```ts
 * import { gridSearch } from "gradkit";
 * const found = gridSearch(({ a, b }) => (a - 2) ** 2 + b, { a: [1, 2, 3], b: [4, 5, 6, 7] });
 * found.params; // → { a: 2, b: 4 }
 * found.score; // → 4
 * found.trials.length; // → 12
 * ```
 */
export function gridSearch<const S extends SearchSpace, R extends Outcome>(
  objective: (params: SearchParams<S>) => R,
  space: S,
  options: SearchOptions<SearchParams<S>> = {},
): Searched<R, SearchParams<S>> {
  const where = "gridSearch";
  checkOptions(where, options, SEARCH_OPTIONS);
  const axes = axesOf(where, space);
  const lists = axes.map((axis) => listOf(where, axis));
  const size = lists.reduce((product, list) => product * list.length, 1);
  checkNumber(where, "number of combinations", size, { max: 2 ** 24 });
  const trials = checkNumber(where, "trials", options.trials ?? Infinity, { min: 1, infinite: true });
  const order =
    options.seed === undefined
      ? null
      : permutation(size, { generator: new Generator(seedOf(where, options.seed)) }).toTypedArray();

  const combination = (position: number): Point => {
    let rest = order === null ? position : order[position]!;
    const chosen = new Array<unknown>(lists.length);
    for (let i = lists.length - 1; i >= 0; i--) {
      chosen[i] = lists[i]![rest % lists[i]!.length];
      rest = Math.floor(rest / lists[i]!.length);
    }
    return pointOf(axes, (_, i) => chosen[i]);
  };
  const strategy = (tried: readonly Tried[]) => {
    const known = new Set(tried.map(({ point }) => keyOf(axes, point)));
    for (let position = 0; position < size; position++) {
      const point = combination(position);
      if (!known.has(keyOf(axes, point))) return point;
    }
    return "exhausted" as const;
  };
  return runSearch(objective, options, { where, axes, trials, strategy });
}
