/** MNIST: a network learns to read 60,000 handwritten digits and is tried on 10,000 others. */
import {
  Adam,
  type Dataset,
  Flatten,
  Linear,
  type Loss,
  type Module,
  type Optimizer,
  ReLU,
  SGD,
  Sequential,
  accuracy,
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
  model: { about: "a network, a linear classifier with the softmax or the SVM loss, or the best network: 256, 128 hidden units, digits turned and shifted anew in every epoch", default: "mlp", choices: ["mlp", "softmax", "svm", "best"] },
  hidden: { about: "hidden units, layer by layer, of the network", default: [128], rule: { integer: true, min: 1 } },
  epochs: { about: "passes over the training images (5, the best network 45)", default: null, type: "number", rule: { integer: true, min: 1 } },
  batchSize: { about: "images per update", default: 64, rule: { integer: true, min: 1 } },
  lr: { about: "learning rate (0.001 with Adam for the network, else SGD's 0.1 or 0.01)", default: null, type: "number", rule: { above: 0 } },
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
  const { model, loss, optimizer } = choose(settings);
  const [learnt, tried] = [train.length, test.length].map((count) => count.toLocaleString("en"));
  console.log(`${learnt} images to learn from, ${tried} to be tried on\n\n${model.summary([1, 28, 28])}\n`);

  const best = settings.model === "best";
  const { batchSize, threads } = settings;
  const epochs = settings.epochs ?? (best ? 45 : 5);
  const choice = threads === 1 ? {} : { device: wasm({ threads }) };
  const seen = best ? train.map(randomAffine({ rotate: 10, scale: [0.9, 1.1], shift: 2, seed: settings.seed })) : train;
  const updates = epochs * Math.ceil(train.length / batchSize);
  if (best) console.log(`${epochs} epochs take about ${Math.ceil((updates * MILLISECONDS) / 60_000)} minutes\n`);
  // A fifth of the rate from three fifths of the way on, and again from four fifths and nineteen twentieths on.
  const milestones = [0.6, 0.8, 0.95].map((part) => Math.max(1, Math.floor(part * updates)));
  const rising = milestones.filter((milestone, i) => milestone !== milestones[i - 1]);
  const schedule = multiStepDecay(optimizer.lr, { milestones: rising, factor: 0.2 });
  const rest = { metrics: { accuracy }, progress: true, ...(best ? { schedule } : {}), ...choice };
  await fit(model, seen, { loss, optimizer, epochs, batchSize, ...rest });

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

const MILLISECONDS = 3.5; // of an update of the best network, with a core to itself

function choose(settings: Settings): { model: Module; loss: Loss; optimizer: Optimizer } {
  const layers: Module[] = [new Flatten()];
  let width = 28 * 28;
  const hidden = { mlp: settings.hidden, best: [256, 128], softmax: [], svm: [] }[settings.model];
  for (const units of hidden) {
    layers.push(new Linear(width, units), new ReLU());
    width = units;
  }
  const model = new Sequential(...layers, new Linear(width, 10));
  if (hidden.length > 0) {
    return { model, loss: crossEntropy, optimizer: new Adam(model.parameters(), { lr: settings.lr ?? 0.001 }) };
  }
  const svm = settings.model === "svm";
  const optimizer = new SGD(model.parameters(), { lr: settings.lr ?? (svm ? 0.01 : 0.1) });
  return { model, loss: svm ? hinge : crossEntropy, optimizer };
}

function digitAt(data: Dataset, i: number, truth: number, predicted: number): { pixels: number[][]; caption: string } {
  const pixels = data.at(i).x.toArray() as number[][];
  return { pixels, caption: `${truth} read as ${predicted}` };
}
