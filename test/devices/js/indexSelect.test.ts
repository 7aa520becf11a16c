/** indexSelect and indexAdd against one row at a time. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indexAdd, indexSelect } from "../../../src/devices/js/indexSelect";
import { DTYPES } from "../../../src/dtype";
import type { View } from "../../../src/tensor/storage";
import { shapes } from "../../support/arbitraries";
import { at, indices, keptAs, valuesOf, viewOf, viewsOf } from "../../support/views";

interface Case {
  readonly input: View;
  readonly index: View;
  readonly source: View;
  readonly axis: number;
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(shapes({ minRank: 1, maxRank: 3, minSize: 1 }), fc.nat(2), fc.nat(6), fc.constantFrom(...DTYPES))
  .chain(([shape, pick, count, dtype]) => {
    const axis = pick % shape.length;
    return fc.record({
      input: viewsOf(shape, { dtype }),
      index: viewsOf([count], { dtype: "int32", value: fc.nat(shape[axis]! - 1) }),
      source: viewsOf(shape.map((n, d) => (d === axis ? count : n)), { dtype }),
      axis: fc.constant(axis),
    });
  });

describe("indexSelect and indexAdd", () => {
  test("indexSelect picks rows along any axis of any layout", () => {
    fc.assert(
      fc.property(cases, ({ input, index, source, axis }) => {
        const chosen = (i: readonly number[]): number[] => i.map((n, d) => (d === axis ? at(index, [n]) : n));
        const expected = Array.from(indices(source.shape), (i) => at(input, chosen(i)));
        const output = { shape: source.shape, dtype: input.dtype };
        expect(indexSelect([input, index], { axis }, output)).toEqual(keptAs(input.dtype, expected));
      }),
      { numRuns: 300 },
    );
  });

  test("indexAdd adds rows back, repeats included", () => {
    fc.assert(
      fc.property(cases, ({ input, index, source, axis }) => {
        const sums = keptAs(input.dtype, valuesOf(input));
        for (const i of indices(source.shape)) {
          const flat = i.reduce((sum, n, d) => sum * input.shape[d]! + (d === axis ? at(index, [n]) : n), 0);
          sums[flat]! += at(source, i);
        }
        expect(indexAdd([input, index, source], { axis }, input)).toEqual(sums);
      }),
      { numRuns: 200 },
    );
  });

  test("reads rows where they lie: a batch of a shifted view does not copy the storage", () => {
    const whole = viewOf(Array.from({ length: 30 }, (_, i) => i), [10, 3], "float32");
    const tail = { ...whole, shape: [8, 3], offset: 6 };
    const index = viewOf([7, 0], [2], "int32");
    expect(indexSelect([tail, index], { axis: 0 }, { shape: [2, 3], dtype: "float32" })).toEqual(
      Float32Array.of(27, 28, 29, 6, 7, 8),
    );
  });

  test("refuse positions that do not exist", () => {
    const [x, index] = [viewOf([1, 2], [2]), viewOf([0, 2], [2], "int32")];
    expect(() => indexSelect([x, index], { axis: 0 }, { shape: [2], dtype: "float64" })).toThrow(
      "indexSelect: index out of range: 2 (axis 0 has 2 entries); give whole numbers from 0 to 1",
    );
    expect(() => indexAdd([x, index, x], { axis: 0 }, x)).toThrow(
      "indexAdd: index out of range: 2 (axis 0 has 2 entries); give whole numbers from 0 to 1",
    );
  });
});
