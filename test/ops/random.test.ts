/** Random tensors: their distributions, their streams, and dropout's gradient. */
import { beforeEach, describe, expect, test } from "vitest";
import { grad } from "../../src/autograd/functional";
import { ones } from "../../src/ops/create";
import { dropout, permutation, rand, randint, randn } from "../../src/ops/random";
import { tensor } from "../../src/tensor/create";
import { Generator, manualSeed } from "../../src/tensor/generator";
import { refusal } from "../support/refusal";

beforeEach(() => void manualSeed(1));

const N = 20_000;

/** The largest distance of the empirical distribution from a given one (Kolmogorov and Smirnov). */
function distance(values: ArrayLike<number>, below: (x: number) => number): number {
  const sorted = Float64Array.from(Array.from(values)).sort();
  let worst = 0;
  sorted.forEach((x, i) => {
    worst = Math.max(worst, Math.abs(below(x) - i / sorted.length), Math.abs(below(x) - (i + 1) / sorted.length));
  });
  return worst;
}

/** What the distance stays below in 99.9 % of cases. */
const usual = (n: number): number => 1.95 / Math.sqrt(n);

/** Φ(x) by Simpson's rule. */
function normalBelow(x: number): number {
  const steps = 200;
  const h = x / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++)
    sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-((i * h) ** 2) / 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

describe.each(["float32", "float64"] as const)("in %s", (dtype) => {
  test("rand is uniform on [0, 1)", () => {
    const values = rand([N], { dtype }).toTypedArray();
    expect(distance(values, (x) => x)).toBeLessThan(usual(N));
    expect([Math.min(...values) >= 0, Math.max(...values) < 1]).toEqual([true, true]);
  });

  test("randn is normal, neighbours uncorrelated", () => {
    const values = Array.from(randn([N], { dtype }).toTypedArray());
    expect(distance(values, normalBelow)).toBeLessThan(usual(N));
    const correlation = values.slice(1).reduce((sum, x, i) => sum + x * values[i]!, 0) / N;
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(N));
  });

  test("shape, dtype and requiresGrad are as asked", () => {
    const x = randn([2, 0, 3], { dtype, requiresGrad: true });
    expect([x.shape, x.dtype, x.requiresGrad, x.isLeaf]).toEqual([[2, 0, 3], dtype, true, true]);
    expect(rand([], { dtype }).shape).toEqual([]);
  });
});

describe("randint", () => {
  test("draws every number of the range equally often", () => {
    const counts = new Map<number, number>();
    for (const value of randint(-3, 4, [N]).toTypedArray()) counts.set(value, (counts.get(value) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - N / 7) ** 2 / (N / 7), 0);
    expect(chiSquare).toBeLessThan(22.5); // 99.9 % of cases, 6 degrees of freedom
  });

  test("spans all of int32", () => {
    const values = randint(-(2 ** 31), 2 ** 31, [N]).toTypedArray();
    expect(distance(values, (x) => x / 2 ** 32 + 0.5)).toBeLessThan(usual(N));
    expect(randint(5, 6, [3]).toArray()).toEqual([5, 5, 5]);
  });

  test("gives int32 unless told otherwise", () => {
    expect([randint(0, 9, [1]).dtype, randint(0, 9, [1], { dtype: "float64" }).dtype]).toEqual(["int32", "float64"]);
    expect(randint(0, 9, [1], { dtype: "float32", requiresGrad: true }).requiresGrad).toBe(true);
  });

  test.each<[() => unknown, string]>([
    [() => randint(3, 3, [1]), "OptionError: randint: high is out of range: 3; give a whole number > 3 and ≤ 2147483648"],
    [() => randint(0.5, 3, [1]), "OptionError: randint: low is out of range: 0.5;"],
    [() => randint(0, 2 ** 32, [1]), "OptionError: randint: high is out of range: 4294967296;"],
    [() => randint(0, 3, 5 as unknown as number[]), "ShapeError: randint: the shape is not an array: 5;"],
  ])("refuses %s", (run, message) => {
    expect(refusal(run)).toContain(message);
  });
});

