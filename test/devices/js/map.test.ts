/** The map kernel against one evaluation per element, over every scalar function, dtype and layout. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { map } from "../../../src/devices/js/map";
import { DTYPES, type DType } from "../../../src/dtype";
import * as s from "../../../src/scalar/expr";
import type { View } from "../../../src/tensor/storage";
import { broadcastPairs } from "../../support/arbitraries";
import { scalars } from "../../support/scalars";
import { at, indices, keptAs, viewOf, viewsOf } from "../../support/views";

/** One evaluation per element. */
function reference(expr: s.Expr, inputs: readonly View[], shape: readonly number[]): number[] {
  return Array.from(indices(shape), (index) => {
    const values = new Map<s.Expr, number>();
    for (const node of s.topological(expr)) {
      if (node.kind === "input") values.set(node, at(inputs[node.index]!, index));
      else if (node.kind === "const") values.set(node, node.value);
      else {
        const [a = 0, b = 0, c = 0] = node.args.map((arg) => values.get(arg)!);
        values.set(node, scalars[node.op](a, b, c));
      }
    }
    return values.get(expr)!;
  });
}

const dtypes = fc.constantFrom(...DTYPES);
const x = s.input(0);
const y = s.input(1);

describe("map", () => {
  test.each(Object.keys(s.ARITY) as s.ScalarOp[])("%s is what it is for each element, in any layout", (op) => {
    const expr: s.Expr = { kind: "apply", op, args: [x, y, s.input(2)].slice(0, s.ARITY[op]) };
    const min = op === "log" || op === "sqrt" || op === "pow" ? 0.1 : -0.9;
    const value = fc.double({ min, max: 4, noNaN: true });
    const cases = broadcastPairs({ maxRank: 4 }).chain(({ a, b, out }) =>
      fc.tuple(fc.constant(out), fc.tuple(viewsOf(a, { value }), viewsOf(b, { value }), viewsOf(out, { value }))),
    );
    fc.assert(
      fc.property(cases, ([shape, inputs]) => {
        const used = inputs.slice(0, s.ARITY[op]);
        const target = s.ARITY[op] === 1 ? used[0]!.shape : shape;
        const expected = reference(expr, used, target);
        const actual = map(used, { expr }, { shape: target, dtype: "float64" });
        expect(actual).toBeCloseToTensor(Float64Array.from(expected), { rtol: 4e-15, atol: 1e-15 });
      }),
    );
  });

  test("a shared, branching expression over mixed dtypes is rounded once, to the output's dtype", () => {
    const shared = s.add(s.mul(x, y), s.constant(0.5));
    const expr = s.sub(s.select(s.less(shared, y), s.div(shared, s.constant(3)), shared), s.mul(shared, s.input(2)));
    const cases = fc
      .tuple(broadcastPairs(), dtypes, dtypes, dtypes)
      .chain(([{ a, b, out }, p, q, r]) =>
        fc.tuple(
          fc.constant(out),
          fc.tuple(viewsOf(a, { dtype: p }), viewsOf(b, { dtype: q }), viewsOf(out, { dtype: r })),
        ),
      );
    fc.assert(
      fc.property(cases, fc.constantFrom<DType>("float32", "float64", "bool"), ([shape, inputs], dtype) => {
        expect(map(inputs, { expr }, { shape, dtype })).toEqual(keptAs(dtype, reference(expr, inputs, shape)));
      }),
    );
  });

  test("goes on from block to block: long runs, repeated rows and repeated columns", () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70 }));
    fc.assert(
      fc.property(sizes, fc.constantFrom<DType>("float32", "float64"), ([rows, columns], dtype) => {
        const ramp = (n: number, shape: number[]): View =>
          viewOf(
            Array.from({ length: n }, (_, i) => i / 8),
            shape,
            dtype,
          );
        const [whole, row, column] = [
          ramp(rows * columns, [rows, columns]),
          ramp(columns, [columns]),
          ramp(rows, [rows, 1]),
        ];
        const inputs = [whole, row, column];
        const expr = s.add(s.add(x, s.mul(y, s.constant(3))), s.neg(s.input(2)));
        const shape = [rows, columns];
        expect(map(inputs, { expr }, { shape, dtype })).toEqual(keptAs(dtype, reference(expr, inputs, shape)));
        const sum = s.add(x, y);
        expect(map([whole, whole], { expr: sum }, { shape, dtype })).toEqual(
          keptAs(dtype, reference(sum, [whole, whole], shape)),
        );
      }),
      { numRuns: 40 },
    );
  });

  test("an expression may be an input or a constant alone", () => {
    const three = viewOf([1, 2, 3]);
    expect(map([three], { expr: x }, { shape: [2, 3], dtype: "float32" })).toEqual(Float32Array.of(1, 2, 3, 1, 2, 3));
    expect(map([three], { expr: s.constant(7) }, { shape: [3], dtype: "int32" })).toEqual(Int32Array.of(7, 7, 7));
    expect(map([viewOf([2.7, -2.7, 0])], { expr: x }, { shape: [3], dtype: "int32" })).toEqual(Int32Array.of(2, -2, 0));
    expect(map([viewOf([0.5, 0, NaN])], { expr: x }, { shape: [3], dtype: "bool" })).toEqual(Uint8Array.of(1, 0, 1));
  });

  test("int32 sums, products and powers wrap around modulo 2³²", () => {
    const integers = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const run = (expr: s.Expr, ...values: number[]): number =>
      map(values.map((v) => viewOf([v], [], "int32")), { expr }, { shape: [], dtype: "int32" })[0]!;
    fc.assert(
      fc.property(integers, integers, fc.integer({ min: 0, max: 40 }), (a, b, n) => {
        const wrapped = (value: bigint): number => Number(BigInt.asIntN(32, value));
        expect(run(s.mul(x, y), a, b)).toBe(wrapped(BigInt(a) * BigInt(b)));
        expect(run(s.add(x, y), a, b)).toBe(wrapped(BigInt(a) + BigInt(b)));
        expect(run(s.pow(x, y), a, n)).toBe(wrapped(BigInt(a) ** BigInt(n)));
        expect(run(s.mul(s.mul(x, x), x), a)).toBe(wrapped(BigInt(a) ** 3n));
      }),
    );
    expect([run(s.pow(x, y), 2, -1), run(s.pow(x, y), -1, -3), run(s.pow(x, y), 1, -9)]).toEqual([0, -1, 1]);
  });

  test("corners: NaN, infinities and the sign of zero", () => {
    const corner = (op: s.ScalarOp, ...args: number[]): number => {
      const expr: s.Expr = { kind: "apply", op, args: args.map((_, i) => s.input(i)) };
      return map(args.map((v) => viewOf([v], [])), { expr }, { shape: [], dtype: "float64" })[0]!;
    };
    expect([corner("sign", NaN), corner("sign", -0), corner("sign", -3)]).toEqual([NaN, -0, -1]);
    expect([corner("minimum", 1, NaN), corner("maximum", NaN, 1), corner("maximum", 2, NaN)]).toEqual([NaN, NaN, NaN]);
    expect([corner("equal", NaN, NaN), corner("equal", 0, -0), corner("lessEqual", 1, NaN)]).toEqual([0, 1, 0]);
    expect([corner("select", NaN, 1, 2), corner("select", -0, 1, 2)]).toEqual([1, 2]);
    expect([corner("pow", 1, NaN), corner("pow", -1, Infinity), corner("pow", 0, 0)]).toEqual([1, 1, 1]);
    expect(corner("pow", -8, 1 / 3)).toBe(NaN);
  });
});
