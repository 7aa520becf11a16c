/** One-call programs of eager code: they never show old operands, and their memory is bounded. */
import { describe, expect, test } from "vitest";
import {
  Linear,
  SGD,
  type Tensor,
  assign,
  compile,
  manualSeed,
  matmul,
  mse,
  randn,
  softmax,
  tensor,
  wasm,
  zeros,
} from "../../../src/index";
import { heapFor } from "../../../src/devices/wasm/heap";

describe("what a program remembers of its operands", () => {
  test("is forgotten when a tensor is assigned to, and when a compiled step has trained it", () => {
    manualSeed(1);
    const model = new Linear(128, 128);
    const optimizer = new SGD(model.parameters(), { lr: 0.5 });
    const [a, b] = [randn([64, 128]), randn([64, 128])];
    const loss = (): Tensor => mse(model.forward(a), b);
    const step = compile(() => {
      optimizer.zeroGrad();
      const l = loss();
      l.backward();
      optimizer.step();
      return l;
    });
    for (let i = 0; i < 5; i++) {
      const expected = loss().item();
      expect(step().item()).toBeCloseTo(expected, 4);
    }
    assign(model.weight, zeros([128, 128]));
    expect(matmul(a, model.weight).square().sum().item()).toBe(0);
    step.release();
  });

  test("is never what a program holds, which changes", () => {
    const w = tensor(new Float32Array(128 * 128).fill(1), { shape: [128, 128] });
    const grow = compile(() => { assign(w, w.mul(2)); });
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      grow();
      seen.push(w.matmul(w).mean().item() / 128, w.sum({ axes: 0 }).mean().item() / 128);
    }
    expect(seen).toEqual([4, 2, 16, 4, 64, 8]);
    grow.release();
  });

  test("is another part of the same storage", () => {
    const x = tensor(Float32Array.from({ length: 256 * 64 }, (_, i) => Math.floor(i / 64 / 64)), { shape: [256, 64] });
    const ones = zeros([64, 64]).add(1);
    const sums = [0, 1, 2, 3].map((i) => x.slice([[i * 64, i * 64 + 64]]).matmul(ones).mean().item());
    expect(sums).toEqual([0, 64, 128, 192]);
  });

  test("survives the growth of the heap", () => {
    const w = tensor(new Float32Array(70_000).fill(1));
    const grow = compile(() => { assign(w, w.add(1)); });
    grow();
    const all = heapFor(1).memory.buffer.byteLength;
    const rows = Math.ceil(all / 4 / 70_000) + 1;
    expect(zeros([rows, 70_000]).add(w).slice([[rows - 1, rows], [0, 2]]).toArray()).toEqual([[2, 2]]);
    const wide = zeros([Math.ceil(all / 4096), 1024]);
    expect(w.slice([[0, 1024]]).reshape([1, 1024]).matmul(wide.transpose()).sum().item()).toBe(0);
    expect(w.add(softmax(zeros([70_000]), { axis: 0 }).mul(0)).sum().item()).toBe(140_000);
    grow.release();
  });
});

describe("the memory of one-call programs", () => {
  test("is bounded over hundreds of shapes", () => {
    const heap = heapFor(1);
    for (let n = 0; n < 400; n++) zeros([64, 64 + n]).matmul(zeros([64 + n, 64])).sum().item();
    expect(heap.bytes).toBeLessThan(2 ** 27 + 2 ** 24);
    zeros([1, 2 ** 25]).max({ axes: 0 }).toTypedArray();
    expect(heap.bytes).toBeLessThan(2 ** 27 + 2 ** 24);
  });

  test("does not keep operands and results alive in a long loop", () => {
    const before = process.memoryUsage().arrayBuffers;
    const narrow = zeros([512, 4]);
    let most = 0;
    for (let i = 0; i < 300; i++) {
      const x = zeros([512, 512]).add(i);
      x.transpose().clone().matmul(narrow);
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    expect(most - before).toBeLessThan(250e6); // all of them are 900 MB
  });

  test("leaves room for compiled functions", () => {
    const f = compile((x: Tensor) => x.matmul(x), { device: wasm() });
    const x = randn([80, 80]);
    expect(f(x).toTypedArray()).toEqual(x.matmul(x).toTypedArray());
    f.release();
  });
});
