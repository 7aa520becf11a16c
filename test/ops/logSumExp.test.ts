/** The logarithm of a sum of exponentials: no overflow, −∞ and nothing at all. */
import { expect, test } from "vitest";
import { checkGradients, grad, logSumExp, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

test("logSumExp neither overflows nor vanishes", () => {
  expect(logSumExp([1000, 1000]).item()).toBeCloseTo(1000 + Math.log(2), 3);
  expect(logSumExp([-1000, -1000]).item()).toBeCloseTo(-1000 + Math.log(2), 3);
  expect(logSumExp([[0, 0], [3, 3]], { axes: 1 })).toBeCloseToTensor([Math.log(2), 3 + Math.log(2)]);
  expect(logSumExp(tensor([[0, 1], [0, 1]]).transpose(), { axes: 1, keepDims: true })).toBeCloseToTensor([
    [Math.log(2)],
    [1 + Math.log(2)],
  ]);
  expect(logSumExp([[1, 2]], { axes: [] })).toBeCloseToTensor([[1, 2]]);
  expect(logSumExp(5).item()).toBe(5);
  expect(logSumExp(tensor(new Int32Array([0, 0])))).toMatchObject({ dtype: "float32" });
});

test("logSumExp orders infinities and passes NaN on", () => {
  expect(logSumExp([[-Infinity, -Infinity], [Infinity, 1], [NaN, 1], [-Infinity, 2]], { axes: 1 })).toBeCloseToTensor([
    -Infinity,
    Infinity,
    NaN,
    2,
  ]);
});

test("logSumExp of nothing is −∞", () => {
  expect(logSumExp(zeros([0])).item()).toBe(-Infinity);
  expect(logSumExp(zeros([2, 0]), { axes: 1 }).toArray()).toEqual([-Infinity, -Infinity]);
  expect(logSumExp(zeros([0, 2]), { axes: 1 }).shape).toEqual([0]);
});

test("logSumExp has the gradient of softmax, and 0 in rows that are −∞ throughout, to second order", () => {
  const rows = [[-Infinity, 0], [-Infinity, -Infinity]];
  const leaf = tensor(rows, { dtype: "float64", requiresGrad: true });
  const [g] = grad(logSumExp(leaf, { axes: 1 }).sum(), [leaf], { createGraph: true });
  expect(g).toBeCloseToTensor([[0, 1], [0, 0]]);
  const [second] = grad(g!.mul([2, 3]).sum(), [leaf]);
  expect(second).toBeCloseToTensor([[0, 0], [0, 0]]);
});

test("logSumExp has right derivatives to second order", () => {
  const x = tensor([[0.5, -1, 2], [1, 1, 0]], { dtype: "float64" });
  expect(checkGradients((v) => logSumExp(v, { axes: 1 }).square().sum(), [x], { order: 2 }).ok).toBe(true);
});

test("logSumExp refuses axes that are not there, and unknown options", () => {
  expect(refusal(() => logSumExp([1], { axes: 1 }))).toBe(
    "ShapeError: logSumExp: axes out of range: 1 (rank 1 has axes -1 … 0); choose one of those",
  );
  expect(refusal(() => logSumExp([1], { axis: 0 } as object))).toBe(
    'OptionError: logSumExp: unknown option: "axis"; did you mean "axes"? Options are axes, keepDims',
  );
});
