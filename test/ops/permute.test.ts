/** Orders of axes: always views, undone by their inverse, and refused where an axis is missing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { arange, permute, tensor, transpose, zeros } from "../../src/index";
import { shapes } from "../support/arbitraries";
import { refusal } from "../support/refusal";

test("permute puts axes in the order named", () => {
  expect(permute(arange(6).reshape([1, 2, 3]), [2, 0, 1]).toArray()).toEqual([[[0, 3]], [[1, 4]], [[2, 5]]]);
  expect(permute(zeros([2, 3, 4]), [-1, 0, 1]).shape).toEqual([4, 2, 3]);
  expect(permute(3, []).toArray()).toBe(3);
  expect(permute(zeros([0, 2]), [1, 0]).shape).toEqual([2, 0]);
});

test("permute copies nothing, and its inverse undoes it", () => {
  const cases = shapes({ maxRank: 4 }).chain((shape) =>
    fc.tuple(fc.constant(shape), fc.shuffledSubarray(shape.map((_, axis) => axis), { minLength: shape.length })),
  );
  fc.assert(
    fc.property(cases, ([shape, order]) => {
      const x = arange(shape.reduce((a, b) => a * b, 1)).reshape(shape);
      const inverse = order.map((_, axis) => order.indexOf(axis));
      expect(x.permute(order).storage).toBe(x.storage);
      expect(x.permute(order).permute(inverse).toArray()).toEqual(x.toArray());
    }),
  );
});

test("transpose swaps the last two axes and keeps the dtype", () => {
  expect(transpose([[1, 2, 3], [4, 5, 6]]).toArray()).toEqual([[1, 4], [2, 5], [3, 6]]);
  expect(transpose(zeros([5, 2, 3])).shape).toEqual([5, 3, 2]);
  expect(transpose(tensor([[true, false]])).toArray()).toEqual([[true], [false]]);
});

test("permute and transpose refuse what is no order of the axes", () => {
  // @ts-expect-error the compiler sees it too
  expect(refusal(() => permute(zeros([2, 3]), [0]))).toBe(
    "ShapeError: permute: not an order of the axes: [0] for [2, 3] (rank 2); name each of 0 … 1 once",
  );
  // @ts-expect-error the compiler sees it too
  expect(refusal(() => permute(zeros([2, 3]), [1, -1]))).toBe(
    "ShapeError: permute: not an order of the axes: [1, -1] for [2, 3] (rank 2); name each of 0 … 1 once",
  );
  // @ts-expect-error the compiler sees it too
  expect(refusal(() => permute(zeros([2, 3]), [0, 2]))).toBe(
    "ShapeError: permute: axes out of range: 2 (rank 2 has axes -2 … 1); choose one of those",
  );
  expect(refusal(() => permute(zeros([2, 3]), 1 as unknown as number[]))).toBe(
    "ShapeError: permute: not an order of the axes: 1 for [2, 3] (rank 2); name each of 0 … 1 once",
  );
  expect(refusal(() => transpose([1, 2]))).toBe(
    "ShapeError: transpose: too few axes: [2] (rank 1 < 2); add an axis with unsqueeze first",
  );
});
