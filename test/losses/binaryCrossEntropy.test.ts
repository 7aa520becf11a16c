/** Probabilities of one thing. */
import { describe, expect, test } from "vitest";
import { binaryCrossEntropy, grad, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("binaryCrossEntropy", () => {
  test("is −log of the probability given to what happened", () => {
    const p = tensor([0.5, 0.9, 0.2], { dtype: "float64" });
    const expected = [Math.LN2, -Math.log(0.9), -Math.log(0.8)];
    expect(binaryCrossEntropy(p, [1, 1, 0], { reduction: "none" })).toBeCloseToTensor(expected);
    const mixed = -(0.3 * Math.log(0.2) + 0.7 * Math.log(0.8));
    expect(binaryCrossEntropy([0.2], [0.3]).item()).toBeCloseTo(mixed, 6);
  });

  // Numbers of PyTorch 1.13's F.binary_cross_entropy.
  test("costs at most 100 at 0 and 1, and has a gradient there all the same", () => {
    const p = tensor([0, 1, 0.5, 0, 1, 1e-50], { dtype: "float64", requiresGrad: true });
    const each = binaryCrossEntropy(p, [1, 0, 1, 0, 1, 1], { reduction: "none" });
    expect(each).toBeCloseToTensor([100, 100, Math.LN2, 0, 0, 100]);
    expect(grad(each.sum(), [p])[0]).toBeCloseToTensor([-1e12, 1e12, -2, 0, 0, -1e12]);
  });

  test("is exact for small probabilities of what did not happen", () => {
    expect(binaryCrossEntropy(tensor([1e-18], { dtype: "float64" }), [0]).item()).toBeCloseTo(1e-18, 25);
  });

  test("multiplies by weights, and passes NaN on", () => {
    const weighted = binaryCrossEntropy([0.5, 0.5], [1, 0], { weight: [1, 3], reduction: "none" });
    expect(weighted).toBeCloseToTensor([Math.LN2, 3 * Math.LN2]);
    expect(binaryCrossEntropy([NaN], [1]).item()).toBeNaN();
  });

  test("refuses what is no probability, and weights that do not fit", () => {
    expect(refusal(() => binaryCrossEntropy([0.5, 1.5], [1, 0]))).toBe(
      "OptionError: binaryCrossEntropy: probability out of range: 1.5 at [1] (probabilities lie in [0, 1]); " +
        "put a Sigmoid before it, or use binaryCrossEntropyWithLogits",
    );
    expect(refusal(() => binaryCrossEntropy([0.5], [2]))).toBe(
      "OptionError: binaryCrossEntropy: target out of range: 2 at [0] (targets are 0, 1 or between); " +
        "give 0 for no and 1 for yes, and the prediction first",
    );
    expect(refusal(() => binaryCrossEntropy(0.5, NaN))).toMatch(/target out of range: NaN \(/);
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => binaryCrossEntropy(zeros([4, 1]), zeros([4])))).toMatch(/^ShapeError: binaryCrossEntropy: shapes differ/);
    expect(refusal(() => binaryCrossEntropy(zeros([4, 2]), zeros([4, 2]), { weight: [1, 2, 3] }))).toBe(
      "ShapeError: binaryCrossEntropy: weight does not fit: [3] for a prediction of [4, 2] (it must repeat to that shape); " +
        "give one number, or [2], or [4, 2]",
    );
    expect(refusal(() => binaryCrossEntropy([0.5], [1], { weight: [[1], [2]] }))).toMatch(/weight does not fit: \[2, 1\]/);
  });
});
