/** The wasm reduce kernel against the js device: axes, layouts, dtypes, what comes before and after, and long sums. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { map as jsMap } from "../../../src/devices/js/map";
import { reduce as jsReduce } from "../../../src/devices/js/reduce";
import { emitReduce } from "../../../src/devices/wasm/reduce";
import { DTYPES, type DType, type TypedArray, promote } from "../../../src/dtype";
import * as s from "../../../src/scalar/expr";
import { type Shape, reducedShape } from "../../../src/shape";
import type { AllKernels } from "../../../src/tensor/device";
import { type View, storageOf, wholeView } from "../../../src/tensor/storage";
import { broadcastPairs } from "../../support/arbitraries";
import { viewOf, viewsOf } from "../../support/views";
import { runKernel } from "../../support/wasm";

type Op = "sum" | "prod" | "max" | "min";
const OPS: readonly Op[] = ["sum", "prod", "max", "min"];
const [x, y] = [s.input(0), s.input(1)];

interface Epilogue {
  readonly expr: s.Expr;
  readonly reads: readonly View[];
  readonly dtype: DType;
}

interface Case extends Partial<AllKernels["reduce"]> {
  readonly views: readonly View[];
  readonly shape: Shape;
  readonly dtype: DType;
  readonly keepDims?: boolean;
  readonly epilogue?: Epilogue;
}

/** The kernel's result and the js device's. */
function both({ views, shape, dtype, keepDims = false, epilogue, ...rest }: Case): readonly [TypedArray, TypedArray] {
  const attrs = { op: "sum" as Op, axes: shape.map((_, axis) => axis), before: x, after: x, shape, ...rest };
  const out = reducedShape(shape, attrs.axes, keepDims);
  const reads = epilogue?.reads ?? [];
  const actual = runKernel(
    { inputs: [...views, ...reads], outputs: [{ shape: out, dtype: epilogue?.dtype ?? dtype }], scratch: 4096 },
    (module, places) => {
      const inputs = places.inputs.slice(0, views.length);
      const after = epilogue === undefined ? null : { expr: epilogue.expr, reads: places.inputs.slice(views.length) };
      return emitReduce(module, { attrs, dtype, inputs, epilogue: after, output: places.outputs[0]! }, places.scratch);
    },
  );
  const plain = jsReduce(views, attrs, { shape: out, dtype });
  if (epilogue === undefined) return [actual, plain];
  const view = wholeView(storageOf(dtype, plain), out);
  return [actual, jsMap([view, ...reads], { expr: epilogue.expr }, { shape: out, dtype: epilogue.dtype })];
}

function compare(what: Case, tolerance: { readonly rtol?: number } = {}): void {
  const [actual, expected] = both(what);
  expect(actual).toBeCloseToTensor(expected, tolerance);
}

const axesOf = (rank: number): fc.Arbitrary<number[]> => fc.subarray(Array.from({ length: rank }, (_, axis) => axis));
const wide = { minSize: 1, maxSize: 9, maxRank: 4 } as const;
const numbered = (shape: Shape, dtype: DType = "float32"): View => {
  const count = shape.reduce((product, size) => product * size, 1);
  return viewOf(Array.from({ length: count }, (_, i) => 0.9 + ((i * 7) % 11) / 55), shape, dtype);
};

