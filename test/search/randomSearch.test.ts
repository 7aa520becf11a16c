/** Random search draws each setting evenly along its way. */
import { expect, test } from "vitest";
import { randomSearch } from "../../src/index";

test("makes as many trials as asked, 20 by default", () => {
  expect(randomSearch(() => 1, { x: [1, 2] }).trials).toHaveLength(20);
  expect(randomSearch(() => 1, { x: [1, 2] }, { trials: 7 }).trials).toHaveLength(7);
});

test("draws ranges evenly, in their logarithm or as whole numbers, and lists by position", () => {
  const space = {
    even: { min: 10, max: 20 },
    log: { min: 1e-4, max: 1, scale: "log" },
    whole: { min: 1, max: 4, integer: true },
    wholeLog: { min: 1, max: 1024, scale: "log", integer: true },
    kind: ["a", "b", "c"],
  } as const;
  const drawn = randomSearch(() => 1, space, { trials: 2000, seed: 3 }).trials.map(({ params }) => params);
  const share = (test: (params: (typeof drawn)[number]) => boolean): number => drawn.filter(test).length / 2000;
  expect(share(({ even }) => even >= 10 && even <= 20)).toBe(1);
  expect(share(({ log }) => log >= 1e-4 && log <= 1)).toBe(1);
  expect(share(({ wholeLog }) => wholeLog >= 1 && wholeLog <= 1024 && Number.isInteger(wholeLog))).toBe(1);
  expect(share(({ even }) => even < 12.5)).toBeCloseTo(0.25, 1);
  expect(share(({ log }) => log < 1e-3)).toBeCloseTo(0.25, 1);
  for (const n of [1, 2, 3, 4]) expect(share(({ whole }) => whole === n)).toBeCloseTo(0.25, 1);
  expect(share(({ wholeLog }) => wholeLog <= 32)).toBeCloseTo(Math.log(32.5 / 0.5) / Math.log(1024.5 / 0.5), 1);
  expect(share(({ kind }) => kind === "b")).toBeCloseTo(1 / 3, 1);
});

test("draws anew without a seed, as manualSeed says", () => {
  const first = randomSearch(({ x }) => x, { x: { min: 0, max: 1 } });
  const second = randomSearch(({ x }) => x, { x: { min: 0, max: 1 } });
  expect(first.trials).not.toEqual(second.trials);
});
