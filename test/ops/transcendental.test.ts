/** Exponentials, logarithms and trigonometry: exact at their corners, right to the last digit of float32 between. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grad } from "../../src/autograd/functional";
import { cos, erf, exp, expm1, log, log1p, rsqrt, sin, sqrt, tan, tanh } from "../../src/ops/transcendental";
import { tensor } from "../../src/tensor/create";
import type { Tensor, TensorLike } from "../../src/tensor/tensor";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

const known: readonly (readonly [string, (x: TensorLike) => Tensor, (x: number) => number])[] = [
  ["exp", exp, Math.exp],
  ["expm1", expm1, Math.expm1],
  ["log", log, Math.log],
  ["log1p", log1p, Math.log1p],
  ["sqrt", sqrt, Math.sqrt],
  ["rsqrt", rsqrt, (x) => 1 / Math.sqrt(x)],
  ["sin", sin, Math.sin],
  ["cos", cos, Math.cos],
  ["tan", tan, Math.tan],
  ["tanh", tanh, Math.tanh],
];

describe.each(known)("%s", (_, op, reference) => {
  test("agrees with Math in float64 to the last digits, in float32 to its own", () => {
    const near = (found: number, exact: number, relative: number): boolean =>
      Object.is(found, exact) || Math.abs(found - exact) <= relative * Math.abs(exact) + 1e-44;
    fc.assert(
      fc.property(fc.float({ min: -50, max: 50, noNaN: true }), (x) => {
        const [wide, narrow, exact] = [op(tensor(x, { dtype: "float64" })).item(), op(tensor(x)).item(), reference(x)];
        expect(near(wide, exact, 4e-15), `float64: ${wide} for ${exact}`).toBe(true);
        expect(near(narrow, Math.fround(exact), 2e-7), `float32: ${narrow} for ${exact}`).toBe(true);
      }),
      { examples: [[0], [-0]] },
    );
  });

  test("turns integers and booleans into float32, and NaN into NaN", () => {
    expect([op(tensor([1], { dtype: "int32" })).dtype, op([true]).dtype, op(nan).item()]).toEqual(["float32", "float32", nan]);
  });
});

describe("the corners", () => {
  test.each<[string, (x: TensorLike) => Tensor, number[], number[]]>([
    ["exp", exp, [-inf, inf, 89, -200], [0, inf, inf, 0]],
    ["expm1", expm1, [-inf, inf], [-1, inf]],
    ["log", log, [0, -0, -1, inf], [-inf, -inf, nan, inf]],
    ["log1p", log1p, [-1, -2, inf], [-inf, nan, inf]],
    ["sqrt", sqrt, [0, -1, inf], [0, nan, inf]],
    ["rsqrt", rsqrt, [0, -1, inf], [inf, nan, 0]],
    ["sin", sin, [inf, -inf], [nan, nan]],
    ["tanh", tanh, [-inf, inf, 800], [-1, 1, 1]],
    ["erf", erf, [-inf, inf, 0, 30], [-1, 1, 0, 1]],
  ])("of %s are those of IEEE 754", (_, op, points, values) => {
    expect(op(points)).toBeCloseToTensor(values);
  });

  test("of their slopes: √ and 1/√ are steep at 0, log too, and exp is flat far down", () => {
    const slope = (op: (x: Tensor) => Tensor, at: number): number => {
      const x = tensor(at, { dtype: "float64", requiresGrad: true });
      return grad(op(x), [x])[0]!.item();
    };
    expect([slope(sqrt, 0), slope(rsqrt, 0), slope(log, 0), slope(log1p, -1)]).toEqual([inf, -inf, inf, inf]);
    const flat = [slope(exp, -inf), slope(sqrt, inf), slope(log, inf), slope(tanh, inf), slope(erf, -inf)];
    expect(flat).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("erf", () => {
  test("is odd, rises, and knows its tables", () => {
    const points = [0.1, 0.5, 1, 2, 3];
    const table = [0.1124629160182849, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 0.9999779095030014];
    const wide = (values: number[]): Tensor => tensor(values, { dtype: "float64" });
    expect(erf(wide(points))).toBeCloseToTensor(table, { rtol: 1e-14, atol: 0 });
    expect(erf(wide(points.map((x) => -x)))).toBeCloseToTensor(table.map((y) => -y), { rtol: 1e-14, atol: 0 });
  });
});
