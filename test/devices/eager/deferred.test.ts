/** Maps of eager code that wait until they are read: nobody can tell, but by the time they take. */
import { describe, expect, test } from "vitest";
import { type Tensor, assign, compile, grad, manualSeed, randn, tensor, zeros } from "../../../src/index";
import { Deferred } from "../../../src/devices/eager/deferred";

const MANY = 16384;

describe("maps that wait until they are read", () => {
  const bits = (x: Tensor): Buffer => Buffer.from(x.toTypedArray().buffer);
  const waits = (x: Tensor): boolean => x.storage instanceof Deferred;

  test("give the same bits whether or not what they are made of was stored", () => {
    manualSeed(4);
    const [a, b] = [randn([20011]), randn([20011])];
    const chain = (between: (x: Tensor) => Tensor): Tensor[] => {
      const y = between(between(a.mul(b).mul(0.37)).add(a)).sigmoid();
      return [y.sum(), y, y.sum(), y.mean(), y.reshape([20011, 1]).matmul(tensor([[1, 2, 3, 4]])), y.square()];
    };
    const stored = chain((x) => (x.toTypedArray(), x)).map(bits);
    const waiting = chain((x) => x).map(bits);
    expect(waiting.map((some, i) => Buffer.compare(some, stored[i]!))).toEqual(stored.map(() => 0));
    expect(bits(chain((x) => x)[2]!)).toEqual(stored[0]);
  });

  test("are not made part of a map over another shape", () => {
    manualSeed(5);
    const [a, b, c] = [randn([512, 48]), randn([48]), randn([128, 4, 48])];
    const sum = a.add(b);
    expect(waits(sum)).toBe(true);
    const seen = sum.reshape([128, 4, 48]).sub(c);
    const stored = a.add(b);
    void stored.toTypedArray();
    expect(bits(seen)).toEqual(bits(stored.reshape([128, 4, 48]).sub(c)));
  });

  test("do not wait where they would keep much more alive than they are", () => {
    const large = randn([10, MANY]);
    expect(waits(large.slice([[0, 1]]).div(255))).toBe(false);
    const some = Array.from({ length: 4 }, () => randn([MANY]));
    const [a, b, c, d] = some as [Tensor, Tensor, Tensor, Tensor];
    expect(waits(a.add(b).add(c))).toBe(true);
    expect(waits(a.add(b).add(c).add(d))).toBe(false);
  });

  test("show what their inputs were when they were called for", () => {
    const w = tensor(new Float32Array(MANY).fill(1));
    const twice = w.mul(2);
    const more = twice.add(w);
    expect(waits(more)).toBe(true);
    assign(w, zeros([MANY]));
    expect(more.slice([[0, 2]]).toArray()).toEqual([3, 3]);
    expect(twice.slice([[0, 2]]).toArray()).toEqual([2, 2]);
  });

  test("do not wait for what a program may change", () => {
    const w = tensor(new Float32Array(MANY).fill(1), { shape: [128, 128] });
    const grow = compile(() => { assign(w, w.mul(2)); });
    const before: Tensor[] = [];
    for (let i = 0; i < 3; i++) {
      grow();
      before.push(w.add(1), w.add(1).mul(2));
    }
    expect(before.map((x) => x.slice([[0, 1], [0, 1]]).item())).toEqual([3, 6, 5, 10, 9, 18]);
    grow.release();
  });

  test("are stored for the second who reads them, and let go of their inputs then", () => {
    const y = zeros([MANY]).exp();
    const storage = y.storage as Deferred;
    y.add(1).toTypedArray();
    expect(storage.inputs).toHaveLength(1);
    y.add(2).toTypedArray();
    expect(storage.inputs).toHaveLength(0);
  });

  test("may be told thousands of times without being read", () => {
    const step = tensor(new Float32Array(MANY).fill(0.5));
    let [sum, mean] = [zeros([MANY]), zeros([MANY])];
    for (let i = 0; i < 3000; i++) {
      sum = sum.add(step);
      mean = mean.mul(0.5).add(sum.mul(0.5));
    }
    expect(sum.slice([[0, 1]]).item()).toBe(1500);
    expect(mean.slice([[0, 1]]).item()).toBeCloseTo(1499.5, 3);
  });

  test("have their derivatives", () => {
    const w = tensor(Float32Array.from({ length: MANY }, (_, i) => (i % 7) - 3), { requiresGrad: true });
    const [g] = grad(w.mul(w).mul(0.5).add(w.sigmoid()).sum(), [w]);
    const values = w.toTypedArray();
    g!.toTypedArray().forEach((value, i) => {
      const sigmoid = 1 / (1 + Math.exp(-values[i]!));
      expect(Math.abs(value - (values[i]! + sigmoid * (1 - sigmoid)))).toBeLessThan(1e-5);
    });
  });
});
