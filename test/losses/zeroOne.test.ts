/** The share of wrong answers. */
import { expect, test } from "vitest";
import { tensor, zeroOne } from "../../src/index";

test("zeroOne counts rows whose largest score is not at the right class; classes count from 0", () => {
  const scores = tensor([[0.01, 0.03, 0.8, 0.09], [0.7, 0.1, 0.1, 0.1], [0, 0, 0, 1]]);
  expect(zeroOne(scores, [2, 1, 3], { reduction: "none" })).toBeCloseToTensor([0, 1, 0]);
  expect(zeroOne(scores, [2, 1, 3]).item()).toBeCloseTo(1 / 3, 6);
  expect(zeroOne(scores, [2, 1, 3], { reduction: "sum" }).item()).toBe(1);
});

test("of equal scores the first counts", () => {
  expect(zeroOne([[1, 1], [1, 1]], [0, 1], { reduction: "none" })).toBeCloseToTensor([0, 1]);
});

test("zeroOne has no gradient, and keeps the scores' dtype", () => {
  const scores = tensor([[1, 2]], { dtype: "float64", requiresGrad: true });
  const loss = zeroOne(scores, [0]);
  expect(loss.requiresGrad).toBe(false);
  expect(loss.dtype).toBe("float64");
  expect(() => loss.backward()).toThrow("backward: the tensor has no gradient");
});
