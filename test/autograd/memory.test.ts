/** The garbage collector owns tensors: what no derivative needs is gone, before the backward pass and after it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { type Tensor, assign, noGrad, randn, sum, tensor, zeros } from "../../src/index";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Lets go of what WeakRefs have been asked about in this turn, and collects. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
  }
}

const leaf = (): Tensor => tensor([1, 2, 3], { requiresGrad: true });

test("10,000 training steps leave the heap as it was", { timeout: 60_000 }, async () => {
  const w = randn([8, 4], { requiresGrad: true });
  const b = zeros([4], { requiresGrad: true });
  const step = (): void => {
    const x = randn([16, 8]);
    const loss = x.matmul(w).add(b).tanh().square().mean();
    w.grad = b.grad = null;
    loss.backward();
    for (const p of [w, b]) noGrad(() => assign(p, p.sub(p.grad!.mul(0.01))));
  };
  const bytes = async (): Promise<number> => {
    await settle();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  for (let i = 0; i < 1_000; i++) step();
  const before = await bytes();
  for (let i = 0; i < 10_000; i++) step();
  expect((await bytes()) - before).toBeLessThan(2 ** 20);
});

describe("a result that is kept", () => {
  /** A forward pass with references to what it went through. */
  function forward(): { loss: Tensor; kept: WeakRef<Tensor>[] } {
    const [w, data] = [leaf(), tensor([4, 5, 6])];
    const hidden = w.mul(data);
    const squashed = hidden.tanh();
    return { loss: sum(squashed.square()), kept: [data, hidden, squashed].map((t) => new WeakRef(t)) };
  }

  test("holds nothing but its leaves after backward: no data, no activation", async () => {
    const { loss, kept } = forward();
    loss.backward();
    await settle();
    expect(kept.map((ref) => ref.deref()?.shape)).toEqual([undefined, undefined, undefined]);
    expect(loss.item()).toBeGreaterThan(0);
  });

  test("holds what derivatives read while it may still be asked for them", async () => {
    const { loss, kept } = forward();
    loss.backward(undefined, { retainGraph: true });
    await settle();
    const [data, hidden, squashed] = kept.map((ref) => ref.deref()?.shape);
    expect([data, squashed]).toEqual([[3], [3]]);
    expect(hidden, "tanh′ reads the output").toBeUndefined();
    loss.backward();
  });
});

describe("before the backward pass", () => {
  const cases: readonly (readonly [string, (h: Tensor) => Tensor])[] = [
    ["add", (h) => h.add(1)],
    ["a product with a number", (h) => h.mul(2)],
    ["sum", (h) => h.sum()],
    ["mean", (h) => h.mean()],
    ["exp, whose derivative is its output", (h) => h.exp()],
    ["sigmoid", (h) => h.sigmoid()],
    ["a conversion", (h) => h.to("float64")],
    ["clone", (h) => h.clone()],
    ["softmax, whose derivative is in its output", (h) => h.softmax()],
    ["a view", (h) => h.unsqueeze(0)],
    ["a window", (h) => h.slice([[0, 2]])],
    ["a product with a frozen matrix", (h) => h.matmul(tensor([[1], [2], [3]]))],
    ["a frozen layer", (h) => h.linear(tensor([[1, 2, 3]]), tensor([1]))],
    ["a frozen convolution", (h) => h.reshape([1, 3]).conv1d(tensor([[[1, 2]]]), tensor([1]))],
    ["a frozen transposed convolution", (h) => h.reshape([1, 1, 3]).convTranspose2d(tensor([[[[1, 2]]]]))],
    ["a mean of windows", (h) => h.reshape([1, 3]).avgPool1d(2, { padding: 1 })],
    ["a convolution of frozen data by a kernel", (h) => tensor([[1, 2, 3, 4]]).conv1d(h.reshape([1, 1, 3]))],
  ];

  test.each(cases)("%s does not hold its input", async (_, f) => {
    const make = (): { y: Tensor; input: WeakRef<Tensor> } => {
      const h = leaf().neg();
      return { y: f(h), input: new WeakRef(h) };
    };
    const { y, input } = make();
    await settle();
    expect(input.deref()).toBeUndefined();
    y.backward(y.detach());
  });
});

test("a gradient that was differentiated lets go of its graph", async () => {
  const make = (): { x: Tensor; node: WeakRef<object> } => {
    const x = leaf();
    const y = x.pow(3).sum();
    y.backward(undefined, { createGraph: true });
    const first = x.grad!;
    x.grad = null;
    first.sum().backward();
    return { x, node: new WeakRef(first.gradFn!) };
  };
  const { x, node } = make();
  await settle();
  expect(node.deref()).toBeUndefined();
  expect(x.grad?.toArray()).toEqual([6, 12, 18]);
});
