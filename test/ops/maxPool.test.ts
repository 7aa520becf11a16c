/** Largest elements of windows: ties, NaN, padding, and what is refused. */
import { describe, expect, test } from "vitest";
import { type Tensor, arange, grad, hessian, maxPool1d, maxPool2d, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("maxPool1d", () => {
  test("gives the largest of each window", () => {
    expect(maxPool1d([[1, 5, 2, 4]], 2).toArray()).toEqual([[5, 4]]);
    expect(maxPool1d([[1, 5, 2, 4]], [3], { stride: 1 }).toArray()).toEqual([[5, 5]]);
    expect(maxPool1d([[1, 5, 2, 4]], 2, { dilation: 2, stride: 1 }).toArray()).toEqual([[2, 5]]);
    expect(maxPool1d([[[1, 5]], [[2, 4]]], 2).toArray()).toEqual([[[5]], [[4]]]);
    expect(tensor([[1, 5, 2, 4]]).maxPool1d(4).toArray()).toEqual([[5]]);
  });

  test("leaves the rest out, or looks at it in ceil mode", () => {
    expect(maxPool1d([[1, 5, 7]], 2).toArray()).toEqual([[5]]);
    expect(maxPool1d([[1, 5, 7]], 2, { ceilMode: true }).toArray()).toEqual([[5, 7]]);
  });
});

describe("maxPool2d", () => {
  const image = [[[1, 2, 3, 4], [5, 6, 7, 8], [9, 8, 7, 6]]];

  test("gives the largest of each window of rows and columns", () => {
    expect(maxPool2d(image, 2).toArray()).toEqual([[[6, 8]]]);
    expect(maxPool2d(image, [3, 1]).toArray()).toEqual([[[9, 8, 7, 8]]]);
    expect(maxPool2d(image, 2, { stride: [1, 2] }).toArray()).toEqual([[[6, 8], [9, 8]]]);
    expect(maxPool2d(image, 2, { ceilMode: true }).toArray()).toEqual([[[6, 8], [9, 7]]]);
    expect(tensor(image).maxPool2d(3).toArray()).toEqual([[[9]]]);
  });

  test("looks in ceil mode at a signal smaller than the window, as PyTorch does", () => {
    const x = tensor([[[1, 5], [3, 2]]], { requiresGrad: true });
    const y = maxPool2d(x, 3, { stride: 2, ceilMode: true });
    expect(y.toArray()).toEqual([[[5]]]);
    expect(grad(y.sum(), [x])[0]!.toArray()).toEqual([[[0, 1], [0, 0]]]);
    expect(refusal(() => maxPool2d(x, 4, { stride: 2, ceilMode: true }))).toMatch(/kernel is larger than the signal: 4 over 2/);
    expect(refusal(() => maxPool1d(zeros([1, 0]), 2, { stride: 4, ceilMode: true }))).toMatch(/: 2 over 0 along axis -1/);
  });

  test("never picks a place of the padding, be all elements below 0", () => {
    expect(maxPool2d([[[-3, -1], [-2, -4]]], 2, { padding: 1 }).toArray()).toEqual([[[-3, -1], [-2, -4]]]);
    const whole = tensor(new Int32Array([-3, -1]), { shape: [1, 1, 2] });
    const pooled = maxPool2d(whole, [1, 2], { padding: [0, 1] });
    expect([pooled.dtype, pooled.toArray()]).toEqual(["int32", [[[-3, -1]]]]);
    expect(maxPool1d(tensor([[true, false, false]]), 2, { padding: 1 })).toMatchObject({ dtype: "bool" });
    expect(maxPool1d(tensor([[true, false, false]]), 2, { padding: 1 }).toArray()).toEqual([[true, false]]);
  });

  test("gives NaN where a window has one", () => {
    expect(maxPool1d([[NaN, 9, 1, 2, 3, -Infinity]], 2).toArray()).toEqual([[NaN, 2, 3]]);
  });

  test("gives the gradient to the largest, to the first of several, and sums what windows share", () => {
    const x = tensor([[3, 3, 1, 5, 5, 2]], { requiresGrad: true });
    expect(grad(maxPool1d(x, 2).mul([[1, 10, 100]]).sum(), [x])[0]!.toArray()).toEqual([[1, 0, 0, 10, 100, 0]]);
    const y = tensor([[[1, 2, 0], [0, 9, 3], [4, 0, 0]]], { requiresGrad: true });
    const windows = maxPool2d(y, 2, { stride: 1 }).mul([[[1, 10], [100, 1000]]]);
    expect(grad(windows.sum(), [y])[0]!.toArray()).toEqual([[[0, 0, 0], [0, 1111, 0], [0, 0, 0]]]);
    const equal = zeros([1, 2, 2], { requiresGrad: true });
    expect(grad(maxPool2d(equal, 2).sum(), [equal])[0]!.toArray()).toEqual([[[1, 0], [0, 0]]]);
  });

  test("gives the gradient to elements of −Infinity, not to the padding beside them", () => {
    const x = tensor([[-Infinity, -Infinity, 1]], { requiresGrad: true });
    expect(grad(maxPool1d(x, 3, { padding: 1 }).sum(), [x])[0]!.toArray()).toEqual([[1, 0, 0]]);
    const corner = tensor([[[-Infinity, 1], [2, 3]]], { requiresGrad: true });
    const options = { padding: 1, stride: 2 };
    expect(grad(maxPool2d(corner, 2, options).sum(), [corner])[0]!.toArray()).toEqual([[[1, 1], [1, 1]]]);
  });

  test("passes second derivatives through to the largest", () => {
    const x = tensor([[1, 5, 2, 4]], { dtype: "float64" });
    const f = (t: Tensor): Tensor => maxPool1d(t.pow(3), 2).sum();
    expect(hessian(f, x).reshape([4, 4]).toArray()).toEqual([[0, 0, 0, 0], [0, 30, 0, 0], [0, 0, 0, 0], [0, 0, 0, 24]]);
  });

  test("finds positions beyond those that float32 counts", { timeout: 60_000 }, () => {
    const x = arange(4 * 2 ** 22 + 4).reshape([1, 1, 4 * 2 ** 22 + 4]).neg().detach();
    x.requiresGrad = true;
    const g = grad(maxPool2d(x, [1, 3], { stride: [1, 4] }).sum(), [x])[0]!;
    expect(g.sum().item()).toBe(2 ** 22 + 1);
    expect(g.slice([null, null, [-8, null]]).toArray()).toEqual([[[1, 0, 0, 0, 1, 0, 0, 0]]]);
  });

  test("takes empty batches", () => {
    expect(maxPool2d(zeros([0, 3, 4, 4]), 2).shape).toEqual([0, 3, 2, 2]);
    expect(maxPool1d(zeros([2, 0, 4]), 2).shape).toEqual([2, 0, 2]);
  });

  test("refuses other ranks, margins of more than half of the window, and unknown settings", () => {
    expect(refusal(() => maxPool2d([1, 2], 2))).toBe(
      "ShapeError: maxPool2d: bad rank: x [2] (rank 1); give [batch, channels, height, width], or one signal without the batch",
    );
    expect(refusal(() => maxPool1d(zeros([1, 1, 4, 4]), 2))).toBe(
      "ShapeError: maxPool1d: bad rank: x [1, 1, 4, 4] (rank 4); give [batch, channels, length], " +
        "or one signal without the batch",
    );
    expect(refusal(() => maxPool2d(zeros([1, 4, 4]), [4, 3], { padding: 2 }))).toBe(
      "OptionError: maxPool2d: padding is more than half of the window: 2 and 3; give at most 1",
    );
    expect(refusal(() => maxPool2d(zeros([1, 4, 4]), 2, { countIncludePad: true } as object))).toBe(
      'OptionError: maxPool2d: unknown option: "countIncludePad"; did you mean "ceilMode"? ' +
        "Options are stride, padding, dilation, ceilMode",
    );
    expect(refusal(() => maxPool2d(zeros([1, 4, 4]), 2, { ceilMode: 1 as unknown as boolean }))).toBe(
      "OptionError: maxPool2d: ceilMode is not a boolean: 1; give true or false",
    );
  });
});
