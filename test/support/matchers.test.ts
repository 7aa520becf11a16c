/** The matcher must be able to fail: shapes, values, NaN, infinities and tolerances. */
import { describe, expect, test } from "vitest";

const tensor = (values: ArrayLike<number>, shape: number[], dtype = "float64") => ({ shape, dtype, toTypedArray: () => values });

describe("toBeCloseToTensor", () => {
  test("compares tensors, nested arrays, typed arrays and numbers", () => {
    expect(tensor([1, 2, 3, 4], [2, 2])).toBeCloseToTensor([[1, 2], [3, 4]]);
    expect(new Float32Array([0.1, 0.2])).toBeCloseToTensor([0.1, 0.2]);
    expect(tensor([5], [])).toBeCloseToTensor(5);
    expect(tensor([1, 0], [2], "bool")).toBeCloseToTensor([true, false]);
    expect(tensor([], [2, 0])).toBeCloseToTensor([[], []]);
  });

  test("tells shapes apart, of size 0 too", () => {
    expect(() => { expect(tensor([1, 2], [2])).toBeCloseToTensor([[1, 2]]); }).toThrow("shapes differ: [2], expected [1, 2]");
    expect(() => { expect(tensor([5], [1])).toBeCloseToTensor(5); }).toThrow("shapes differ: [1], expected []");
    expect(() => { expect(tensor([], [2, 0])).toBeCloseToTensor([]); }).toThrow("shapes differ: [2, 0], expected [0]");
  });

  test("names the places that differ", () => {
    expect(() => { expect(tensor([1, 2, 3, 4], [2, 2])).toBeCloseToTensor([[1, 2], [9, 4]]); }).toThrow(
      "1 of 4 values differ (rtol 1e-12, atol 1e-12):\n  at [1, 0]: 3, expected 9",
    );
  });

  test("has NaN equal to NaN and an infinity to itself alone", () => {
    expect([NaN, Infinity, -Infinity]).toBeCloseToTensor([NaN, Infinity, -Infinity]);
    expect([NaN]).not.toBeCloseToTensor([0]);
    expect([0]).not.toBeCloseToTensor([NaN]);
    expect([Infinity]).not.toBeCloseToTensor([-Infinity]);
    expect([1e300]).not.toBeCloseToTensor([Infinity]);
  });

  test("is as strict as the coarser of both element types, and as the tolerance says", () => {
    expect(tensor([1 + 1e-6], [1], "float32")).toBeCloseToTensor([1]);
    expect(tensor([1 + 1e-6], [1], "float64")).not.toBeCloseToTensor([1]);
    expect(tensor([2], [1], "int32")).not.toBeCloseToTensor([2.000001]);
    expect([100]).toBeCloseToTensor([101], { rtol: 0.01 });
    expect([100]).not.toBeCloseToTensor([101], { rtol: 0.001, atol: 0.5 });
    expect([0.1 + 0.2]).not.toBeCloseToTensor([0.3]);
  });

  test("refuses what has no numbers", () => {
    expect(() => { expect("text").toBeCloseToTensor(1); }).toThrow("actual is not a tensor, array or number: text");
    expect(() => { expect([[1], [1, 2]]).toBeCloseToTensor(1); }).toThrow("actual is ragged");
  });
});
