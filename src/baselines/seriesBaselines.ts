/** Baselines for time series as `windows` cuts them: tomorrow as today, and as one season ago. */

import { checkNumber, checkOptions } from "../check";
import { ShapeError } from "../errors";
import { indexSelect } from "../ops/indexSelect";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import type { Baseline } from "./constantBaselines";

/** Settings of {@link lastValueBaseline} and {@link seasonalBaseline}. */
export interface SeriesBaselineOptions {
  /** How many days are predicted, as in `windows`: whole, ≥ 1; default 1. */
  horizon?: number;
}

/** Day t + h is predicted as x holds it: from the newest day back, the day before t first. */
function repeated(where: string, period: number, { horizon = 1 }: SeriesBaselineOptions): Baseline {
  checkNumber(where, "horizon", horizon, { integer: true, min: 1 });
  const positions = Int32Array.from({ length: horizon }, (_, h) => period - 1 - (h % period));
  return (x) => {
    const rows = asTensor(where, x).detach();
    const days = rows.shape[1];
    if (rows.rank >= 2 && days! >= period) return indexSelect(rows, positions, { axis: 1 });
    throw new ShapeError(
      `${where}: x does not reach back far enough: ${showShape(rows.shape)} for ${period} days; ` +
        `give x [N, days], the newest day first, such as windows(series, { lookback: ${period} }) makes`,
      { shape: rows.shape, period },
    );
  };
}

/**
 * Tomorrow is as today: ŷ(t + h) = s(t − 1), the newest value x holds, for each day h of the horizon.
 *
 * Shapes: the baseline takes x of `windows`, [N, lookback] or [N, lookback, C], the newest day first, and gives
 * [N, horizon] or [N, horizon, C], in x's dtype. Also called the naive or persistence forecast.
 *
 * @throws OptionError for a horizon that is not a whole number ≥ 1; the baseline throws a ShapeError where x has no
 * days.
 *
 * @example
 * ```ts
 * import { lastValueBaseline, meanAbsoluteError, windows } from "gradkit";
 * const { x, y } = windows([1, 2, 4, 7], { lookback: 2 });
 * lastValueBaseline()(x).toArray(); // → [[2], [4]]
 * meanAbsoluteError(lastValueBaseline()(x), y); // → 2.5
 * ```
 */
export function lastValueBaseline(options: SeriesBaselineOptions = {}): Baseline {
  checkOptions("lastValueBaseline", options, ["horizon"]);
  return repeated("lastValueBaseline", 1, options);
}

/**
 * As one season ago: ŷ(t + h) = s(t + h − period), or, beyond one season, the same day of the last one known.
 *
 * Shapes: as {@link lastValueBaseline}, with lookback ≥ period. The period counts days, whole, ≥ 1: 7 for weeks, and 1
 * is {@link lastValueBaseline}. Also called the seasonal naive forecast.
 *
 * @throws OptionError for a period or horizon that is not a whole number ≥ 1; the baseline throws a ShapeError where x
 * holds fewer days than the period.
 *
 * @example
 * ```ts
 * import { seasonalBaseline, windows } from "gradkit";
 * const { x } = windows([1, 5, 2, 6, 3, 7], { lookback: 2, horizon: 3 });
 * x.toArray(); // → [[5, 1], [2, 5]]
 * seasonalBaseline(2, { horizon: 3 })(x).toArray(); // → [[1, 5, 1], [5, 2, 5]]
 * ```
 */
export function seasonalBaseline(period: number, options: SeriesBaselineOptions = {}): Baseline {
  const where = "seasonalBaseline";
  checkNumber(where, "period", period, { integer: true, min: 1 });
  checkOptions(where, options, ["horizon"]);
  return repeated(where, period, options);
}
