/** The built library in a real browser: the same code, the same numbers, no Node. */
import {
  Adam,
  Dataset,
  Linear,
  Sequential,
  Tanh,
  binaryCrossEntropyWithLogits,
  compile,
  fit,
  manualSeed,
  randn,
  tensor,
  wasm,
} from "gradkit";
import { expect, test } from "vitest";

test("runs where there is no process and no Buffer", () => {
  expect("document" in globalThis).toBe(true);
  expect(globalThis).not.toHaveProperty("Buffer");
  const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
  x.square().sum().backward();
  expect(x.grad?.toArray()).toEqual([[2, 4], [6, 8]]);
});

test("may share memory between threads, as the headers of this test allow", () => {
  expect(globalThis).toHaveProperty("crossOriginIsolated", true);
});

test("learns exclusive or", async () => {
  manualSeed(1);
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const y = tensor([[0], [1], [1], [0]]);
  const model = new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1));
  const optimizer = new Adam(model.parameters(), { lr: 0.05 });
  await fit(model, Dataset.from({ x, y }), {
    loss: binaryCrossEntropyWithLogits,
    optimizer,
    epochs: 300,
    batchSize: 4,
    progress: false,
  });
  expect(model.forward(x).sigmoid().round().toArray()).toEqual([[0], [1], [1], [0]]);
});

test("shares the work of a program with a worker, and gives the same bits", async () => {
  const x = randn([256, 256]);
  const product = (threads: number) => compile(() => x.matmul(x).tanh(), { device: wasm({ threads }) });
  const [one, two] = [product(1), product(2)];
  expect(two.program()).toContain("2 threads");
  const want = one().toTypedArray();
  for (let i = 0; i < 50; i++) {
    expect(two().toTypedArray().every((value, at) => value === want[at])).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5)); // the page must be idle for a worker to start
  }
});
