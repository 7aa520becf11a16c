/** Products over axes, whose gradient must be right where factors are 0. */
import { expect, test } from "vitest";
import { checkGradients, grad, prod, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = tensor([[1, 2, 3], [4, 5, 6]]);

test("prod multiplies over all axes, one, or several, views included", () => {
  expect(prod(x).item()).toBe(720);
  expect(prod(x, { axes: 0 }).toArray()).toEqual([4, 10, 18]);
  expect(prod(x.transpose(), { axes: 0, keepDims: true }).toArray()).toEqual([[6, 120]]);
  expect(prod(x, { axes: [] }).toArray()).toEqual(x.toArray());
  expect(prod(3).item()).toBe(3);
});

test("prod of nothing is 1, and its gradient has nothing to show", () => {
  expect(prod(zeros([0])).item()).toBe(1);
  const leaf = zeros([2, 0], { requiresGrad: true });
  const [g] = grad(prod(leaf, { axes: 1 }).sum(), [leaf]);
  expect(g!.shape).toEqual([2, 0]);
});

test("prod counts bool and int32 in int32", () => {
  expect(prod(tensor([true, true]))).toMatchObject({ dtype: "int32" });
  expect(prod(tensor(new Int32Array([2, -3]))).item()).toBe(-6);
});

test("prod gives each factor the product of the others, beside one zero, two, and none", () => {
  const leaf = tensor([[2, 0, 3], [0, 0, 5], [1, 2, 4]], { dtype: "float64", requiresGrad: true });
  const [g] = grad(prod(leaf, { axes: 1 }).sum(), [leaf]);
  expect(g).toBeCloseToTensor([[0, 6, 0], [0, 0, 0], [8, 4, 2]]);
});

test("prod has the right second derivatives beside zeros, for any number of factors", () => {
  for (const values of [[0, 2], [2, 0, 3], [0, 0, 5, 2], [1, 0, 2, 0, 3], [0.5, 2, 0, 1, -1, 3, 2]]) {
    const report = checkGradients((v) => prod(v), [tensor(values, { dtype: "float64" })], { order: 2 });
    expect(report.ok).toBe(true);
  }
});

test("prod refuses axes that are not there, and unknown options", () => {
  // @ts-expect-error the compiler sees it too
  expect(refusal(() => prod(x, { axes: -3 }))).toBe(
    "ShapeError: prod: axes out of range: -3 (rank 2 has axes -2 … 1); choose one of those",
  );
  expect(refusal(() => prod(x, { axs: 0 } as object))).toBe(
    'OptionError: prod: unknown option: "axs"; did you mean "axes"? Options are axes, keepDims',
  );
});
