/** The kernels that go along one axis: softmax, running sums, sorting; and argReduce, over any axes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argReduce } from "../../../src/devices/js/argReduce";
import { argSort } from "../../../src/devices/js/argSort";
import { cumulate } from "../../../src/devices/js/cumulate";
import { softmax } from "../../../src/devices/js/softmax";
import type { DType } from "../../../src/dtype";
import { reducedShape, sizeOf } from "../../../src/shape";
import type { View } from "../../../src/tensor/storage";
import { shapes } from "../../support/arbitraries";
import { at, indices, keptAs, viewOf, viewsOf } from "../../support/views";

const special = fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1, 1, 2, -3);

/** A view, an axis of it, and each line along it as values and row-major positions. */
function linesOf(view: View, axis: number): { values: number[]; places: number[] }[] {
  const lines = new Map<string, { values: number[]; places: number[] }>();
  let flat = 0;
  for (const index of indices(view.shape)) {
    const key = index.filter((_, d) => d !== axis).join();
    const line = lines.get(key) ?? { values: [], places: [] };
    lines.set(key, line);
    line.values.push(at(view, index));
    line.places.push(flat++);
  }
  return [...lines.values()];
}

function byLines(view: View, axis: number, change: (line: readonly number[]) => readonly number[]): number[] {
  const out = new Array<number>(sizeOf(view.shape)).fill(NaN);
  for (const { values, places } of linesOf(view, axis)) change(values).forEach((value, i) => (out[places[i]!] = value));
  return out;
}

const FLOATS: readonly DType[] = ["float64", "float32"];

/** A view and an axis of it. */
function cases(value?: fc.Arbitrary<number>, dtypes = FLOATS): fc.Arbitrary<[View, number]> {
  return fc
    .tuple(shapes({ minRank: 1, maxRank: 3, maxSize: 6 }), fc.nat(2), fc.constantFrom(...dtypes))
    .chain(([shape, pick, dtype]) =>
      fc.tuple(viewsOf(shape, value === undefined ? { dtype } : { dtype, value }), fc.constant(pick % shape.length)),
    );
}

describe("softmax", () => {
  test("is exp(x) / Σ exp(x) along any axis, and its logarithm", () => {
    fc.assert(
      fc.property(cases(), ([view, axis]) => {
        const exact = (line: readonly number[]): number[] => {
          const sum = line.reduce((total, x) => total + Math.exp(x), 0);
          return line.map((x) => Math.exp(x) / sum);
        };
        const expected = byLines(view, axis, exact);
        const output = { shape: view.shape, dtype: "float64" } as const;
        expect(softmax([view], { axis, log: false }, output)).toBeCloseToTensor(Float64Array.from(expected));
        expect(softmax([view], { axis, log: true }, output)).toBeCloseToTensor(Float64Array.from(expected, Math.log));
      }),
    );
  });

  test("does not overflow, and gives NaN where PyTorch does", () => {
    const line = (log: boolean, ...values: number[]): number[] =>
      Array.from(softmax([viewOf(values)], { axis: 0, log }, { shape: [values.length], dtype: "float64" }));
    expect(line(false, 1000, 1000, -Infinity)).toEqual([0.5, 0.5, 0]);
    expect(line(true, 1e4, -1e4)).toEqual([0, -2e4]);
    expect(line(false, -Infinity, -Infinity)).toEqual([NaN, NaN]);
    expect(line(false, Infinity, 0)).toEqual([NaN, NaN]);
    expect(line(true, NaN, 0)).toEqual([NaN, NaN]);
    expect(line(true, -Infinity, 0)).toEqual([-Infinity, 0]);
  });
});

describe("cumulate", () => {
  test("sums up along any axis, from either end, and wraps int32", () => {
    fc.assert(
      fc.property(cases(undefined, ["float64", "int32"]), fc.boolean(), ([view, axis], reverse) => {
        const sums = (line: readonly number[]): number[] =>
          line.map((_, i) => (reverse ? line.slice(i) : line.slice(0, i + 1)).reduce((a, b) => a + b, 0));
        const expected = keptAs(view.dtype, byLines(view, axis, sums));
        expect(cumulate([view], { axis, reverse }, view)).toBeCloseToTensor(expected);
      }),
    );
    const large = viewOf([2 ** 31 - 1, 1, 5], [3], "int32");
    const wrapped = Int32Array.of(2 ** 31 - 1, -(2 ** 31), 5 - 2 ** 31);
    expect(cumulate([large], { axis: 0, reverse: false }, large)).toEqual(wrapped);
  });
});

describe("argSort", () => {
  test("is stable, with NaN last ascending and first descending", () => {
    fc.assert(
      fc.property(cases(special), fc.boolean(), ([view, axis], descending) => {
        const order = (line: readonly number[]): number[] => {
          const rank = (x: number, y: number): number => {
            if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
            return x < y ? -1 : Number(x > y);
          };
          return line.map((_, i) => i).sort((i, j) => (descending ? -1 : 1) * rank(line[i]!, line[j]!));
        };
        const expected = Int32Array.from(byLines(view, axis, order));
        expect(argSort([view], { axis, descending }, { shape: view.shape, dtype: "int32" })).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("sorts long lines", () => {
    const values = Array.from({ length: 3000 }, (_, i) => ((i * 7919) % 1009) - 500);
    const order = argSort([viewOf(values)], { axis: 0, descending: false }, { shape: [3000], dtype: "int32" });
    const expected = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
    expect(Array.from(order)).toEqual(expected);
  });
});

describe("argReduce", () => {
  test("finds the first extreme over any axes; NaN is one", () => {
    const picked = cases(special).chain(([view]) =>
      fc.tuple(fc.constant(view), fc.subarray(view.shape.map((_, axis) => axis), { minLength: 1 })),
    );
    fc.assert(
      fc.property(picked, fc.constantFrom("max" as const, "min" as const), ([view, axes], op) => {
        fc.pre(axes.every((axis) => view.shape[axis]! > 0));
        const shape = reducedShape(view.shape, axes, false);
        const groups = Array.from({ length: sizeOf(shape) }, (): number[] => []);
        for (const index of indices(view.shape)) {
          const flat = index.reduce((sum, i, d) => (axes.includes(d) ? sum : sum * view.shape[d]! + i), 0);
          groups[flat]!.push(at(view, index));
        }
        const expected = groups.map((group) => {
          const nan = group.findIndex(Number.isNaN);
          return nan === -1 ? group.indexOf(op === "max" ? Math.max(...group) : Math.min(...group)) : nan;
        });
        // indexOf tells 0 from −0 no more than the kernel does.
        expect(Array.from(argReduce([view], { op, axes }, { shape, dtype: "int32" }))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("goes on from block to block", () => {
    const values = Array.from({ length: 2000 }, (_, i) => (i === 1500 ? 9 : i % 7));
    expect(argReduce([viewOf(values)], { op: "max", axes: [0] }, { shape: [], dtype: "int32" })).toEqual(Int32Array.of(1500));
    expect(argReduce([viewOf(values, [2, 1000])], { op: "max", axes: [1] }, { shape: [2], dtype: "int32" })).toEqual(
      Int32Array.of(6, 500),
    );
  });
});
