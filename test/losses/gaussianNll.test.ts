/** Likelihoods of normally distributed targets. */
import { describe, expect, test } from "vitest";
import { gaussianNll, grad, mse, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

describe("gaussianNll", () => {
  test("of 0 for 1 with variance 1 is 1.4189385, and ½ without the constant", () => {
    expect(gaussianNll(tensor(0, { dtype: "float64" }), 1, { full: true }).item()).toBeCloseTo(1.4189385, 7);
    expect(gaussianNll(0, 1).item()).toBe(0.5);
  });

  test("with variance 1 is half the squared error", () => {
    expect(gaussianNll([1, 2], [3, 5]).item()).toBeCloseTo(mse([1, 2], [3, 5], { half: true }).item(), 6);
  });

  test("weighs by the variance, which is learned too: its gradient is 0 at the true spread", () => {
    const variance = tensor([4, 1], { dtype: "float64", requiresGrad: true });
    const each = gaussianNll([0, 0], tensor([2, 3], { dtype: "float64" }), { variance, reduction: "none" });
    expect(each).toBeCloseToTensor([0.5 * (Math.log(4) + 1), 4.5]);
    expect(grad(each.sum(), [variance])[0]).toBeCloseToTensor([0, 0.5 * (1 - 9)]);
  });

  test("counts no variance below eps", () => {
    expect(gaussianNll([0], [0], { variance: 0, eps: 0.01 }).item()).toBeCloseTo(0.5 * Math.log(0.01), 6);
  });

  test("refuses negative variances and wrong settings", () => {
    expect(refusal(() => gaussianNll([0, 0], [1, 1], { variance: [1, -1] }))).toBe(
      "OptionError: gaussianNll: variance out of range: -1 at [1] (a variance is 0 or more); predict its logarithm and give .exp() of it",
    );
    expect(refusal(() => gaussianNll([0, 0], [1, 1], { variance: [1, 1, 1] }))).toMatch(/^ShapeError: gaussianNll: variance does not fit: \[3\]/);
    expect(refusal(() => gaussianNll([0], [1], { eps: 0 }))).toMatch(/^OptionError: gaussianNll: eps is out of range: 0; give a number > 0/);
    expect(refusal(() => gaussianNll([0], [1], { full: 1 as unknown as boolean }))).toMatch(/full is not a boolean: 1/);
    expect(refusal(() => gaussianNll([0], [1, 2]))).toMatch(/^ShapeError: gaussianNll: shapes differ/);
  });
});
