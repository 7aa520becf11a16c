/** Reshapes: views where strides allow, copies where not; which sizes fit; what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Tensor, arange, flatten, reshape, squeeze, tensor, unsqueeze, zeros } from "../../src/index";
import { shapes } from "../support/arbitraries";
import { refusal } from "../support/refusal";

const sharesMemory = (a: Tensor, b: Tensor): boolean => a.storage === b.storage;

describe("reshape", () => {
  const x = arange(6);

  test("keeps the elements in row-major order", () => {
    expect(reshape(x, [2, 3]).toArray()).toEqual([[0, 1, 2], [3, 4, 5]]);
    expect(reshape([[1, 2], [3, 4]], [4]).toArray()).toEqual([1, 2, 3, 4]);
    expect(reshape(7, [1, 1]).toArray()).toEqual([[7]]);
    expect(reshape([[7]], []).toArray()).toBe(7);
  });

  test("finds the size that is −1, also among sizes of 0", () => {
    expect(x.reshape([2, -1]).shape).toEqual([2, 3]);
    expect(x.reshape([-1]).shape).toEqual([6]);
    expect(zeros([0, 3]).reshape([-1, 3]).shape).toEqual([0, 3]);
  });

  test("keeps the dtype", () => {
    expect(reshape(tensor([1, 0], { dtype: "bool" }), [2, 1]).toArray()).toEqual([[true], [false]]);
    expect(reshape(tensor(new Int32Array([1, 2])), [1, 2]).dtype).toBe("int32");
  });

  test("copies nothing where the strides allow it", () => {
    const wide = arange(24).reshape([2, 3, 4]);
    expect(sharesMemory(wide.reshape([6, 4]), wide)).toBe(true);
    const turned = wide.permute([1, 0, 2]);
    expect(sharesMemory(turned.reshape([3, 2, 2, 2]), wide)).toBe(true);
    expect(sharesMemory(turned.unsqueeze(1), wide)).toBe(true);
    const odd = wide.slice([null, null, [0, 4, 2]]);
    expect(sharesMemory(odd.reshape([6, 2]), wide)).toBe(true);
    expect(sharesMemory(turned.reshape([6, 4]), wide)).toBe(false);
    expect(turned.reshape([2, 12]).toArray()).toEqual([
      [0, 1, 2, 3, 12, 13, 14, 15, 4, 5, 6, 7],
      [16, 17, 18, 19, 8, 9, 10, 11, 20, 21, 22, 23],
    ]);
  });

  test("gives the row-major elements of any view", () => {
    const cases = shapes({ maxRank: 4 }).chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        order: fc.shuffledSubarray(shape.map((_, axis) => axis), { minLength: shape.length }),
        flipped: fc.subarray(shape.map((_, axis) => axis)),
        cut: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ shape, order, flipped, cut }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const view = arange(size).reshape(shape).permute(order).flip({ axes: flipped });
        const sizes = cut.reduce<number[]>((list, n) => {
          const rest = size / list.reduce((a, b) => a * b, 1);
          return size > 0 && rest % n === 0 ? [...list, n] : list;
        }, []);
        const target = [...sizes, size === 0 ? 0 : size / sizes.reduce((a, b) => a * b, 1)];
        expect(view.reshape(target).toTypedArray()).toEqual(view.toTypedArray());
        expect(view.reshape(target).shape).toEqual(target);
      }),
    );
  });

  test("refuses sizes that do not fit", () => {
    expect(refusal(() => reshape(x, [4, 2]))).toBe(
      "ShapeError: reshape: sizes do not fit: [6] → [4, 2] (6 ≠ 8 elements); " +
        "give sizes with the same product, or −1 for one that follows from the others",
    );
    expect(refusal(() => reshape(x, [4, -1]))).toBe(
      "ShapeError: reshape: sizes do not fit: [6] → [4, -1] (6 elements do not divide by 4); " +
        "give sizes with the same product, or −1 for one that follows from the others",
    );
    expect(refusal(() => reshape(zeros([0]), [0, -1]))).toBe(
      "ShapeError: reshape: sizes do not fit: [0] → [0, -1] (0 elements do not divide by 0); " +
        "give sizes with the same product, or −1 for one that follows from the others",
    );
  });

  test("refuses what is not a shape", () => {
    expect(refusal(() => reshape(x, [-1, -1]))).toBe(
      "ShapeError: reshape: more than one size is −1: [-1, -1]; let −1 stand for one axis only",
    );
    expect(refusal(() => reshape(x, [2, 1.5]))).toBe(
      "ShapeError: reshape: a size is not a whole number ≥ 0: 1.5 in [2, 1.5]; give element counts, −1 for one axis at most",
    );
    expect(refusal(() => reshape(x, 6 as unknown as number[]))).toBe(
      "ShapeError: reshape: the shape is not an array: 6; write it as [2, 3], a scalar's as []",
    );
  });
});

describe("flatten", () => {
  test("makes one axis of all, or of those from startAxis on", () => {
    expect(flatten(zeros([2, 3, 4])).shape).toEqual([24]);
    expect(flatten(zeros([2, 3, 4]), { startAxis: 1 }).shape).toEqual([2, 12]);
    expect(flatten(zeros([2, 3, 4]), { startAxis: -1 }).shape).toEqual([2, 3, 4]);
    expect(flatten(5).toArray()).toEqual([5]);
    expect(flatten(zeros([0, 3]), { startAxis: 1 }).shape).toEqual([0, 3]);
  });

  test("refuses an axis that is not there, and unknown options", () => {
    expect(refusal(() => flatten(zeros([2, 3]), { startAxis: 2 }))).toBe(
      "ShapeError: flatten: startAxis out of range: 2 (rank 2 has axes -2 … 1); choose one of those",
    );
    expect(refusal(() => flatten([1], { startaxis: 1 } as object))).toBe(
      'OptionError: flatten: unknown option: "startaxis"; did you mean "startAxis"? Options are startAxis',
    );
  });
});

describe("squeeze and unsqueeze", () => {
  test("take axes of size 1 away and put them in", () => {
    expect(squeeze(zeros([1, 3, 1])).shape).toEqual([3]);
    expect(squeeze(zeros([1, 3, 1]), -1).shape).toEqual([1, 3]);
    expect(squeeze(zeros([1, 1])).shape).toEqual([]);
    expect(unsqueeze(zeros([2, 3]), 0).shape).toEqual([1, 2, 3]);
    expect(unsqueeze(zeros([2, 3]), -1).shape).toEqual([2, 3, 1]);
    expect(unsqueeze(4, 0).toArray()).toEqual([4]);
  });

  test("refuse axes that are not there or not of size 1", () => {
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => squeeze(zeros([2, 3]), 1))).toBe(
      "ShapeError: squeeze: the axis is not of size 1: axis 1 of [2, 3] (size 3); index it with slice, or reduce it",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => squeeze(zeros([2]), 1))).toBe(
      "ShapeError: squeeze: axis out of range: 1 (rank 1 has axes -1 … 0); choose one of those",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => unsqueeze(zeros([2]), 3))).toBe(
      "ShapeError: unsqueeze: axis out of range: 3 (rank 2 has axes -2 … 1); choose one of those",
    );
  });
});
