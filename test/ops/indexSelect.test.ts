/** Rows by a list of positions, and one-hot rows. */
import { describe, expect, test } from "vitest";
import { grad, indexSelect, oneHot, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = tensor([[1, 2], [3, 4], [5, 6]]);

describe("indexSelect", () => {
  test("picks rows along an axis, repeats and none included", () => {
    expect(indexSelect(x, [2, 0, 2]).toArray()).toEqual([[5, 6], [1, 2], [5, 6]]);
    expect(indexSelect(x, [1], { axis: -1 }).toArray()).toEqual([[2], [4], [6]]);
    expect(indexSelect(x, zeros([0])).shape).toEqual([0, 2]);
    expect(indexSelect(x.transpose(), new Int32Array([2, 1]), { axis: 1 }).toArray()).toEqual([[5, 3], [6, 4]]);
    expect(indexSelect(tensor([true, false]), [1]).toArray()).toEqual([false]);
  });

  test("adds up the gradients of rows picked twice, to second order", () => {
    const leaf = tensor([1, 2, 3], { dtype: "float64", requiresGrad: true });
    const [g] = grad(indexSelect(leaf, [2, 0, 2]).square().sum(), [leaf], { createGraph: true });
    expect(g).toBeCloseToTensor([2, 0, 12]);
    const [second] = grad(g!.sum(), [leaf]);
    expect(second).toBeCloseToTensor([2, 0, 4]);
  });

  test("refuses what is no list of positions within the axis", () => {
    expect(refusal(() => indexSelect(x, [[0]]))).toBe(
      "ShapeError: indexSelect: the index is not a list: [1, 1] (rank 2); " +
        "flatten it, or use gather for one index per element",
    );
    expect(refusal(() => indexSelect(x, [0, 3]))).toBe(
      "ShapeError: indexSelect: index out of range: 3 (axis 0 has 3 entries); give whole numbers from 0 to 2",
    );
    expect(refusal(() => indexSelect(x, [0.5]))).toBe(
      "DTypeError: indexSelect: index is not a whole number: 0.5 at [0]; give whole numbers, as int32 or as floats",
    );
    expect(refusal(() => indexSelect(x, [0], { axis: 2 }))).toBe(
      "ShapeError: indexSelect: axis out of range: 2 (rank 2 has axes -2 … 1); choose one of those",
    );
    expect(refusal(() => indexSelect(x, [0], { axes: 0 } as object))).toBe(
      'OptionError: indexSelect: unknown option: "axes"; did you mean "axis"? Options are axis',
    );
  });
});

describe("oneHot", () => {
  test("has a 1 at the place of each class", () => {
    expect(oneHot([2, 0], 3).toArray()).toEqual([[0, 0, 1], [1, 0, 0]]);
    expect(oneHot(1, 2).toArray()).toEqual([0, 1]);
    expect(oneHot([[0], [1]], 2).toArray()).toEqual([[[1, 0]], [[0, 1]]]);
    expect(oneHot(zeros([0]), 4).shape).toEqual([0, 4]);
    expect(oneHot(tensor([[0, 1], [1, 1]]).transpose(), 2).shape).toEqual([2, 2, 2]);
  });

  test("has the dtype asked for, float32 by default", () => {
    expect(oneHot([0], 1).dtype).toBe("float32");
    expect(oneHot([1], 2, { dtype: "bool" }).toArray()).toEqual([[false, true]]);
    expect(oneHot([1], 2, { dtype: "int32" }).dtype).toBe("int32");
  });

  test("refuses classes out of range, fractions, and a number of classes that is none", () => {
    expect(refusal(() => oneHot([0, 3], 3))).toBe(
      "ShapeError: oneHot: class out of range: 3 at [1] (3 classes); give whole numbers from 0 to 2",
    );
    expect(refusal(() => oneHot([[0], [-1]], 3))).toBe(
      "ShapeError: oneHot: class out of range: -1 at [1, 0] (3 classes); give whole numbers from 0 to 2",
    );
    expect(refusal(() => oneHot([0.5], 3))).toBe(
      "DTypeError: oneHot: class is not a whole number: 0.5 at [0]; give whole numbers, as int32 or as floats",
    );
    expect(refusal(() => oneHot([0], 0))).toBe(
      "OptionError: oneHot: classes is out of range: 0; give a whole number ≥ 1",
    );
    expect(refusal(() => oneHot([0], 2, { dtype: "float16" as "float32" }))).toBe(
      'DTypeError: oneHot: unknown dtype: "float16"; give one of "bool", "int32", "float32", "float64"',
    );
    expect(refusal(() => oneHot([0], 2, { type: "bool" } as object))).toBe(
      'OptionError: oneHot: unknown option: "type"; did you mean "dtype"? Options are dtype',
    );
  });
});
