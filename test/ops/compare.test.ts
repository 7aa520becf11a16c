/** Comparisons and choices: dtypes, precision, and which branch gets the gradient. */
import { describe, expect, test } from "vitest";
import { grad } from "../../src/autograd/functional";
import {
  equal,
  greater,
  greaterEqual,
  isFinite,
  isNaN,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
  where,
} from "../../src/ops/compare";
import { tensor } from "../../src/tensor/create";
import { refusal } from "../support/refusal";

const { NaN: nan } = Number;

describe("comparisons", () => {
  test("answer in bool, never recorded", () => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    const answers = [equal, notEqual, less, lessEqual, greater, greaterEqual].map((op) => op(w, 2));
    expect(answers.map((y) => y.toArray())).toEqual([
      [false, true, false],
      [true, false, true],
      [true, false, false],
      [true, true, false],
      [false, false, true],
      [false, true, true],
    ]);
    for (const y of answers) expect([y.dtype, y.requiresGrad]).toEqual(["bool", false]);
  });

  test("take numbers on the left", () => {
    expect([less(2, tensor([1, 3])).toArray(), greaterEqual(2, tensor([1, 3])).toArray()]).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  test("meet in the promoted dtype: 2²⁴ + 1 is 2²⁴ in float32", () => {
    const whole = tensor([2 ** 24 + 1], { dtype: "int32" });
    expect(equal(whole, tensor([2 ** 24])).toArray()).toEqual([true]);
    expect(equal(whole, tensor([2 ** 24], { dtype: "float64" })).toArray()).toEqual([false]);
    expect(less(tensor([1, 2], { dtype: "int32" }), 1.5).toArray()).toEqual([true, false]);
  });

  test("of booleans and numbers count true as 1", () => {
    const flags = tensor([true, false]);
    expect([equal(flags, [true, true]).toArray(), equal(flags, 1).toArray(), equal(flags, [1, 0]).toArray()]).toEqual([
      [true, false],
      [true, false],
      [true, true],
    ]);
  });

  test("refuse shapes that do not broadcast", () => {
    expect(refusal(() => less([1, 2], [1, 2, 3]))).toContain("ShapeError: less: shapes do not broadcast: [2] and [3]");
  });
});

describe("logic", () => {
  test("takes what is not 0 for true, NaN too", () => {
    const [a, b] = [tensor([0, 0, 2, nan]), tensor([0, -1, 0.5, 1])];
    expect(logicalAnd(a, b).toArray()).toEqual([false, false, true, true]);
    expect(logicalOr(a, b).toArray()).toEqual([false, true, true, true]);
    expect(logicalNot(a).toArray()).toEqual([true, true, false, false]);
    expect([logicalAnd([true], 0).toArray(), logicalOr(tensor([true]), tensor([0.5])).toArray()]).toEqual([
      [false],
      [true],
    ]);
  });
});

describe("isNaN and isFinite", () => {
  test("tell NaN, infinities and numbers apart, whole ones included", () => {
    const x = [1, -Infinity, nan, Infinity, 1e30];
    expect(isNaN(x).toArray()).toEqual([false, false, true, false, false]);
    expect(isFinite(x).toArray()).toEqual([true, false, false, false, true]);
    const whole = tensor([2 ** 31 - 1, 0], { dtype: "int32" });
    expect([isNaN(whole).toArray(), isFinite(whole).toArray()]).toEqual([[false, false], [true, true]]);
  });
});

describe("where", () => {
  const mask = tensor([true, false]);

  test("chooses between tensors, arrays and numbers in any mixture", () => {
    expect(where(mask, [1, 2], [3, 4]).toArray()).toEqual([1, 4]);
    expect(where(mask, 1, [3, 4]).toArray()).toEqual([1, 4]);
    expect(where(mask, [1, 2], -1).toArray()).toEqual([1, -1]);
    expect(where(mask, 1, 0).toArray()).toEqual([1, 0]);
    expect(where([true, false], 0, -0).toTypedArray()).toEqual(Float32Array.of(0, -0));
    expect(mask.where(tensor([5, 6]), 0).toArray()).toEqual([5, 0]);
  });

  test("promotes its branches and leaves the condition out of it", () => {
    const [whole, wide] = [tensor([1, 2], { dtype: "int32" }), tensor([1, 2], { dtype: "float64" })];
    expect(where(mask, whole, wide).dtype).toBe("float64");
    expect([where(mask, whole, 3).dtype, where(mask, whole, 0.5).dtype, where(mask, 0.5, wide).dtype]).toEqual([
      "int32",
      "float32",
      "float64",
    ]);
    expect([where(mask, mask, mask).dtype, where(mask, true, false).dtype, where(mask, 1, 0).dtype]).toEqual([
      "bool",
      "bool",
      "float32",
    ]);
    expect(where(tensor([1, 0], { dtype: "float64" }), whole, 0).dtype).toBe("int32");
  });

  test("takes numbers as conditions: all but 0 hold", () => {
    expect(where([2, 0], 1, -1).toArray()).toEqual([1, -1]);
    expect(where([nan, -0], 1, -1).toArray()).toEqual([1, -1]);
  });

  test("broadcasts all three", () => {
    expect(where([[true], [false]], [1, 2, 3], 0).toArray()).toEqual([[1, 2, 3], [0, 0, 0]]);
    expect(where(true, [[1]], [2, 3]).toArray()).toEqual([[1, 1]]);
    expect(refusal(() => where([true, false], [1, 2, 3], 0))).toContain("ShapeError: where: shapes do not broadcast: [2] and [3]");
  });

  test("gives the gradient to the branch taken, whatever the other one holds", () => {
    const a = tensor([1, Infinity], { requiresGrad: true });
    const b = tensor([nan, 2], { requiresGrad: true });
    const [ga, gb] = grad(where(mask, a, b).sum(), [a, b]);
    expect([ga!.toArray(), gb!.toArray()]).toEqual([[1, 0], [0, 1]]);
    const x = tensor([0, 4], { requiresGrad: true });
    const safe = where(x.greater(0), where(x.greater(0), x, 1).sqrt(), 0);
    expect(grad(safe.sum(), [x])[0]!.toArray()).toEqual([0, 0.25]);
  });
});
