/** The copy kernel: every layout, every conversion, planes larger than a tile. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copy } from "../../../src/devices/js/copy";
import { copyInto } from "../../../src/devices/js/copyInto";
import { DTYPES, type DType } from "../../../src/dtype";
import { shapes } from "../../support/arbitraries";
import { keptAs, valuesOf, viewOf, viewsOf } from "../../support/views";

const dtypes = fc.constantFrom(...DTYPES);

describe("copy", () => {
  test("reads any layout in row-major order and converts to any dtype", () => {
    const cases = fc.tuple(shapes({ maxRank: 4 }), dtypes).chain(([shape, dtype]) => viewsOf(shape, { dtype }));
    fc.assert(
      fc.property(cases, dtypes, (view, dtype) => {
        expect(copy([view], {}, { shape: view.shape, dtype })).toEqual(keptAs(dtype, valuesOf(view)));
      }),
      { numRuns: 300 },
    );
  });

  test("transposes planes of any size, and reads long strided runs", () => {
    const size = fc.integer({ min: 1, max: 80 });
    fc.assert(
      fc.property(size, size, fc.constantFrom<DType>("float32", "bool"), fc.nat(2), (rows, columns, dtype, offset) => {
        const values = Array.from({ length: offset + rows * columns }, (_, i) => (i * 7) % 5);
        const view = { ...viewOf(values, undefined, "float32"), shape: [rows, columns], strides: [1, rows], offset };
        expect(copy([view], {}, { shape: view.shape, dtype })).toEqual(keptAs(dtype, valuesOf(view)));
        const backwards = { ...view, strides: [-columns, -1], offset: values.length - 1 };
        expect(copy([backwards], {}, { shape: view.shape, dtype })).toEqual(keptAs(dtype, valuesOf(backwards)));
      }),
      { numRuns: 60 },
    );
  });

  test("reads overlapping windows, many short runs at a time", () => {
    const image = viewOf(Array.from({ length: 2 * 9 * 8 }, (_, i) => i), [2, 9, 8], "float32");
    const windows = { ...image, shape: [2, 7, 6, 3, 3], strides: [72, 8, 1, 8, 1] };
    expect(copy([windows], {}, { shape: windows.shape, dtype: "float32" })).toEqual(keptAs("float32", valuesOf(windows)));
    const narrow = { ...image, shape: [8, 9, 2], strides: [1, 8, 72] };
    expect(copy([narrow], {}, { shape: narrow.shape, dtype: "int32" })).toEqual(keptAs("int32", valuesOf(narrow)));
  });

  test("truncates fractions towards 0, wraps what int32 cannot hold, and has NaN as 0 and as true", () => {
    const values = viewOf([1.9, -1.9, 2 ** 31, -(2 ** 31) - 1, NaN, 0.1]);
    expect(copy([values], {}, { shape: [6], dtype: "int32" })).toEqual(Int32Array.of(1, -1, -(2 ** 31), 2 ** 31 - 1, 0, 0));
    expect(copy([values], {}, { shape: [6], dtype: "bool" })).toEqual(Uint8Array.of(1, 1, 1, 1, 1, 1));
  });

  test("never gives the storage itself", () => {
    const view = viewOf([1, 2]);
    expect(copy([view], {}, view)).not.toBe(view.storage.data);
  });

  test("may write into the middle of an array", () => {
    const out = new Float64Array(5);
    copyInto(out, viewOf([1, 2]), 2);
    expect(out).toEqual(Float64Array.of(0, 0, 1, 2, 0));
  });
});
