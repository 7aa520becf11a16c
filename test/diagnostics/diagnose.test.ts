/** What histories are called, by the documented rules. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DiagnosedEpoch, diagnose, fitSync, Dataset, Linear, SGD, mse } from "../../src/index";
import { refusal } from "../support/refusal";

const curve = (loss: readonly number[], validationLoss?: readonly number[]): DiagnosedEpoch[] =>
  loss.map((value, i) => ({ loss: value, validationLoss: validationLoss?.[i] }));
const flat = (value: number): number[] => Array.from({ length: 10 }, () => value);

describe("diagnose", () => {
  test("train .02 and validation .5 is overfit, .6 and .62 underfit (curriculum 86)", () => {
    const overfit = diagnose([{ loss: 0.02, validationLoss: 0.5 }]);
    expect(overfit.verdict).toBe("overfit");
    expect(overfit.reason).toBe("training loss 0.02, validation loss 0.5");
    expect(overfit.advice).toMatch(/more regularisation.*more data/);
    const underfit = diagnose([{ loss: 0.6, validationLoss: 0.62 }]);
    expect(underfit.verdict).toBe("underfit");
    expect(underfit.reason).toBe("the training loss is 0.6, above 0.5 (the baseline is 1)");
    expect(underfit.advice).toMatch(/less regularisation.*optimizer.*larger model/);
  });

  test.each([
    ["fine", curve(flat(0.05), flat(0.07))],
    ["fine", curve([2.3, 0.6, 0.3, 0.21, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2], flat(0.22))],
    ["overfit", curve([1, 0.6, 0.4, 0.3, 0.2], [1, 0.7, 0.6, 0.7, 0.9])],
    ["overfit", curve([1.2, 1.1, 1.05, 1, 0.95], [0.9, 0.85, 0.8, 0.95, 1.02])], // risen, though near the training loss
    ["stillImproving", curve([1, 0.9, 0.8, 0.7, 0.6], [1, 0.9, 0.8, 0.7, 0.6])],
    ["stillImproving", curve([5, 4, 3, 2, 1])],
    ["underfit", curve(flat(0.9), flat(0.91))],
    ["underfit", curve(flat(0.9))],
    ["unclear", curve(flat(0.1))],
    ["unclear", []],
    ["diverging", curve([1, 0.5, NaN])],
    ["diverging", curve([1, 0.5], [1, Infinity])],
    ["diverging", curve([1, 0.3, 0.9, 4, 20], flat(1))],
  ] as const)("calls it %s: case %#", (verdict, history) => expect(diagnose(history).verdict).toBe(verdict));

  test("judges by the baseline where one is given", () => {
    const history = curve(flat(0.45), flat(0.46));
    expect(diagnose(history).verdict).toBe("fine");
    expect(diagnose(history, { baseline: Math.LN2 }).verdict).toBe("underfit");
    expect(diagnose(curve(flat(40), flat(44)), { baseline: 1000 }).verdict).toBe("fine");
    expect(diagnose(curve(flat(0.45), flat(0.52)), { gap: 0.05 }).verdict).toBe("fine"); // less than a fifth apart
    expect(diagnose(curve(flat(0.3), flat(0.38)), { gap: 0.05 }).verdict).toBe("overfit");
    expect(diagnose(history, { low: 0.4 }).verdict).toBe("underfit");
  });

  test("does not depend on the loss's unit, given the baseline", () => {
    const loss = fc.double({ min: 0.01, max: 2, noNaN: true });
    const losses = fc.array(fc.tuple(loss, loss), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(losses, (pairs) => {
      const scaled = (by: number): string =>
        diagnose(pairs.map(([loss, v]) => ({ loss: loss * by, validationLoss: v * by })), { baseline: by }).verdict;
      expect(scaled(1024)).toBe(scaled(1)); // a power of two, so that nothing rounds
    }));
  });

  test("names the best epoch, and takes fit's history as it is", () => {
    expect(diagnose(curve([1, 0.9, 0.8], [0.7, 0.6, 0.65])).bestEpoch).toBe(2);
    expect(diagnose(curve([3, 1, 2])).bestEpoch).toBe(2);
    expect(diagnose([]).bestEpoch).toBe(0);
    const model = new Linear(1, 1);
    const data = Dataset.from({ x: [[0], [1], [2], [3]], y: [[0], [2], [4], [6]] });
    const optimizer = new SGD(model.parameters(), { lr: 0.05 });
    const settings = { loss: mse, optimizer, epochs: 200, batchSize: 4, validation: data, compile: false };
    const run = fitSync(model, data, settings);
    expect(diagnose(run.history, { baseline: 5 }).verdict).toBe("fine");
  });

  test("refuses what is no history", () => {
    expect(refusal(() => diagnose({} as never))).toBe(
      "OptionError: diagnose: the history is not a list: a record; pass run.history",
    );
    expect(refusal(() => diagnose([{ loss: 1 }, { validationLoss: "1" } as never]))).toBe(
      'OptionError: diagnose: epoch 1 of the history has no losses: loss undefined, validationLoss "1"; ' +
        "give records such as { loss: 0.1, validationLoss: 0.2 }",
    );
    expect(refusal(() => diagnose([], { baseline: 0 }))).toContain("baseline is out of range: 0");
    expect(refusal(() => diagnose([], { low: 1 }))).toContain("low is out of range: 1");
    expect(refusal(() => diagnose([], { gap: 0 }))).toContain("gap is out of range: 0");
    expect(refusal(() => diagnose([], { baselin: 1 } as never))).toContain('did you mean "baseline"?');
  });
});
