/** Dropout: masks drawn anew in every step, a mean that stays, and an evaluation without dice. */
import {
  Adam,
  Dropout,
  Linear,
  type Module,
  ReLU,
  Sequential,
  accuracy,
  crossEntropy,
  evaluate,
  fit,
  manualSeed,
  ones,
  tensor,
} from "gradkit";
import { loadMnist } from "../support/mnist";
import { say, section, table, vector } from "../support/text";
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
  /** Training loss, test accuracy and test loss by network. */
  readonly runs: readonly DropoutRun[];
}

interface DropoutRun {
  readonly name: string;
  readonly train: number;
  readonly test: number;
  readonly loss: number;
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
  return { mean, evaluated, sameMask, runs };
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
    await fit(model, data, { loss: crossEntropy, optimizer, epochs, batchSize: 50, seed, progress: false });
    const seen = evaluate(model, data, { loss: crossEntropy });
    const found = evaluate(model, unseen, { loss: crossEntropy, metrics: { accuracy } });
    runs.push({ name, train: seen.loss!, test: found.accuracy!, loss: found.loss! });
  }
  table(
    [`${epochs} passes`, "training loss", "loss on unseen digits", "unseen digits right"],
    runs.map(({ name, train, test, loss }) => [name, train.toFixed(4), loss.toFixed(4), `${(100 * test).toFixed(1)} %`]),
  );
  return runs;
}
