/** Log-probabilities of the right class. */
import { describe, expect, test } from "vitest";
import { grad, nll, tensor } from "../../src/index";

describe("nll", () => {
  const logs = tensor([[-0.5, -1, -3], [-2, -0.25, -1]], { dtype: "float64", requiresGrad: true });

  test("picks the right class of each row", () => {
    expect(nll(logs, [0, 2], { reduction: "none" })).toBeCloseToTensor([0.5, 1]);
    expect(nll(logs, [0, 2]).item()).toBe(0.75);
    expect(grad(nll(logs, [0, 2]), [logs])[0]).toBeCloseToTensor([[-0.5, 0, 0], [0, 0, -0.5]]);
  });

  test("divides the weighted sum by the sum of the weights, ignored rows left out", () => {
    const weight = [2, 1, 6];
    expect(nll(logs, [0, 2], { weight }).item()).toBeCloseTo((2 * 0.5 + 6 * 1) / 8, 12);
    expect(nll(logs, [0, 2], { weight, reduction: "none" })).toBeCloseToTensor([1, 6]);
    expect(nll(logs, [0, 2], { weight, ignoreIndex: 2 }).item()).toBeCloseTo(0.5, 12);
    expect(nll(logs, [0, -5], { ignoreIndex: -5 }).item()).toBe(0.5);
    expect(nll(logs, [7, 7], { ignoreIndex: 7 }).item()).toBeNaN();
  });
});
