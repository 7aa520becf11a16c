/** The wasm softmax and argReduce kernels against the js device, over axes, layouts and dtypes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argReduce as jsArgReduce } from "../../../src/devices/js/argReduce";
import { softmax as jsSoftmax } from "../../../src/devices/js/softmax";
import { emitArgReduce } from "../../../src/devices/wasm/argReduce";
import { emitSoftmax } from "../../../src/devices/wasm/softmax";
import { DTYPES, type TypedArray } from "../../../src/dtype";
import { reducedShape } from "../../../src/shape";
import type { View } from "../../../src/tensor/storage";
import { shapes } from "../../support/arbitraries";
import { viewOf, viewsOf } from "../../support/views";
import { runKernel } from "../../support/wasm";

const FLOATS = ["float32", "float64"] as const;

function softmax(view: View, axis: number, log: boolean, dtype: (typeof FLOATS)[number]): TypedArray {
  const output = { shape: view.shape, dtype };
  return runKernel({ inputs: [view], outputs: [output] }, (module, { inputs, outputs }) =>
    emitSoftmax(module, { axis, log }, inputs[0]!, outputs[0]!),
  );
}

function argReduce(view: View, op: "max" | "min", axes: readonly number[]): TypedArray {
  const output = { shape: reducedShape(view.shape, axes, false), dtype: "int32" } as const;
  return runKernel({ inputs: [view], outputs: [output] }, (module, { inputs, outputs }) =>
    emitArgReduce(module, { op, axes }, inputs[0]!, outputs[0]!),
  );
}

describe("emitSoftmax", () => {
  test("agrees along any axis of any layout", () => {
    const cases = fc
      .tuple(shapes({ minRank: 1, maxRank: 3, minSize: 0, maxSize: 11 }), fc.constantFrom(...FLOATS))
      .chain(([shape, dtype]) => fc.tuple(viewsOf(shape, { dtype }), fc.integer({ min: 0, max: shape.length - 1 })));
    fc.assert(
      fc.property(cases, fc.boolean(), ([view, axis], log) => {
        const { shape, dtype } = view;
        const expected = jsSoftmax([view], { axis, log }, { shape, dtype });
        expect(softmax(view, axis, log, dtype as "float32")).toBeCloseToTensor(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("is not disturbed by large numbers, and says NaN where a row has no answer", () => {
    const rows = viewOf([1000, 1001, 1002, -1000, -1000, -Infinity, 1, NaN, 2, -Infinity, -Infinity, -Infinity], [4, 3], "float32");
    for (const log of [false, true]) {
      for (const axis of [0, 1]) {
        const view: View = axis === 1 ? rows : { ...rows, shape: [3, 4], strides: [1, 3] };
        const output = { shape: view.shape, dtype: "float32" } as const;
        expect(softmax(view, axis, log, "float32")).toBeCloseToTensor(jsSoftmax([view], { axis, log }, output));
      }
    }
  });
});

describe("emitArgReduce", () => {
  test("finds the first extreme over any axes of any layout", () => {
    const cases = fc
      .tuple(shapes({ minSize: 1, maxSize: 5 }), fc.constantFrom(...DTYPES))
      .chain(([shape, dtype]) => fc.tuple(viewsOf(shape, { dtype }), fc.subarray(shape.map((_, axis) => axis))));
    fc.assert(
      fc.property(cases, fc.constantFrom("max" as const, "min" as const), ([view, axes], op) => {
        const output = { shape: reducedShape(view.shape, axes, false), dtype: "int32" } as const;
        expect(argReduce(view, op, axes)).toEqual(jsArgReduce([view], { op, axes }, output));
      }),
      { numRuns: 200 },
    );
  });

  test("takes the first NaN for the extreme", () => {
    const view = viewOf([1, NaN, 3, NaN, 9, 7, 8, 9], [2, 4], "float32");
    for (const op of ["max", "min"] as const) expect(Array.from(argReduce(view, op, [1]))).toEqual([1, op === "max" ? 0 : 1]);
  });
});
