/** Sorting and the k largest: order, ties, NaN, gradients. */
import { describe, expect, test } from "vitest";
import { grad, sort, tensor, topK, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("sort", () => {
  test("orders along an axis, the last by default, and says where each stood", () => {
    const { values, indices } = sort([[3, 1, 2], [0, -1, 5]]);
    expect(values.toArray()).toEqual([[1, 2, 3], [-1, 0, 5]]);
    expect(indices.toArray()).toEqual([[1, 2, 0], [1, 0, 2]]);
    expect(indices.dtype).toBe("int32");
    expect(sort([[3, 1], [2, 4]], { axis: 0, descending: true }).values.toArray()).toEqual([[3, 4], [2, 1]]);
    expect(sort(tensor([[3, 1], [2, 4]]).transpose()).values.toArray()).toEqual([[2, 3], [1, 4]]);
    expect(sort(zeros([2, 0])).values.shape).toEqual([2, 0]);
  });

  test("keeps the order of ties both ways, and takes NaN as the largest", () => {
    expect(sort([1, 0, 1, 0]).indices.toArray()).toEqual([1, 3, 0, 2]);
    expect(sort([1, 0, 1, 0], { descending: true }).indices.toArray()).toEqual([0, 2, 1, 3]);
    expect(sort([NaN, Infinity, -Infinity]).values.toArray()).toEqual([-Infinity, Infinity, NaN]);
    expect(sort([1, NaN, 2], { descending: true }).values.toArray()).toEqual([NaN, 2, 1]);
  });

  test("keeps the dtype", () => {
    expect(sort(tensor([true, false])).values.toArray()).toEqual([false, true]);
    expect(sort(tensor(new Int32Array([2, -3]))).values).toMatchObject({ dtype: "int32" });
  });

  test("sends gradients back to where the elements stood", () => {
    const leaf = tensor([3, 1, 2], { dtype: "float64", requiresGrad: true });
    const [g] = grad(sort(leaf).values.mul([1, 10, 100]).sum(), [leaf]);
    expect(g).toBeCloseToTensor([100, 1, 10]);
  });

  test("refuses axes that are not there, and wrong options", () => {
    expect(refusal(() => sort(1))).toBe(
      "ShapeError: sort: axis out of range: -1 (a scalar has no axes); reshape the scalar first",
    );
    expect(refusal(() => sort([1], { descending: 1 as unknown as boolean }))).toBe(
      "OptionError: sort: descending is not a boolean: 1; give true or false",
    );
    expect(refusal(() => sort([1], { desc: true } as object))).toMatch(
      /^OptionError: sort: unknown option: "desc"; did you mean "\w+"\? Options are axis, descending$/,
    );
  });
});

describe("topK", () => {
  test("gives the k largest, or the smallest, and where each stood", () => {
    const x = tensor([[3, 1, 2], [4, 6, 5]]);
    expect(topK(x, 2).values.toArray()).toEqual([[3, 2], [6, 5]]);
    expect(topK(x, 2).indices.toArray()).toEqual([[0, 2], [1, 2]]);
    expect(topK(x, 1, { largest: false }).values.toArray()).toEqual([[1], [4]]);
    expect(topK(x, 1, { axis: 0 }).indices.toArray()).toEqual([[1, 1, 1]]);
    expect(topK(x, 0).values.shape).toEqual([2, 0]);
    expect(topK([2, 2, 2], 2).indices.toArray()).toEqual([0, 1]);
  });

  test("sends gradients to the chosen alone", () => {
    const leaf = tensor([3, 1, 2], { dtype: "float64", requiresGrad: true });
    const [g] = grad(topK(leaf, 2).values.mul([1, 10]).sum(), [leaf]);
    expect(g).toBeCloseToTensor([1, 0, 10]);
  });

  test("refuses a k beyond the axis, and wrong options", () => {
    expect(refusal(() => topK([1, 2], 3))).toBe(
      "OptionError: topK: k is out of range: 3; give a whole number ≥ 0 and ≤ 2",
    );
    expect(refusal(() => topK([1, 2], 0.5))).toBe(
      "OptionError: topK: k is out of range: 0.5; give a whole number ≥ 0 and ≤ 2",
    );
    expect(refusal(() => topK([1], 1, { axis: 1 }))).toBe(
      "ShapeError: topK: axis out of range: 1 (rank 1 has axes -1 … 0); choose one of those",
    );
    expect(refusal(() => topK([1], 1, { sorted: true } as object))).toMatch(
      /^OptionError: topK: unknown option: "sorted"; did you mean "\w+"\? Options are axis, largest$/,
    );
  });
});
