/** How elementwise ops are made: derivatives as ops of their own, expressions made once, settings rounded. */
import { describe, expect, test } from "vitest";
import { grad } from "../../src/autograd/functional";
import { Remembered, binary, keyOf, like, unary, unaryWith } from "../../src/ops/map";
import * as s from "../../src/scalar/expr";
import { tensor } from "../../src/tensor/create";
import { refusal } from "../support/refusal";

const cube = unary("cube", (x) => s.mul(x, s.square(x)));

describe("unary", () => {
  test("makes an op of one expression, differentiable to any order", () => {
    let y = tensor(2, { requiresGrad: true });
    const x = y;
    y = cube(x);
    const values = [y.item()];
    for (let order = 1; order <= 4; order++) {
      y = grad(y, [x], { createGraph: true })[0]!;
      values.push(y.item());
    }
    expect(values).toEqual([8, 12, 12, 6, 0]);
  });

  test("names the op of each derivative after the op", () => {
    const x = tensor([2], { requiresGrad: true });
    const y = cube(x);
    const [first] = grad(y.sum(), [x], { createGraph: true });
    const [second] = grad(first!.sum(), [x], { createGraph: true });
    expect([y, first!, second!].map(({ gradFn }) => gradFn?.name)).toEqual(["cube", "cube′", "cube′′"]);
  });
});

describe("unaryWith", () => {
  test("rounds its settings to float32 beside float32, and keeps expressions apart by all of them", () => {
    const above = unaryWith("above", (x, low: number, high: number) =>
      s.select(s.less(s.constant(low), x), s.constant(high), x),
    );
    expect(above(tensor([0.1]), 0.1, 5).toArray()).toEqual([Math.fround(0.1)]);
    expect(above(tensor([0.1], { dtype: "float64" }), 0.1, 5).toArray()).toEqual([0.1]);
    expect([above([3], 1, 11).item(), above([3], 11, 1).item(), above([3], 1, 12).item()]).toEqual([11, 3, 12]);
  });
});

describe("binary", () => {
  test("answers in the dtype that its rule says", () => {
    const same = binary("first", (a) => a, "same");
    const truth = binary("truth", (a, b) => s.less(a, b), "bool");
    expect([same(tensor([true]), tensor([false])).dtype, truth([1], [2]).dtype]).toEqual(["bool", "bool"]);
    expect(refusal(() => truth([1, 2], [1, 2, 3]))).toContain("ShapeError: truth: shapes do not broadcast");
  });
});

describe("like", () => {
  test("gives arrays the float dtype they meet, and numbers what they count as there", () => {
    const [narrow, wide, whole] = [tensor([1]), Float64Array.of(1), tensor([1], { dtype: "int32" })];
    expect([like([1], narrow), like([1], wide), like([1], whole), like([1], [2])]).toEqual([
      "float32",
      "float64",
      undefined,
      undefined,
    ]);
    expect([like(1, whole), like(0.5, whole), like(1, wide), like(true, wide), like(narrow, wide)]).toEqual([
      "int32",
      "float32",
      "float64",
      undefined,
      undefined,
    ]);
  });
});

describe("Remembered", () => {
  test("makes an expression once for each key, and forgets the oldest of many", () => {
    const known = new Remembered();
    const first = known.get("a", () => s.constant(1));
    expect(known.get("a", () => s.constant(2))).toBe(first);
    for (let i = 0; i < 300; i++) known.get(i, () => s.constant(i));
    expect(known.get("a", () => s.constant(2))).not.toBe(first);
  });

  test("tells −0 from 0, and lists from one another", () => {
    expect(keyOf(0)).not.toBe(keyOf(-0));
    expect(keyOf(1, 23)).not.toBe(keyOf(12, 3));
    expect(keyOf(1, -0)).not.toBe(keyOf(1, 0));
  });
});
