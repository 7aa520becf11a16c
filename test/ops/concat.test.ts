/** Joining and cutting: shapes, dtypes, views, and what is refused. */
import { describe, expect, test } from "vitest";
import { type TensorLike, arange, concat, split, stack, tensor, tile, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("concat", () => {
  test("puts tensors one after another along an axis", () => {
    expect(concat([[1, 2], [3]]).toArray()).toEqual([1, 2, 3]);
    expect(concat([[[1], [2]], [[3, 4], [5, 6]]], { axis: -1 }).toArray()).toEqual([[1, 3, 4], [2, 5, 6]]);
    expect(concat([tensor([[1, 2]])]).toArray()).toEqual([[1, 2]]);
    expect(concat([zeros([0, 2]), [[1, 2]]]).toArray()).toEqual([[1, 2]]);
    expect(concat([zeros([0]), zeros([0])]).shape).toEqual([0]);
  });

  test("reads views", () => {
    const x = tensor([[1, 2], [3, 4]]);
    expect(concat([x.transpose(), x.flip()], { axis: 1 }).toArray()).toEqual([[1, 3, 4, 3], [2, 4, 2, 1]]);
  });

  test("promotes dtypes, and lets plain values take after the tensors", () => {
    expect(concat([tensor([true]), tensor(new Int32Array([5]))]).toArray()).toEqual([1, 5]);
    expect(concat([tensor([true]), tensor([false])]).dtype).toBe("bool");
    const mixed = concat([[0.1], tensor([1], { dtype: "float64" }), tensor([0.5])]);
    expect(mixed.dtype).toBe("float64");
    expect(mixed.toArray()).toEqual([0.1, 1, 0.5]);
  });

  test("refuses other sizes that differ, and what is no list of tensors", () => {
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => concat([zeros([2, 3]), zeros([2, 4])]))).toBe(
      "ShapeError: concat: shapes differ beside axis 0: [2, 3] and [2, 4] (3 ≠ 4 at axis 1, tensor 1); " +
        "make all other sizes equal",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => concat([zeros([2]), zeros([2]), zeros([2, 1])]))).toBe(
      "ShapeError: concat: shapes differ beside axis 0: [2] and [2, 1] (rank 1 ≠ 2, tensor 2); make all other sizes equal",
    );
    expect(refusal(() => concat([]))).toBe(
      "ShapeError: concat: not a list of tensors: []; give at least one in an array",
    );
    expect(refusal(() => concat(zeros([2]) as unknown as TensorLike[]))).toBe(
      "ShapeError: concat: not a list of tensors: a Tensor; give at least one in an array",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => concat([1, 2]))).toBe(
      "ShapeError: concat: axis out of range: 0 (a scalar has no axes); reshape the scalar first",
    );
    expect(refusal(() => concat([[1]], { axes: 0 } as object))).toBe(
      'OptionError: concat: unknown option: "axes"; did you mean "axis"? Options are axis',
    );
  });
});

describe("stack", () => {
  test("puts tensors side by side along a new axis", () => {
    expect(stack([[1, 2], [3, 4]]).toArray()).toEqual([[1, 2], [3, 4]]);
    expect(stack([[1, 2], [3, 4]], { axis: -1 }).toArray()).toEqual([[1, 3], [2, 4]]);
    expect(stack([1, 2, 3]).toArray()).toEqual([1, 2, 3]);
    expect(stack([zeros([0]), zeros([0])]).shape).toEqual([2, 0]);
  });

  test("refuses shapes that differ and axes that are not there", () => {
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => stack([zeros([2]), zeros([3])]))).toBe(
      "ShapeError: stack: shapes differ: [2] and [3] (tensor 1); " +
        "give tensors of one shape, or join along an existing axis with concat",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => stack([zeros([2])], { axis: 2 }))).toBe(
      "ShapeError: stack: axis out of range: 2 (rank 2 has axes -2 … 1); choose one of those",
    );
    expect(refusal(() => stack([]))).toBe("ShapeError: stack: not a list of tensors: []; give at least one in an array");
  });
});

describe("split", () => {
  const parts = (x: TensorLike, ...rest: [number | number[], object?]): unknown[] =>
    split(x, ...rest).map((part) => part.toArray());

  test("cuts into parts of given sizes, or of one size", () => {
    expect(parts([1, 2, 3, 4, 5], [2, 0, 3])).toEqual([[1, 2], [], [3, 4, 5]]);
    expect(parts([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(parts([[1, 2, 3]], 2, { axis: -1 })).toEqual([[[1, 2]], [[3]]]);
    expect(parts([1, 2], 5)).toEqual([[1, 2]]);
    expect(split(zeros([0, 2]), 3).map(({ shape }) => shape)).toEqual([[0, 2]]);
  });

  test("copies nothing", () => {
    const x = arange(6).reshape([3, 2]);
    for (const part of x.split(1)) expect(part.storage).toBe(x.storage);
  });

  test("refuses sizes that do not add up, and what is no size", () => {
    expect(refusal(() => split([1, 2, 3], [1, 1]))).toBe(
      "ShapeError: split: the sizes do not add up: [1, 1] for axis 0 of [3] (2 ≠ 3); give each position to one part",
    );
    const mend = "give a list of whole numbers ≥ 0, or one number > 0 for parts of that size";
    expect(refusal(() => split([1, 2], 0))).toBe(`ShapeError: split: not sizes: 0; ${mend}`);
    expect(refusal(() => split([1, 2], 1.5))).toBe(`ShapeError: split: not sizes: 1.5; ${mend}`);
    expect(refusal(() => split([1, 2], [3, -1]))).toBe(`ShapeError: split: not sizes: [3, -1]; ${mend}`);
    expect(refusal(() => split(1, 1))).toBe(
      "ShapeError: split: axis out of range: 0 (a scalar has no axes); reshape the scalar first",
    );
  });
});

describe("tile", () => {
  test("repeats the whole along each axis", () => {
    expect(tile([1, 2], [2]).toArray()).toEqual([1, 2, 1, 2]);
    expect(tile([[1, 2], [3, 4]], [1, 2]).toArray()).toEqual([[1, 2, 1, 2], [3, 4, 3, 4]]);
    expect(tile([1, 2], [2, 1]).toArray()).toEqual([[1, 2], [1, 2]]);
    expect(tile([[1], [2]], [2]).toArray()).toEqual([[1, 1], [2, 2]]);
    expect(tile([1, 2], [0]).shape).toEqual([0]);
    expect(tile(3, []).item()).toBe(3);
    expect(tile(tensor([true]), [2]).toArray()).toEqual([true, true]);
  });

  test("refuses what is no list of repeats", () => {
    const mend = "say how often x repeats along each axis, as [2, 1]";
    expect(refusal(() => tile([1], [-1]))).toBe(`ShapeError: tile: not a list of whole numbers ≥ 0: [-1]; ${mend}`);
    expect(refusal(() => tile([1], 2 as unknown as number[]))).toBe(
      `ShapeError: tile: not a list of whole numbers ≥ 0: 2; ${mend}`,
    );
  });
});
