/**
 * The matmul kernel against the three loops everyone knows, over sizes around its tiles, batches, layouts and dtypes.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matmul } from "../../../src/devices/js/matmul";
import type { DType } from "../../../src/dtype";
import type { View } from "../../../src/tensor/storage";
import { broadcastPairs } from "../../support/arbitraries";
import { at, indices, keptAs, viewOf, viewsOf } from "../../support/views";

/** Sums one after another, in doubles. */
function reference(a: View, b: View, shape: readonly number[]): number[] {
  const k = a.shape.at(-1)!;
  return Array.from(indices(shape), (index) => {
    const [i, j] = index.slice(-2) as [number, number];
    const lead = index.slice(0, -2);
    let sum = 0;
    for (let p = 0; p < k; p++) sum += at(a, [...lead, i, p]) * at(b, [...lead, p, j]);
    return sum;
  });
}

interface Case {
  readonly a: View;
  readonly b: View;
  readonly shape: readonly number[];
}

function cases(maxSize: number, dtypes: readonly DType[], maxRank = 2): fc.Arbitrary<Case> {
  const size = fc.integer({ min: 0, max: maxSize });
  const whole = fc.integer({ min: -9, max: 9 });
  return fc
    .tuple(
      broadcastPairs({ maxRank, maxSize: 3 }),
      size,
      size,
      size,
      fc.constantFrom(...dtypes),
      fc.constantFrom(...dtypes),
    )
    .chain(([{ a, b, out }, m, k, n, p, q]) =>
      fc.record({
        a: viewsOf([...a, m, k], { dtype: p, value: whole }),
        b: viewsOf([...b, k, n], { dtype: q, value: whole }),
        shape: fc.constant([...out, m, n]),
      }),
    );
}

/** A view of whole numbers, by a formula, so that large cases are quick to make. */
function patterned(rows: number, columns: number, transposed: boolean, factor: number): View {
  const values = Array.from({ length: rows * columns }, (_, i) => ((i * factor) % 19) - 9);
  const view = viewOf(values, [rows, columns], "float32");
  return transposed ? { ...view, strides: [1, rows] } : view;
}

/** The same sums for two views without batches, quickly. */
function naive(a: View, b: View): number[] {
  const [[m, k], n] = [a.shape as [number, number], b.shape[1]!];
  const out = new Array<number>(m * n).fill(0);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < k; p++) {
        const left = a.storage.data[i * a.strides[0]! + p * a.strides[1]!]!;
        out[i * n + j]! += left * b.storage.data[p * b.strides[0]! + j * b.strides[1]!]!;
      }
    }
  }
  return out;
}

describe("matmul", () => {
  test("is the sum of products for every batch, layout and dtype; with no terms, zeros", () => {
    fc.assert(
      fc.property(cases(6, ["float32", "float64", "int32", "bool"]), ({ a, b, shape }) => {
        const expected = keptAs("float64", reference(a, b, shape));
        expect(matmul([a, b], {}, { shape, dtype: "float64" })).toEqual(expected);
        expect(matmul([a, b], {}, { shape, dtype: "float32" })).toEqual(Float32Array.from(expected));
        expect(matmul([a, b], {}, { shape, dtype: "int32" })).toEqual(Int32Array.from(expected));
      }),
    );
  });

  test("is exact for sizes on both sides of its tiles", () => {
    fc.assert(
      fc.property(cases(40, ["float32", "float64"], 1), ({ a, b, shape }) => {
        expect(matmul([a, b], {}, { shape, dtype: "float64" })).toEqual(keptAs("float64", reference(a, b, shape)));
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    [1, 784, 130],
    [3, 1025, 9],
    [130, 5, 1],
    [257, 12, 3],
    [5, 2050, 513],
    [70, 1100, 31],
    [9, 300, 513],
    [64, 128, 10],
  ])("multiplies [%d, %d] by [., %d], longer than its blocks, transposed or not", (m, k, n) => {
    for (const [ta, tb] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const [a, b] = [patterned(m, k, ta, 7), patterned(k, n, tb, 5)];
      const expected = naive(a, b);
      expect(matmul([a, b], {}, { shape: [m, n], dtype: "float32" })).toEqual(keptAs("float32", expected));
      expect(matmul([a, b], {}, { shape: [m, n], dtype: "float64" })).toEqual(keptAs("float64", expected));
    }
  });

  test("rounds a float32 sum once, at its end, however long it is", () => {
    const n = 3000;
    const [a, b] = [viewOf(Array(n).fill(0.1), [1, n], "float32"), viewOf(Array(n * 40).fill(1), [n, 40], "float32")];
    const expected = Math.fround(Math.fround(0.1) * n);
    for (const value of matmul([a, b], {}, { shape: [1, 40], dtype: "float32" })) expect(value).toBe(expected);
    const turned = [{ ...b, shape: [40, n], strides: [1, 40] }, { ...a, shape: [n, 1], strides: [1, 0] }];
    for (const value of matmul(turned, {}, { shape: [40, 1], dtype: "float32" })) expect(value).toBe(expected);
  });

  test("an infinity or NaN reaches its own row or column alone", () => {
    const a = viewOf(Array(13 * 21).fill(1), [13, 21], "float32");
    a.storage.data[5 * 21 + 3] = Infinity;
    const b = viewOf(Array(21 * 33).fill(1), [21, 33], "float32");
    b.storage.data[20 * 33 + 7] = NaN;
    const out = matmul([a, b], {}, { shape: [13, 33], dtype: "float32" });
    for (const [i, j] of indices([13, 33])) expect(out[i! * 33 + j!]).toBe(j === 7 ? NaN : i === 5 ? Infinity : 21);
  });
});
