/** The wasm copy kernel against the js one: every pair of dtypes, any layout, exactly. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copy } from "../../../src/devices/js/copy";
import { emitCopy } from "../../../src/devices/wasm/copy";
import { DTYPES, type DType } from "../../../src/dtype";
import type { Shape } from "../../../src/shape";
import type { View } from "../../../src/tensor/storage";
import { shapes } from "../../support/arbitraries";
import { viewOf, viewsOf } from "../../support/views";
import { runKernel } from "../../support/wasm";

const dtypes = fc.constantFrom(...DTYPES);

function agree(view: View, dtype: DType, shape: Shape = view.shape): void {
  const output = { shape, dtype };
  const made = runKernel({ inputs: [view], outputs: [output] }, (module, { inputs, outputs }) =>
    emitCopy(module, inputs[0]!, outputs[0]!),
  );
  expect(made).toEqual(copy([view], {}, output));
}

/** A list of n different numbers, or of zeros and ones. */
function listOf(n: number, dtype: DType): View {
  return viewOf(Array.from({ length: n }, (_, i) => (dtype === "bool" ? (i * i) % 3 : i % 1009)), [n], dtype);
}

/** Numbers at and beyond the borders of the types. */
const EDGES = [
  ...[0, -0, 0.5, -0.5, 0.99, -1.99, 1e-300, 2 ** 31, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 32 + 5.5],
  ...[2 ** 53 + 2, 2 ** 63, 2 ** 64 + 2 ** 12, -(2 ** 70) - 2 ** 30, 1e300, -1e300, NaN, Infinity, -Infinity, 1 / 3, 3],
];

describe("copy on wasm", () => {
  test("is what the js device makes of any view, in any dtype", () => {
    const cases = fc
      .tuple(shapes({ maxRank: 4, maxSize: 5 }), dtypes)
      .chain(([shape, dtype]) => fc.tuple(viewsOf(shape, { dtype }), dtypes));
    fc.assert(fc.property(cases, ([view, dtype]) => agree(view, dtype)), { numRuns: 500 });
  });

  test("gives the elements another shape where it is told to", () => {
    const cases = shapes({ maxRank: 4, maxSize: 5 }).chain((shape) => viewsOf(shape, { dtype: "float32" }));
    fc.assert(
      fc.property(cases, (view) => {
        const shape = [1, view.shape.reduce((a, b) => a * b, 1), 1];
        agree(view, "float32", shape);
        agree(view, "float64", [...view.shape].reverse());
      }),
      { numRuns: 200 },
    );
  });

  test("transposes planes of any size, also within larger arrays", () => {
    const size = fc.integer({ min: 1, max: 140 });
    const cases = fc.tuple(fc.integer({ min: 1, max: 3 }), size, size, dtypes);
    fc.assert(
      fc.property(cases, dtypes, fc.constantFrom(0, 1, 2), ([n, rows, columns, dtype], to, form) => {
        const data = listOf(n * rows * columns, dtype);
        const [shape, strides] = (
          [
            [[n, columns, rows], [rows * columns, 1, columns]],
            [[columns, n, rows], [1, rows * columns, columns]],
            [[columns, rows, n], [1, columns, rows * columns]],
          ] as const
        )[form];
        agree({ ...data, shape, strides }, to);
      }),
      { numRuns: 60 },
    );
  });

  test("copies rows of any length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.nat(3), dtypes, dtypes, (n, gap, dtype, to) => {
        const data = listOf(3 * (n + gap) + 1, dtype);
        agree({ ...data, shape: [3, n], strides: [n + gap, 1], offset: 1 }, to);
      }),
      { numRuns: 150 },
    );
  });

  test("truncates, wraps and rounds at the borders of the types as typed arrays do", () => {
    for (const from of ["float32", "float64"] as const) {
      const view = viewOf(EDGES, [EDGES.length], from);
      for (const to of DTYPES) {
        agree(view, to);
        agree({ ...view, strides: [-1], offset: EDGES.length - 1 }, to);
        for (let i = 0; i < EDGES.length; i++) agree({ ...view, shape: [9], strides: [0], offset: i }, to);
      }
    }
    const integers = viewOf([2 ** 31 - 1, -(2 ** 31), 2 ** 24 + 1, 0, -7], [5], "int32");
    for (const to of DTYPES) agree(integers, to);
  });
});
