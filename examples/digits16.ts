/** Digits of 16×16: MNIST made smaller, and what a network, a convolution and neighbours read of 256 pixels. */
import {
  Adam,
  Conv2d,
  Dataset,
  Flatten,
  KNearestNeighbors,
  Linear,
  MaxPool2d,
  type Module,
  ReLU,
  Sequential,
  type Tensor,
  accuracy,
  concat,
  cosineDecay,
  crossEntropy,
  fit,
  manualSeed,
  predict,
  tensor,
} from "gradkit";
import { drawDigits, perClass } from "./support/digits";
import { loadMnist } from "./support/mnist";
import { type OptionsOf, defineOptions, withDefaults } from "./support/options";

export const options = defineOptions({
  model: {
    about: "a network 256-128-64-10, convolutions, a linear classifier, or the three nearest neighbours",
    default: "mlp",
    choices: ["mlp", "cnn", "softmax", "knn"],
  },
  size: { about: "pixels along each side", default: 16, rule: { integer: true, min: 8, max: 28 } },
  epochs: { about: "passes over the training images", default: 12, rule: { integer: true, min: 1 } },
  lr: { about: "first learning rate of Adam, which falls to 0 along a cosine", default: 0.003, rule: { above: 0 } },
  train: { about: "training images to use", default: 60_000, rule: { integer: true, min: 1, max: 60_000 } },
  test: { about: "test images to use", default: 10_000, rule: { integer: true, min: 1, max: 10_000 } },
  seed: { about: "seed of the start and of the order", default: 0, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the example found. */
export interface Digits16Result {
  /** Fraction of test images read rightly. */
  readonly accuracy: number;
  /** An image as it was, and as it is learnt from. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
}

const BATCH = 64;

export async function main(given: Partial<Settings> = {}): Promise<Digits16Result> {
  const settings = withDefaults("digits16", options, given);
  const { size, model: kind, seed } = settings;
  const [large, tried] = [loadMnist("train", settings.train), loadMnist("t10k", settings.test)];
  const [train, test] = [smaller(large, size), smaller(tried, size)];
  const before = large.at(0).x.toArray() as number[][];
  const after = train.at(0).x.squeeze(0).toArray() as number[][];
  console.log(drawDigits([{ pixels: before, caption: "28×28" }]));
  console.log(`\n${drawDigits([{ pixels: after, caption: `${size}×${size}` }])}\n`);
  manualSeed(seed);
  const scores = kind === "knn" ? neighbours(train, test) : await learn(train, test, settings);
  const truth = Array.from(test.y.toTypedArray());
  const predicted = Array.from((scores.rank === 1 ? scores : scores.argmax({ axes: 1 })).toTypedArray());
  console.log(`\n${perClass(truth, predicted)}\n`);
  const result = truth.filter((digit, i) => digit === predicted[i]).length / truth.length;
  console.log(`test accuracy: ${(100 * result).toFixed(2)} %`);
  return { accuracy: result, before, after };
}

/** Each image [1, size, size]: every new pixel is a mean of the old ones around its place, by their distance. */
function smaller(data: Dataset, size: number): Dataset {
  const images = Array.from(data.batches({ size: 1000, shuffle: false }), ({ x }) => x);
  const across = tensor(triangles(images[0]!.shape.at(-1)!, size));
  const x = images.map((batch) => across.matmul(batch).matmul(across.transpose()).unsqueeze(1));
  return Dataset.from({ x: concat(x), y: data.y });
}

/** Row i weighs n pixels by a triangle around the place of new pixel i, as wide as it takes to miss none of them. */
function triangles(n: number, size: number): number[][] {
  const scale = n / size;
  return Array.from({ length: size }, (_, i) => {
    const center = (i + 0.5) * scale;
    const weights = Array.from({ length: n }, (_, j) => Math.max(0, 1 - Math.abs(j + 0.5 - center) / scale));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  });
}

async function learn(train: Dataset, test: Dataset, { model: kind, size, epochs, lr }: Settings): Promise<Tensor> {
  const model = network(kind, size);
  console.log(`${model.summary([1, 1, size, size])}\n`);
  const optimizer = new Adam(model.parameters(), { lr });
  const schedule = cosineDecay(lr, { steps: epochs * Math.ceil(train.length / BATCH) });
  await fit(model, train, {
    ...{ loss: crossEntropy, optimizer, schedule },
    ...{ epochs, batchSize: BATCH, metrics: { accuracy }, progress: true },
  });
  return predict(model, test.x);
}

function network(kind: Settings["model"], size: number): Module {
  const pixels = size * size;
  if (kind === "softmax") return new Sequential(new Flatten(), new Linear(pixels, 10));
  if (kind === "mlp") {
    const [first, second] = [new Linear(pixels, 128), new Linear(128, 64)];
    return new Sequential(new Flatten(), first, new ReLU(), second, new ReLU(), new Linear(64, 10));
  }
  const [first, second] = [new Conv2d(1, 8, 3, { padding: 1 }), new Conv2d(8, 16, 3, { padding: 1 })];
  const features = 16 * Math.floor(Math.floor(size / 2) / 2) ** 2;
  const convolutions = [first, new ReLU(), new MaxPool2d(2), second, new ReLU(), new MaxPool2d(2)];
  return new Sequential(...convolutions, new Flatten(), new Linear(features, 10));
}

/** The digits that three neighbours vote for. */
function neighbours(train: Dataset, test: Dataset): Tensor {
  const flat = (x: Tensor): Tensor => x.flatten({ startAxis: 1 });
  console.log("looking for the three nearest of the training images to each test image …");
  return new KNearestNeighbors({ k: 3 }).fit(flat(train.x), train.y).predict(flat(test.x));
}
