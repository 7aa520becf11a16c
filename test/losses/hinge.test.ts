/** Scores that must lead by a margin: numbers of the lessons. */
import { describe, expect, test } from "vitest";
import { grad, hinge, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("hinge", () => {
  const scores = () => tensor([[3.2, 5.1, -1.7], [1.3, 4.9, 2], [2.2, 2.5, -3.1]], { dtype: "float64", requiresGrad: true });

  test("gives 2.9, 0 and 12.9 for the three pictures, mean 5.2667", () => {
    expect(hinge(scores(), [0, 1, 2], { reduction: "none" })).toBeCloseToTensor([2.9, 0, 12.9]);
    expect(hinge(scores(), [0, 1, 2]).item()).toBeCloseTo(5.2667, 4);
  });

  test("gives the better row of four the lower loss", () => {
    const rows = tensor([[0.01, 0.01, 0.9, 0.01], [0.1, 0.1, 0.6, 0.05]], { dtype: "float64" });
    expect(hinge(rows, [2, 2], { reduction: "none" })).toBeCloseToTensor([0.33, 1.45]);
  });

  test("is exactly 9 for ten equal scores", () => {
    expect(hinge(zeros([7, 10]), [0, 1, 2, 3, 4, 5, 9]).item()).toBe(9);
  });

  test("has slope 1 at each score too near and minus their count at the right one", () => {
    const s = scores();
    const [g] = grad(hinge(s, [0, 1, 2], { reduction: "sum" }), [s]);
    expect(g).toBeCloseToTensor([[-1, 1, 0], [0, 0, 0], [1, 1, -2]]);
    const met = tensor([[1, 0]], { requiresGrad: true });
    expect(grad(hinge(met, [0]), [met])[0]).toBeCloseToTensor([[0, 0]]);
  });

  test("takes a margin, a power, weights and a divisor", () => {
    const each = (options: object) => hinge(scores(), [0, 1, 2], { ...options, reduction: "none" });
    expect(each({ margin: 0 })).toBeCloseToTensor([1.9, 0, 10.9]);
    expect(each({ margin: 4 })).toBeCloseToTensor([5.9, 0.4 + 1.1, 18.9]);
    expect(each({ p: 2 })).toBeCloseToTensor([8.41, 0, 6.3 ** 2 + 6.6 ** 2]);
    expect(each({ weight: [10, 1, 0.5] })).toBeCloseToTensor([29, 0, 6.45]);
    expect(each({ normalize: "classes" })).toBeCloseToTensor([2.9 / 3, 0, 4.3]);
  });

  // Numbers of PyTorch 1.13's F.multi_margin_loss.
  test("normalized by classes it is PyTorch's MultiMarginLoss", () => {
    const s = tensor([[1, 0, 3], [0, 0, 0]], { dtype: "float64", requiresGrad: true });
    const loss = hinge(s, [0, 1], { normalize: "classes" });
    expect(loss.item()).toBeCloseTo(5 / 6, 12);
    expect(grad(loss, [s])[0]).toBeCloseToTensor([[-1 / 6, 0, 1 / 6], [1 / 6, -1 / 3, 1 / 6]]);
  });

  test("refuses settings out of range", () => {
    const said = (options: object): string => refusal(() => hinge(zeros([2, 3]), [0, 1], options));
    expect(said({ margin: -1 })).toMatch(/^OptionError: hinge: margin is out of range: -1; give a number ≥ 0/);
    expect(said({ p: 3 })).toMatch(/^OptionError: hinge: p is out of range: 3; give a whole number ≥ 1 and ≤ 2/);
    expect(said({ normalize: true })).toMatch(/^OptionError: hinge: unknown normalize: true; give one of "classes"/);
    expect(said({ weight: [1, 2] })).toMatch(/^ShapeError: hinge: weight is not one number per class: \[2\] \(3 classes\)/);
  });
});
