/** Picking and adding by index along an axis: what may be an index, and what is refused. */
import { describe, expect, test } from "vitest";
import { type TensorLike, gather, grad, scatterAdd, takeAlong, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = tensor([[1, 2, 3], [4, 5, 6]]);
const int = (...values: number[]) => tensor(new Int32Array(values));

describe("gather", () => {
  test("picks along an axis by an index of the result's shape", () => {
    expect(gather(x, [[2, 0, 0, 1], [1, 1, 2, 2]], { axis: 1 }).toArray()).toEqual([[3, 1, 1, 2], [5, 5, 6, 6]]);
    expect(gather(x, [[1, 0, 1]], { axis: 0 }).toArray()).toEqual([[4, 2, 6]]);
    expect(gather([5, 6, 7], int(2, 2)).toArray()).toEqual([7, 7]);
    expect(takeAlong([5, 6, 7], int(0)).toArray()).toEqual([5]);
  });

  test("takes an index that is smaller beside the axis, or empty", () => {
    expect(gather(x, [[2]], { axis: 1 }).toArray()).toEqual([[3]]);
    expect(gather(x, zeros([2, 0]), { axis: -1 }).shape).toEqual([2, 0]);
    expect(gather(zeros([0, 3]), zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test("reads views of x and of the index, and keeps the dtype", () => {
    const index = tensor([[0, 1], [2, 0]]).transpose();
    const picked = gather(x.transpose().slice([[0, 2]]), index.slice([null, [0, 1]]), { axis: 1 });
    expect(picked.toArray()).toEqual([[1], [5]]);
    expect(gather(tensor([true, false]), [1, 0]).toArray()).toEqual([false, true]);
    expect(gather(int(7, 8), [1]).dtype).toBe("int32");
  });

  test("adds up the gradients of what was picked twice", () => {
    const leaf = tensor([1, 2, 3], { dtype: "float64", requiresGrad: true });
    const [g] = grad(gather(leaf, [2, 0, 2]).mul([1, 10, 100]).sum(), [leaf]);
    expect(g).toBeCloseToTensor([10, 0, 101]);
  });

  test("takes whole floats as an index, exactly", () => {
    expect(gather(x, tensor([[2], [0]], { dtype: "float64" }), { axis: 1 }).toArray()).toEqual([[3], [4]]);
    expect(gather([5, 6], tensor([1, -0])).toArray()).toEqual([6, 5]);
    expect(gather([5, 6], tensor([1], { requiresGrad: true })).requiresGrad).toBe(false);
  });

  test("refuses fractions, NaN and booleans in the index", () => {
    const mend = "give whole numbers, as int32 or as floats";
    expect(refusal(() => gather(x, [[0, 1.5]], { axis: 1 }))).toBe(
      `DTypeError: gather: index is not a whole number: 1.5 at [0, 1]; ${mend}`,
    );
    expect(refusal(() => gather([1], tensor([NaN])))).toBe(
      `DTypeError: gather: index is not a whole number: NaN at [0]; ${mend}`,
    );
    expect(refusal(() => gather([1], [Infinity]))).toBe(
      `DTypeError: gather: index is not a whole number: Infinity at [0]; ${mend}`,
    );
    expect(refusal(() => gather([1, 2], [true]))).toBe(
      "DTypeError: gather: index is bool: [true] (positions are counted from 0); give whole numbers",
    );
  });

  test("refuses positions outside the axis, the negative ones too", () => {
    expect(refusal(() => gather(x, [[0], [3]], { axis: 1 }))).toBe(
      "ShapeError: gather: index out of range: 3 (axis 1 has 3 entries); give whole numbers from 0 to 2",
    );
    expect(refusal(() => gather(x, [[-1, 0, 0]]))).toBe(
      "ShapeError: gather: index out of range: -1 (axis 0 has 2 entries); give whole numbers from 0 to 1",
    );
    expect(refusal(() => gather(zeros([0]), [0]))).toBe(
      "ShapeError: gather: index out of range: 0 (axis 0 has no entries); nothing can be picked there",
    );
  });

  test("refuses an index that does not fit, and unknown options", () => {
    expect(refusal(() => gather(x, [0]))).toBe(
      "ShapeError: gather: the index does not fit: x [2, 3], index [1] (ranks 2 ≠ 1); " +
        "give an index of the same rank, no larger than x beside axis 0",
    );
    expect(refusal(() => gather(x, [[0], [0], [0]], { axis: 1 }))).toBe(
      "ShapeError: gather: the index does not fit: x [2, 3], index [3, 1] (3 > 2 at axis 0); " +
        "give an index of the same rank, no larger than x beside axis 1",
    );
    expect(refusal(() => gather(1, 0))).toBe(
      "ShapeError: gather: axis out of range: 0 (a scalar has no axes); reshape the scalar first",
    );
    expect(refusal(() => gather([1], [0], { dim: 0 } as object))).toBe(
      'OptionError: gather: unknown option: "dim"; did you mean "axis"? Options are axis',
    );
    expect(refusal(() => gather([1], "0" as unknown as TensorLike))).toBe(
      'DTypeError: gather: not something a tensor is made of: "0"; give a number, nested arrays of numbers or a typed array',
    );
  });
});

describe("scatterAdd", () => {
  test("adds each element at its place, repeats included, and leaves x alone", () => {
    const base = tensor([[1, 1, 1], [2, 2, 2]]);
    expect(scatterAdd(base, [[0, 0], [2, 1]], [[1, 2], [3, 4]], { axis: 1 }).toArray()).toEqual([[4, 1, 1], [2, 6, 5]]);
    expect(base.toArray()).toEqual([[1, 1, 1], [2, 2, 2]]);
    expect(scatterAdd(zeros([2, 1]), [[1]], [[5]]).toArray()).toEqual([[0], [5]]);
    expect(scatterAdd([1, 2], zeros([0]), zeros([0])).toArray()).toEqual([1, 2]);
  });

  test("promotes dtypes", () => {
    expect(scatterAdd(int(1, 2), [0], tensor([0.5])).toArray()).toEqual([1.5, 2]);
    expect(scatterAdd(tensor([true, true]), [0], tensor([true])).toArray()).toEqual([2, 1]);
    const double = scatterAdd(tensor([0], { dtype: "float64" }), [0], [0.1]);
    expect([double.dtype, double.item()]).toEqual(["float64", 0.1]);
  });

  test("refuses shapes that do not fit and positions outside, before anything is written", () => {
    expect(refusal(() => scatterAdd(x, [[0]], [[1, 2]]))).toBe(
      "ShapeError: scatterAdd: index and source differ: [1, 1] and [1, 2] (each element needs its place); " +
        "give both the same shape",
    );
    expect(refusal(() => scatterAdd([1], [[0]], [[1]]))).toBe(
      "ShapeError: scatterAdd: the index does not fit: x [1], index [1, 1] (ranks 1 ≠ 2); " +
        "give an index of the same rank, no larger than x beside axis 0",
    );
    expect(refusal(() => scatterAdd([1, 2], [0, 2], [1, 1]))).toBe(
      "ShapeError: scatterAdd: index out of range: 2 (axis 0 has 2 entries); give whole numbers from 0 to 1",
    );
    expect(refusal(() => scatterAdd([1], [0.5], [1]))).toBe(
      "DTypeError: scatterAdd: index is not a whole number: 0.5 at [0]; give whole numbers, as int32 or as floats",
    );
  });
});
