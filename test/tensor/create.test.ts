/** Tensors of values: what dtype and shape they get, and what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DType, DTYPES } from "../../src/dtype";
import { asTensor, tensor } from "../../src/tensor/create";
import type { NestedArray, TensorLike } from "../../src/tensor/tensor";
import { shapes } from "../support/arbitraries";
import { refusal } from "../support/refusal";

describe("tensor", () => {
  test.each<[string, TensorLike, number[], DType]>([
    ["a number", 3, [], "float32"],
    ["a boolean", true, [], "bool"],
    ["a list", [1, 2, 3], [3], "float32"],
    ["an empty list", [], [0], "float32"],
    ["lists of lists", [[1, 2], [3, 4], [5, 6]], [3, 2], "float32"],
    ["empty lists", [[], []], [2, 0], "float32"],
    ["booleans", [[true], [false]], [2, 1], "bool"],
    ["booleans among numbers", [true, 2], [2], "float32"],
    ["a Float32Array", Float32Array.of(1, 2), [2], "float32"],
    ["a Float64Array", Float64Array.of(1, 2), [2], "float64"],
    ["an Int32Array", Int32Array.of(1, 2), [2], "int32"],
    ["bytes", Uint8Array.of(1, 255), [2], "int32"],
  ])("of %s has the right shape and dtype", (_, values, shape, dtype) => {
    const made = tensor(values);
    expect([made.shape, made.dtype]).toEqual([shape, dtype]);
  });

  test("reads flat values with a shape", () => {
    expect(tensor(Float32Array.of(1, 2, 3, 4), { shape: [2, 2] }).toArray()).toEqual([[1, 2], [3, 4]]);
    expect(tensor([1, 2], { shape: [2, 1] }).toArray()).toEqual([[1], [2]]);
  });

  test("gives back nested arrays of any shape as they were", () => {
    const nested = shapes({ minRank: 1 }).chain((shape) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return fc.tuple(fc.constant(shape), fc.array(fc.float({ noNaN: true }), { minLength: size, maxLength: size }));
    });
    fc.assert(
      fc.property(nested, ([shape, flat]) => {
        let at = 0;
        const build = (axis: number): NestedArray =>
          Array.from({ length: shape[axis]! }, () => (axis + 1 === shape.length ? flat[at++]! : build(axis + 1)));
        const values = build(0);
        expect(tensor(values).toArray()).toEqual(values);
      }),
    );
  });

  test.each(DTYPES)("converts to %s on request", (dtype) => {
    const made = tensor([0, 1, 2.75, -2.75], { dtype });
    expect(made.dtype).toBe(dtype);
    const expected = dtype === "bool" ? [false, true, true, true] : dtype === "int32" ? [0, 1, 2, -2] : [0, 1, 2.75, -2.75];
    expect(made.toArray()).toEqual(expected);
  });

  test("copies its values", () => {
    const values = Float32Array.of(1, 2);
    const made = tensor(values);
    values[0] = 9;
    expect(made.toArray()).toEqual([1, 2]);
    const again = tensor(made);
    expect([again === made, again.toArray(), tensor(made, { dtype: "int32" }).dtype]).toEqual([false, [1, 2], "int32"]);
  });

  test("can require a gradient", () => {
    expect(tensor([1], { requiresGrad: true }).requiresGrad).toBe(true);
    expect(tensor([1]).requiresGrad).toBe(false);
    expect(refusal(() => tensor([1], { dtype: "int32", requiresGrad: true }))).toBe(
      'DTypeError: requiresGrad: only floats have gradients: int32; convert with .to("float32") first',
    );
  });

  test.each<[string, unknown, string]>([
    [
      "a shorter list",
      [[1, 2], [3]],
      "tensor: ragged array: a list of 1 at depth 1 (the first entries say a list of 2, shape [2, 2]); make all lists at one depth equally long",
    ],
    ["a number among lists", [[1, 2], 3], "tensor: ragged array: 3 at depth 1 (the first entries say a list of 2, shape [2, 2]);"],
    ["a list among numbers", [1, [2]], "tensor: ragged array: a list of 1 at depth 1 (the first entries say a number, shape [2]);"],
    ["a longer list than an empty one", [[], [1]], "tensor: ragged array: a list of 1 at depth 1 (the first entries say a list of 0"],
  ])("refuses %s as ragged", (_, values, message) => {
    expect(refusal(() => tensor(values as TensorLike))).toContain(`ShapeError: ${message}`);
  });

  test.each<[string, unknown, string]>([
    ["text", "12", 'tensor: not something a tensor is made of: "12"; give a number, nested arrays of numbers or a typed array'],
    ["nothing", undefined, "tensor: not something a tensor is made of: undefined;"],
    ["a record", { a: 1 }, "tensor: not something a tensor is made of: a record;"],
    ["big integers", BigInt64Array.of(1n), "tensor: not something a tensor is made of: a BigInt64Array;"],
    ["text in a list", [1, "2"], 'tensor: a value is not a number: "2" (value 1); give numbers or booleans only'],
    ["a hole in a list", [1, undefined], "tensor: a value is not a number: undefined (value 1);"],
  ])("refuses %s", (_, values, message) => {
    expect(refusal(() => tensor(values as TensorLike))).toContain(`DTypeError: ${message}`);
  });

  test.each([3e9, -3e9, NaN, Infinity])("refuses %d in int32", (value) => {
    expect(refusal(() => tensor([0, value], { dtype: "int32" }))).toBe(
      `DTypeError: tensor: int32 cannot hold a value: ${value} (value 1); give whole numbers from −2³¹ to 2³¹ − 1, or "float64"`,
    );
    expect(tensor([-(2 ** 31), 2 ** 31 - 1], { dtype: "int32" }).toArray()).toEqual([-(2 ** 31), 2 ** 31 - 1]);
  });

  test("refuses a shape that the values do not fill", () => {
    expect(refusal(() => tensor([1, 2, 3], { shape: [2, 2] }))).toBe(
      "ShapeError: tensor: the values do not fill the shape: 3 values for [2, 2] (4 elements); give as many values as the sizes multiply to",
    );
  });

  test("refuses unknown options and dtypes", () => {
    expect(refusal(() => tensor([1], { dType: "int32" } as object))).toContain(
      'OptionError: tensor: unknown option: "dType"; did you mean "dtype"?',
    );
    expect(() => tensor([1], { dtype: "float16" as DType })).toThrow(
      'tensor: unknown dtype: "float16"; give one of "bool", "int32", "float32", "float64"',
    );
    expect(() => tensor([1], { requiresGrad: 1 as unknown as boolean })).toThrow("tensor: requiresGrad is not a boolean: 1;");
  });
});

describe("asTensor", () => {
  test("leaves tensors as they are and names the op in errors", () => {
    const x = tensor([1]);
    expect(asTensor("add", x)).toBe(x);
    expect(() => asTensor("add", "x" as unknown as TensorLike)).toThrow("add: not something a tensor is made of");
  });
});
