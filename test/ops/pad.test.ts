/** Margins of a number, and of a tensor's own elements: values, corners, gradients, and what is refused. */
import { describe, expect, test } from "vitest";
import { grad, pad, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = tensor([[1, 2, 3], [4, 5, 6]]);

describe("pad with a number", () => {
  test("puts a margin of zeros or another number around", () => {
    expect(pad([[1, 2]], [[1, 0], [0, 2]]).toArray()).toEqual([[0, 0, 0, 0], [1, 2, 0, 0]]);
    expect(pad([1], [[1, 1]], { value: -Infinity }).toArray()).toEqual([-Infinity, 1, -Infinity]);
    expect(pad([1], [[0, 1]], { value: NaN }).toArray()).toEqual([1, NaN]);
    expect(pad(5, []).item()).toBe(5);
    expect(pad(zeros([0, 1]), [[1, 0], [0, 0]]).toArray()).toEqual([[0]]);
    expect(pad(x.transpose(), [[0, 0], [1, 0]]).toArray()).toEqual([[0, 1, 4], [0, 2, 5], [0, 3, 6]]);
  });

  test("keeps the dtype where the number fits it", () => {
    expect(pad(tensor([true]), [[1, 0]]).toArray()).toEqual([false, true]);
    expect(pad(tensor([true]), [[1, 0]], { value: 2 }).toArray()).toEqual([2, 1]);
    expect(pad(tensor([true]), [[1, 0]], { value: 2 }).dtype).toBe("int32");
    expect(pad(tensor(new Int32Array([3])), [[1, 0]]).dtype).toBe("int32");
    expect(pad(tensor(new Int32Array([3])), [[1, 0]], { value: 0.5 }).toArray()).toEqual([0.5, 3]);
  });

  test("refuses margins that are not whole numbers, one pair per axis", () => {
    expect(refusal(() => pad(x, [[1, 1]]))).toBe(
      "ShapeError: pad: not one entry per axis: [[1, 1]] for [2, 3] (1 for 2 axes); give [before, after] for each axis",
    );
    expect(refusal(() => pad([1], [[-1, 0]]))).toBe(
      "ShapeError: pad: not two whole numbers ≥ 0: [-1, 0]; give [before, after] for each axis, and use slice to cut",
    );
    expect(refusal(() => pad([1], [1] as unknown as [number, number][]))).toBe(
      "ShapeError: pad: not two whole numbers ≥ 0: 1; give [before, after] for each axis, and use slice to cut",
    );
  });

  test("refuses a value that is no number, and unknown options", () => {
    expect(refusal(() => pad([1], [[1, 0]], { value: "0" as unknown as number }))).toBe(
      'OptionError: pad: value is out of range: "0"; give a number',
    );
    expect(refusal(() => pad([1], [[1, 0]], { fill: 0 } as object))).toMatch(
      /^OptionError: pad: unknown option: "fill"; did you mean "value"\? Options are value, mode$/,
    );
  });
});

describe("pad with x's own elements", () => {
  const row = [1, 2, 3];

  test("mirrors, repeats or wraps around", () => {
    expect(pad(row, [[2, 2]], { mode: "reflect" }).toArray()).toEqual([3, 2, 1, 2, 3, 2, 1]);
    expect(pad(row, [[2, 5]], { mode: "replicate" }).toArray()).toEqual([1, 1, 1, 2, 3, 3, 3, 3, 3, 3]);
    expect(pad(row, [[3, 2]], { mode: "circular" }).toArray()).toEqual([1, 2, 3, 1, 2, 3, 1, 2]);
    for (const mode of ["reflect", "replicate", "circular"] as const) {
      expect(pad(row, [[0, 0]], { mode }).toArray()).toEqual(row);
      expect(pad(tensor([1, 2], { dtype: "int32" }), [[1, 0]], { mode }).dtype).toBe("int32");
      expect(pad(zeros([0, 2]), [[0, 0], [1, 1]], { mode }).shape).toEqual([0, 4]);
      expect(pad(5, [], { mode }).item()).toBe(5);
    }
  });

  test("pads axis by axis, so that corners follow", () => {
    const square = [[1, 2], [3, 4]];
    expect(pad(square, [[1, 0], [1, 0]], { mode: "reflect" }).toArray()).toEqual([[4, 3, 4], [2, 1, 2], [4, 3, 4]]);
    expect(pad(square, [[1, 0], [1, 0]], { mode: "replicate" }).toArray()).toEqual([[1, 1, 2], [1, 1, 2], [3, 3, 4]]);
    expect(pad(square, [[1, 0], [1, 0]], { mode: "circular" }).toArray()).toEqual([[4, 3, 4], [2, 1, 2], [4, 3, 4]]);
  });

  test("adds gradients up where elements were repeated", () => {
    const x = tensor(row, { requiresGrad: true });
    expect(grad(pad(x, [[2, 1]], { mode: "replicate" }).sum(), [x])[0]!.toArray()).toEqual([3, 1, 2]);
    expect(grad(pad(x, [[2, 1]], { mode: "reflect" }).sum(), [x])[0]!.toArray()).toEqual([1, 3, 2]);
  });

  test("refuses margins that would need elements which are not there, and a value beside them", () => {
    expect(refusal(() => pad(row, [[3, 0]], { mode: "reflect" }))).toBe(
      'ShapeError: pad: the margin is too large for mode "reflect": 3 on axis 0 of [3] (at most 2); ' +
        'pad less, or with mode "constant"',
    );
    expect(refusal(() => pad(zeros([2, 2]), [[1e9, 0], [1e9, 0]], { mode: "replicate" }))).toMatch(/^ShapeError: pad: too many elements/);
    expect(refusal(() => pad(row, [[0, 4]], { mode: "circular" }))).toMatch(/4 on axis 0 of \[3\] \(at most 3\)/);
    expect(refusal(() => pad(zeros([0]), [[1, 0]], { mode: "replicate" }))).toMatch(/1 on axis 0 of \[0\] \(at most 0\)/);
    expect(refusal(() => pad(row, [[1, 0]], { mode: "reflect", value: 1 }))).toBe(
      'OptionError: pad: a value beside mode "reflect": 1 (its margin is made of x\'s own elements); leave one out',
    );
    expect(refusal(() => pad(row, [[1, 0]], { mode: "symmetric" as "reflect" }))).toMatch(/^OptionError: pad: unknown mode: "symmetric"/);
  });
});
