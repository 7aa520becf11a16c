/** Windows and turned axes: Python's rules for positions, no copies, and what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Range, arange, flip, grad, slice, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = tensor([[1, 2, 3], [4, 5, 6]]);

/** Python's list slicing, written from its definition. */
function pythonSlice(list: readonly number[], begin: number | null, end: number | null, by: number): number[] {
  const n = list.length;
  const at = (bound: number | null, open: number): number => {
    if (bound === null) return open;
    const position = bound < 0 ? bound + n : bound;
    return by > 0 ? Math.min(Math.max(position, 0), n) : Math.min(Math.max(position, -1), n - 1);
  };
  const picked: number[] = [];
  const [from, until] = by > 0 ? [at(begin, 0), at(end, n)] : [at(begin, n - 1), at(end, -1)];
  for (let i = from; by > 0 ? i < until : i > until; i += by) picked.push(list[i]!);
  return picked;
}

describe("slice", () => {
  test("takes ranges, steps, and positions from the end", () => {
    expect(slice(x, [null, [1, 3]]).toArray()).toEqual([[2, 3], [5, 6]]);
    expect(slice(x, [[-1, null], [0, 3, 2]]).toArray()).toEqual([[4, 6]]);
    expect(slice(x, [null, [null, null, -1]]).toArray()).toEqual([[3, 2, 1], [6, 5, 4]]);
    expect(slice([1, 2, 3, 4], [[-2, -5, -1]]).toArray()).toEqual([3, 2, 1]);
    expect(slice(x, [[1, 2]]).toArray()).toEqual([[4, 5, 6]]);
    expect(slice(x, []).toArray()).toEqual(x.toArray());
    expect(slice(7, []).toArray()).toBe(7);
  });

  test("cuts off what lies outside", () => {
    expect(slice(x, [[0, 99], [-99, 1]]).toArray()).toEqual([[1], [4]]);
    expect(slice(x, [[5, 9], null]).shape).toEqual([0, 3]);
    expect(slice(x, [[1, 0], null]).shape).toEqual([0, 3]);
    expect(slice([1, 2, 3], [[1, Infinity]]).toArray()).toEqual([2, 3]);
  });

  test("picks what Python picks", () => {
    const bound = fc.oneof(fc.constant(null), fc.integer({ min: -8, max: 8 }));
    const step = fc.integer({ min: -4, max: 4 }).filter((n) => n !== 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), bound, bound, step, (n, begin, end, by) => {
        const list = Array.from({ length: n }, (_, i) => i);
        expect(slice(arange(n), [[begin, end, by]]).toArray()).toEqual(pythonSlice(list, begin, end, by));
      }),
      { numRuns: 400 },
    );
  });

  test("copies nothing and reads views", () => {
    expect(slice(x, [null, [1, 3]]).storage).toBe(x.storage);
    expect(slice(x.transpose(), [[0, 3, 2], [1, 2]]).toArray()).toEqual([[4], [6]]);
    expect(slice(tensor([true, false, true]), [[0, 3, 2]]).toArray()).toEqual([true, true]);
    expect(slice(tensor(new Int32Array([1, 2])), [[1, 2]]).dtype).toBe("int32");
  });

  test("sends the gradient to the elements it took, turned axes included", () => {
    const leaf = tensor([1, 2, 3, 4, 5], { dtype: "float64", requiresGrad: true });
    const taken = slice(leaf, [[4, null, -2]]);
    const [g] = grad(taken.mul([1, 10, 100]).sum(), [leaf]);
    expect(g).toBeCloseToTensor([100, 0, 10, 0, 1]);
  });

  test("refuses more entries than axes, and what is no list", () => {
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => slice(x, [null, null, null]))).toBe(
      "ShapeError: slice: not one entry per axis: [null, null, null] for [2, 3] (3 for 2 axes); " +
        "give null or [begin, end, step?] for each axis",
    );
    expect(refusal(() => slice(x, null as unknown as Range[]))).toBe(
      "ShapeError: slice: not one entry per axis: null for [2, 3] (not a list); " +
        "give null or [begin, end, step?] for each axis",
    );
  });

  test("refuses what is no range", () => {
    expect(refusal(() => slice(x, [null, [1] as unknown as Range]))).toBe(
      "ShapeError: slice: not a range: [1]; give null or [begin, end, step?] for each axis",
    );
    expect(refusal(() => slice(x, [null, 1 as unknown as Range]))).toBe(
      "ShapeError: slice: not a range: 1; give null or [begin, end, step?] for each axis",
    );
    expect(refusal(() => slice(x, [null, [0.5, 2]]))).toBe(
      "ShapeError: slice: a bound is not a whole number: 0.5 in [0.5, 2]; give positions, or null for an open end",
    );
    expect(refusal(() => slice(x, [null, [0, 2, 0]]))).toBe(
      "ShapeError: slice: the step is not a whole number ≠ 0: 0 in [0, 2, 0]; give 1, 2, … or −1, −2, …",
    );
  });
});

describe("flip", () => {
  test("turns the axes named, or all, without copying", () => {
    expect(flip(x).toArray()).toEqual([[6, 5, 4], [3, 2, 1]]);
    expect(flip(x, { axes: -1 }).toArray()).toEqual([[3, 2, 1], [6, 5, 4]]);
    expect(flip(x, { axes: [] }).toArray()).toEqual(x.toArray());
    expect(flip(x).storage).toBe(x.storage);
    expect(flip(zeros([0, 2])).shape).toEqual([0, 2]);
    expect(flip(3).item()).toBe(3);
  });

  test("refuses axes that are not there, and unknown options", () => {
    expect(refusal(() => flip(x, { axes: 2 }))).toBe(
      "ShapeError: flip: axes out of range: 2 (rank 2 has axes -2 … 1); choose one of those",
    );
    expect(refusal(() => flip(x, { axis: 0 } as object))).toBe(
      'OptionError: flip: unknown option: "axis"; did you mean "axes"? Options are axes',
    );
  });
});
