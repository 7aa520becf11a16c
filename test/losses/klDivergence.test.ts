/** The divergence of distributions. */
import { describe, expect, test } from "vitest";
import { crossEntropy, grad, klDivergence, log, logSoftmax, softmax, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

describe("klDivergence", () => {
  const z = tensor([[2, 1, 0.1], [0, 1, -1]], { dtype: "float64" });
  const share = softmax(tensor([[0.5, 0, 1], [1, 1, 2]], { dtype: "float64" }));

  test("is 0 between equal distributions, and above 0 between others", () => {
    const same = klDivergence(logSoftmax(z), softmax(z), { reduction: "sum" });
    expect(same.item()).toBeCloseTo(0, 12);
    expect(klDivergence(logSoftmax(z), share, { reduction: "sum" }).item()).toBeGreaterThan(0.1);
  });

  test("by the batch it is the cross-entropy less the target's own entropy", () => {
    const entropy = share.mul(log(share)).sum().neg().item() / 2;
    const divergence = klDivergence(logSoftmax(z), share, { reduction: "batchmean" }).item();
    expect(divergence).toBeCloseTo(crossEntropy(z, share).item() - entropy, 12);
  });

  test("is the same for logarithms of the target", () => {
    const options = { logTarget: true, reduction: "none" } as const;
    const expected = klDivergence(logSoftmax(z), share, { reduction: "none" });
    expect(klDivergence(logSoftmax(z), log(share), options)).toBeCloseToTensor(expected.toArray());
  });

  test("a target of 0 costs nothing and has no gradient, even where the prediction is −∞", () => {
    const x = tensor([-Infinity, -1], { dtype: "float64", requiresGrad: true });
    const t = tensor([0, 0], { dtype: "float64", requiresGrad: true });
    const loss = klDivergence(x, t, { reduction: "sum" });
    expect(loss.item()).toBe(0);
    const [dx, dt] = grad(loss, [x, t]);
    expect(dx).toBeCloseToTensor([0, 0]);
    expect(dt!.isFinite().slice([[1, 2]]).item()).toBe(1);
  });

  test("refuses what is no probability, shapes that differ and reductions it has not", () => {
    expect(refusal(() => klDivergence([-1, -2], [0.5, -0.5]))).toBe(
      "OptionError: klDivergence: target out of range: -0.5 at [1] (a probability is 0 or more); " +
        "give the log-probabilities first; for logarithms as the target set logTarget: true",
    );
    expect(refusal(() => klDivergence([-1], [0.5, 0.5]))).toMatch(/^ShapeError: klDivergence: shapes differ/);
    expect(refusal(() => klDivergence([-1], [1], { reduction: "batchMean" as never }))).toBe(
      'OptionError: klDivergence: unknown reduction: "batchMean"; did you mean "batchmean"? ' +
        'give one of "mean", "sum", "none", "batchmean"',
    );
    expect(refusal(() => klDivergence(-1, 1, { reduction: "batchmean" }))).toBe(
      'OptionError: klDivergence: "batchmean" of a single number: [] (there is no batch); use reduction: "mean"',
    );
  });
});
