/** The short way for one operation on float32 arrays: right to the bit, and aware of what it is not meant for. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arithmetic } from "../../../src/devices/js/arithmetic";
import * as s from "../../../src/scalar/expr";
import type { View } from "../../../src/tensor/storage";
import { scalars } from "../../support/scalars";
import { keptAs, viewOf } from "../../support/views";

const OPS = ["add", "sub", "mul", "div"] as const;
const [x, y] = [s.input(0), s.input(1)];
const value = fc.double({ min: -4, max: 4, noNaN: true }).map(Math.fround);

function run(expr: s.Expr, inputs: readonly View[], size: number): Float32Array | null {
  return arithmetic(expr, inputs, { shape: [size], dtype: "float32" }, size);
}

describe("arithmetic", () => {
  test.each(OPS)("%s takes arrays and numbers on either side, wherever they begin", (op) => {
    const pairs = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 11 });
    const apply = (a: s.Expr, b: s.Expr): s.Expr => ({ kind: "apply", op, args: [a, b] });
    fc.assert(
      fc.property(pairs, value, fc.nat(3), (pairs, number, offset) => {
        const n = pairs.length;
        const [left, right] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const shifted = { ...viewOf([...Array<number>(offset).fill(9), ...left], undefined, "float32"), shape: [n], offset };
        const [other, single] = [viewOf(right, [n], "float32"), viewOf([number], [], "float32")];
        const expected = (f: (i: number) => number): Float32Array => Float32Array.from(left, (_, i) => f(i));
        const exact = scalars[op];
        expect(run(apply(x, y), [shifted, other], n)).toEqual(expected((i) => exact(left[i]!, right[i]!)));
        expect(run(apply(x, y), [shifted, single], n)).toEqual(expected((i) => exact(left[i]!, number)));
        expect(run(apply(x, y), [single, shifted], n)).toEqual(expected((i) => exact(number, left[i]!)));
        expect(run(apply(x, s.constant(number)), [shifted], n)).toEqual(expected((i) => exact(left[i]!, number)));
        expect(run(apply(s.constant(number), x), [shifted], n)).toEqual(expected((i) => exact(number, left[i]!)));
        expect(run(apply(x, x), [shifted], n)).toEqual(expected((i) => exact(left[i]!, left[i]!)));
      }),
    );
  });

  test("sqrt takes an array", () => {
    const values = [0, 1, 2, 0.25, 9, -1, Infinity];
    expect(run(s.sqrt(x), [viewOf(values, undefined, "float32")], 7)).toEqual(keptAs("float32", values.map(Math.sqrt)));
  });

  test("leaves everything else to the long way", () => {
    const row = viewOf([1, 2, 3, 4], [4], "float32");
    const grid = viewOf([1, 2, 3, 4], [2, 2], "float32");
    expect(run(s.add(x, y), [row, viewOf([1, 2, 3, 4])], 4)).toBeNull();
    expect(run(s.add(x, y), [grid, viewOf([1, 2], [2], "float32")], 4)).toBeNull();
    expect(run(s.add(x, y), [grid, { ...grid, strides: [1, 2] }], 4)).toBeNull();
    expect(run(s.add(s.mul(x, x), y), [row, row], 4)).toBeNull();
    expect(run(s.exp(x), [row], 4)).toBeNull();
    expect(run(s.sqrt(s.exp(x)), [row], 4)).toBeNull();
    expect(run(s.add(s.constant(1), s.constant(2)), [], 4)).toBeNull();
    expect(arithmetic(s.add(x, x), [row], { shape: [4], dtype: "float64" }, 4)).toBeNull();
  });
});
