/** Windows show the days before, newest first, and never the day they predict or later. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OptionError, ShapeError, tensor, windows } from "../../src/index";

const days = (n: number): number[] => Array.from({ length: n }, (_, t) => t);

describe("windows", () => {
  test("put the newest day first and the next day into y", () => {
    const data = windows([1, 2, 3, 4, 5], { lookback: 3 });
    expect(data.x.toArray()).toEqual([[3, 2, 1], [4, 3, 2]]);
    expect(data.y.toArray()).toEqual([[4], [5]]);
  });

  test("of 56 days on 1,506 give 1,450 rows", () => {
    const data = windows(days(1506), { lookback: 56 });
    expect(data.length).toBe(1450);
    expect(data.x.shape).toEqual([1450, 56]);
    expect(data.at(-1).y.item()).toBe(1505);
  });

  test("hold only the past, whatever lookback, horizon and stride", () => {
    const small = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 40 }), small, small, small, (n, lookback, horizon, stride) => {
        const data = windows(days(n), { lookback, horizon, stride });
        expect(data.length).toBe(Math.floor((n - lookback - horizon) / stride) + 1);
        const [x, y] = [data.x.toArray() as number[][], data.y.toArray() as number[][]];
        x.forEach((row, i) => {
          const t = i * stride + lookback;
          expect(row).toEqual(Array.from({ length: lookback }, (_, j) => t - 1 - j));
          expect(y[i]).toEqual(Array.from({ length: horizon }, (_, j) => t + j));
        });
      }),
    );
  });

  test("of a series with several columns keep them", () => {
    const data = windows([[1, 10], [2, 20], [3, 30]], { lookback: 2 });
    expect(data.x.toArray()).toEqual([[[2, 20], [1, 10]]]);
    expect(data.y.toArray()).toEqual([[[3, 30]]]);
  });

  test("keep the dtype of the series", () => {
    expect(windows(tensor([1, 2, 3], { dtype: "float64" }), { lookback: 1 }).x.dtype).toBe("float64");
  });

  test.each<[() => unknown, new (...args: never[]) => Error, string]>([
    [() => windows([1, 2, 3], { lookback: 3 }), ShapeError, "windows: the series is too short: 3 days for lookback 3 and horizon 1 (4 are needed); shorten lookback or bring more days"],
    [() => windows([], { lookback: 1 }), ShapeError, "windows: the series is too short: 0 days"],
    [() => windows(5, { lookback: 1 }), ShapeError, "windows: not a time series: []; give one value per day [T], or one row per day [T, C]"],
    [() => windows([1, 2], { lookback: 0 }), OptionError, "windows: lookback is out of range: 0; give a whole number ≥ 1"],
    [() => windows([1, 2], undefined as never), OptionError, "windows: lookback is out of range: undefined"],
    [() => windows([1, 2], { lookback: 1, horizon: 0.5 }), OptionError, "windows: horizon is out of range: 0.5"],
    [() => windows([1, 2], { lookback: 1, stride: -1 }), OptionError, "windows: stride is out of range: -1"],
    [() => windows([1, 2], { lookBack: 1 } as never), OptionError, 'windows: unknown option: "lookBack"; did you mean "lookback"?'],
    [() => windows([1, NaN, 3], { lookback: 1 }), OptionError, "windows: a value in the series is not finite: NaN (row 1); fill it from its neighbours first"],
  ])("refuse %s", (make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
