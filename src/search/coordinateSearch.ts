/** Coordinate search: one setting is changed at a time, and kept where that helps. */

import { checkNumber, checkOptions } from "../check";
import { type Axis, type Point, type SearchParams, type SearchSpace, axesOf, checkPoint, keyOf, listOf, pointOf } from "./space";
import { type Outcome, SEARCH_OPTIONS, type SearchOptions, type Searched, type Tried, runSearch, seedOf } from "./study";
import { streamOf } from "./stream";

/** Settings of {@link coordinateSearch}. */
export interface CoordinateSearchOptions<P> extends SearchOptions<P> {
  /** Where to begin, such as settings known to be good; default: the first of each list, or with a seed any of each. */
  start?: P;
}

/**
 * Changes one setting at a time: tries all its values with the others as they are, goes on from the best, and ends when
 * a round through all settings has brought nothing. A worse or an equal score is never accepted.
 *
 * The space is that of {@link gridSearch}: lists, and ranges with `points`. It finds a point that no change of one
 * setting improves, which need not be the best of all. No settings are tried twice. `trials` bounds their number
 * (default: none). What else is said of {@link randomSearch} holds here too.
 *
 * @throws OptionError for a space, start or options that are wrong, a range without points, an objective that gives no
 * number, and where all trials fail.
 *
 * @example
 * ```ts
 * import { coordinateSearch } from "gradkit";
 * const found = coordinateSearch(({ a, b }) => (a - 3) ** 2 + (b - 2) ** 2, { a: [1, 2, 3], b: [1, 2, 3, 4] });
 * found.params; // → { a: 3, b: 2 }
 * found.trials.length; // → 8
 * found.stoppedBy; // → "converged"
 * ```
 */
export function coordinateSearch<const S extends SearchSpace, R extends Outcome>(
  objective: (params: SearchParams<S>) => R,
  space: S,
  options: CoordinateSearchOptions<SearchParams<S>> = {},
): Searched<R, SearchParams<S>> {
  const where = "coordinateSearch";
  checkOptions(where, options, [...SEARCH_OPTIONS, "start"]);
  const axes = axesOf(where, space);
  const lists = axes.map((axis) => listOf(where, axis));
  const trials = checkNumber(where, "trials", options.trials ?? Infinity, { min: 1, infinite: true });
  const random = options.seed === undefined ? () => 0 : streamOf(seedOf(where, options.seed), 0);
  const anywhere = pointOf(axes, (_, i) => lists[i]![Math.floor(random() * lists[i]!.length)]);
  const start = options.start === undefined ? anywhere : checkPoint(`${where}: start`, axes, options.start);
  const strategy = (tried: readonly Tried[]) => nextOf(axes, lists, start, tried);
  return runSearch(objective, options, { where, axes, trials, strategy });
}

/** Walks the whole way again along the costs that are known, to the first point whose cost is not. */
function nextOf(
  axes: readonly Axis[],
  lists: readonly (readonly unknown[])[],
  start: Point,
  tried: readonly Tried[],
): Point | "converged" {
  const costs = new Map(tried.map(({ point, cost }) => [keyOf(axes, point), cost]));
  let best = start;
  let lowest = costs.get(keyOf(axes, start));
  if (lowest === undefined) return start;
  for (let improved = true; improved; ) {
    improved = false;
    for (const [i, { name }] of axes.entries()) {
      const from = best;
      for (const value of lists[i]!) {
        const point = { ...from, [name]: value };
        const cost = costs.get(keyOf(axes, point));
        if (cost === undefined) return point;
        if (!(cost < lowest)) continue;
        [best, lowest, improved] = [point, cost, true];
      }
    }
  }
  return "converged";
}
