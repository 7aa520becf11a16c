/** Predicts each day of a series from the days before it, by a linear model or layers of ReLUs. */
import {
  Adam,
  Linear,
  type Module,
  ReLU,
  Sequential,
  StandardScaler,
  cosineDecay,
  fit,
  mae,
  manualSeed,
  meanAbsoluteError,
  predict,
  tensor,
  windows,
} from "gradkit";

/** What one model reached. */
export interface Forecast {
  /** Mean absolute error on training days and on unseen ones, in the series' own units. */
  readonly train: number;
  readonly unseen: number;
  /** Predictions of the unseen days. */
  readonly predicted: readonly number[];
  readonly model: Module;
}

/** Trains one network on windows of the series, in units of its spread, and measures it in the series' own units. */
export async function forecast(
  values: readonly number[],
  days: number,
  hidden: readonly number[],
  { epochs, seed, unseen }: { readonly epochs: number; readonly seed: number; readonly unseen: number },
): Promise<Forecast> {
  const known = values.slice(0, values.length - unseen);
  const scaler = new StandardScaler().fit(tensor(known.map((value) => [value])));
  const scaled = scaler.transform(tensor(values.map((value) => [value]))).flatten();
  const all = windows(scaled, { lookback: days });
  const seen = all.length - unseen;
  const data = all.take(seen);

  manualSeed(seed);
  const model = network(days, hidden);
  const batchSize = 64;
  const lr = hidden.length === 0 ? 0.02 : 0.001; // a linear model bears, and needs, longer steps
  const steps = epochs * Math.ceil(seen / batchSize);
  const optimizer = new Adam(model.parameters(), { lr });
  await fit(model, data, { loss: mae, optimizer, epochs, batchSize, schedule: cosineDecay(lr, { steps }) });

  const predicted = scaler.inverse(predict(model, all.x).reshape([-1, 1])).flatten();
  const truth = scaler.inverse(all.y.reshape([-1, 1])).flatten();
  const error = (from: number, to: number | null): number =>
    meanAbsoluteError(predicted.slice([[from, to ?? all.length]]), truth.slice([[from, to ?? all.length]]));
  return {
    train: error(0, seen),
    unseen: error(seen, null),
    predicted: Array.from(predicted.slice([[seen, all.length]]).toTypedArray()),
    model,
  };
}

function network(inputs: number, hidden: readonly number[]): Module {
  const layers: Module[] = [];
  let width = inputs;
  for (const next of hidden) {
    layers.push(new Linear(width, next), new ReLU());
    width = next;
  }
  return new Sequential(...layers, new Linear(width, 1));
}
