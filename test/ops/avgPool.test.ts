/** Means of windows: what the padding counts, grids of any size, and what is refused. */
import { describe, expect, test } from "vitest";
import { adaptiveAvgPool2d, avgPool1d, avgPool2d, grad, ones, randn, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("avgPool1d", () => {
  test("gives the mean of each window", () => {
    expect(avgPool1d([[1, 5, 2, 4]], 2).toArray()).toEqual([[3, 3]]);
    expect(avgPool1d([[1, 5, 3, 4]], [3], { stride: 1 }).toArray()).toEqual([[3, 4]]);
    expect(avgPool1d([[[1, 5]], [[2, 4]]], 2).toArray()).toEqual([[[3]], [[3]]]);
    expect(tensor([[1, 5, 2, 4]]).avgPool1d(4).toArray()).toEqual([[3]]);
  });

  test("counts the padding, or not; what ceil mode reaches over never counts", () => {
    const pool = (options: object): unknown => avgPool1d([[2, 4, 6]], 2, options).toArray();
    expect(pool({ padding: 1 })).toEqual([[1, 5]]);
    expect(pool({ padding: 1, countIncludePad: false })).toEqual([[2, 5]]);
    expect(pool({ ceilMode: true })).toEqual([[3, 6]]);
    expect(pool({ ceilMode: true, padding: 1, stride: 3 })).toEqual([[1, 3]]);
    expect(avgPool1d([[2, 4]], 3, { ceilMode: true }).toArray()).toEqual([[3]]); // a window larger than the signal
    expect(pool({ ceilMode: true, padding: 1, stride: 3, countIncludePad: false })).toEqual([[2, 6]]);
  });
});

test("a grid that no array can hold is refused before anything is made", () => {
  expect(refusal(() => adaptiveAvgPool2d(zeros([1, 2, 2]), 1e9))).toMatch(/^ShapeError: adaptiveAvgPool2d: too many elements/);
});

describe("avgPool2d", () => {
  const image = [[[1, 2, 3, 4], [5, 6, 7, 8]]];

  test("gives the mean of each window of rows and columns", () => {
    expect(avgPool2d(image, 2).toArray()).toEqual([[[3.5, 5.5]]]);
    expect(avgPool2d(image, [1, 4]).toArray()).toEqual([[[2.5], [6.5]]]);
    expect(avgPool2d(image, 2, { stride: 1 }).toArray()).toEqual([[[3.5, 4.5, 5.5]]]);
    expect(avgPool2d(image, [2, 1], { padding: [1, 0] }).toArray()).toEqual([[[0.5, 1, 1.5, 2], [2.5, 3, 3.5, 4]]]);
    expect(tensor(image).avgPool2d([2, 4]).item()).toBe(4.5);
  });

  test("gives each element its share of every window that sees it", () => {
    const x = zeros([1, 2, 3], { requiresGrad: true });
    const y = avgPool2d(x, 2, { stride: 1 }).mul([[[4, 40]]]);
    expect(grad(y.sum(), [x])[0]!.toArray()).toEqual([[[1, 11, 10], [1, 11, 10]]]);
  });

  test("gives whole numbers and truths a mean in float32, and keeps float64", () => {
    const whole = tensor(new Int32Array([1, 2]), { shape: [1, 1, 2] });
    expect(avgPool2d(whole, [1, 2])).toMatchObject({ dtype: "float32" });
    expect(avgPool2d(whole, [1, 2]).item()).toBe(1.5);
    expect(avgPool1d(tensor([[true, false]]), 2).item()).toBe(0.5);
    expect(avgPool2d(tensor([[[0.1]]], { dtype: "float64" }), 1).item()).toBe(0.1);
  });

  test("takes empty batches, and refuses what makes no windows", () => {
    expect(avgPool2d(zeros([0, 3, 4, 4]), 2).shape).toEqual([0, 3, 2, 2]);
    expect(refusal(() => avgPool2d(zeros([4, 4]), 2))).toBe(
      "ShapeError: avgPool2d: bad rank: x [4, 4] (rank 2); give [batch, channels, height, width], " +
        "or one signal without the batch",
    );
    expect(refusal(() => avgPool2d(zeros([1, 4, 4]), 3, { padding: [1, 2] }))).toBe(
      "OptionError: avgPool2d: padding is more than half of the window: 2 and 3; give at most 1",
    );
    expect(refusal(() => avgPool2d(zeros([1, 4, 4]), 2, { dilation: 2 } as object))).toBe(
      'OptionError: avgPool2d: unknown option: "dilation"; did you mean "stride"? ' +
        "Options are stride, padding, ceilMode, countIncludePad",
    );
    expect(refusal(() => avgPool1d([[1, 2]], 2, { countIncludePad: 0 as unknown as boolean }))).toBe(
      "OptionError: avgPool1d: countIncludePad is not a boolean: 0; give true or false",
    );
  });
});

describe("adaptiveAvgPool2d", () => {
  test("gives means over a grid: of everything, of equal parts, of parts that overlap", () => {
    expect(adaptiveAvgPool2d([[[1, 2, 3], [5, 6, 7]]], 1).toArray()).toEqual([[[4]]]);
    expect(adaptiveAvgPool2d([[[1, 3, 5, 7]]], [1, 2]).toArray()).toEqual([[[2, 6]]]);
    expect(adaptiveAvgPool2d([[[1, 3, 5]]], [1, 2]).toArray()).toEqual([[[2, 4]]]);
    expect(tensor([[[1], [3]]]).adaptiveAvgPool2d([4, 1]).toArray()).toEqual([[[1], [1], [3], [3]]]);
  });

  test("of size 1 is the mean of each plane, and of the signal's size the signal", () => {
    const x = randn([2, 3, 4, 5], { dtype: "float64" });
    expect(adaptiveAvgPool2d(x, 1).squeeze()).toBeCloseToTensor(x.mean({ axes: [2, 3] }).toArray());
    expect(adaptiveAvgPool2d(x, [4, 5]).toArray()).toEqual(x.toArray());
    expect(adaptiveAvgPool2d(zeros([0, 3, 4, 5]), 2).shape).toEqual([0, 3, 2, 2]);
    expect(adaptiveAvgPool2d(ones([1, 2, 2]).to("int32"), 1)).toMatchObject({ dtype: "float32" });
  });

  test("refuses signals without a mean, other ranks, and sizes that are none", () => {
    expect(refusal(() => adaptiveAvgPool2d(zeros([2, 0, 3]), 1))).toBe(
      "ShapeError: adaptiveAvgPool2d: an empty signal: [2, 0, 3] (it has no mean); give some elements",
    );
    expect(refusal(() => adaptiveAvgPool2d([1, 2], 1))).toBe(
      "ShapeError: adaptiveAvgPool2d: bad rank: x [2] (rank 1); give [batch, channels, height, width], " +
        "or one signal without the batch",
    );
    expect(refusal(() => adaptiveAvgPool2d(zeros([1, 3, 3]), [1, 0]))).toBe(
      "OptionError: adaptiveAvgPool2d: size is out of range: 0; give a whole number ≥ 1",
    );
    expect(refusal(() => adaptiveAvgPool2d(zeros([1, 3, 3]), [1, 2, 3]))).toBe(
      "OptionError: adaptiveAvgPool2d: size has another length: [1, 2, 3] (3 ≠ 2); " +
        "give one number, or one for each of 2 axes",
    );
  });
});
