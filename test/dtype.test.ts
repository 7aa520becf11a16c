/** Element types: promotion, what numbers become beside them, and the arrays they live in. */
import { describe, expect, test } from "vitest";
import { type DType, DTYPES, adopt, allocate, dtypeOf, isFloat, promote, toFloat, toNumber } from "../src/dtype";

describe("dtypes", () => {
  test("promote to the larger of the two, in either order: bool < int32 < float32 < float64", () => {
    const order: DType[] = ["bool", "int32", "float32", "float64"];
    expect(DTYPES).toEqual(order);
    order.forEach((a, i) => order.forEach((b, j) => expect(promote(a, b)).toBe(order[Math.max(i, j)])));
  });

  test("carry gradients where they are floats", () => {
    expect(DTYPES.map(isFloat)).toEqual([false, false, true, true]);
  });

  test("become float32 where a result is fractional, int32 where booleans are counted", () => {
    expect(DTYPES.map(toFloat)).toEqual(["float32", "float32", "float32", "float64"]);
    expect(DTYPES.map(toNumber)).toEqual(["int32", "int32", "float32", "float64"]);
  });

  test.each<[DType, number, DType]>([
    ["float32", 0.1, "float32"],
    ["float64", 1e300, "float64"],
    ["int32", 2, "int32"],
    ["int32", -(2 ** 31), "int32"],
    ["int32", 2 ** 31, "float32"],
    ["int32", 0.5, "float32"],
    ["int32", NaN, "float32"],
    ["int32", Infinity, "float32"],
    ["bool", 1, "int32"],
    ["bool", 0.5, "float32"],
  ])("%s beside the number %d computes in %3$s", (dtype, value, expected) => {
    expect(adopt(dtype, value)).toBe(expected);
  });

  test("live in an array of their own kind, filled with zeros", () => {
    const arrays = DTYPES.map((dtype) => allocate(dtype, 2));
    expect(arrays).toEqual([new Uint8Array(2), new Int32Array(2), new Float32Array(2), new Float64Array(2)]);
  });

  test("are told from typed arrays; those without an exact home have none", () => {
    expect([new Float32Array(), new Float64Array(), new Int32Array()].map(dtypeOf)).toEqual(["float32", "float64", "int32"]);
    const small = [new Int8Array(), new Uint8Array(), new Uint8ClampedArray(), new Int16Array(), new Uint16Array()];
    expect(new Set(small.map(dtypeOf))).toEqual(new Set(["int32"]));
    expect([new Uint32Array(), new BigInt64Array(), new DataView(new ArrayBuffer(1))].map(dtypeOf)).toEqual([
      null,
      null,
      null,
    ]);
  });
});
