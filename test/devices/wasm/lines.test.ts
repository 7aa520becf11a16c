/** The wasm cumulate and argSort kernels against the js ones. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argSort } from "../../../src/devices/js/argSort";
import { cumulate } from "../../../src/devices/js/cumulate";
import { argSortScratch, emitArgSort } from "../../../src/devices/wasm/argSort";
import { emitCumulate } from "../../../src/devices/wasm/cumulate";
import { DTYPES, type DType, toNumber } from "../../../src/dtype";
import type { View } from "../../../src/tensor/storage";
import { shapes } from "../../support/arbitraries";
import { viewOf, viewsOf } from "../../support/views";
import { runKernel } from "../../support/wasm";

const floats = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, -0, 0, Infinity, -Infinity), fc.double());

const cases = fc
  .tuple(shapes({ minRank: 1, maxRank: 3, maxSize: 9 }), fc.constantFrom(...DTYPES), fc.nat(2), fc.boolean())
  .chain(([shape, dtype, wish, flag]) => {
    const limits = dtype === "bool" || dtype === "int32" ? { dtype } : { dtype, value: floats };
    return fc.record({ view: viewsOf(shape, limits), axis: fc.constant(wish % shape.length), flag: fc.constant(flag) });
  });

function expectSums(view: View, axis: number, reverse: boolean): void {
  const output = { shape: view.shape, dtype: toNumber(view.dtype) };
  const made = runKernel({ inputs: [view], outputs: [output] }, (module, { inputs, outputs }) =>
    emitCumulate(module, { axis, reverse }, inputs[0]!, outputs[0]!),
  );
  expect(made).toEqual(cumulate([view], { axis, reverse }, output));
}

function expectOrder(view: View, axis: number, descending: boolean): void {
  const attrs = { axis, descending };
  const output = { shape: view.shape, dtype: "int32" as const };
  const scratch = argSortScratch(attrs, output);
  const made = runKernel({ inputs: [view], outputs: [output], scratch }, (module, places) =>
    emitArgSort(module, attrs, places.inputs[0]!, places.outputs[0]!, places.scratch),
  );
  expect(made).toEqual(argSort([view], attrs, output));
}

/** Numbers with ties, some of them NaN. */
function numbers(n: number, dtype: DType): View {
  return viewOf(Array.from({ length: n }, (_, i) => (i % 97 === 5 ? NaN : (i * i * 31 + i) % (n / 3))), [n], dtype);
}

describe("cumulate on wasm", () => {
  test("gives the running sums of the js device, in any layout", () => {
    fc.assert(fc.property(cases, ({ view, axis, flag }) => expectSums(view, axis, flag)), { numRuns: 300 });
  });

  test("wraps integers as they are stored", () => {
    for (const reverse of [false, true]) expectSums(viewOf([2 ** 31 - 1, 5, -7, 2 ** 31 - 1], [4], "int32"), 0, reverse);
  });
});

describe("argSort on wasm", () => {
  test("gives the order of the js device, in any layout", () => {
    fc.assert(fc.property(cases, ({ view, axis, flag }) => expectOrder(view, axis, flag)), { numRuns: 300 });
  });

  test("sorts long lines stably, with NaN at their end", () => {
    for (const n of [2, 64, 1000, 4097]) {
      for (const descending of [false, true]) expectOrder(numbers(n, "float64"), 0, descending);
    }
  });
});
