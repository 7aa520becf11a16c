/** The wasm place and concat kernels against the js ones. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat } from "../../../src/devices/js/concat";
import { place } from "../../../src/devices/js/place";
import { emitConcat } from "../../../src/devices/wasm/concat";
import { emitPlace } from "../../../src/devices/wasm/place";
import { DTYPES } from "../../../src/dtype";
import { shapes } from "../../support/arbitraries";
import { viewsOf } from "../../support/views";
import { runKernel } from "../../support/wasm";

const NUMBERS = ["float32", "float64", "int32"] as const;

describe("place on wasm", () => {
  const windows = shapes({ maxRank: 3, maxSize: 9 }).chain((sizes) =>
    fc.record({
      sizes: fc.constant(sizes),
      begin: fc.tuple(...sizes.map(() => fc.integer({ min: 0, max: 3 }))),
      step: fc.tuple(...sizes.map(() => fc.constantFrom(1, 1, 2, 3))),
      rest: fc.tuple(...sizes.map(() => fc.integer({ min: 0, max: 2 }))),
    }),
  );
  const cases = fc
    .tuple(windows, fc.constantFrom(...NUMBERS), fc.constantFrom("set" as const, "add" as const))
    .chain(([{ sizes, begin, step, rest }, dtype, mode]) => {
      const shape = sizes.map((n, i) => begin[i]! + Math.max(0, n - 1) * step[i]! + 1 + rest[i]!);
      return fc.record({
        inputs: fc.tuple(viewsOf(shape, { dtype }), viewsOf(sizes, { dtype })),
        output: fc.constant({ shape, dtype }),
        attrs: fc.constant({ begin, step, mode }),
      });
    });

  test("sets and adds windows of any layout as the js device does", () => {
    fc.assert(
      fc.property(cases, ({ inputs, output, attrs }) => {
        const made = runKernel({ inputs, outputs: [output] }, (module, at) =>
          emitPlace(module, attrs, at.inputs, at.outputs[0]!),
        );
        expect(made).toEqual(place(inputs, attrs, output));
      }),
      { numRuns: 300 },
    );
  });
});

describe("concat on wasm", () => {
  const cases = fc
    .tuple(shapes({ minRank: 1, maxRank: 3, maxSize: 6 }), fc.constantFrom(...DTYPES), fc.nat(2))
    .chain(([shape, dtype, wish]) => {
      const axis = wish % shape.length;
      const lengths = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 });
      return lengths.chain((all) => {
        const of = (n: number): number[] => shape.map((size, i) => (i === axis ? n : size));
        return fc.record({
          inputs: fc.tuple(...all.map((n) => viewsOf(of(n), { dtype }))),
          output: fc.constant({ shape: of(all.reduce((a, b) => a + b)), dtype }),
          axis: fc.constant(axis),
        });
      });
    });

  test("lays any number of inputs one after another as the js device does", () => {
    fc.assert(
      fc.property(cases, ({ inputs, output, axis }) => {
        const made = runKernel({ inputs, outputs: [output] }, (module, at) =>
          emitConcat(module, { axis }, at.inputs, at.outputs[0]!),
        );
        expect(made).toEqual(concat(inputs, { axis }, output));
      }),
      { numRuns: 300 },
    );
  });
});