describe("emitReduce", () => {
  test("joins any axes of any two layouts that broadcast, in every dtype", () => {
    const dtypes = fc.constantFrom(...DTYPES);
    const cases = fc.tuple(broadcastPairs(wide), dtypes, dtypes).chain(([{ a, b, out }, first, second]) => {
      const views = fc.tuple(viewsOf(a, { dtype: first }), viewsOf(b, { dtype: second }));
      return fc.tuple(fc.constant(out), views, axesOf(out.length));
    });
    fc.assert(
      fc.property(cases, fc.constantFrom(...OPS), fc.boolean(), ([shape, views, axes], op, keepDims) => {
        const promoted = promote("int32", promote(views[0].dtype, views[1].dtype));
        const scaled = s.add(s.mul(x, s.constant(promoted === "int32" ? 2 : 0.125)), y);
        const before = op === "sum" || op === "prod" ? scaled : s.sub(x, y);
        compare({ views, shape, axes, op, keepDims, before, dtype: promoted });
      }),
      { numRuns: 400 },
    );
  });

  test("goes on over long rows, many rows, and many columns", () => {
    for (const shape of [[10007], [3, 1003], [1003, 3], [40, 70], [5, 67, 9], [67, 5, 33]]) {
      const order = shape.map((_, axis) => axis);
      for (const axes of [order, [0], [shape.length - 1], order.slice(1), order.slice(0, -1), [0, shape.length - 1]]) {
        for (const op of OPS) {
          const own = [...new Set(axes)];
          const near = Array.from(numbered(shape).storage.data, (value) => 1 + (value - 1) / 1e4);
          const view = op === "prod" ? viewOf(near, shape, "float32") : numbered(shape);
          compare({ views: [view], shape, axes: own, op, dtype: "float32" });
          compare({ views: [view], shape, axes: own, op, dtype: "float64", before: s.tanh(x) });
        }
      }
    }
  });

  test("computes what comes before and after, and the epilogue with what it reads", () => {
    const [a, b] = [numbered([37, 21]), numbered([21])];
    const before = s.mul(s.sub(x, y), s.exp(y));
    const after = s.div(x, s.constant(37));
    const ending = (read: View, dtype: DType): Epilogue => {
      return { expr: s.add(s.sqrt(s.abs(x)), y), reads: [read], dtype };
    };
    const what = { views: [a, b], shape: [37, 21], before, after, dtype: "float32" } as const;
    compare({ ...what, axes: [0], epilogue: ending(b, "float32") });
    compare({ ...what, axes: [1], epilogue: ending(numbered([1]), "float32") });
    compare({ ...what, axes: [0], epilogue: ending(numbered([21], "float64"), "float64") }, { rtol: 1e-5 });
    compare({ ...what, axes: [1], keepDims: true, dtype: "float64", epilogue: ending(numbered([37, 1]), "float32") });
    const whole = viewOf(Array.from({ length: 60 }, (_, i) => (i * 7) % 13), [6, 10], "int32");
    for (const axes of [[0], [1]]) {
      const reads = [viewOf([3], [1], "float32")];
      const counted = { views: [whole], shape: [6, 10], axes, dtype: "int32" } as const;
      compare({ ...counted, epilogue: { expr: s.mul(x, y), reads, dtype: "float32" } });
      compare({ ...counted, op: "max", epilogue: { expr: s.less(x, y), reads, dtype: "bool" } });
    }
  });

  test("gives NaN where any element is NaN", () => {
    for (const n of [3, 8, 50]) {
      const values = Array.from({ length: 2 * n }, (_, i) => (i === n + 1 ? NaN : i));
      for (const op of OPS) {
        for (const dtype of ["float32", "float64"] as const) {
          const [rows] = both({ views: [viewOf(values, [2, n], dtype)], shape: [2, n], axes: [1], op, dtype });
          expect(Array.from(rows, Number.isNaN)).toEqual([false, true]);
          const [columns] = both({ views: [viewOf(values, [2, n], dtype)], shape: [2, n], axes: [0], op, dtype });
          expect(Array.from(columns, Number.isNaN)).toEqual(Array.from({ length: n }, (_, i) => i === 1));
        }
      }
    }
  });

  test("counts, and says whether any or all: bool before or after", () => {
    const view = viewOf(Array.from({ length: 70 }, (_, i) => (i % 3) - 1), [7, 10], "float32");
    for (const axes of [[0], [1], [0, 1]]) {
      compare({ views: [view], shape: [7, 10], axes, before: s.less(x, s.zero), dtype: "int32" });
      compare({ views: [view], shape: [7, 10], axes, op: "max", before: s.less(x, s.constant(-2)), dtype: "bool" });
      compare({ views: [view], shape: [7, 10], axes, op: "min", before: s.not(s.equal(x, s.zero)), dtype: "bool" });
      compare({ views: [view], shape: [7, 10], axes, after: s.less(x, s.zero), dtype: "bool" });
    }
  });

  test("of nothing is 0 for sums and 1 for products", () => {
    const of = (shape: Shape, axes: readonly number[], op: Op, values: readonly number[] = []): number[] => {
      return Array.from(both({ views: [viewOf(values, shape, "float32")], shape, axes, op, dtype: "float32" })[0]);
    };
    expect(of([2, 0], [1], "sum")).toEqual([0, 0]);
    expect(of([0, 2], [0], "prod")).toEqual([1, 1]);
    expect(of([0, 0], [0], "sum")).toEqual([]);
    expect(of([], [], "sum", [7])).toEqual([7]);
  });

  test("stays close where many equal numbers are added", () => {
    const view: View = { ...viewOf([Math.fround(0.1)], [1], "float32"), shape: [300, 400], strides: [0, 0] };
    for (const axes of [[0], [1], [0, 1]]) compare({ views: [view], shape: [300, 400], axes, dtype: "float32" });
    const many = viewOf(Array.from({ length: 200_000 }, () => 0.1), [200_000], "float32");
    const [sum] = both({ views: [many], shape: [200_000], dtype: "float32" });
    expect(Math.abs(sum[0]! / (200_000 * Math.fround(0.1)) - 1)).toBeLessThan(1e-6);
  });
});
