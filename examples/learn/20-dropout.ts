/** Dropout: masks drawn anew in every step, a mean that stays, and an evaluation without dice. */
import {
  Adam,
  type Curves,
  Dropout,
  Linear,
  type Module,
  ReLU,
  Sequential,
  accuracy,
  crossEntropy,
  evaluate,
  fit,
  lineChart,
  lossCurves,
  manualSeed,
  ones,
  tensor,
  weightImages,
} from "gradkit";
import { loadMnist } from "../support/mnist";
import { say, section, table, vector } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  p: { about: "probability of dropping a unit", default: 0.5, rule: { min: 0, max: 1 } },
  masks: { about: "masks to average", default: 100_000, rule: { integer: true, min: 100 } },
  epochs: { about: "passes over 1,000 digits", default: 20, rule: { integer: true, min: 1 } },
  seed: { about: "seed of masks and starts", default: 0, rule: { integer: true, min: 0 } },
});

/** What the chapter found. */
export interface DropoutResult {
  /** Mean of a unit input of 1 over all masks, and the shares of the values it took. */
  readonly mean: number;
  readonly evaluated: number;
  /** Whether gradient and output have the same mask. */
  readonly sameMask: boolean;
  /** Masks of eight units, a row for each of twelve steps. */
  readonly drawn: readonly (readonly number[])[];
  /** Mean of the first n masks of a unit, by n. */
  readonly means: { readonly n: readonly number[]; readonly mean: readonly number[] };
  /** Training loss, test accuracy and test loss by network. */
  readonly runs: readonly DropoutRun[];
}

interface DropoutRun {
  readonly name: string;
  readonly train: number;
  readonly test: number;
  readonly loss: number;
  /** The loss after each pass, on the digits it learned from (with dropout) and on unseen ones. */
  readonly history: Curves;
}

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<DropoutResult> {
  const { p, masks, epochs, seed } = withDefaults("dropout", options, given);
  section("One layer of dropout");
  manualSeed(seed);
  const dropout = new Dropout(p);
  const x = tensor([[1, 1, 1, 1, 1, 1, 1, 1]], { requiresGrad: true });
  const y = dropout.forward(x);
  y.sum().backward();
  const sameMask = y.equal(x.grad!).all().item() === 1;
  table(
    ["", "eight units of 1"],
    [
      ["training: zero, or 1/(1 − p)", vector(y.toTypedArray(), 1)],
      ["the gradient, through the same mask", vector(x.grad!.toTypedArray(), 1)],
      ["another step, another mask", vector(dropout.forward(x.detach()).toTypedArray(), 1)],
      ["evaluation: nothing happens", vector(dropout.eval().forward(x.detach()).toTypedArray(), 1)],
    ],
  );

  section("The mean stays, so that the next layer sees the same scale");
  const many = dropout.train().forward(ones([masks]));
  const mean = many.mean().item();
  const evaluated = dropout.eval().forward(ones([1])).item();
  say(`mean of a unit input over ${masks.toLocaleString("en")} masks at p = ${p}: ${mean.toFixed(4)};  in evaluation ${evaluated}`);

  section("A small data set: 1,000 digits");
  const runs = await compare(p, epochs, seed);
  const drawn = tensor(many.slice([[0, 96]]).reshape([12, 8])).toArray() as number[][];
  return { mean, evaluated, sameMask, drawn, means: meansOf(many.toTypedArray()), runs };
}

/** Means of the first 1, 2, 4, 8, … values and of all. */
function meansOf(values: ArrayLike<number>): DropoutResult["means"] {
  const [n, mean] = [[] as number[], [] as number[]];
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    if (Math.floor(8 * Math.log2(i + 1)) === Math.floor(8 * Math.log2(i + 2)) && i + 1 < values.length) continue;
    n.push(i + 1);
    mean.push(sum / (i + 1));
  }
  return { n, mean };
}

async function compare(p: number, epochs: number, seed: number): Promise<DropoutResult["runs"]> {
  const flat = (part: "train" | "t10k", count: number): ReturnType<typeof loadMnist> =>
    loadMnist(part, count).map(({ x, y }) => ({ x: x.reshape([-1, 784]), y }));
  const [data, unseen] = [flat("train", 1000), flat("t10k", 2000)];
  const wide = Math.round(64 / (1 - Math.min(p, 0.9)));
  const networks: readonly { name: string; width: number; drop: boolean }[] = [
    { name: "64 units", width: 64, drop: false },
    { name: `64 units, dropout ${p}`, width: 64, drop: true },
    { name: `${wide} units = 64/(1 − p), dropout ${p}`, width: wide, drop: true },
  ];
  const runs: DropoutRun[] = [];
  for (const { name, width, drop } of networks) {
    manualSeed(seed);
    const inner: Module[] = drop ? [new ReLU(), new Dropout(p)] : [new ReLU()];
    const model = new Sequential(new Linear(784, width), ...inner, new Linear(width, 10));
    const optimizer = new Adam(model.parameters(), { lr: 0.003 });
    const rule = { loss: crossEntropy, optimizer, epochs, batchSize: 50, seed, validation: unseen, progress: false };
    const { history } = await fit(model, data, rule);
    const seen = evaluate(model, data, { loss: crossEntropy });
    const found = evaluate(model, unseen, { loss: crossEntropy, metrics: { accuracy } });
    runs.push({ name, train: seen.loss!, test: found.accuracy!, loss: found.loss!, history });
  }
  table(
    [`${epochs} passes`, "training loss", "loss on unseen digits", "unseen digits right"],
    runs.map(({ name, train, test, loss }) => [name, train.toFixed(4), loss.toFixed(4), `${(100 * test).toFixed(1)} %`]),
  );
  return runs;
}

/** The networks' losses on unseen digits, masks, and their mean. */
export function pictures({ runs, drawn, means }: DropoutResult): Pictures {
  const unseen = runs.map(({ name, history }) => {
    return [name.replace(/ = [^,]*/, ""), history.map(({ epoch, validationLoss }) => ({ epoch, loss: validationLoss }))];
  });
  return {
    sections: [
      {
        heading: "The loss on unseen digits",
        text: "Without dropout the loss turns soon and rises. With it, the loss falls further and turns later.",
        chart: lossCurves(Object.fromEntries(unseen), { width: 480, xTitle: "passes", yTitle: "loss on unseen digits" }),
      },
      {
        heading: "Twelve steps, twelve masks",
        text: "A row for each step, a column for each of eight units. Orange ones are there, louder; blank ones are left out.",
        chart: weightImages([drawn.flat()], { shape: [12, 8], size: 200, labels: ["twelve steps"], colorTitle: "factor" }),
      },
      {
        heading: "The mean of the masks",
        text: "One mask is 0 or 1/(1 − p); the mean of many is 1, what the unit is in evaluation.",
        chart: lineChart({ mean: means.mean }, { x: means.n, logX: true, xTitle: "masks", yTitle: "mean of the masks" }),
      },
    ],
  };
}
