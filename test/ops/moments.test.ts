/** Variance and standard deviation: corrections, large offsets, gradients where all elements agree. */
import { describe, expect, test } from "vitest";
import { checkGradients, grad, std, tensor, variance, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = tensor([[1, 2, 3, 6], [5, 5, 5, 5]], { dtype: "float64" });

describe("variance", () => {
  test("divides by n − correction over all axes, one, or several", () => {
    expect(variance(x, { axes: 1 })).toBeCloseToTensor([14 / 3, 0]);
    expect(variance(x, { axes: 1, correction: 0, keepDims: true })).toBeCloseToTensor([[3.5], [0]]);
    expect(variance(x.transpose(), { axes: 0 })).toBeCloseToTensor([14 / 3, 0]);
    expect(variance(x, { axes: [0, 1], correction: 2 })).toBeCloseToTensor(22 / 6);
  });

  test("is exact far from 0, where a single pass would cancel", () => {
    const far = tensor([1e6 + 1, 1e6 + 2, 1e6 + 3]);
    expect(variance(far).item()).toBe(1);
    expect(variance(tensor([1e9 + 1, 1e9 + 2, 1e9 + 3], { dtype: "float64" })).item()).toBe(1);
  });

  test("is NaN where nothing is left to divide by", () => {
    expect(variance([4]).item()).toBeNaN();
    expect(variance(4).item()).toBeNaN();
    expect(variance(zeros([0]), { correction: 0 }).item()).toBeNaN();
    expect(variance(zeros([0, 3]), { axes: 1 }).shape).toEqual([0]);
    expect(variance([4], { correction: 0 }).item()).toBe(0);
  });

  test("takes integers to float32", () => {
    expect(variance(tensor(new Int32Array([1, 4])))).toMatchObject({ dtype: "float32" });
    expect(variance(tensor([true, false]), { correction: 0 }).item()).toBe(0.25);
  });

  test("has right derivatives to second order", () => {
    expect(checkGradients((v) => variance(v, { axes: 0 }).square().sum(), [x], { order: 2 }).ok).toBe(true);
  });

  test("refuses a correction below 0, and unknown options", () => {
    expect(refusal(() => variance(x, { correction: -1 }))).toBe(
      "OptionError: variance: correction is out of range: -1; give a number ≥ 0",
    );
    expect(refusal(() => variance(x, { unbiased: true } as object))).toMatch(
      /^OptionError: variance: unknown option: "unbiased"; did you mean "\w+"\? Options are axes, keepDims, correction$/,
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => variance(x, { axes: 2 }))).toBe(
      "ShapeError: variance: axes out of range: 2 (rank 2 has axes -2 … 1); choose one of those",
    );
  });
});

describe("std", () => {
  test("is the root of the variance", () => {
    expect(std(x, { axes: 1 })).toBeCloseToTensor([Math.sqrt(14 / 3), 0]);
    expect(std([1, 3], { correction: 0 }).item()).toBe(1);
  });

  test("has gradient 0, of first and second order, where all elements agree", () => {
    const leaf = tensor([2, 2, 2], { dtype: "float64", requiresGrad: true });
    const [g] = grad(std(leaf), [leaf], { createGraph: true });
    expect(g).toBeCloseToTensor([0, 0, 0]);
    const [second] = grad(g!.sum(), [leaf]);
    expect(second).toBeCloseToTensor([0, 0, 0]);
  });

  test("names itself in errors", () => {
    expect(refusal(() => std(x, { correction: NaN }))).toBe(
      "OptionError: std: correction is out of range: NaN; give a number ≥ 0",
    );
  });
});
