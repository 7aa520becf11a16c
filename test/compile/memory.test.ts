/** Compiled functions keep the heap flat: programs give their blocks back, and steps allocate nothing that stays. */
import { describe, expect, test } from "vitest";
import {
  Conv2d,
  Dataset,
  Flatten,
  Linear,
  MaxPool2d,
  ReLU,
  SGD,
  Sequential,
  type Tensor,
  assign,
  compile,
  crossEntropy,
  fitSync,
  grad,
  mse,
  ones,
  randn,
  tensor,
  wasm,
} from "../../src/index";
import { heapFor } from "../../src/devices/wasm/heap";

describe("the heap of programs", () => {
  test("has what it had after a compiled function is released", () => {
    const before = heapFor(1).bytes;
    const f = compile((x: Tensor) => x.matmul(x).relu(), { device: wasm() });
    for (let n = 1; n < 40; n++) f(randn([n, n]));
    expect(heapFor(1).bytes).toBeGreaterThan(before);
    f.release();
    expect(heapFor(1).bytes).toBe(before);
  });

  test("is flat over hundreds of models that are fitted one after another", () => {
    const data = Dataset.from({ x: randn([8, 3]), y: randn([8, 1]) });
    const fitOne = (): number => {
      const model = new Linear(3, 1);
      const optimizer = new SGD(model.parameters(), { lr: 0.01 });
      fitSync(model, data, { loss: mse, optimizer, batchSize: 4, validation: data });
      expect(Number.isFinite(model.weight.sum().item())).toBe(true);
      return heapFor(1).bytes;
    };
    const first = fitOne();
    for (let i = 0; i < 200; i++) expect(fitOne()).toBe(first);
  });

  test("makes room for a program by those that were not called for longest, and traces them anew when they are", () => {
    const heap = heapFor(1);
    const { limit } = heap;
    let traces = 0;
    const functions = [1, 2, 3].map((factor) => {
      const w = tensor([factor]);
      const f = (x: Tensor): Tensor => {
        traces++;
        assign(w, w.add(1));
        return x.mul(w).cumsum({ axis: 0 });
      };
      return { w, f: compile(f, { device: wasm() }) };
    });
    const x = ones([100_000]);
    const before = heap.bytes;
    try {
      const [first, second, third] = functions.map(({ f }) => () => f(x).toArray() as number[]);
      expect(first!()[0]).toBe(2);
      const each = heap.bytes - before;
      heap.limit = before + 2.5 * each; // there is room for two at a time
      expect(second!()[0]).toBe(3);
      expect(first!()[0]).toBe(3);
      const known = traces;
      for (let i = 0; i < 4; i++) {
        expect(third!()[0]).toBe(4 + i);
        expect(second!()[0]).toBe(4 + i);
        expect(first!()[0]).toBe(4 + i);
      }
      expect(heap.bytes).toBeLessThanOrEqual(heap.limit);
      expect(traces).toBeGreaterThan(known);
      expect(functions.map(({ w }) => w.item())).toEqual([7, 7, 7]);
    } finally {
      heap.limit = limit;
      for (const { f } of functions) f.release();
    }
  });

  test("keeps what tensors show when a block is used again", () => {
    const w = tensor([1, 2]);
    const step = compile((x: Tensor) => {
      w.grad = null;
      return x.add(w);
    });
    step(tensor([1, 1]));
    step.release();
    const other = compile((x: Tensor) => x.mul(0), { device: wasm() });
    other(randn([64]));
    expect(w.toArray()).toEqual([1, 2]);
    other.release();
  });

  test("steps allocate nothing in it", () => {
    const w = tensor([0], { requiresGrad: true });
    const optimizer = new SGD([w], { lr: 0.1 });
    const step = compile((x: Tensor) => {
      optimizer.zeroGrad();
      const loss = w.sub(x).square().sum();
      loss.backward();
      optimizer.step();
      return loss;
    });
    step(tensor([1]));
    const before = heapFor(1).bytes;
    for (let i = 0; i < 10_000; i++) step(tensor([1]));
    expect(heapFor(1).bytes).toBe(before);
    expect(w.item()).toBeCloseTo(1, 5);
    step.release();
  });
});

describe("convolutions", () => {
  const heap = heapFor(1);

  /** Bytes of the heap that a program takes, for each byte of its largest argument. */
  function share(f: (...args: Tensor[]) => Tensor[], ...args: Tensor[]): number {
    const before = heap.bytes;
    const compiled = compile(f, { device: wasm() });
    compiled(...args);
    const taken = heap.bytes - before;
    compiled.release();
    return taken / (4 * Math.max(...args.map((arg) => arg.size)));
  }

  test.each([
    ["in place", {}],
    ["padded", { padding: 4 }],
    ["with steps", { padding: 4, stride: 2 }],
    ["with gaps", { padding: 4, dilation: 3 }],
    ["in groups", { padding: 4, groups: 8 }],
  ])("lay out no window by itself: %s, their memory is a small multiple of the signal", (_, options) => {
    const channels = "groups" in options ? 1 : 8;
    const [x, weight] = [randn([4, 8, 48, 48]), randn([8, channels, 9, 9])];
    // Windows laid out would be 81 times the signal. Here: signal, result, and the signal in its frame.
    expect(share((a, w) => [a.conv2d(w, null, options)], x, weight)).toBeLessThan(4);
    const [tracked, trained] = [x, weight].map((t) => tensor(t, { requiresGrad: true })) as [Tensor, Tensor];
    const gradients = (a: Tensor, w: Tensor): Tensor[] => grad(a.conv2d(w, null, options).square().sum(), [a, w]);
    expect(share((a, w) => gradients(a, w), tracked, trained)).toBeLessThan(8);
  });

  test("train for 2,000 compiled steps in flat memory", { timeout: 60_000 }, () => {
    const model = new Sequential(
      new Conv2d(1, 4, 3, { padding: 1 }), new ReLU(), new MaxPool2d(2),
      new Conv2d(4, 4, 3, { padding: 1 }), new ReLU(), new MaxPool2d(2),
      new Flatten(), new Linear(16, 2),
    );
    const optimizer = new SGD(model.parameters(), { lr: 0.05 });
    const step = compile((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    const x = randn([6, 1, 8, 8]);
    const y = tensor(new Int32Array([0, 1, 0, 1, 0, 1]));
    const steps = (count: number): number => {
      let loss = NaN;
      for (let i = 0; i < count; i++) loss = step(x, y).item();
      return loss;
    };
    const first = steps(200);
    const [before, { arrayBuffers }] = [heap.bytes, process.memoryUsage()];
    const last = steps(1800);
    expect(heap.bytes).toBe(before);
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(2 ** 23);
    expect(last).toBeLessThan(Math.min(first, 0.01));
    step.release();
  });
});
