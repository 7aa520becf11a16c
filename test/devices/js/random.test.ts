/** The random kernel: documented words become documented numbers, whose moments are those of their distribution. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boxMuller, logUnit } from "../../../src/devices/js/normal";
import { philox } from "../../../src/devices/js/philox";
import { random } from "../../../src/devices/js/random";
import type { DType, TypedArray } from "../../../src/dtype";
import { viewOf } from "../../support/views";

type Name = "uniform" | "normal" | "bits";

function draw(distribution: Name, dtype: DType, count: number, state: readonly number[] = [7, 1, 3, 2]): TypedArray {
  return random([viewOf(state, [4], "int32")], { distribution }, { shape: [count], dtype });
}

/** The words of block i of the state [7, 1, 3, 2]: its counter is (i, 0, call low, call high). */
function words(block: number): number[] {
  const out = new Int32Array(4);
  philox(block, 0, 3, 2, 7, 1, out);
  return Array.from(out);
}

describe("random", () => {
  test("bits are the words of block 0, 1, …, cut off at the end", () => {
    expect(Array.from(draw("bits", "int32", 10))).toEqual([...words(0), ...words(1), ...words(2)].slice(0, 10));
    expect(draw("bits", "int32", 0)).toEqual(new Int32Array(0));
  });

  test("uniform float32 numbers are 24 bits in [0, 1), float64 ones 53", () => {
    const expected = [...words(0), ...words(1)].map((word) => (word >>> 8) / 2 ** 24);
    expect(Array.from(draw("uniform", "float32", 8))).toEqual(expected);
    const wide = (high: number, low: number): number => ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
    const pairs = [words(0), words(1)].flatMap((w) => [wide(w[0]!, w[1]!), wide(w[2]!, w[3]!)]);
    expect(Array.from(draw("uniform", "float64", 4))).toEqual(pairs);
  });

  test("normal numbers are Box and Muller's, of 32 bits for float32 and 53 for float64", () => {
    const pair = (u: number, v: number): number[] => {
      const radius = Math.sqrt(-2 * Math.log(u));
      return [radius * Math.cos(2 * Math.PI * v), radius * Math.sin(2 * Math.PI * v)];
    };
    const [a, b, c, d] = words(0).map((word) => word >>> 0) as [number, number, number, number];
    const single = [...pair((a + 1) / 2 ** 32, b / 2 ** 32), ...pair((c + 1) / 2 ** 32, d / 2 ** 32)];
    expect(draw("normal", "float32", 4)).toBeCloseToTensor(Float32Array.from(single), { rtol: 1e-6, atol: 1e-6 });
    const wide = (high: number, low: number): number => (high >>> 5) * 2 ** 26 + (low >>> 6);
    const double = pair((wide(a, b) + 1) / 2 ** 53, wide(c, d) / 2 ** 53);
    expect(draw("normal", "float64", 2)).toBeCloseToTensor(Float64Array.from(double), { rtol: 1e-14, atol: 1e-14 });
  });

  test("another key or call gives other numbers, the same state the same", () => {
    const first = draw("uniform", "float32", 20);
    expect(draw("uniform", "float32", 20)).toEqual(first);
    for (const state of [[8, 1, 3, 2], [7, 2, 3, 2], [7, 1, 4, 2], [7, 1, 3, 3]]) {
      expect(draw("uniform", "float32", 20, state)).not.toEqual(first);
    }
  });

  test.each<[Name, DType, readonly number[]]>([
    ["uniform", "float32", [1 / 2, 1 / 3, 1 / 4, 1 / 5]],
    ["uniform", "float64", [1 / 2, 1 / 3, 1 / 4, 1 / 5]],
    ["normal", "float32", [0, 1, 0, 3]],
    ["normal", "float64", [0, 1, 0, 3]],
  ])("%s %s numbers have the first four moments of their distribution", (name, dtype, moments) => {
    const count = 200_000;
    const numbers = Float64Array.from(draw(name, dtype, count));
    moments.forEach((moment, k) => {
      const mean = numbers.reduce((sum, x) => sum + x ** (k + 1), 0) / count;
      const deviation = Math.sqrt(numbers.reduce((sum, x) => sum + (x ** (k + 1) - moment) ** 2, 0) / count / count);
      expect(Math.abs(mean - moment)).toBeLessThan(4.5 * deviation);
    });
    const centred = numbers.map((x) => x - moments[0]!);
    const next = centred.slice(1).reduce((sum, x, i) => sum + x * centred[i]!, 0) / count;
    expect(Math.abs(next)).toBeLessThan(4.5 * (moments[1]! - moments[0]! ** 2) / Math.sqrt(count));
  });
});

describe("the functions behind normal numbers", () => {
  test("logUnit is ln u to the last bits, from 2⁻⁵³ to 1", () => {
    expect([logUnit(1), logUnit(2 ** -53), logUnit(0.5)]).toEqual([0, -53 * Math.LN2, -Math.LN2]);
    fc.assert(
      fc.property(fc.double({ min: 2 ** -53, max: 1, noNaN: true }), fc.integer({ min: 0, max: 40 }), (u, power) => {
        const x = Math.max(u * 2 ** -power, 2 ** -53);
        expect(Math.abs(logUnit(x) - Math.log(x))).toBeLessThanOrEqual(1e-15 * Math.abs(Math.log(x)));
      }),
    );
  });

  test("boxMuller goes round the whole circle", () => {
    const out = new Float64Array(2);
    const turns = fc.oneof(fc.nat(31).map((n) => n / 32), fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }));
    fc.assert(
      fc.property(turns, (v) => {
        boxMuller(Math.exp(-0.5), v, out, 0);
        expect(Math.abs(out[0]! - Math.cos(2 * Math.PI * v))).toBeLessThan(2e-15);
        expect(Math.abs(out[1]! - Math.sin(2 * Math.PI * v))).toBeLessThan(2e-15);
      }),
    );
  });
});
