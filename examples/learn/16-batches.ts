/** Mini-batches: noisy gradients that are right on average, epochs and updates, and when to lower the rate. */
import {
  type Curves,
  arange,
  Dataset,
  Linear,
  SGD,
  Sequential,
  Tanh,
  type Tensor,
  fit,
  grad,
  histogram,
  lossCurves,
  manualSeed,
  mse,
  stepDecay,
  tensor,
} from "gradkit";
import { RandomState } from "../support/numpy";
import { plot, say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  rows: { about: "rows to learn from", default: 1000, rule: { integer: true, min: 100 } },
  epochs: { about: "passes over them", default: 30, rule: { integer: true, min: 3 } },
  seed: { about: "seed of rows, start and order", default: 0, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the chapter found. */
export interface BatchesResult {
  /** Largest distance of the mean batch gradient from the full one, and the spread of batch gradients, by size. */
  readonly gradients: readonly { readonly size: number; readonly bias: number; readonly spread: number }[];
  /** Updates per epoch for the sizes of the page. */
  readonly updates: readonly number[];
  /** Orders of ten rows over two epochs, by way of shuffling. */
  readonly orders: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** ∂L/∂w₁ of a thousand batches of each size. */
  readonly slopes: Readonly<Record<string, readonly number[]>>;
  /** Training loss after each epoch, by run. */
  readonly curves: Readonly<Record<string, readonly number[]>>;
  /** Last training loss by batch size, and with step decay. */
  readonly losses: Readonly<Record<string, number>>;
  /** The rates at the first step of each third. */
  readonly rates: readonly number[];
}

export async function main(given: Partial<Settings> = {}): Promise<BatchesResult> {
  const settings = withDefaults("batches", options, given);
  const data = draw(settings);
  section("The gradient of a batch is right on average");
  const { gradients, slopes } = compareGradients(data);
  section("Epochs and updates");
  const updates = [[10_000, 10], [1000, 100], [1000, 300]].map(([n, b]) => Math.ceil(n! / b!));
  table(["rows N", "batch B", "updates per epoch ⌈N/B⌉"], [["10,000", 10, updates[0]!], ["1,000", 100, updates[1]!], ["1,000", 300, updates[2]!]]);
  section("Three orders of ten rows in batches of four, two epochs");
  const orders = compareOrders(settings);
  section("The same passes with several batch sizes, and with a falling rate");
  const { curves, losses, rates } = await compareRuns(data, settings);
  return { gradients, slopes, updates, orders, curves, losses, rates };
}

/** y = tanh-shaped surface of two inputs, with noise, in float64. */
function draw({ rows, seed }: Settings): Dataset {
  const random = new RandomState(seed);
  const x = Array.from({ length: rows }, () => random.randn(2));
  const y = x.map(([a, b]) => [Math.tanh(a! + 0.5 * b!) - 0.5 * Math.tanh(b! * a!) + 0.3 * random.normal()]);
  return Dataset.from({ x: tensor(x, { dtype: "float64" }), y: tensor(y, { dtype: "float64" }) });
}

function compareGradients(data: Dataset): Pick<BatchesResult, "gradients" | "slopes"> {
  const w = tensor([[0.3], [-0.2]], { dtype: "float64", requiresGrad: true });
  const slope = (x: Tensor, y: Tensor): number[] => Array.from(grad(mse(x.matmul(w), y), [w])[0]!.toTypedArray());
  const full = slope(data.x, data.y);
  const found = [1, 10, 100].map((size) => {
    const batches = data.batches({ size, shuffle: "epoch", seed: 0 });
    const epoch = (): number[][] => Array.from(batches, ({ x, y }) => slope(x, y));
    const each = epoch();
    const mean = full.map((_, k) => each.reduce((sum, g) => sum + g[k]!, 0) / each.length);
    const spread = Math.sqrt(each.reduce((sum, g) => sum + (g[0]! - mean[0]!) ** 2, 0) / each.length);
    const more = Array.from({ length: size - 1 }, epoch).flat();
    const slopes = [...each, ...more].map((g) => g[0]!);
    return { size, bias: Math.max(...mean.map((value, k) => Math.abs(value - full[k]!))), spread, slopes };
  });
  table(
    ["batch size B", "|mean over an epoch − full gradient|", "spread of ∂L/∂w₁", "spread · √B"],
    found.map(({ size, bias, spread }) => [size, bias < 1e-12 ? "below 1e-12" : bias, spread.toFixed(3), (spread * Math.sqrt(size)).toFixed(2)]),
  );
  const slopes = Object.fromEntries(found.map((each) => [`B = ${each.size}`, each.slopes]));
  return { gradients: found.map(({ size, bias, spread }) => ({ size, bias, spread })), slopes };
}

function compareOrders({ seed }: Settings): Record<string, number[][]> {
  const ten = Dataset.from({ x: arange(10).reshape([10, 1]), y: arange(10) });
  const orders = Object.fromEntries(
    (["epoch", "once", false] as const).map((shuffle) => {
      const batches = ten.batches({ size: 4, shuffle, seed });
      const epoch = (): number[] => Array.from(batches, ({ x }) => Array.from(x.toTypedArray())).flat();
      return [String(shuffle), [epoch(), epoch()]];
    }),
  );
  const cut = (order: readonly number[]): string => [order.slice(0, 4), order.slice(4, 8), order.slice(8)].map((part) => part.join(" ")).join(" | ");
  table(["shuffle", "first epoch", "second epoch"], Object.entries(orders).map(([name, [a, b]]) => [name, cut(a!), cut(b!)]));
  return orders;
}

async function compareRuns(data: Dataset, { rows, epochs, seed }: Settings): Promise<Pick<BatchesResult, "curves" | "losses" | "rates">> {
  const lr = 0.1;
  const perEpoch = Math.ceil(rows / 10);
  const third = Math.floor(epochs / 3);
  const decay = stepDecay(lr, { every: third * perEpoch });
  const curves: Record<string, number[]> = {};
  const runs = [
    { name: "B = N, the full batch", size: rows, schedule: undefined },
    { name: "B = 100", size: 100, schedule: undefined },
    { name: "B = 10", size: 10, schedule: undefined },
    { name: "B = 10, rate ÷ 10 at each third", size: 10, schedule: decay },
  ];
  for (const { name, size, schedule } of runs) {
    manualSeed(seed);
    const model = new Sequential(new Linear(2, 16), new Tanh(), new Linear(16, 1));
    const optimizer = new SGD(model.parameters(), { lr });
    const { history } = await fit(model, data.map(({ x, y }) => ({ x: x.to("float32"), y: y.to("float32") })), {
      loss: mse,
      optimizer,
      epochs,
      batchSize: size,
      seed,
      progress: false,
      ...(schedule === undefined ? {} : { schedule }),
    });
    curves[name] = history.map(({ loss }) => loss);
  }
  plot(curves, { log: true, x: `training loss over ${epochs} epochs` });
  console.log();
  const losses = Object.fromEntries(Object.entries(curves).map(([name, curve]) => [name, curve.at(-1)!]));
  table([`SGD, lr ${lr}`, "updates", "last training loss"], runs.map(({ name, size }) => [name, epochs * Math.ceil(rows / size), losses[name]!.toFixed(4)]));
  const rates = [0, 1, 2].map((part) => stepDecay(0.01, { every: 100 })(100 * part));
  say(`\nstepDecay(0.01, { every: 100 }) at steps 0, 100, 200: ${rates.map((rate) => Number(rate.toFixed(6))).join(", ")}`);
  return { curves, losses, rates };
}

/** The runs' losses, and how the gradients of batches scatter. */
export function pictures({ curves, slopes }: BatchesResult): Pictures {
  const short = (name: string): string => name.replace(", the full batch", "").replace(", rate ÷ 10 at each third", ", falling rate");
  const rows = (losses: readonly number[]): Curves => losses.map((loss, i) => ({ epoch: i + 1, loss }));
  const histories = Object.entries(curves).map(([name, losses]) => [short(name), rows(losses)]);
  return {
    sections: [
      {
        heading: "The same passes with several batch sizes",
        text: "Small batches get far in few passes, then tremble. With a rate that falls at each third they come to rest.",
        chart: lossCurves(Object.fromEntries(histories), { log: true, width: 560, yTitle: "training loss" }),
      },
      {
        heading: "A thousand gradients of each batch size",
        text: "All scatter around the full gradient, the less, the more rows there are in a batch.",
        chart: histogram(slopes, { bins: 120, xTitle: "∂L/∂w₁ of a batch", yTitle: "batches" }),
      },
    ],
  };
}
