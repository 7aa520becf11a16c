/** Likelihoods of counts. */
import { describe, expect, test } from "vitest";
import { grad, poissonNll, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

describe("poissonNll", () => {
  test("is eˣ − y·x, or λ − y·log λ of the rate itself", () => {
    expect(poissonNll([0, 1], [1, 2], { reduction: "none" })).toBeCloseToTensor([1, Math.E - 2]);
    const x = tensor([0.5, 1], { dtype: "float64" });
    const ofRates = poissonNll(x.exp(), [3, 0], { logInput: false, reduction: "none" });
    expect(ofRates).toBeCloseToTensor(poissonNll(x, [3, 0], { reduction: "none" }).toArray(), { atol: 1e-7 });
  });

  test("has its minimum where the rate is the count", () => {
    const x = tensor([Math.log(3)], { dtype: "float64", requiresGrad: true });
    expect(grad(poissonNll(x, [3]), [x])[0]).toBeCloseToTensor([0], { atol: 1e-12 });
  });

  test("full is −log P(y) up to Stirling's formula, which leaves 0 and 1 out", () => {
    const rate = 4;
    const exact = (y: number): number =>
      rate - y * Math.log(rate) + Array.from({ length: y }, (_, k) => Math.log(k + 1)).reduce((a, b) => a + b, 0);
    const x = tensor([rate, rate, rate, rate], { dtype: "float64" }).log();
    const found = poissonNll(x, [0, 1, 5, 20], { full: true, reduction: "none" }).toArray() as number[];
    [0, 1].forEach((y) => expect(found[y]).toBeCloseTo(exact(y), 12));
    expect(found[2]).toBeCloseTo(exact(5), 1);
    expect(found[3]).toBeCloseTo(exact(20), 2);
  });

  test("refuses negative counts and rates, and wrong settings", () => {
    expect(refusal(() => poissonNll([1, 2], [1, -1]))).toBe(
      "OptionError: poissonNll: count out of range: -1 at [1] (counts are 0 or more); give the prediction first",
    );
    expect(refusal(() => poissonNll([-1], [1], { logInput: false }))).toBe(
      "OptionError: poissonNll: rate out of range: -1 at [0] (a rate is 0 or more); predict its logarithm, and leave logInput out",
    );
    expect(refusal(() => poissonNll([1], [1], { eps: 0 }))).toMatch(/^OptionError: poissonNll: eps is out of range: 0; give a number > 0/);
    expect(refusal(() => poissonNll([1], [1], { logInput: "yes" as never }))).toMatch(/logInput is not a boolean: "yes"/);
  });
});
