/** The place kernel against one assignment per element. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { place } from "../../../src/devices/js/place";
import type { DType } from "../../../src/dtype";
import { at, indices, keptAs, valuesOf, viewOf, viewsOf } from "../../support/views";

interface Along {
  readonly size: number;
  readonly begin: number;
  readonly step: number;
  readonly room: number;
}

/** One axis: a source of `size` elements that fits a room with this begin and step. */
const axis: fc.Arbitrary<Along> = fc
  .record({ size: fc.nat(4), from: fc.nat(2), step: fc.constantFrom(1, 2, 3, -1, -2), more: fc.nat(2) })
  .map(({ size, from, step, more }) => {
    const reach = Math.max(size - 1, 0) * Math.abs(step);
    return { size, step, begin: step > 0 ? from : from + reach, room: from + reach + 1 + more };
  });

describe("place", () => {
  test("sets or adds a source within a window of the input, in any layout", () => {
    const cases = fc
      .tuple(fc.array(axis, { maxLength: 3 }), fc.constantFrom<DType>("float32", "float64", "int32"))
      .chain(([axes, dtype]) => {
        const [rooms, sizes] = [axes.map((a) => a.room), axes.map((a) => a.size)];
        return fc.tuple(fc.constant(axes), viewsOf(rooms, { dtype }), viewsOf(sizes, { dtype }));
      });
    fc.assert(
      fc.property(cases, fc.constantFrom("set" as const, "add" as const), ([axes, input, source], mode) => {
        const begin = axes.map((a) => a.begin);
        const step = axes.map((a) => a.step);
        const expected = valuesOf(input);
        for (const index of indices(source.shape)) {
          const flat = index.reduce((sum, i, d) => sum * axes[d]!.room + begin[d]! + i * step[d]!, 0);
          expected[flat] = mode === "add" ? expected[flat]! + at(source, index) : at(source, index);
        }
        const { shape, dtype } = input;
        const actual = place([input, source], { begin, step, mode }, { shape, dtype });
        expect(actual).toEqual(keptAs(dtype, expected));
      }),
      { numRuns: 200 },
    );
  });

  test("leaves its input as it is", () => {
    const input = viewOf([1, 2, 3]);
    expect(place([input, viewOf([9])], { begin: [1], step: [1], mode: "set" }, input)).toEqual(Float64Array.of(1, 9, 3));
    expect(valuesOf(input)).toEqual([1, 2, 3]);
  });
});
