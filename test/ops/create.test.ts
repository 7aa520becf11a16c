/** Tensors from a rule: values, dtypes, ends, and what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DTYPES } from "../../src/dtype";
import { arange, eye, full, linspace, ones, onesLike, zeros, zerosLike } from "../../src/ops/create";
import { randn } from "../../src/ops/random";
import { tensor } from "../../src/tensor/create";
import { shapes } from "../support/arbitraries";
import { refusal } from "../support/refusal";

describe("zeros, ones and full", () => {
  test("fill any shape in any dtype", () => {
    fc.assert(
      fc.property(shapes(), fc.constantFrom(...DTYPES), (shape, dtype) => {
        const made = [zeros(shape, { dtype }), ones(shape, { dtype }), full(shape, 3, { dtype })];
        const values = [0, 1, dtype === "bool" ? 1 : 3];
        made.forEach((x, i) => {
          expect([x.shape, x.dtype]).toEqual([shape, dtype]);
          expect(new Set(x.toTypedArray())).toEqual(new Set(x.size === 0 ? [] : [values[i]]));
        });
      }),
    );
  });

  test("are float32 unless told otherwise, bool for a boolean", () => {
    expect([zeros([1]), ones([1]), full([1], 2), full([1], true)].map((x) => x.dtype)).toEqual([
      "float32",
      "float32",
      "float32",
      "bool",
    ]);
  });

  test("may require a gradient", () => {
    expect(zeros([1], { requiresGrad: true }).requiresGrad).toBe(true);
    expect(refusal(() => ones([1], { requiresGrad: true, dtype: "int32" }))).toContain("DTypeError: requiresGrad:");
  });

  test.each<[string, () => unknown, string]>([
    ["sizes one by one", () => zeros(2 as never, 3 as never), "ShapeError: zeros: the shape is not an array: 2; write it as [2, 3]"],
    ["sizes one by one of random numbers", () => randn(2 as never, 3 as never), "ShapeError: randn: the shape is not an array: 2;"],
    ["a size", () => zeros(3 as unknown as number[]), "ShapeError: zeros: the shape is not an array: 3;"],
    ["a negative size", () => ones([-1]), "ShapeError: ones: a size is not a whole number ≥ 0: -1 in [-1];"],
    ["text", () => full([1], "1" as unknown as number), 'DTypeError: full: the value is not a number: "1"; give a number or a boolean'],
    ["an unknown option", () => zeros([1], { type: "int32" } as object), 'OptionError: zeros: unknown option: "type"; did you mean "dtype"?'],
  ])("refuse %s", (_, run, message) => {
    expect(refusal(run)).toContain(message);
  });
});

describe("zerosLike and onesLike", () => {
  test("take shape and dtype of the other, but not its gradient", () => {
    const x = tensor([[1, 2]], { dtype: "float64", requiresGrad: true });
    const made = [zerosLike(x), onesLike(x), zerosLike(x, { dtype: "int32" })];
    expect(made.map((y) => [y.toArray(), y.dtype, y.requiresGrad])).toEqual([
      [[[0, 0]], "float64", false],
      [[[1, 1]], "float64", false],
      [[[0, 0]], "int32", false],
    ]);
    expect(onesLike([true, false]).toArray()).toEqual([true, true]);
  });
});

describe("eye", () => {
  test("has ones on its diagonal", () => {
    expect(eye(3).toArray()).toEqual([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
    expect([eye(0).shape, eye(1).toArray(), eye(2, { dtype: "bool" }).toArray()]).toEqual([
      [0, 0],
      [[1]],
      [[true, false], [false, true]],
    ]);
    expect(refusal(() => eye(-1))).toBe("OptionError: eye: n is out of range: -1; give a whole number ≥ 0");
  });
});

describe("arange", () => {
  test.each<[string, () => { toArray(): unknown; dtype: string }, number[], string]>([
    ["up to a stop", () => arange(4), [0, 1, 2, 3], "float32"],
    ["from a start", () => arange(2, 5), [2, 3, 4], "float32"],
    ["by a step", () => arange(0, 1, 0.25), [0, 0.25, 0.5, 0.75], "float32"],
    ["a last step short of the stop", () => arange(0, 1.1, 0.5), [0, 0.5, 1], "float32"],
    ["down", () => arange(3, 0, -1), [3, 2, 1], "float32"],
    ["nothing", () => arange(0), [], "float32"],
    ["nothing from start to start", () => arange(3, 3, -1), [], "float32"],
    ["integers", () => arange(3, { dtype: "int32" }), [0, 1, 2], "int32"],
    ["integers to a fractional stop", () => arange(0, 2.5, { dtype: "int32" }), [0, 1, 2], "int32"],
    ["float64", () => arange(0, 0.3, 0.1, { dtype: "float64" }), [0, 0.1, 0.2], "float64"],
  ])("counts %s", (_, make, values, dtype) => {
    const made = make();
    expect([made.toArray(), made.dtype]).toEqual([values, dtype]);
  });

  test.each<[() => unknown, string]>([
    [() => arange(0, 3, 0), "OptionError: arange: the steps never reach the end: from 0 to 3 by 0 (the step is 0); give a step that leads from start to stop"],
    [() => arange(0, 3, -1), "OptionError: arange: the steps never reach the end: from 0 to 3 by -1 (the step has the wrong sign);"],
    [() => arange(-3), "OptionError: arange: the steps never reach the end: from 0 to -3 by 1"],
    [() => arange(Infinity), "OptionError: arange: stop is out of range: Infinity; give a number"],
    [() => arange(0, 1, 1e-12), "ShapeError: arange: too many elements:"],
    [() => arange(0, 1, 0.5, { dtype: "int32" }), "DTypeError: arange: the numbers do not fit the dtype: 0, 0.5, … in int32;"],
    [() => arange(2, { dtype: "bool" }), "DTypeError: arange: the numbers do not fit the dtype: 0, 1, … in bool;"],
    [() => arange("3" as unknown as number), 'OptionError: arange: stop is out of range: "3"; give a number'],
    [() => arange(0, "3" as unknown as number), 'OptionError: arange: stop is out of range: "3"; give a number'],
    [() => arange(3, { step: 2 } as object), 'OptionError: arange: unknown option: "step";'],
  ])("refuses %s", (run, message) => {
    expect(refusal(run)).toContain(message);
  });
});

describe("linspace", () => {
  test("has both ends exact and equal steps between", () => {
    expect(linspace(0, 1, 5).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect([
      linspace(2, 2, 3).toArray(),
      linspace(1, 0, 2).toArray(),
      linspace(5, 9, 1).toArray(),
      linspace(0, 1, 0).toArray(),
    ]).toEqual([[2, 2, 2], [1, 0], [5], []]);
    const bound = fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((x) => x + 0); // no −0
    fc.assert(
      fc.property(bound, bound, fc.integer({ min: 2, max: 50 }), (a, b, n) => {
        const values = linspace(a, b, n, { dtype: "float64" }).toTypedArray();
        expect([values.length, values[0], values[n - 1]]).toEqual([n, a, b]);
        values.forEach((value, i) => expect(value).toBeCloseTo(a + ((b - a) * i) / (n - 1), 9));
      }),
    );
  });

  test.each<[() => unknown, string]>([
    [() => linspace(0, NaN, 3), "OptionError: linspace: stop is out of range: NaN; give a number"],
    [() => linspace(0, 1, 2.5), "OptionError: linspace: count is out of range: 2.5; give a whole number ≥ 0"],
    [() => linspace(0, 1, 3, { dtype: "int32" }), 'DTypeError: linspace: the numbers between are fractions: in int32; use a float dtype, then convert with .to("int32")'],
  ])("refuses %s", (run, message) => {
    expect(refusal(run)).toContain(message);
  });
});
