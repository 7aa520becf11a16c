/** Logits of one thing: the loss of logistic regression. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  checkGradients,
  grad,
  sigmoid,
  tensor,
  zeros,
} from "../../src/index";
import { tensorsOf } from "../support/arbitraries";
import { refusal } from "../support/refusal";

describe("binaryCrossEntropyWithLogits", () => {
  test("z = 0.3, t = 1: gradient σ(z) − t = −0.4255575", () => {
    const z = tensor(0.3, { dtype: "float64", requiresGrad: true });
    expect(grad(binaryCrossEntropyWithLogits(z, 1), [z])[0]!.item()).toBeCloseTo(-0.4255575, 7);
  });

  test("is binaryCrossEntropy of the sigmoid", () => {
    fc.assert(
      fc.property(tensorsOf([4], { min: -5, max: 5 }), tensorsOf([4], { min: 0, max: 1 }), (z, t) => {
        const expected = binaryCrossEntropy(sigmoid(z), t).item();
        expect(binaryCrossEntropyWithLogits(z, t).item()).toBeCloseTo(expected, 11);
      }),
    );
  });

  test("has the gradient ½ − t at 0, where the formula with |z| has a kink", () => {
    const z = tensor([0, 0], { dtype: "float64", requiresGrad: true });
    const [g] = grad(binaryCrossEntropyWithLogits(z, [1, 0.25], { reduction: "sum" }), [z]);
    expect(g).toBeCloseToTensor([-0.5, 0.25]);
    expect(checkGradients((x) => binaryCrossEntropyWithLogits(x, [1, 0.25]), [[0, 0]], { order: 2 }).ok).toBe(true);
  });

  test("is exact where the sigmoid rounds to 0 or 1", () => {
    const z = tensor([800, -800, 40, -40], { dtype: "float64" });
    const each = (t: number[]) => binaryCrossEntropyWithLogits(z, t, { reduction: "none" });
    expect(each([0, 1, 0, 1])).toBeCloseToTensor([800, 800, 40, 40]);
    expect(each([1, 0, 1, 0])).toBeCloseToTensor([0, 0, Math.exp(-40), Math.exp(-40)], { rtol: 1e-12, atol: 0 });
  });

  test("weighs the positives", () => {
    const each = binaryCrossEntropyWithLogits([[0, 0], [0, 0]], [[1, 0], [0, 1]], { posWeight: [3, 5], reduction: "none" });
    expect(each).toBeCloseToTensor([[3 * Math.LN2, Math.LN2], [Math.LN2, 5 * Math.LN2]]);
    expect(binaryCrossEntropyWithLogits([0, 0], [1, 0], { posWeight: 3 }).item()).toBeCloseTo(2 * Math.LN2, 6);
  });

  test("fits the intercept of three ones and two zeros: ln 1.5, probability 0.6", () => {
    const targets = tensor([1, 1, 1, 0, 0], { dtype: "float64" });
    let b = tensor(0, { dtype: "float64", requiresGrad: true });
    for (let step = 0; step < 200; step++) {
      const [g] = grad(binaryCrossEntropyWithLogits(b.add(zeros([5], { dtype: "float64" })), targets), [b]);
      b = b.sub(g!.mul(2)).detach();
      b.requiresGrad = true;
    }
    expect(b.item()).toBeCloseTo(Math.log(1.5), 10);
    expect(sigmoid(b).item()).toBeCloseTo(0.6, 10);
    const mean = binaryCrossEntropyWithLogits(b.add(zeros([5], { dtype: "float64" })), targets).item();
    expect(mean).toBeCloseTo(0.673012, 6);
  });

  test("refuses targets outside [0, 1], as logits in their place would be", () => {
    expect(refusal(() => binaryCrossEntropyWithLogits([1, 0], [-2.5, 3]))).toBe(
      "OptionError: binaryCrossEntropyWithLogits: target out of range: -2.5 at [0] (targets are 0, 1 or between); " +
        "give 0 for no and 1 for yes, and the prediction first",
    );
    expect(refusal(() => binaryCrossEntropyWithLogits([1, 2], [1, 0], { posWeight: [1, 2, 3] }))).toMatch(
      /^ShapeError: binaryCrossEntropyWithLogits: posWeight does not fit: \[3\]/,
    );
    expect(refusal(() => binaryCrossEntropyWithLogits(zeros([2, 1]), [1, 0]))).toMatch(/^ShapeError: .*shapes differ/);
  });
});
