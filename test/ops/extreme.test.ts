/** Extremes and their places: ties, NaN, infinities, nothing to choose from. */
import { describe, expect, test } from "vitest";
import { argmax, argmin, grad, max, min, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = tensor([[1, 5, 5], [-2, 0, -7]]);

describe("max and min", () => {
  test("choose over all axes, one, or several", () => {
    expect(max(x).item()).toBe(5);
    expect(min(x, { axes: 0 }).toArray()).toEqual([-2, 0, -7]);
    expect(max(x, { axes: [0, 1], keepDims: true }).toArray()).toEqual([[5]]);
    expect(max(x, { axes: [] }).toArray()).toEqual(x.toArray());
    expect(min(4).item()).toBe(4);
    expect(max(x.transpose(), { axes: 0 }).toArray()).toEqual([5, 0]);
  });

  test("keep the dtype", () => {
    expect(max(tensor(new Int32Array([3, -9]))).toArray()).toBe(3);
    expect(min(tensor(new Int32Array([3, -9]))).dtype).toBe("int32");
    expect(max(tensor([true, false])).toArray()).toBe(true);
  });

  test("pass NaN on, and order infinities", () => {
    expect(max([1, NaN, Infinity]).item()).toBeNaN();
    expect(min([[1, -Infinity], [NaN, 2]], { axes: 1 }).toArray()).toEqual([-Infinity, NaN]);
  });

  test("share the gradient among ties", () => {
    const leaf = tensor(x, { dtype: "float64", requiresGrad: true });
    const [g] = grad(max(leaf, { axes: 1 }).mul([2, 3]).sum(), [leaf]);
    expect(g).toBeCloseToTensor([[0, 1, 1], [0, 3, 0]]);
  });

  test("choose nothing for no rows, and refuse to choose among no elements", () => {
    expect(max(zeros([0, 3]), { axes: 1 }).shape).toEqual([0]);
    const mend = "reduce other axes, or check the size first";
    expect(refusal(() => max(zeros([0, 3])))).toBe(
      `ShapeError: max: nothing to choose from: [0, 3] (axis 0 has no elements); ${mend}`,
    );
    expect(refusal(() => min(zeros([3, 0]), { axes: -1 }))).toBe(
      `ShapeError: min: nothing to choose from: [3, 0] (axis 1 has no elements); ${mend}`,
    );
    expect(refusal(() => argmax(zeros([0])))).toBe(
      `ShapeError: argmax: nothing to choose from: [0] (axis 0 has no elements); ${mend}`,
    );
  });

  test("refuse axes that are not there, and unknown options", () => {
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => max(x, { axes: 5 }))).toBe(
      "ShapeError: max: axes out of range: 5 (rank 2 has axes -2 … 1); choose one of those",
    );
    expect(refusal(() => min(x, { keepdims: true } as object))).toBe(
      'OptionError: min: unknown option: "keepdims"; did you mean "keepDims"? Options are axes, keepDims',
    );
  });
});

describe("argmax and argmin", () => {
  test("give the first place of the extreme as int32", () => {
    expect(argmax(x, { axes: 1 }).toArray()).toEqual([1, 1]);
    expect(argmin(x, { axes: 0, keepDims: true }).toArray()).toEqual([[1, 1, 1]]);
    expect(argmin(x).item()).toBe(5);
    expect(argmax(x).dtype).toBe("int32");
    expect(argmax(7).item()).toBe(0);
    expect(argmax(x.transpose(), { axes: 0 }).toArray()).toEqual([1, 1]);
    expect(argmax([1, NaN, 3, NaN]).item()).toBe(1);
  });

  test("count through several axes in row-major order", () => {
    expect(argmax([[[1, 2], [9, 3]], [[4, 4], [0, 8]]], { axes: [1, 2] }).toArray()).toEqual([2, 3]);
    expect(argmax([[[1, 2], [9, 3]], [[4, 4], [0, 8]]], { axes: [0, 1] }).toArray()).toEqual([1, 3]);
  });

  test("carry no gradient", () => {
    expect(argmax(tensor([1, 2], { requiresGrad: true })).requiresGrad).toBe(false);
  });
});
