/** Coordinate search changes one setting at a time, and accepts only what is better. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coordinateSearch } from "../../src/index";
import { refusal } from "../support/refusal";

describe("coordinateSearch", () => {
  test("never accepts a worse score, changes one setting at a time, and ends where no single change helps", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    const cases = sizes.chain((counts) => {
      const size = counts.reduce((a, b) => a * b, 1);
      return fc.record({
        counts: fc.constant(counts),
        costs: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: size, maxLength: size }),
        seed: fc.option(fc.nat(9), { nil: undefined }),
      });
    });
    fc.assert(
      fc.property(cases, ({ counts, costs, seed }) => {
        const values = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
        const space = Object.fromEntries(counts.map((count, i) => [`s${i}`, values(count)]));
        const objective = (point: Readonly<Record<string, number>>): number =>
          costs[counts.reduce((at, count, i) => at * count + point[`s${i}`]!, 0)]!;
        const options = seed === undefined ? {} : { seed };
        const { params, score, trials, stoppedBy } = coordinateSearch(objective, space, options);
        expect(stoppedBy).toBe("converged");
        expect(new Set(trials.map((trial) => JSON.stringify(trial.params))).size).toBe(trials.length);
        for (const [name, choices] of Object.entries(space)) {
          for (const value of choices) expect(objective({ ...params, [name]: value })).toBeGreaterThanOrEqual(score);
        }
        let best = trials[0]!;
        for (const trial of trials.slice(1)) {
          const near = trials.filter((other) => other.score <= best.score || other === best);
          const changes = (other: (typeof trials)[number]): number =>
            Object.keys(space).filter((name) => trial.params[name] !== other.params[name]).length;
          expect(near.some((other) => changes(other) === 1)).toBe(true);
          if (trial.score < best.score) best = trial;
        }
        expect(best.score).toBe(score);
      }),
    );
  });

  test("begins at its start, and may end where only two changes at once would help", () => {
    const costs: Record<string, number> = { "0 0": 1, "0 1": 2, "1 0": 2, "1 1": 0 };
    const objective = ({ a, b }: { a: number; b: number }): number => costs[`${a} ${b}`]!;
    const space = { a: [0, 1], b: [0, 1] };
    expect(coordinateSearch(objective, space).score).toBe(1);
    const found = coordinateSearch(objective, space, { start: { a: 0, b: 1 } });
    expect(found.trials[0]!.params).toEqual({ a: 0, b: 1 });
    expect(found.score).toBe(0);
  });

  test("goes on from a start that fails", () => {
    expect(coordinateSearch(({ x }) => (x === 1 ? NaN : x), { x: [1, 2, 3] }).params).toEqual({ x: 2 });
  });

  test("refuses a start outside its space", () => {
    expect(refusal(() => coordinateSearch(() => 1, { a: [1, 2] }, { start: { a: 3 as never } }))).toBe(
      'OptionError: coordinateSearch: start: "a" is not in the space: 3; give one of [1, 2]',
    );
  });
});
