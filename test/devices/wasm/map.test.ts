/** The wasm map kernel against the js device: random layouts and dtypes, several outputs, in place, and its edges. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { map as jsMap } from "../../../src/devices/js/map";
import { emitMap } from "../../../src/devices/wasm/map";
import { DTYPES, type DType, type TypedArray, isFloat, promote } from "../../../src/dtype";
import * as s from "../../../src/scalar/expr";
import { type Shape, sizeOf } from "../../../src/shape";
import type { View } from "../../../src/tensor/storage";
import { broadcastPairs } from "../../support/arbitraries";
import { viewOf, viewsOf } from "../../support/views";
import { type BuiltKernel, buildKernel, runKernel } from "../../support/wasm";

const [x, y] = [s.input(0), s.input(1)];

interface Output {
  readonly expr: s.Expr;
  readonly dtype: DType;
}

function build(shape: Shape, views: readonly View[], outputs: readonly Output[], divided = false): BuiltKernel {
  const specs = outputs.map(({ dtype }) => ({ shape, dtype }));
  return buildKernel({ inputs: views, outputs: specs, slack: 16, divided }, (module, places) =>
    emitMap(module, {
      shape,
      inputs: places.inputs,
      outputs: outputs.map(({ expr }, i) => ({ expr, to: places.outputs[i]! })),
    }),
  );
}

function run(shape: Shape, views: readonly View[], outputs: readonly Output[]): TypedArray[] {
  const [whole, divided] = [false, true].map((divided) => {
    const kernel = build(shape, views, outputs, divided);
    kernel.run();
    expect(kernel.intact).toBe(true);
    return outputs.map((_, i) => kernel.read(i));
  }) as [TypedArray[], TypedArray[]];
  expect(divided).toEqual(whole);
  return whole;
}

function compare(shape: Shape, views: readonly View[], outputs: readonly Output[]): void {
  const actual = run(shape, views, outputs);
  outputs.forEach(({ expr, dtype }, i) => {
    expect(actual[i]).toBeCloseToTensor(jsMap(views, { expr }, { shape, dtype }));
  });
}

const wide = { minSize: 1, maxSize: 11, maxRank: 4 } as const;

describe("emitMap", () => {
  test("computes over any two layouts that broadcast, in every mixture of dtypes", () => {
    const dtypes = fc.constantFrom(...DTYPES);
    const cases = fc.tuple(broadcastPairs(wide), dtypes, dtypes).chain(([{ a, b, out }, first, second]) =>
      fc.tuple(fc.constant(out), viewsOf(a, { dtype: first }), viewsOf(b, { dtype: second }), dtypes),
    );
    fc.assert(
      fc.property(cases, ([shape, a, b, output]) => {
        const compared = promote(a.dtype, b.dtype);
        const dtype = isFloat(output) || output === "bool" ? output : "int32";
        if (dtype === "int32" && isFloat(compared)) return; // fractions would be truncated at different places
        const exact = dtype !== "float32" || compared !== "float64"; // else a comparison is made in another precision
        const expr = exact
          ? s.select(s.less(x, y), s.sub(x, s.mul(y, x)), s.add(y, s.maximum(x, s.constant(0))))
          : s.sub(x, s.mul(y, x));
        compare(shape, [a, b], [{ expr, dtype }]);
      }),
      { numRuns: 300 },
    );
  });

  test("makes several outputs of one computation, each in its own dtype", () => {
    const cases = broadcastPairs(wide).chain(({ a, b, out }) =>
      fc.tuple(fc.constant(out), viewsOf(a, { dtype: "float32" }), viewsOf(b, { dtype: "float32" })),
    );
    fc.assert(
      fc.property(cases, ([shape, a, b]) => {
        const shared = s.tanh(s.add(x, y));
        compare(shape, [a, b], [
          { expr: s.mul(shared, shared), dtype: "float32" },
          { expr: s.less(x, y), dtype: "bool" },
          { expr: s.sub(s.exp(y), shared), dtype: "float32" },
          { expr: s.constant(3), dtype: "float32" },
        ]);
      }),
    );
  });

  test("walks long rows, short rows and columns", () => {
    for (const shape of [[1000], [3, 333], [333, 3], [17, 1, 29]]) {
      const size = sizeOf(shape);
      const values = viewOf(Array.from({ length: size }, (_, i) => Math.sin(i)), shape, "float32");
      const last = shape[shape.length - 1]!;
      const row = viewOf(Array.from({ length: last }, (_, i) => i / 7), [last], "float32");
      const tall = [shape[0]!, ...shape.slice(1).map(() => 1)];
      const column = viewOf(Array.from({ length: shape[0]! }, (_, i) => 1 / (i + 1)), tall, "float64");
      const expr = s.add(s.mul(x, y), s.exp(s.input(2)));
      compare(shape, [values, row, column], [{ expr, dtype: "float32" }]);
      compare(shape, [values, row, column], [{ expr, dtype: "float64" }]);
    }
  });

  test("may write over an input of the same layout", () => {
    for (const n of [1, 4, 7, 64, 1001]) {
      const spec = { shape: [n], dtype: "int32" } as const;
      const kernel = buildKernel({ inputs: [], outputs: [spec], slack: 16 }, (module, { outputs: [place] }) =>
        emitMap(module, { shape: [n], inputs: [place!], outputs: [{ expr: s.add(x, s.one), to: place! }] }),
      );
      const before = Array.from(kernel.read());
      kernel.run();
      kernel.run();
      expect(Array.from(kernel.read())).toEqual(before.map((value) => value + 2));
    }
  });

  test("writes no more than its outputs where rows have ends", () => {
    for (const dtype of DTYPES) {
      const shape = [5, 3];
      const view = { ...viewOf(Array.from({ length: 15 }, () => 1), shape, dtype), strides: [1, 5] };
      const out = runKernel({ inputs: [view], outputs: [{ shape, dtype }] }, (module, places) =>
        emitMap(module, { shape, inputs: places.inputs, outputs: [{ expr: s.add(x, x), to: places.outputs[0]! }] }),
      );
      expect(Array.from(out)).toEqual(Array.from({ length: 15 }, () => (dtype === "bool" ? 1 : 2)));
    }
  });

  test("does nothing where there are no elements, and one thing for a scalar", () => {
    expect(run([0, 3], [viewOf([], [0, 3], "float32")], [{ expr: s.exp(x), dtype: "float32" }])[0]).toEqual(new Float32Array(0));
    expect(run([], [viewOf([4], [], "float64")], [{ expr: s.sqrt(x), dtype: "float64" }])[0]).toEqual(Float64Array.of(2));
  });

  test("computes long chains and shared parts once", () => {
    let expr: s.Expr = x;
    for (let i = 0; i < 300; i++) expr = s.add(s.mul(expr, s.constant(0.5)), s.mul(expr, s.constant(0.5)));
    compare([9], [viewOf([1, 2, 3, 4, 5, 6, 7, 8, 9], [9], "float32")], [{ expr, dtype: "float32" }]);
  });

  test("keeps whole numbers whole: products and powers wrap, fractions are truncated", () => {
    const a = viewOf([65537, -3, 2, -1, 0, 7, 1], [7], "int32");
    const b = viewOf([65537, 3, 31, -3, 0, -1, -5], [7], "int32");
    const [product, power, root] = run([7], [a, b], [{ expr: s.mul(x, y), dtype: "int32" }]).concat(
      run([7], [a, b], [{ expr: s.pow(x, y), dtype: "int32" }]),
      run([7], [a, b], [{ expr: s.sqrt(s.abs(x)), dtype: "int32" }]),
    );
    expect(Array.from(product!)).toEqual([131073, -9, 62, 3, 0, -7, -5]);
    expect(Array.from(power!)).toEqual(Array.from(jsMap([a, b], { expr: s.pow(x, y) }, { shape: [7], dtype: "int32" })));
    expect(Array.from(root!)).toEqual([256, 1, 1, 1, 0, 2, 1]);
  });
});
