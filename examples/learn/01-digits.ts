/** Digits: a line needs its intercept, scores are not probabilities, and ten planes read nine digits of ten. */
import {
  Flatten,
  Linear,
  type Loss,
  SGD,
  Sequential,
  accuracy,
  assign,
  confusionMatrixChart,
  crossEntropy,
  evaluate,
  fit,
  hinge,
  lineChart,
  manualSeed,
  mse,
  predict,
  tensor,
  weightImages,
  zeros,
} from "gradkit";
import { loadMnist } from "../support/mnist";
import type { Pictures } from "../support/pictures";
import { say, section, table, vector } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  train: { about: "training images to use", default: 10_000, rule: { integer: true, min: 100, max: 60_000 } },
  test: { about: "test images to use", default: 2000, rule: { integer: true, min: 100, max: 10_000 } },
  epochs: { about: "passes over the training images", default: 3, rule: { integer: true, min: 1 } },
  long: { about: "all images, ten passes: the numbers of the page", default: false },
});

/** What the chapter found. */
export interface DigitsResult {
  /** Squared error of the best line through the origin for y = x + 1, and its weight. */
  readonly origin: { readonly weight: number; readonly error: number };
  /** Weights of the networks that the page counts. */
  readonly counts: readonly number[];
  /** Hinge losses of the three pictures, then of the two rows of four. */
  readonly margins: readonly number[];
  /** Loss with all weights zero, and the share of test images read rightly, by loss. */
  readonly classifiers: readonly Classified[];
  /** The digits of the unseen images. */
  readonly truth: readonly number[];
}

interface Classified {
  readonly name: string;
  readonly start: number;
  readonly accuracy: number;
  /** A row of 784 weights for each digit, and what is read in each unseen image. */
  readonly weights: readonly (readonly number[])[];
  readonly predicted: readonly number[];
}

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<DigitsResult> {
  const settings = withDefaults("digits", options, given);
  section("A line through the origin cannot fit y = x + 1");
  const origin = withoutIntercept();
  section("How many weights");
  const counts = countWeights();
  section("Scores are not probabilities");
  unnormalised();
  section("The hinge loss of a few rows of scores");
  const margins = hingeRows();
  section("Ten planes in 784 dimensions");
  const { classifiers, truth } = await classify(settings);
  return { origin, counts, margins, classifiers, truth };
}

function withoutIntercept(): { weight: number; error: number } {
  const x = tensor([[-1], [0], [1]]);
  const y = tensor([[0], [1], [2]]);
  const rows = [false, true].map((bias) => {
    manualSeed(0);
    const model = new Linear(1, 1, { bias });
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    for (let step = 0; step < 200; step++) {
      optimizer.zeroGrad();
      mse(model.forward(x), y).backward();
      optimizer.step();
    }
    return { weight: model.weight.item(), error: mse(model.forward(x), y).item() };
  });
  const names = ["y = w·x", "y = w·x + b"];
  table(["model", "w", "mean squared error"], rows.map(({ weight, error }, i) => [names[i]!, weight.toFixed(4), error.toFixed(4)]));
  return rows[0]!;
}

function countWeights(): number[] {
  const models = {
    "784 → 10 without biases": new Linear(784, 10, { bias: false }),
    "784 → 10": new Linear(784, 10),
    "2 → 3 → 2 without biases": new Sequential(new Linear(2, 3, { bias: false }), new Linear(3, 2, { bias: false })),
    "784 → 256 → 128 → 10": new Sequential(new Linear(784, 256), new Linear(256, 128), new Linear(128, 10)),
  };
  const counts = Object.values(models).map((model) => model.parameters().reduce((sum, { size }) => sum + size, 0));
  table(["network", "weights"], Object.keys(models).map((name, i) => [name, counts[i]!.toLocaleString("en")]));
  return counts;
}

function unnormalised(): void {
  const scores = tensor([[1, 2]]).linear([[1, 1], [2, 0]]);
  say(`x = (1, 2), θ_dog = (1, 1), θ_cat = (2, 0):  scores ${vector(scores.toTypedArray(), 0)}, sum ${scores.sum().item()}`);
  say(`softmax of the scores                       ${vector(scores.softmax().toTypedArray(), 3)}, sum 1`);
  const ten = tensor([0.01, 0.03, 0.8, 0.09, 0.01, 0.01, 0.01, 0.02, 0.01, 0.01]);
  say(`the largest of (.01, .03, .8, .09, …) stands at index ${ten.argmax().item()}: digits count from 0`);
}

