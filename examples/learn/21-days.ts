/** Days: tomorrow from the days before, by a line, by longer windows, by layers of ReLUs. */
import { type Linear, lineChart, predictionChart, sideBySide, tensor, windows } from "gradkit";
import { type Forecast, forecast } from "../support/forecast";
import { syntheticViews } from "../support/series";
import { plot, say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  days: { about: "lookbacks of the linear models", default: [1, 7, 28, 56], rule: { integer: true, min: 1 } },
  widths: { about: "hidden units of one-layer networks on 56 days", default: [10, 100], rule: { integer: true, min: 1 } },
  depths: { about: "layers of 100 units each on 56 days", default: [2, 3], rule: { integer: true, min: 1 } },
  epochs: { about: "passes over the training days", default: 40, rule: { integer: true, min: 1 } },
  seed: { about: "seed of the synthetic series and of every start", default: 0, rule: { integer: true, min: 0 } },
});

/** What the chapter found. */
export interface DaysResult {
  /** Rows of 56-day windows, and how many of them are for training. */
  readonly rows: readonly [number, number];
  /** Errors in thousands of views, by model. */
  readonly errors: readonly { readonly name: string; readonly train: number; readonly unseen: number }[];
  /** The unseen days: their dates, the truth, and what each model predicted of them. */
  readonly unseen: {
    readonly dates: readonly string[];
    readonly truth: readonly number[];
    readonly predicted: Readonly<Record<string, readonly number[]>>;
  };
  /** Lookbacks of the linear models, which are the first of `errors`. */
  readonly days: readonly number[];
  /** Correlation of the one-day model's predictions with the truth, by lag. */
  readonly lags: readonly number[];
  /** The lag at which the one-day model's predictions resemble the truth most. */
  readonly lag: number;
}

const UNSEEN = 45;

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<DaysResult> {
  const { days, widths, depths, epochs, seed } = withDefaults("days", options, given);
  const { values, dates } = syntheticViews(seed);
  section("Windows: k days back, newest first, and the day that followed");
  const small = windows(tensor([10, 11, 12, 13, 14]), { lookback: 3 });
  table(
    ["series 10 11 12 13 14, k = 3", "x", "y"],
    (small.x.toArray() as number[][]).map((x, i) => [`row ${i}`, x.join(" "), (small.y.toArray() as number[])[i]!]),
  );
  const long = windows(tensor(values), { lookback: 56 });
  const rows = [long.length, long.length - UNSEEN] as const;
  say(`\n${values.length} days, ${dates[0]} to ${dates.at(-1)}; 56-day windows give ${rows[0]} rows, ${rows[1]} of them to train on`);

  section("Linear models: the more days the better, most of it from one week");
  const settings = { epochs, seed, unseen: UNSEEN };
  const linear = await sweep(days.map((k) => ({ name: `${k} ${k === 1 ? "day" : "days"}`, days: k, hidden: [] })), values, settings);
  const weight = (linear[0]!.model as unknown as Iterable<Linear>)[Symbol.iterator]().next().value as Linear;
  if (days[0] === 1) say(`\nthe one-day model, in units of the series' spread: ŷ = ${weight.bias!.item().toFixed(2)} + ${weight.weight.item().toFixed(2)}·x₁`);

  section("The one-day model is the truth, one day late");
  const truth = values.slice(-UNSEEN);
  const predicted = linear[0]!.predicted;
  const lags = [0, 1, 2, 3].map((lag) => correlation(predicted.slice(lag), truth.slice(0, truth.length - lag)));
  const lag = lags.indexOf(Math.max(...lags));
  plot({ truth, "predicted from one day": [...predicted] }, { height: 9, x: `the last ${UNSEEN} days` });
  console.log();
  table(["lag in days", ...lags.map((_, each) => String(each))], [["correlation", ...lags.map((value) => value.toFixed(3))]]);

  section("Layers of ReLUs on 56 days");
  const nets = [
    ...widths.map((width) => ({ name: `${width} ReLU`, days: 56, hidden: [width] })),
    ...depths.map((depth) => ({ name: `${depth} layers of 100 ReLU`, days: 56, hidden: Array<number>(depth).fill(100) })),
  ];
  const curved = await sweep(nets, values, settings);
  say("\nall models of the lecture, with 1,000 units and four layers: npm run example views");
  const all = [...linear, ...curved];
  const unseen = {
    dates: dates.slice(-UNSEEN),
    truth,
    predicted: Object.fromEntries(all.map((each) => [each.name, each.predicted])),
  };
  const errors = all.map(({ name, train, unseen: fresh }) => ({ name, train, unseen: fresh }));
  return { rows, errors, unseen, days, lags, lag };
}

async function sweep(
  models: readonly { readonly name: string; readonly days: number; readonly hidden: readonly number[] }[],
  values: readonly number[],
  settings: { readonly epochs: number; readonly seed: number; readonly unseen: number },
): Promise<(Forecast & { name: string })[]> {
  const found: (Forecast & { name: string })[] = [];
  for (const { name, days, hidden } of models) {
    found.push({ name, ...(await forecast(values, days, hidden, settings)) });
  }
  table(
    ["mean absolute error, thousands", "training days", "unseen days"],
    found.map(({ name, train, unseen }) => [name, train.toFixed(3), unseen.toFixed(3)]),
  );
  return found;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = mean(a.map((value, i) => (value - ma) * (b[i]! - mb)));
  return product / Math.sqrt(mean(a.map((value) => (value - ma) ** 2)) * mean(b.map((value) => (value - mb) ** 2)));
}

/** The unseen days as the one-day model and the best model predict them, errors by lookback, and the lag. */
export function pictures({ errors, unseen, days, lags }: DaysResult): Pictures {
  const { dates, truth, predicted } = unseen;
  const names = Object.keys(predicted);
  const best = errors.reduce((a, b) => (b.unseen < a.unseen ? b : a)).name;
  const against = (name: string, title: string): ReturnType<typeof predictionChart> =>
    predictionChart(truth, predicted[name]!, { dates, title, width: 560, height: 200, yTitle: "views (thousands)" });
  const linear = errors.slice(0, days.length);
  return {
    sections: [
      {
        heading: "The unseen days",
        text: "One day back gives the truth again, flattened and a day late. The last model has seen the weeks before.",
        chart: sideBySide([against(names[0]!, `Predicted from ${names[0]}`), against(best, `Predicted by ${best}`)], { columns: 1 }),
      },
      {
        heading: "How many days to look back",
        text: "The step from one day to seven is the largest: the window then holds the same day of last week.",
        chart: lineChart(
          { "training days": linear.map(({ train }) => train), "unseen days": linear.map((each) => each.unseen) },
          {
            x: [...days],
            points: linear.flatMap(({ train, unseen: fresh }, i) => [[days[i]!, train], [days[i]!, fresh]]),
            xTitle: "days back",
            yTitle: "error (thousands of views)",
          },
        ),
      },
      {
        heading: "One day late",
        text: "Correlation of the one-day model's predictions with the truth so many days earlier: at 1 they are the same.",
        chart: lineChart(
          { correlation: [...lags] },
          { points: lags.map((value, lag) => [lag, value]), xTitle: "lag (days)", yTitle: "correlation" },
        ),
      },
    ],
  };
}
