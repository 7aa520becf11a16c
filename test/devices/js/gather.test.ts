/** gather and scatterAdd against one element at a time, and their refusal of positions that do not exist. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gather, scatterAdd } from "../../../src/devices/js/gather";
import type { DType } from "../../../src/dtype";
import type { View } from "../../../src/tensor/storage";
import { shapes } from "../../support/arbitraries";
import { at, indices, keptAs, valuesOf, viewOf, viewsOf } from "../../support/views";

interface Case {
  readonly input: View;
  readonly index: View;
  readonly source: View;
  readonly axis: number;
}

/** An index that covers a corner of the input, in range along the axis. */
const cases: fc.Arbitrary<Case> = fc
  .tuple(shapes({ minRank: 1, maxRank: 3, minSize: 1 }), fc.nat(2), fc.constantFrom<DType>("float32", "int32", "float64"))
  .chain(([shape, pick, dtype]) => {
    const axis = pick % shape.length;
    const size = shape.map((n, d) => fc.integer({ min: 0, max: d === axis ? 6 : n }));
    return fc.tuple(...size).chain((covered) =>
      fc.record({
        input: viewsOf(shape, { dtype }),
        index: viewsOf(covered, { dtype: "int32", value: fc.nat(shape[axis]! - 1) }),
        source: viewsOf(covered, { dtype }),
        axis: fc.constant(axis),
      }),
    );
  });

function pointed(index: readonly number[], axis: number, to: number): number[] {
  return index.map((i, d) => (d === axis ? to : i));
}

describe("gather and scatterAdd", () => {
  test("gather picks along the axis, in any layout", () => {
    fc.assert(
      fc.property(cases, ({ input, index, axis }) => {
        const expected = Array.from(indices(index.shape), (i) => at(input, pointed(i, axis, at(index, i))));
        const output = { shape: index.shape, dtype: input.dtype };
        expect(gather([input, index], { axis }, output)).toEqual(keptAs(input.dtype, expected));
      }),
      { numRuns: 200 },
    );
  });

  test("scatterAdd adds along the axis, repeats included, in row-major order", () => {
    fc.assert(
      fc.property(cases, ({ input, index, source, axis }) => {
        const sums = keptAs(input.dtype, valuesOf(input));
        for (const i of indices(index.shape)) {
          const flat = pointed(i, axis, at(index, i)).reduce((sum, j, d) => sum * input.shape[d]! + j, 0);
          sums[flat]! += at(source, i);
        }
        expect(scatterAdd([input, index, source], { axis }, input)).toEqual(sums);
      }),
      { numRuns: 200 },
    );
  });

  test("refuse positions that do not exist before anything is written", () => {
    const x = viewOf([1, 2, 3, 4], [2, 2]);
    const index = (...values: number[]): View => viewOf(values, [1, values.length], "int32");
    expect(() => gather([x, index(0, 2)], { axis: 1 }, { shape: [1, 2], dtype: "float64" })).toThrow(
      "gather: index out of range: 2 (axis 1 has 2 entries); give whole numbers from 0 to 1",
    );
    expect(() => gather([viewOf([5], [1]), viewOf([-1], [1], "int32")], { axis: 0 }, { shape: [1], dtype: "float64" })).toThrow(
      "gather: index out of range: -1 (axis 0 has 1 entry); give whole numbers from 0 to 0",
    );
    expect(() => scatterAdd([x, index(0, -1), index(1, 1)], { axis: 1 }, x)).toThrow(
      "scatterAdd: index out of range: -1 (axis 1 has 2 entries); give whole numbers from 0 to 1",
    );
    expect(() => gather([viewOf([], [0]), viewOf([0], [1], "int32")], { axis: 0 }, { shape: [1], dtype: "float64" })).toThrow(
      "gather: index out of range: 0 (axis 0 has no entries); nothing can be picked there",
    );
  });
});
