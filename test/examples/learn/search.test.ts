/** The chapter on searching settings, and on the spread of final losses by width. */
import { expect, test } from "vitest";
import { main as search } from "../../../examples/learn/26-search";
import { chapter } from "../../support/chapter";

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test("search: 36 trials of a grid, 20 at random, one setting at a time, and a model that beats chance", { timeout: 120_000 }, async () => {
  const { result } = await chapter("26-search", search);
  const [grid, random, coordinate, bayesian] = result.searches;
  expect([grid, random, bayesian].map((each) => each!.scores.length)).toEqual([36, 20, 20]);
  expect(new Set(random!.tried.map(({ lr }) => lr)).size).toBe(20);
  expect(new Set(grid!.tried.map(({ lr }) => lr)).size).toBe(4);
  for (const { score, scores, test: unseen } of result.searches) {
    expect(score).toBe(Math.min(...scores));
    expect(score).toBeLessThan(0.56);
    expect(unseen.accuracy).toBeGreaterThan(0.75);
  }
  expect(coordinate!.stoppedBy).toBe("converged");
  expect(coordinate!.scores.length).toBeLessThan(36);
  expect(grid!.score).toBeLessThanOrEqual(coordinate!.score);
  const [chance, model] = result.luck;
  expect(mean(model!.half)).toBeLessThan(mean(chance!.half));
  expect(mean(model!.all)).toBeLessThan(mean(chance!.all));

  const spreads = result.starts.map(({ width, short, long }) => [width, { short: short.std, long: long.std }] as const);
  const spread = Object.fromEntries(spreads);
  expect(spread[2]!.long).toBeGreaterThan(5 * spread[4]!.long);
  expect(spread[4]!.long).toBeGreaterThan(5 * spread[16]!.long);
  expect(spread[64]!.long).toBeLessThan(0.05 * spread[2]!.long);
  expect(spread[16]!.short).toBeGreaterThan(spread[2]!.short);
  for (const { short, long } of result.starts) expect(long.mean).toBeLessThan(short.mean);
});
