/** A grid is the whole product of its lists. */
import { describe, expect, test } from "vitest";
import { gridSearch } from "../../src/index";
import { refusal } from "../support/refusal";

describe("gridSearch", () => {
  test("of 3 and 4 choices makes 12 trials, the last setting changing fastest", () => {
    const found = gridSearch(({ a, b }) => a * b, { a: [1, 2, 3], b: [4, 5, 6, 7] });
    expect(found.trials).toHaveLength(12);
    expect(new Set(found.trials.map(({ params: { a, b } }) => `${a} ${b}`)).size).toBe(12);
    expect(found.trials.slice(0, 5).map(({ params }) => params)).toEqual([
      { a: 1, b: 4 }, { a: 1, b: 5 }, { a: 1, b: 6 }, { a: 1, b: 7 }, { a: 2, b: 4 },
    ]);
    expect(found.stoppedBy).toBe("exhausted");
  });

  test("takes points of ranges, even or even in their logarithm, whole ones once each, ends included", () => {
    const values = (range: Parameters<typeof gridSearch>[1][string]): unknown[] =>
      gridSearch(() => 1, { x: range }).trials.map(({ params }) => params.x);
    expect(values({ min: 0, max: 1, points: 5 })).toEqual([0, 0.25, 0.5, 0.75, 1]);
    const rates = values({ min: 1e-3, max: 1, scale: "log", points: 4 }) as number[];
    [1e-3, 1e-2, 1e-1, 1].forEach((rate, i) => expect(rates[i]).toBeCloseTo(rate, 12));
    expect(rates[3]).toBe(1);
    expect(values({ min: 1, max: 3, integer: true, points: 9 })).toEqual([1, 2, 3]);
  });

  test("is mixed by a seed, so that a bounded number is a sample", () => {
    const space = { a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5] };
    const orders = [1, 1, 2].map((seed) => JSON.stringify(gridSearch(() => 1, space, { seed, trials: 10 }).trials));
    expect(orders[0]).toBe(orders[1]);
    expect(orders[0]).not.toBe(orders[2]);
    expect(gridSearch(() => 1, space, { trials: 10 }).stoppedBy).toBe("trials");
  });

  test("takes choices of any kind, such as functions and null", () => {
    const found = gridSearch(({ act, p }) => act(2) + (p ?? 1), { act: [Math.sqrt, Math.exp], p: [null, 0.5] });
    expect(found.params).toEqual({ act: Math.sqrt, p: 0.5 });
    expect(String(found)).toContain("function sqrt");
  });

  test("refuses a range without points", () => {
    expect(refusal(() => gridSearch(() => 1, { lr: { min: 0, max: 1 } }))).toBe(
      'OptionError: gridSearch: setting "lr" is a range without points: 0 … 1 (how many values?); add points, such as { min, max, points: 5 }, or give a list',
    );
    expect(refusal(() => gridSearch(() => 1, { lr: { min: 0, max: 1, points: 1 } }))).toBe(
      'OptionError: gridSearch: setting "lr": points is out of range: 1; give a whole number ≥ 2',
    );
    const many = { min: 0, max: 1, points: 10_000 };
    expect(refusal(() => gridSearch(() => 1, { a: many, b: many }))).toBe(
      "OptionError: gridSearch: number of combinations is out of range: 100000000; give a number ≤ 16777216",
    );
  });
});
