/** Running sums along an axis. */
import { expect, test } from "vitest";
import { cumsum, grad, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

test("cumsum runs along an axis, the first by default", () => {
  expect(cumsum([1, 2, 3]).toArray()).toEqual([1, 3, 6]);
  expect(cumsum([[1, 2], [3, 4]]).toArray()).toEqual([[1, 2], [4, 6]]);
  expect(cumsum([[1, 2], [3, 4]], { axis: -1 }).toArray()).toEqual([[1, 3], [3, 7]]);
  expect(cumsum(tensor([[1, 2], [3, 4]]).transpose()).toArray()).toEqual([[1, 3], [3, 7]]);
  expect(cumsum(zeros([0, 2])).shape).toEqual([0, 2]);
});

test("cumsum counts bool and int32 in int32", () => {
  expect(cumsum(tensor([true, false, true])).toArray()).toEqual([1, 1, 2]);
  expect(cumsum(tensor([true]))).toMatchObject({ dtype: "int32" });
});

test("cumsum sends gradients from the other end", () => {
  const leaf = tensor([1, 1, 1], { dtype: "float64", requiresGrad: true });
  const [g] = grad(cumsum(leaf).mul([1, 10, 100]).sum(), [leaf]);
  expect(g).toBeCloseToTensor([111, 110, 100]);
});

test("cumsum refuses axes that are not there, and unknown options", () => {
  expect(refusal(() => cumsum(1))).toBe(
    "ShapeError: cumsum: axis out of range: 0 (a scalar has no axes); reshape the scalar first",
  );
  expect(refusal(() => cumsum([1], { axes: 0 } as object))).toBe(
    'OptionError: cumsum: unknown option: "axes"; did you mean "axis"? Options are axis',
  );
});
