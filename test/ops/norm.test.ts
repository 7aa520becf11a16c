/** Norms of every order: values, subgradients at 0, ties, nothing to choose from. */
import { describe, expect, test } from "vitest";
import { checkGradients, grad, norm, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = tensor([[3, -4], [0, 12]], { dtype: "float64" });

describe("norm", () => {
  test("is Euclid's unless p says otherwise", () => {
    expect(norm(x)).toBeCloseToTensor(13);
    expect(norm(x, { axes: 1 })).toBeCloseToTensor([5, 12]);
    expect(norm(x, { axes: 0, p: 1, keepDims: true })).toBeCloseToTensor([[3, 16]]);
    expect(norm(x, { p: Infinity }).item()).toBe(12);
    expect(norm(x, { p: -Infinity, axes: 1 }).toArray()).toEqual([3, 0]);
    expect(norm(x, { p: 0 }).item()).toBe(3);
    expect(norm(x, { p: 3, axes: 1 })).toBeCloseToTensor([91 ** (1 / 3), 12]);
    expect(norm(x.transpose(), { axes: 0 })).toBeCloseToTensor([5, 12]);
    expect(norm(x, { axes: [] })).toBeCloseToTensor([[3, 4], [0, 12]]);
    expect(norm(-2).item()).toBe(2);
  });

  test("takes integers to float32", () => {
    expect(norm(tensor(new Int32Array([3, 4])))).toMatchObject({ dtype: "float32" });
    expect(norm(tensor(new Int32Array([3, 4]))).item()).toBe(5);
  });

  test("of nothing is 0 where p > 0 or p = 0", () => {
    for (const p of [0, 0.5, 1, 2, 3]) expect(norm(zeros([0]), { p }).item()).toBe(0);
    expect(norm(zeros([0, 2]), { axes: 1, p: Infinity }).shape).toEqual([0]);
  });

  test.each([0.5, 1, 1.5, 2, 3, 4, -1, -2, Infinity, -Infinity])("has right derivatives for p = %d", (p) => {
    const v = tensor([[1.5, -2, 0.75], [-0.5, 3, 1]], { dtype: "float64" });
    expect(checkGradients((a) => norm(a, { p, axes: 1 }).square().sum(), [v], { order: 2 }).ok).toBe(true);
  });

  test.each([0, 0.5, 1, 1.5, 2, 3, Infinity, -Infinity])("has gradient 0 at the zero vector for p = %d", (p) => {
    const leaf = zeros([3], { dtype: "float64", requiresGrad: true });
    const [g] = grad(norm(leaf, { p }), [leaf], { createGraph: true });
    expect(g).toBeCloseToTensor([0, 0, 0]);
    const [second] = grad(g!.sum(), [leaf]);
    expect(second).toBeCloseToTensor([0, 0, 0]);
  });

  test("has gradient 0 at single zeros, for p below 1 too", () => {
    for (const p of [0.5, 1, 1.5, 3]) {
      const leaf = tensor([0, 2], { dtype: "float64", requiresGrad: true });
      const [g] = grad(norm(leaf, { p }), [leaf]);
      expect(g).toBeCloseToTensor([0, 1]);
    }
  });

  test("shares the gradient among the largest, each with its sign", () => {
    const leaf = tensor([2, -2, 1], { dtype: "float64", requiresGrad: true });
    const [g] = grad(norm(leaf, { p: Infinity }), [leaf]);
    expect(g).toBeCloseToTensor([0.5, -0.5, 0]);
  });

  test("refuses p that is no number, nothing to choose from, and unknown options", () => {
    expect(refusal(() => norm(x, { p: NaN }))).toBe("OptionError: norm: p is out of range: NaN; give a number");
    expect(refusal(() => norm(x, { p: "fro" as unknown as number }))).toBe(
      'OptionError: norm: p is out of range: "fro"; give a number',
    );
    for (const p of [Infinity, -Infinity, -1]) {
      expect(refusal(() => norm(zeros([0]), { p }))).toBe(
        "ShapeError: norm: nothing to choose from: [0] (axis 0 has no elements); " +
          "reduce other axes, or check the size first",
      );
    }
    expect(refusal(() => norm(x, { ord: 2 } as object))).toMatch(/^OptionError: norm: unknown option: "ord"; /);
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => norm(x, { axes: 2 }))).toBe(
      "ShapeError: norm: axes out of range: 2 (rank 2 has axes -2 … 1); choose one of those",
    );
  });
});
