/** The concat kernel against one element at a time. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat } from "../../../src/devices/js/concat";
import { DTYPES } from "../../../src/dtype";
import { shapes } from "../../support/arbitraries";
import { at, indices, keptAs, viewsOf } from "../../support/views";

describe("concat", () => {
  test("puts inputs of any layout and number one after another, in the output's dtype", () => {
    const dtypes = fc.constantFrom(...DTYPES);
    const cases = fc
      .tuple(shapes({ minRank: 1 }), fc.nat(2), fc.array(fc.tuple(fc.nat(4), dtypes), { minLength: 1, maxLength: 5 }))
      .chain(([shape, pick, parts]) => {
        const axis = pick % shape.length;
        const views = parts.map(([size, dtype]) => viewsOf(shape.map((n, d) => (d === axis ? size : n)), { dtype }));
        return fc.tuple(fc.tuple(...views), fc.constant(axis));
      });
    fc.assert(
      fc.property(cases, dtypes, ([views, axis], dtype) => {
        const length = views.reduce((sum, view) => sum + view.shape[axis]!, 0);
        const shape = views[0]!.shape.map((n, d) => (d === axis ? length : n));
        const expected = Array.from(indices(shape), (index) => {
          let [position, part] = [index[axis]!, 0];
          while (position >= views[part]!.shape[axis]!) position -= views[part++]!.shape[axis]!;
          return at(views[part]!, index.map((i, d) => (d === axis ? position : i)));
        });
        expect(concat(views, { axis }, { shape, dtype })).toEqual(keptAs(dtype, expected));
      }),
      { numRuns: 200 },
    );
  });
});
