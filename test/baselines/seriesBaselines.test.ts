/** Baselines for time series repeat the days they say, as windows hold them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { lastValueBaseline, meanAbsoluteError, seasonalBaseline, tensor, windows } from "../../src/index";
import { refusal } from "../support/refusal";

test("seasonalBaseline predicts each day by the same day of the last known season", () => {
  const sizes = fc.record({
    period: fc.integer({ min: 1, max: 4 }),
    more: fc.integer({ min: 0, max: 3 }),
    horizon: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(sizes, ({ period, more, horizon }) => {
      const lookback = period + more;
      const { x } = windows(Array.from({ length: 30 }, (_, t) => t), { lookback, horizon });
      const predicted = seasonalBaseline(period, { horizon })(x).toArray() as number[][];
      predicted.forEach((row, i) => {
        const today = i + lookback; // the first day to predict
        expect(row).toEqual(row.map((_, h) => {
          let day = today + h;
          while (day >= today) day -= period;
          return day;
        }));
      });
    }),
  );
});

test("a season that repeats is predicted without error, by the last value with some", () => {
  const week = [5, 6, 6, 5, 4, 1, 2];
  const { x, y } = windows(Array.from({ length: 70 }, (_, t) => week[t % 7]!), { lookback: 14 });
  expect(meanAbsoluteError(seasonalBaseline(7)(x), y)).toBe(0);
  expect(meanAbsoluteError(lastValueBaseline()(x), y)).toBeCloseTo(10 / 7, 6);
});

test("lastValueBaseline repeats x[0] over the horizon, keeps columns and dtype, and no graph", () => {
  expect(lastValueBaseline({ horizon: 3 })([[7, 6], [9, 8]]).toArray()).toEqual([[7, 7, 7], [9, 9, 9]]);
  const x = tensor([[[1, 10], [2, 20]]], { dtype: "float64", requiresGrad: true });
  const predicted = lastValueBaseline()(x);
  expect(predicted.toArray()).toEqual([[[1, 10]]]);
  expect(predicted.dtype).toBe("float64");
  expect(predicted.requiresGrad).toBe(false);
});

test.each<[string, () => unknown]>([
  ["OptionError: seasonalBaseline: period is out of range: 0; give a whole number ≥ 1", () => seasonalBaseline(0)],
  ["OptionError: seasonalBaseline: horizon is out of range: 0.5; give a whole number ≥ 1", () => seasonalBaseline(7, { horizon: 0.5 })],
  ['OptionError: lastValueBaseline: unknown option: "days"; did you mean "horizon"? Options are horizon', () => lastValueBaseline({ days: 1 } as never)],
  ["ShapeError: seasonalBaseline: x does not reach back far enough: [1, 2] for 7 days; give x [N, days], the newest day first, such as windows(series, { lookback: 7 }) makes", () => seasonalBaseline(7)([[1, 2]])],
  ["ShapeError: lastValueBaseline: x does not reach back far enough: [3] for 1 days", () => lastValueBaseline()([1, 2, 3])],
])("refused: %s", (message, run) => {
  expect(refusal(run)).toContain(message);
});
