/** Time series cut into windows: the days before as inputs, the day after as target. */

import { checkNumber, checkOptions } from "../check";
import { ShapeError } from "../errors";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { checkFinite } from "../tensor/finite";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { selectRows } from "./bytes";
import { Dataset } from "./dataset";

/** Settings of {@link windows}. */
export interface WindowsOptions {
  /** How many past days are an input, ≥ 1. */
  lookback: number;
  /** How many following days are the target, ≥ 1; default 1. */
  horizon?: number;
  /** How many days lie between one window and the next, ≥ 1; default 1. */
  stride?: number;
}

/**
 * A time series as a dataset: from the last `lookback` days predict the next `horizon` ones.
 *
 * x holds the newest day first: row t is [s(t−1), s(t−2), …, s(t−lookback)], its y is [s(t), …, s(t+horizon−1)] in
 * order of time. Rows are in order of time too, and none looks ahead: split them with `shuffle: false`.
 * Shapes: a series [T] gives x [N, lookback] and y [N, horizon]; [T, C] gives [N, lookback, C] and [N, horizon, C],
 * with N = ⌊(T − lookback − horizon)/stride⌋ + 1.
 *
 * @throws ShapeError for a series too short for one window; OptionError for options unknown or out of range, and for
 * NaN or Infinity in the series.
 *
 * @example
 * ```ts
 * import { windows } from "gradkit";
 * const data = windows([1, 2, 3, 4, 5], { lookback: 3 });
 * data.x.toArray(); // → [[3, 2, 1], [4, 3, 2]]
 * data.y.toArray(); // → [[4], [5]]
 * ```
 */
export function windows(series: TensorLike, options: WindowsOptions): Dataset {
  const where = "windows";
  checkOptions(where, options, ["lookback", "horizon", "stride"]);
  const lookback = checkNumber(where, "lookback", options?.lookback, { integer: true, min: 1 });
  const horizon = checkNumber(where, "horizon", options.horizon ?? 1, { integer: true, min: 1 });
  const stride = checkNumber(where, "stride", options.stride ?? 1, { integer: true, min: 1 });
  const values = asTensor(where, series);
  if (values.rank !== 1 && values.rank !== 2) {
    throw new ShapeError(
      `${where}: not a time series: ${showShape(values.shape)}; give one value per day [T], or one row per day [T, C]`,
      { shape: values.shape },
    );
  }
  const days = values.shape[0]!;
  if (days < lookback + horizon) {
    throw new ShapeError(
      `${where}: the series is too short: ${days} days for lookback ${lookback} and horizon ${horizon} ` +
        `(${lookback + horizon} are needed); shorten lookback or bring more days`,
      { days, lookback, horizon },
    );
  }
  checkFinite(where, "the series", values, "fill it from its neighbours first");
  const count = Math.floor((days - lookback - horizon) / stride) + 1;
  return Dataset.from({
    x: picked(values, count, lookback, (row, i) => row * stride + lookback - 1 - i),
    y: picked(values, count, horizon, (row, i) => row * stride + lookback + i),
  });
}

/** A [count, width, …] tensor of the days that `dayAt` names. */
function picked(values: Tensor, count: number, width: number, dayAt: (row: number, i: number) => number): Tensor {
  const days = Int32Array.from({ length: count * width }, (_, at) => dayAt(Math.floor(at / width), at % width));
  return selectRows(values, days).reshape([count, width, ...values.shape.slice(1)]);
}
