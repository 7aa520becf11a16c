/** The convolve kernel against its definition, over sizes, moves, groups, layouts and dtypes, paddings below 0 too. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convolve } from "../../../src/devices/js/convolve";
import type { DType } from "../../../src/dtype";
import type { Shape } from "../../../src/shape";
import type { Kernels } from "../../../src/tensor/device";
import type { View } from "../../../src/tensor/storage";
import { correlation } from "../../support/correlation";
import { keptAs, viewOf, viewsOf } from "../../support/views";

interface Case {
  readonly x: View;
  readonly weight: View;
  readonly attrs: Kernels["convolve"];
  readonly shape: Shape;
}

const upTo = (max: number, min = 0): fc.Arbitrary<number> => fc.integer({ min, max });
const pair = (one: fc.Arbitrary<number>): fc.Arbitrary<[number, number]> => fc.tuple(one, one);
const dtypes = fc.constantFrom<DType>("float32", "float64", "int32", "bool");

/** Small cases; the result's size is anyone's, so that it stops early or reaches far beyond the signal. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    attrs: fc.record({
      groups: upTo(3, 1),
      stride: pair(upTo(3, 1)),
      dilation: pair(upTo(3, 1)),
      padding: pair(upTo(4, -3)),
    }),
    batch: upTo(2),
    channels: upTo(2),
    outputs: upTo(2),
    signal: pair(upTo(7)),
    kernel: pair(upTo(5)),
    size: pair(upTo(6)),
    types: fc.tuple(dtypes, dtypes),
  })
  .chain(({ attrs, batch, channels, outputs, signal, kernel, size, types: [p, q] }) => {
    const value = fc.integer({ min: -9, max: 9 });
    return fc.record({
      x: viewsOf([batch, attrs.groups * channels, ...signal], { dtype: p, value }),
      weight: viewsOf([attrs.groups * outputs, channels, ...kernel], { dtype: q, value }),
      attrs: fc.constant(attrs),
      shape: fc.constant([batch, attrs.groups * outputs, ...size]),
    });
  });

const still = { groups: 1, stride: [1, 1], dilation: [1, 1], padding: [0, 0] } as const;

describe("convolve", () => {
  test("is the sum of products for every size, move, padding, layout and dtype", () => {
    fc.assert(
      fc.property(cases, ({ x, weight, attrs, shape }) => {
        const { sums } = correlation(x, weight, attrs, shape);
        for (const dtype of ["float64", "float32", "int32"] as const) {
          expect(convolve([x, weight], attrs, { shape, dtype })).toEqual(keptAs(dtype, sums));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("slides the kernel unturned: 1·1 + 2·10, then 2·1 + 3·10", () => {
    const [x, weight] = [viewOf([1, 2, 3], [1, 1, 1, 3]), viewOf([1, 10], [1, 1, 1, 2])];
    const output = { shape: [1, 1, 1, 2], dtype: "float64" } as const;
    expect(convolve([x, weight], still, output)).toEqual(Float64Array.of(21, 32));
  });

  test("sees zeros before the signal and behind it, and cuts with padding below 0", () => {
    const [x, weight] = [viewOf([1, 2, 3], [1, 1, 1, 3]), viewOf([1, 10], [1, 1, 1, 2])];
    const output = { shape: [1, 1, 1, 5], dtype: "float64" } as const;
    const from = (padding: number): unknown => convolve([x, weight], { ...still, padding: [0, padding] }, output);
    expect(from(1)).toEqual(Float64Array.of(10, 21, 32, 3, 0));
    expect(from(-1)).toEqual(Float64Array.of(32, 3, 0, 0, 0));
  });

  test("rounds a float32 sum once, at its end", () => {
    const n = 3000;
    const all = (value: number): View => viewOf(Array<number>(n).fill(value), [1, n, 1, 1], "float32");
    const [sum] = convolve([all(0.1), all(1)], still, { shape: [1, 1, 1, 1], dtype: "float32" });
    expect(sum).toBe(Math.fround(Math.fround(0.1) * n));
  });

  test("an infinity or NaN reaches the outputs that see it, and no others", () => {
    const x = viewOf([1, 1, NaN, 1, 1, Infinity, 1], [1, 1, 1, 7]);
    const out = convolve([x, viewOf([1, 1], [1, 1, 1, 2])], still, { shape: [1, 1, 1, 6], dtype: "float64" });
    expect(Array.from(out)).toEqual([2, NaN, NaN, 2, Infinity, Infinity]);
  });
});
