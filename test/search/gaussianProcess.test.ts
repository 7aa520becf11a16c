/** The Gaussian process agrees with its formulas and believes what it was shown. */
import { expect, test } from "vitest";
import { GaussianProcess } from "../../src/search/gaussianProcess";

const points = (values: number[][]): Float64Array[] => values.map((value) => Float64Array.from(value));

test("passes through what was measured, and is less sure farther away", () => {
  const at = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const process = new GaussianProcess({
    points: points(at.map((x) => [x])),
    values: Float64Array.from(at, (x) => Math.sin(5 * x)),
    kinds: [false],
  });
  for (const x of at) {
    expect(process.at(Float64Array.of(x)).mean).toBeCloseTo(Math.sin(5 * x), 1);
    expect(process.at(Float64Array.of(x)).deviation).toBeLessThan(process.at(Float64Array.of(x + 0.1)).deviation);
  }
  expect(process.at(Float64Array.of(0.5)).mean).toBeCloseTo(Math.sin(2.5), 1);
});

test("of one measurement of 1 believes 1/(1 + noise) there, and its own variance is the likeliest: 1/(1 + noise)", () => {
  const process = new GaussianProcess({ points: points([[0.5]]), values: Float64Array.of(1), kinds: [false] });
  const { mean } = process.at(Float64Array.of(0.5));
  expect(mean).toBeGreaterThan(0.75);
  expect(mean).toBeLessThanOrEqual(1 / (1 + 1e-6));
  const far = process.at(Float64Array.of(1e9));
  expect(far.mean).toBeCloseTo(0, 12);
  expect(far.deviation ** 2).toBeCloseTo(mean, 9);
});

test("finds out which coordinate matters", () => {
  const at = Array.from({ length: 20 }, (_, i) => [(i * 0.618) % 1, (i * 0.414) % 1]);
  const process = new GaussianProcess({
    points: points(at),
    values: Float64Array.from(at, ([x]) => Math.cos(6 * x!)),
    kinds: [false, false],
  });
  const mean = (x: number, y: number): number => process.at(Float64Array.of(x, y)).mean;
  expect(Math.abs(mean(0.3, 0.1) - mean(0.3, 0.9))).toBeLessThan(0.05);
  expect(mean(0.1, 0.5) - mean(0.5, 0.5)).toBeCloseTo(Math.cos(0.6) - Math.cos(3), 1);
});

test("takes kinds as equal or not, whatever numbers they have", () => {
  const process = new GaussianProcess({
    points: points([[0.1], [0.5], [0.9], [0.1], [0.5]]),
    values: Float64Array.of(1, -1, 0.5, 1, -1),
    kinds: [true],
  });
  expect(process.at(Float64Array.of(0.9)).mean).toBeGreaterThan(0.2);
  expect(process.at(Float64Array.of(0.89)).mean).toBe(process.at(Float64Array.of(0.3)).mean);
});
