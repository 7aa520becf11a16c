/**
 * Views: predict tomorrow's page views from the days before, with linear models, then ReLU networks, beside simple
 * baselines.
 */
import { meanAbsoluteError } from "gradkit";
import { OptionError } from "../src/errors";
import { readDailyCsv } from "./support/csv";
import { type OptionsOf, defineOptions, withDefaults } from "./support/options";
import { type Forecast, forecast } from "./support/forecast";
import { type DailySeries, syntheticViews } from "./support/series";

export const options = defineOptions({
  days: { about: "lookbacks of the linear models, in days", default: [1, 7, 28, 56], rule: { integer: true, min: 1 } },
  widths: { about: "hidden units of one-layer networks on the longest lookback", default: [10, 100, 1000], rule: { integer: true, min: 1 } },
  depths: { about: "layers of 100 units each", default: [2, 3, 4], rule: { integer: true, min: 1 } },
  epochs: { about: "passes over the training days", default: 40, rule: { integer: true, min: 1 } },
  unseen: { about: "days at the end that no model sees", default: 45, rule: { integer: true, min: 2 } },
  seed: { about: "seed of the synthetic series and of every start", default: 1, rule: { integer: true, min: 0 } },
  csv: { about: "a CSV file with one row per day, instead of the synthetic series", default: null, type: "text" },
  column: { about: "its column of values", default: "y" },
  date: { about: "its column of dates", default: "ds" },
  log: { about: "take natural logarithms of the values first", default: false },
  fill: { about: "draw missing days on the line between their neighbours", default: false },
});

/** One line of the table: mean absolute error on training days and on unseen ones. */
export interface ViewsRow {
  readonly name: string;
  readonly train: number;
  readonly unseen: number;
}

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<ViewsRow[]> {
  const settings = withDefaults("views", options, given);
  const series = load(settings);
  const longest = Math.max(...settings.days);
  if (series.values.length < longest + settings.unseen + 2) {
    throw new OptionError(
      `views: the series is too short: ${series.values.length} days for ${longest} days back and ${settings.unseen} unseen; ` +
        "give a longer one, or smaller --days and --unseen",
      { days: series.values.length },
    );
  }
  const rows: ViewsRow[] = [];
  const report = (row: ViewsRow): void => {
    rows.push(row);
    console.log(`  ${row.name.padEnd(26)}${row.train.toFixed(3).padStart(7)}${row.unseen.toFixed(3).padStart(9)}`);
  };
  console.log(`\n  ${"mean absolute error".padEnd(26)}  train   unseen`);
  report(baseline("last value", series.values, 1, settings.unseen));
  report(baseline("same weekday last week", series.values, 7, settings.unseen));

  const train = async (name: string, days: number, hidden: readonly number[]): Promise<Trained> => {
    const found = await forecast(series.values, days, hidden, settings);
    return { row: { name, train: found.train, unseen: found.unseen }, predicted: found.predicted };
  };
  for (const days of settings.days) {
    const name = `linear, ${days} ${days === 1 ? "day" : "days"}`;
    report((await train(name, days, [])).row);
  }
  let last: Trained | undefined;
  for (const hidden of [
    ...settings.widths.map((width) => [width]),
    ...settings.depths.map((depth) => Array<number>(depth).fill(100)),
  ]) {
    const name = hidden.length === 1 ? `${hidden[0]} ReLU` : `${hidden.length} layers of 100 ReLU`;
    last = await train(name, longest, hidden);
    report(last.row);
  }
  if (last !== undefined) draw(series, last);
  return rows;
}

function load({ csv, column, date, fill, log, seed }: OptionsOf<typeof options>): DailySeries {
  const series = csv === null ? syntheticViews(seed) : readDailyCsv(csv, { column, date, fill });
  const { dates } = series;
  const source = csv === null ? `a synthetic series (invented, seed ${seed}), in thousands` : `${csv}, column "${column}"`;
  console.log(`Daily views: ${source}; ${dates.length} days, ${dates[0]} to ${dates[dates.length - 1]}${log ? ", natural logarithms" : ""}`);
  if (!log) return series;
  const bad = series.values.findIndex((value) => value <= 0);
  if (bad >= 0) {
    throw new OptionError(
      `views: no logarithm: ${series.values[bad]} on ${dates[bad]} (it is not above 0); leave --log away or mend the day`,
      { date: dates[bad], value: series.values[bad] },
    );
  }
  return { dates, values: series.values.map(Math.log) };
}

/** The error of repeating the value of some days before. */
function baseline(name: string, values: readonly number[], lag: number, unseen: number): ViewsRow {
  const error = (from: number, to: number): number =>
    meanAbsoluteError(Float64Array.from(values.slice(from - lag, to - lag)), Float64Array.from(values.slice(from, to)));
  const split = values.length - unseen;
  return { name, train: error(lag, split), unseen: error(split, values.length) };
}

interface Trained {
  readonly row: ViewsRow;
  readonly predicted: Forecast["predicted"];
}

/** The unseen days and their prediction as two lines of bars. */
function draw({ dates, values }: DailySeries, { row, predicted }: Trained): void {
  const truth = values.slice(values.length - predicted.length);
  const low = Math.min(...truth, ...predicted);
  const high = Math.max(...truth, ...predicted);
  const bars = (line: readonly number[]): string =>
    line.map((value) => "▁▂▃▄▅▆▇█"[Math.min(7, Math.floor((8 * (value - low)) / (high - low)))]).join("");
  console.log(`\n  unseen days, ${dates[dates.length - predicted.length]} to ${dates[dates.length - 1]} (${row.name})`);
  console.log(`  truth      ${bars(truth)}`);
  console.log(`  predicted  ${bars(predicted)}\n`);
}
