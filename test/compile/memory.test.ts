/** Compiled functions keep the heap flat: programs give their blocks back, and steps allocate nothing that stays. */
import { describe, expect, test } from "vitest";
import { Dataset, Linear, SGD, type Tensor, assign, compile, fitSync, mse, ones, randn, tensor, wasm } from "../../src/index";
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
