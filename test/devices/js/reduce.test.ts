/** The reduce kernel against one accumulator per result, over axes, layouts, dtypes and lengths beyond a block. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reduce } from "../../../src/devices/js/reduce";
import { DTYPES, type DType } from "../../../src/dtype";
import { type Expr, add, constant, div, input, less, mul, sqrt } from "../../../src/scalar/expr";
import { reducedShape, sizeOf } from "../../../src/shape";
import type { View } from "../../../src/tensor/storage";
import { broadcastPairs, shapes } from "../../support/arbitraries";
import { at, indices, keptAs, viewOf, viewsOf } from "../../support/views";

type Op = "sum" | "prod" | "max" | "min";
const OPS: readonly Op[] = ["sum", "prod", "max", "min"];
const x = input(0);

const join = {
  sum: (a: number, b: number) => a + b,
  prod: (a: number, b: number) => a * b,
  max: (a: number, b: number) => (Number.isNaN(a) || a > b ? a : b),
  min: (a: number, b: number) => (Number.isNaN(a) || a < b ? a : b),
};
const start = { sum: 0, prod: 1, max: -Infinity, min: Infinity };

function reference(
  op: Op,
  axes: readonly number[],
  shape: readonly number[],
  value: (index: readonly number[]) => number,
): number[] {
  const reduced = reducedShape(shape, axes, false);
  const totals = new Array<number>(sizeOf(reduced)).fill(start[op]);
  for (const index of indices(shape)) {
    let flat = 0;
    index.forEach((i, axis) => {
      if (!axes.includes(axis)) flat = flat * shape[axis]! + i;
    });
    totals[flat] = join[op](totals[flat]!, value(index));
  }
  return totals;
}

const axesOf = (rank: number): fc.Arbitrary<number[]> =>
  fc.subarray(Array.from({ length: rank }, (_, axis) => axis));

function run(
  op: Op,
  view: View,
  axes: readonly number[],
  dtype: DType,
  before: Expr = x,
  after: Expr = x,
): ArrayLike<number> {
  const { shape } = view;
  return reduce([view], { op, axes, shape, before, after }, { shape: reducedShape(shape, axes, false), dtype });
}

describe("reduce", () => {
  test("joins the elements over any axes, in any layout", () => {
    const cases = fc
      .tuple(shapes({ maxRank: 4, minSize: 0, maxSize: 4 }), fc.constantFrom(...DTYPES))
      .chain(([shape, dtype]) => fc.tuple(viewsOf(shape, { dtype }), axesOf(shape.length)));
    fc.assert(
      fc.property(cases, fc.constantFrom(...OPS), ([view, axes], op) => {
        const expected = reference(op, axes, view.shape, (index) => at(view, index));
        expect(run(op, view, axes, "float64")).toBeCloseToTensor(Float64Array.from(expected));
      }),
      { numRuns: 300 },
    );
  });

  test("goes on over many blocks: one long axis, many rows, many columns", () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(
        sizes,
        fc.shuffledSubarray([0, 1, 2]),
        axesOf(3),
        fc.constantFrom(...OPS),
        (sizes, order, axes, op) => {
          const shape = order.length === 3 ? order.map((axis) => sizes[axis]!) : [...sizes];
          const view = viewOf(
            Array.from({ length: sizeOf(shape) }, (_, i) => 0.9 + ((i * 7) % 11) / 55),
            shape,
            "float32",
          );
          const expected = reference(op, axes, shape, (index) => at(view, index));
          expect(run(op, view, axes, "float64")).toBeCloseToTensor(Float64Array.from(expected));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("computes before and after in the same pass, over inputs that broadcast", () => {
    const cases = broadcastPairs({ minSize: 1 }).chain(({ a, b, out }) =>
      fc.tuple(fc.constant(out), viewsOf(a), viewsOf(b, { dtype: "float32" }), axesOf(out.length)),
    );
    fc.assert(
      fc.property(cases, ([shape, a, b, axes]) => {
        const before = add(mul(x, x), mul(input(1), input(1)));
        const after = sqrt(div(x, constant(2)));
        const output = { shape: reducedShape(shape, axes, false), dtype: "float64" } as const;
        const value = (index: readonly number[]): number => at(a, index) ** 2 + at(b, index) ** 2;
        const expected = reference("sum", axes, shape, value).map((sum) => Math.sqrt(sum / 2));
        const actual = reduce([a, b], { op: "sum", axes, shape, before, after }, output);
        expect(actual).toBeCloseToTensor(Float64Array.from(expected));
      }),
    );
  });

  test("gives NaN where any element is NaN", () => {
    const view = viewOf([1, NaN, 3, 4, 5, 6], [2, 3]);
    for (const op of OPS) {
      expect(run(op, view, [1], "float64")[0]).toBe(NaN);
      expect(run(op, view, [0], "float64")[1]).toBe(NaN);
      expect(run(op, view, [0, 1], "float64")[0]).toBe(NaN);
    }
    expect(Array.from(run("max", view, [1], "float64"))).toEqual([NaN, 6]);
  });

  test("of nothing is 0 for sums and 1 for products", () => {
    expect(Array.from(run("sum", viewOf([], [2, 0]), [1], "float32"))).toEqual([0, 0]);
    expect(Array.from(run("prod", viewOf([], [0, 2]), [0], "float32"))).toEqual([1, 1]);
    expect(Array.from(run("sum", viewOf([], [0, 0]), [0], "float32"))).toEqual([]);
  });

  test("counts, and whether any or all: bool before or after", () => {
    const view = viewOf([1, -2, -3, 4], [2, 2]);
    expect(Array.from(run("sum", view, [0, 1], "int32", less(x, constant(0))))).toEqual([2]);
    expect(run("max", view, [1], "bool", less(x, constant(-2)))).toEqual(Uint8Array.of(0, 1));
    expect(run("sum", view, [1], "bool", x, less(x, constant(0)))).toEqual(Uint8Array.of(1, 0));
  });

  test("int32 sums and products wrap around modulo 2³²", () => {
    const integers = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(integers, (values) => {
        const wrapped = (value: bigint): number => Number(BigInt.asIntN(32, value));
        const row = viewOf(values, [1, values.length], "int32");
        const columns = viewOf(values.flatMap((v) => [v, v]), [values.length, 2], "int32");
        const product = wrapped(values.reduce((p, v) => p * BigInt(v), 1n));
        expect(run("prod", row, [0, 1], "int32")[0]).toBe(product);
        expect(run("sum", row, [1], "int32")[0]).toBe(wrapped(values.reduce((p, v) => p + BigInt(v), 0n)));
        expect(run("prod", columns, [0], "int32")).toEqual(Int32Array.of(product, product));
      }),
    );
  });

  test("a float32 sum of a million tenths is as close as float32 can be", () => {
    const view = viewOf([0.1], [1], "float32");
    const many = { ...view, shape: [1000, 1000], strides: [0, 0] };
    const expected = Math.fround(Math.fround(0.1) * 1e6);
    expect(run("sum", many, [0, 1], "float32")[0]).toBe(expected);
    expect(run("sum", many, [0], "float64")[0]).toBeCloseToTensor(Math.fround(0.1) * 1e3, { rtol: 1e-13 });
  });

  test("results are rounded to the dtype, once", () => {
    const view = viewOf([0.1, 0.2, 0.4], [3]);
    expect(run("sum", view, [0], "float32")).toEqual(keptAs("float32", [0.1 + 0.2 + 0.4]));
  });
});
