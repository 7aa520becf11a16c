/** Sequence: an LSTM reads a chaotic series step by step and says where it will be, beside simple baselines. */
import {
  Adam,
  Dataset,
  LSTM,
  Linear,
  Module,
  type Tensor,
  cosineDecay,
  fit,
  lineChart,
  manualSeed,
  meanAbsoluteError,
  mse,
  predict,
  tensor,
} from "gradkit";
import { solve } from "./support/leastSquares";
import { type OptionsOf, defineOptions, withDefaults } from "./support/options";
import type { Pictures } from "./support/pictures";
import { plot, say, section, table } from "./support/text";

export const options = defineOptions({
  length: { about: "values of the series", default: 1500, rule: { integer: true, min: 200 } },
  lookback: { about: "values that a prediction reads", default: 24, rule: { integer: true, min: 2 } },
  ahead: { about: "how many steps ahead it predicts", default: 12, rule: { integer: true, min: 1 } },
  hidden: { about: "hidden units of the LSTM", default: 24, rule: { integer: true, min: 1 } },
  epochs: { about: "passes over the first four fifths of the series", default: 30, rule: { integer: true, min: 1 } },
  seed: { about: "seed of the first weights", default: 1, rule: { integer: true, min: 0 } },
});

/** What came of it: mean absolute errors on values that no model has seen, and these values. */
export interface SequenceResult {
  readonly errors: Readonly<Record<"lastValue" | "linear" | "lstm", number>>;
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
}

/** Reads a sequence and predicts one number from its last state. */
class Reader extends Module {
  readonly walk: LSTM;
  readonly out: Linear;

  constructor(hidden: number) {
    super();
    this.walk = new LSTM(1, hidden);
    this.out = new Linear(hidden, 1);
  }

  forward(x: Tensor): Tensor {
    return this.out.forward(this.walk.run(x).hidden.squeeze(0));
  }
}

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<SequenceResult> {
  const settings = withDefaults("sequence", options, given);
  const { lookback, ahead, hidden, epochs, seed } = settings;
  const series = mackeyGlass(settings.length);
  section("A chaotic series");
  say("Mackey and Glass's equation: blood cells that are made by how many there were a while ago.");
  plot({ value: series.slice(0, 180) }, { height: 8, x: "180 values" });

  const { x, y } = pairs(series, lookback, ahead);
  const seen = Math.floor(0.8 * x.length);
  const [past, rest] = [rows(x, 0, seen), rows(x, seen, x.length)];
  const truth = y.slice(seen);
  const error = (predicted: readonly number[]): number =>
    meanAbsoluteError(Float64Array.from(predicted), Float64Array.from(truth));

  section(`What comes ${ahead} steps later`);
  manualSeed(seed);
  const model = new Reader(hidden);
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const batchSize = 64;
  const schedule = cosineDecay(0.01, { steps: epochs * Math.ceil(seen / batchSize) });
  const data = Dataset.from({ x: past, y: tensor(y.slice(0, seen)).unsqueeze(1) });
  const run = await fit(model, data, { loss: mse, optimizer, epochs, batchSize, schedule, seed, progress: true });
  const predicted = Array.from(predict(model, rest).toTypedArray());
  const errors = {
    lastValue: error(x.slice(seen).map((row) => row.at(-1)!)),
    linear: error(linear(x, y, seen)),
    lstm: error(predicted),
  };
  table(
    ["mean absolute error on unseen values", ""],
    [
      ["last value", errors.lastValue.toFixed(4)],
      [`linear in the last ${lookback} values`, errors.linear.toFixed(4)],
      [`LSTM of ${hidden} units`, errors.lstm.toFixed(4)],
    ],
  );
  say(`\nloss of the LSTM: ${run.history[0]!.loss.toFixed(4)} in the first epoch, ${run.history.at(-1)!.loss.toFixed(5)} in the last\n`);
  plot({ truth: truth.slice(0, 120), predicted: predicted.slice(0, 120) }, { height: 10, x: "unseen values" });
  return { errors, truth, predicted };
}

/** x′ = 0.2·x(t − 17) / (1 + x(t − 17)¹⁰) − 0.1·x, in steps of 1/10, every third unit of time, less its mean of 0.9. */
function mackeyGlass(length: number): number[] {
  const values: number[] = Array<number>(171).fill(1.2);
  for (let i = 171; i < 171 + 30 * (length + 100); i++) {
    const [now, before] = [values[i - 1]!, values[i - 171]!];
    values.push(now + 0.1 * ((0.2 * before) / (1 + before ** 10) - 0.1 * now));
  }
  return Array.from({ length }, (_, i) => values[171 + 30 * (i + 100)]! - 0.9);
}

/** Stretches of the series, oldest value first, and what comes some steps later. */
function pairs(series: readonly number[], lookback: number, ahead: number): { x: number[][]; y: number[] } {
  const count = series.length - lookback - ahead + 1;
  return {
    x: Array.from({ length: count }, (_, i) => series.slice(i, i + lookback)),
    y: Array.from({ length: count }, (_, i) => series[i + lookback + ahead - 1]!),
  };
}

/** Stretches as [row, time, 1]. */
function rows(x: readonly (readonly number[])[], from: number, to: number): Tensor {
  return tensor(x.slice(from, to)).unsqueeze(2);
}

/** Predictions of the last rows by least squares on the first ones. */
function linear(x: readonly (readonly number[])[], y: readonly number[], seen: number): number[] {
  const features = tensor(x.map((row) => [...row, 1]), { dtype: "float64" });
  const w = solve(features.slice([[0, seen]]), tensor(y.slice(0, seen), { dtype: "float64" }));
  return Array.from(features.slice([[seen, null]]).matmul(w).toTypedArray());
}

/** The unseen values and their prediction, and how the three ways compare. */
export function pictures({ errors, truth, predicted }: SequenceResult): Pictures {
  const { lastValue, linear: straight, lstm } = errors;
  const text = `Mean absolute errors: last value ${lastValue.toFixed(3)}, linear ${straight.toFixed(3)}, LSTM ${lstm.toFixed(3)}.`;
  const chart = lineChart(
    { truth: truth.slice(0, 150), predicted: predicted.slice(0, 150) },
    { width: 600, height: 240, title: "Unseen values" },
  );
  return { sections: [{ heading: "A chaotic series, some steps ahead", text, chart }] };
}