describe("permutation", () => {
  test("holds every number once", () => {
    for (const n of [0, 1, 2, 1000]) {
      const order = permutation(n);
      expect([order.shape, order.dtype]).toEqual([[n], "int32"]);
      expect(Array.from(order.toTypedArray()).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  });

  test("gives each order equally often", () => {
    const counts = new Map<string, number>();
    const runs = 3000;
    for (let i = 0; i < runs; i++) {
      const order = String(permutation(3).toArray());
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - runs / 6) ** 2 / (runs / 6), 0);
    expect(chiSquare).toBeLessThan(20.5); // 99.9 % of cases, 5 degrees of freedom
  });

  test("refuses what is no count", () => {
    expect(refusal(() => permutation(-1))).toContain("OptionError: permutation: n is out of range: -1; give a whole number ≥ 0");
    expect(refusal(() => permutation(3, { seed: 1 } as object))).toContain('OptionError: permutation: unknown option: "seed";');
  });
});

describe("streams", () => {
  test("every function draws from the generator it is given, and leaves the default one alone", () => {
    const draws = [
      (generator: Generator) => rand([3], { generator }),
      (generator: Generator) => randn([3], { generator }),
      (generator: Generator) => randint(0, 1000, [3], { generator }),
      (generator: Generator) => permutation(20, { generator }),
      (generator: Generator) => dropout(ones([20]), 0.5, { generator }),
    ];
    const before = manualSeed(5).state;
    for (const draw of draws) {
      expect(draw(new Generator(9)).toArray()).toEqual(draw(new Generator(9)).toArray());
      const one = new Generator(9);
      expect(draw(one).toArray()).not.toEqual(draw(one).toArray());
    }
    expect(manualSeed(5).state).toEqual(before);
  });

  test("are refused where they are none", () => {
    expect(refusal(() => rand([1], { generator: 7 as unknown as Generator }))).toBe(
      "OptionError: rand: not a generator: 7; make one with new Generator(seed)",
    );
    expect(refusal(() => rand([1], { dtype: "int32" }))).toBe(
      "DTypeError: rand: the numbers are fractions: in int32; use a float dtype, or randint",
    );
    expect(refusal(() => randn([1], { std: 1 } as object))).toContain('OptionError: randn: unknown option: "std";');
  });
});

describe("dropout", () => {
  test("keeps each element with probability 1 − p, scaled so that the mean stays", () => {
    const values = dropout(ones([N]), 0.25).toTypedArray();
    const kept = values.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.75)]));
    expect(Math.abs(kept.length / N - 0.75)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / N));
  });

  test("passes the gradient, equally scaled, where the element was kept", () => {
    const x = tensor(Float64Array.from({ length: 50 }, (_, i) => i + 1), { requiresGrad: true });
    const y = dropout(x, 0.5);
    const [g] = grad(y.sum(), [x], { retainGraph: true });
    expect(g!.toArray()).toEqual(Array.from(y.toTypedArray(), (value) => (value === 0 ? 0 : 2)));
    const [second] = grad(grad(y.square().sum(), [x], { createGraph: true })[0]!.sum(), [x]);
    expect(second!.toArray()).toEqual(Array.from(y.toTypedArray(), (value) => (value === 0 ? 0 : 8)));
  });

  test("gives zeros, and zero gradients, at p = 1", () => {
    const x = tensor([1, Infinity, NaN], { requiresGrad: true });
    const y = dropout(x, 1);
    expect([y.toArray(), grad(y.sum(), [x])[0]!.toArray()]).toEqual([[0, 0, 0], [0, 0, 0]]);
  });

  test("gives the tensor itself, and draws nothing, when evaluating or at p = 0", () => {
    const x = tensor([1, 2]);
    const before = manualSeed(1).state;
    expect([dropout(x, 0.5, { training: false }) === x, dropout(x, 0) === x]).toEqual([true, true]);
    expect(manualSeed(1).state).toEqual(before);
    expect(x.dropout(0.5, { training: false })).toBe(x);
  });

  test("keeps float64, and turns integers into float32", () => {
    expect([dropout(tensor([1], { dtype: "float64" }), 0.5).dtype, dropout(tensor([1], { dtype: "int32" }), 0.5).dtype]).toEqual([
      "float64",
      "float32",
    ]);
  });

  test.each<[() => unknown, string]>([
    [() => dropout([1], 1.5), "OptionError: dropout: p is out of range: 1.5; give a number ≥ 0 and ≤ 1"],
    [() => dropout([1], -0.1), "OptionError: dropout: p is out of range: -0.1;"],
    [() => dropout([1], 0.5, { train: true } as object), 'OptionError: dropout: unknown option: "train"; did you mean "training"?'],
  ])("refuses %s", (run, message) => {
    expect(refusal(run)).toContain(message);
  });
});