function hingeRows(): number[] {
  const rows = [
    { scores: [3.2, 5.1, -1.7], label: 0 },
    { scores: [1.3, 4.9, 2], label: 1 },
    { scores: [2.2, 2.5, -3.1], label: 2 },
    { scores: [0.01, 0.01, 0.9, 0.01], label: 2 },
    { scores: [0.1, 0.1, 0.6, 0.05], label: 2 },
  ];
  const margins = rows.map(({ scores, label }) => hinge([scores], [label]).item());
  table(
    ["scores", "class", "loss"],
    rows.map(({ scores, label }, i) => [vector(scores, 2), label, margins[i]!.toFixed(2)]),
  );
  say(`\nmean of the first three: ${((margins[0]! + margins[1]! + margins[2]!) / 3).toFixed(4)}`);
  return margins;
}

async function classify({ train, test, epochs, long }: OptionsOf<typeof options>): Promise<Pick<DigitsResult, "classifiers" | "truth">> {
  const data = loadMnist("train", long ? 60_000 : train);
  const unseen = loadMnist("t10k", long ? 10_000 : test);
  const kinds: readonly { name: string; loss: Loss; lr: number; bias: boolean }[] = [
    { name: "softmax, cross-entropy", loss: crossEntropy, lr: 0.1, bias: true },
    { name: "support vectors, hinge", loss: hinge, lr: 0.01, bias: true },
    { name: "support vectors, no biases", loss: hinge, lr: 0.01, bias: false },
  ];
  const found: Classified[] = [];
  for (const { name, loss, lr, bias } of kinds) {
    const plane = new Linear(784, 10, { bias, init: (shape) => zeros(shape) });
    if (plane.bias !== null) assign(plane.bias, zeros([10]));
    const model = new Sequential(new Flatten(), plane);
    const start = evaluate(model, data.take(1000), { loss }).loss!;
    const optimizer = new SGD(model.parameters(), { lr });
    await fit(model, data, { loss, optimizer, epochs: long ? 10 : epochs, batchSize: 100, seed: 0, progress: long });
    const right = evaluate(model, unseen, { metrics: { accuracy } }).accuracy!;
    const weights = plane.weight.toArray() as number[][];
    const predicted = predict(model, unseen).argmax({ axes: 1 }).toArray() as number[];
    found.push({ name, start, accuracy: right, weights, predicted });
  }
  const count = data.length.toLocaleString("en");
  say(`${count} images, ${long ? 10 : epochs} passes, batches of 100, ${unseen.length.toLocaleString("en")} unseen images\n`);
  table(
    ["linear classifier", "loss at W = 0", "unseen images right"],
    found.map(({ name, start, accuracy: right }) => [name, start.toFixed(6), `${(100 * right).toFixed(1)} %`]),
  );
  return { classifiers: found, truth: unseen.y.toArray() as number[] };
}

/** The ten planes as images; which digits are taken for which; the line that needs its intercept. */
export function pictures({ classifiers, truth, origin }: DigitsResult): Pictures {
  const { weights, predicted } = classifiers[0]!;
  const right = predicted.filter((digit, i) => digit === truth[i]).length;
  return {
    sections: [
      {
        heading: "What each of the ten planes looks for",
        text: "The weights of softmax regression, pixel by pixel: ink on orange speaks for the digit, ink on blue against it.",
        chart: weightImages(weights, { shape: [28, 28], size: 112, columns: 5, title: "The weights of the ten digits" }),
      },
      {
        heading: "Which digits are taken for which",
        text: "Rows are what was written, columns what was read. Off the diagonal stand digits that share most of their ink.",
        chart: confusionMatrixChart(
          { truth, prediction: predicted },
          { title: `${right.toLocaleString("en")} of ${truth.length.toLocaleString("en")} unseen images are read rightly` },
        ),
      },
      {
        heading: "A line through the origin cannot fit y = x + 1",
        text: "However it is turned, it passes through (0, 0), and misses at least one of the three points.",
        chart: lineChart(
          { "y = w·x": [-1, 0, 1].map((x) => origin.weight * x), "y = w·x + b": [0, 1, 2] },
          { x: [-1, 0, 1], points: [[-1, 0], [0, 1], [1, 2]] },
        ),
      },
    ],
  };
}
