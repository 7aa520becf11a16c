/** MNIST: a network learns to read 60,000 handwritten digits and is tried on 10,000 others. */
import {
  Adam,
  type BatchMap,
  Conv2d,
  type Dataset,
  Flatten,
  Lambda,
  Linear,
  type Loss,
  MaxPool2d,
  type Module,
  type Optimizer,
  ReLU,
  SGD,
  type Schedule,
  Sequential,
  accuracy,
  cosineDecay,
  crossEntropy,
  fit,
  hinge,
  manualSeed,
  multiStepDecay,
  predict,
  randomAffine,
  wasm,
} from "gradkit";
import { drawDigits, perClass } from "./support/digits";
import { loadMnist } from "./support/mnist";
import { type OptionsOf, defineOptions, withDefaults } from "./support/options";

export const options = defineOptions({
  model: {
    about:
      "a network, convolutions, a linear classifier with the softmax or the SVM loss, or the best: 256 and 128 hidden " +
      "units, digits turned and shifted anew in every epoch",
    default: "mlp",
    choices: ["mlp", "cnn", "softmax", "svm", "best"],
  },
  hidden: { about: "hidden units, layer by layer, of the network", default: [128], rule: { integer: true, min: 1 } },
  epochs: { about: "passes over the training images (5; convolutions 8, the best 45)", default: null, type: "number", rule: { integer: true, min: 1 } },
  batchSize: { about: "images per update", default: 64, rule: { integer: true, min: 1 } },
  lr: { about: "learning rate (Adam's 0.001, with convolutions 0.005; linear classifiers SGD's 0.1 or 0.01)", default: null, type: "number", rule: { above: 0 } },
  train: { about: "training images to use", default: 60_000, rule: { integer: true, min: 1, max: 60_000 } },
  test: { about: "test images to use", default: 10_000, rule: { integer: true, min: 1, max: 10_000 } },
  threads: { about: "threads that share each update; the result is the same, whatever their number", default: 1, rule: { integer: true, min: 1, max: 64 } },
  seed: { about: "seed of the start and of the order", default: 0, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the example found. */
export interface MnistResult {
  /** Fraction of test images read rightly. */
  readonly accuracy: number;
}

export async function main(given: Partial<Settings> = {}): Promise<MnistResult> {
  const settings = withDefaults("mnist", options, given);
  const train = loadMnist("train", settings.train);
  const test = loadMnist("t10k", settings.test);
  manualSeed(settings.seed);
  const { batchSize, threads } = settings;
  const { model, loss, optimizer, epochs, map, schedule, milliseconds } = recipe(settings);
  const [learnt, tried] = [train.length, test.length].map((count) => count.toLocaleString("en"));
  console.log(`${learnt} images to learn from, ${tried} to be tried on\n\n${model.summary([1, 28, 28])}\n`);

  const choice = threads === 1 ? {} : { device: wasm({ threads }) };
  const updates = epochs * Math.ceil(train.length / batchSize);
  if (milliseconds !== null) {
    const seconds = Math.ceil((updates * milliseconds) / 1000 / 10) * 10;
    console.log(`${epochs} epochs take about ${seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`}\n`);
  }
  await fit(model, map === null ? train : train.map(map), {
    ...{ loss, optimizer, epochs, batchSize, metrics: { accuracy }, progress: true },
    ...(schedule === null ? {} : { schedule: schedule(optimizer.lr, updates) }),
    ...choice,
  });

  const scores = predict(model, test.x, choice);
  const truth = Array.from(test.y.toTypedArray());
  const predicted = Array.from(scores.argmax({ axes: 1 }).toTypedArray());
  console.log(`\n${perClass(truth, predicted)}\n`);
  const wrong = truth.flatMap((digit, i) => (digit === predicted[i] ? [] : [i])).slice(0, 4);
  if (wrong.length > 0) console.log(`${drawDigits(wrong.map((i) => digitAt(test, i, truth[i]!, predicted[i]!)))}\n`);
  const result = accuracy(scores, test.y);
  console.log(`test accuracy: ${(100 * result).toFixed(2)} %`);
  return { accuracy: result };
}

/** What is trained, and how. */
interface Recipe {
  readonly model: Module;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly epochs: number;
  /** What becomes of each batch before it is learnt from. */
  readonly map: BatchMap | null;
  readonly schedule: ((lr: number, updates: number) => Schedule) | null;
  /** Of an update, where it is worth telling; with a core to itself. */
  readonly milliseconds: number | null;
}

function recipe({ model: kind, hidden, epochs, lr, seed }: Settings): Recipe {
  const plain = { epochs: epochs ?? 5, loss: crossEntropy, map: null, schedule: null, milliseconds: null };
  if (kind === "softmax" || kind === "svm") {
    const model = dense([]);
    const optimizer = new SGD(model.parameters(), { lr: lr ?? (kind === "svm" ? 0.01 : 0.1) });
    return { ...plain, model, optimizer, loss: kind === "svm" ? hinge : crossEntropy };
  }
  if (kind === "mlp") {
    const model = dense(hidden);
    return { ...plain, model, optimizer: new Adam(model.parameters(), { lr: lr ?? 0.001 }) };
  }
  if (kind === "cnn") {
    const model = convolutions();
    const optimizer = new Adam(model.parameters(), { lr: lr ?? 0.005 });
    const schedule = (first: number, steps: number): Schedule => cosineDecay(first, { steps });
    return { ...plain, model, optimizer, schedule, epochs: epochs ?? 8, milliseconds: 4.5 };
  }
  const model = dense([256, 128]);
  const optimizer = new Adam(model.parameters(), { lr: lr ?? 0.001 });
  const map = randomAffine({ rotate: 10, scale: [0.9, 1.1], shift: 2, seed });
  return { ...plain, model, optimizer, map, schedule: fifths, epochs: epochs ?? 45, milliseconds: 3.5 };
}

/** A fifth of the rate from three fifths of the way on, and again from four fifths and nineteen twentieths on. */
function fifths(lr: number, updates: number): Schedule {
  const milestones = [0.6, 0.8, 0.95].map((part) => Math.max(1, Math.floor(part * updates)));
  const rising = milestones.filter((milestone, i) => milestone !== milestones[i - 1]);
  return multiStepDecay(lr, { milestones: rising, factor: 0.2 });
}

function dense(hidden: readonly number[]): Module {
  const layers: Module[] = [new Flatten()];
  let width = 28 * 28;
  for (const units of hidden) {
    layers.push(new Linear(width, units), new ReLU());
    width = units;
  }
  return new Sequential(...layers, new Linear(width, 10));
}

function convolutions(): Module {
  return new Sequential(
    new Lambda((x) => x.unsqueeze(1)), // [N, 28, 28] as images of one channel
    ...[new Conv2d(1, 8, 5), new ReLU(), new MaxPool2d(2)],
    ...[new Conv2d(8, 16, 5), new ReLU(), new MaxPool2d(2)],
    ...[new Flatten(), new Linear(256, 10)],
  );
}

function digitAt(data: Dataset, i: number, truth: number, predicted: number): { pixels: number[][]; caption: string } {
  const pixels = data.at(i).x.toArray() as number[][];
  return { pixels, caption: `${truth} read as ${predicted}` };
}
