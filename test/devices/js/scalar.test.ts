/** The scalar functions that Math lacks: corners, no overflow, and the last digits. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { erf, pow, round, sigmoid, softplus } from "../../../src/devices/js/scalar";

// Source: mpmath 1.3 with 40 digits, of exactly these doubles.
const ERF: readonly [number, number][] = [
  [1e-300, 1.1283791670955126022e-300],
  [1e-08, 1.1283791670955125599e-8],
  [0.1, 0.1124629160182848984],
  [0.25, 0.27632639016823693299],
  [0.46875, 0.49261347321793799159],
  [0.46876, 0.49262253110684652927],
  [0.5, 0.52049987781304653768],
  [0.75, 0.7111556336535151316],
  [1, 0.84270079294971486934],
  [1.3, 0.93400794494065244585],
  [2, 0.99532226501895273416],
  [3, 0.99997790950300141456],
  [3.9, 0.99999996520775140277],
  [4, 0.99999998458274209972],
  [4.1, 0.99999999329997234592],
  [5, 0.99999999999846254021],
  [5.8, 0.99999999999999976444],
];

describe("scalar functions", () => {
  test.each(ERF)("erf(%d) is right to the last two bits", (x, value) => {
    expect(Math.abs(erf(x) - value)).toBeLessThanOrEqual(Math.abs(value) * 4.5e-16);
    expect(erf(-x)).toBe(-erf(x));
  });

  test("erf ends at ±1, keeps NaN and the sign of zero", () => {
    expect([erf(6.5), erf(-Infinity), erf(Infinity), erf(NaN), erf(-0)]).toEqual([1, -1, 1, NaN, -0]);
  });

  test("sigmoid and softplus neither overflow nor vanish early", () => {
    expect([sigmoid(0), sigmoid(1000), sigmoid(-1000), sigmoid(NaN)]).toEqual([0.5, 1, 0, NaN]);
    expect(sigmoid(-700)).toBeCloseToTensor(Math.exp(-700), { rtol: 1e-15, atol: 0 });
    expect([softplus(1000), softplus(-1000), softplus(Infinity), softplus(-Infinity), softplus(NaN)]).toEqual([
      1000,
      0,
      Infinity,
      0,
      NaN,
    ]);
    expect(softplus(-700)).toBeCloseToTensor(Math.exp(-700), { rtol: 1e-15, atol: 0 });
    expect(softplus(0)).toBe(Math.LN2);
  });

  test("sigmoid(x) + sigmoid(−x) is 1, and softplus(x) − softplus(−x) is x", () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (x) => {
        expect(Math.abs(sigmoid(x) + sigmoid(-x) - 1)).toBeLessThan(3e-16);
        expect(Math.abs(softplus(x) - softplus(-x) - x)).toBeLessThan(2e-14);
      }),
    );
  });

  test("round takes halves to the even neighbour and keeps what has no fraction", () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994].map(round)).toEqual([0, 2, 2, -0, -2, 0]);
    expect([2 ** 52 + 1, -(2 ** 60), Infinity, -Infinity, NaN, -0].map(round)).toEqual([
      2 ** 52 + 1, -(2 ** 60), Infinity, -Infinity, NaN, -0,
    ]);
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (x) => {
        expect(Math.abs(round(x) - x)).toBeLessThanOrEqual(0.5);
        expect(Number.isInteger(round(x))).toBe(true);
      }),
    );
  });

  test("pow is IEEE 754's", () => {
    expect([pow(1, NaN), pow(-1, -Infinity), pow(NaN, 0), pow(0, -1), pow(-2, 3)]).toEqual([1, 1, 1, Infinity, -8]);
  });
});
