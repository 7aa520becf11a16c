/** Bayesian search finds better settings than random search with as many trials, on functions from the literature. */
import { describe, expect, test } from "vitest";
import { type SearchSpace, bayesianSearch, randomSearch } from "../../src/index";

/** Minimum 0.397887 at (π, 2.275) and two others. */
const branin = ({ x, y }: { x: number; y: number }): number =>
  (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 +
  10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
  10;

const HEIGHTS = [1, 1.2, 3, 3.2];
const SCALES = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]];
const PLACES = [[0.3689, 0.117, 0.2673], [0.4699, 0.4387, 0.747], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]];
/** Minimum −3.86278. */
const hartmann3 = ({ a, b, c }: { a: number; b: number; c: number }): number =>
  -HEIGHTS.reduce((sum, height, i) => {
    const square = [a, b, c].reduce((s, u, j) => s + SCALES[i]![j]! * (u - PLACES[i]![j]!) ** 2, 0);
    return sum + height * Math.exp(-square);
  }, 0);

/** Minimum 0 at (1, 1), in a bent valley. */
const rosenbrock = ({ x, y }: { x: number; y: number }): number => 100 * (y - x * x) ** 2 + (1 - x) ** 2;

/** What a training may look like: minimum 0 at lr = 10⁻²·⁵, 64 units, ReLU; rates above 0.3 diverge. */
const training = ({ lr, units, act }: { lr: number; units: number; act: string }): number => {
  if (lr > 0.3) return act === "relu" ? NaN : 1e6;
  const kind = act === "relu" ? 0 : act === "tanh" ? 0.3 : 1;
  return (Math.log10(lr) + 2.5) ** 2 + (Math.log2(units) - 6) ** 2 / 4 + kind;
};
const trainingSpace = {
  lr: { min: 1e-5, max: 1, scale: "log" },
  units: { min: 8, max: 512, scale: "log", integer: true },
  act: ["relu", "tanh", "sigmoid"],
} as const;

const unit = { min: 0, max: 1 };
const seeds = [0, 1, 2, 3, 4, 5, 6];
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

describe("bayesianSearch", () => {
  test.each<[string, (params: never) => number, SearchSpace, number, number, number]>([
    ["Branin", branin, { x: { min: -5, max: 10 }, y: { min: 0, max: 15 } }, 30, 0.397887, 0.02],
    ["Hartmann-3", hartmann3, { a: unit, b: unit, c: unit }, 30, -3.86278, 0.002],
    ["Rosenbrock", rosenbrock, { x: { min: -2, max: 2 }, y: { min: -1, max: 3 } }, 40, 0, 0.25],
    ["a mixed space with failures", training, trainingSpace, 30, 0, 0.01],
  ])("comes closer to the minimum of %s than random search", { timeout: 60_000 }, (_, f, space, trials, minimum, near) => {
    const objective = f as (params: object) => number;
    const [model, chance] = [bayesianSearch, randomSearch].map((search) =>
      median(seeds.map((seed) => search(objective, space, { trials, seed }).score - minimum)),
    );
    expect(model).toBeLessThan(near);
    expect(model).toBeLessThan(chance!);
  });

  test("tries nothing twice, and ends when a small space is exhausted", () => {
    const space = { a: [1, 2, 3], b: { min: 1, max: 3, integer: true }, c: [true, false] } as const;
    const found = bayesianSearch(({ a, b, c }) => a * b + Number(c), space, { trials: 50, seed: 1 });
    expect(found.stoppedBy).toBe("exhausted");
    expect(new Set(found.trials.map(({ params }) => JSON.stringify(params))).size).toBe(18);
    expect(found.trials).toHaveLength(18);
    expect(found.params).toEqual({ a: 1, b: 1, c: false });
  });

  test("bears scores that are all the same, or noisy", () => {
    expect(bayesianSearch(() => 3, { x: unit }, { trials: 12, seed: 0 }).trials).toHaveLength(12);
    let state = 1;
    const noise = (): number => (state = (state * 16807) % 2147483647) / 2147483647 - 0.5;
    const found = bayesianSearch(({ x }) => (x - 0.3) ** 2 + 0.02 * noise(), { x: unit }, { trials: 25, seed: 0 });
    expect(found.params.x).toBeCloseTo(0.3, 0);
  });

  test("learns from trials of another search", () => {
    const space = { x: { min: -5, max: 10 }, y: { min: 0, max: 15 } };
    const { trials: previous, score } = randomSearch(branin, space, { trials: 20, seed: 1 });
    const found = bayesianSearch(branin, space, { trials: 30, seed: 1, previous });
    expect(found.trials.slice(0, 20)).toEqual(previous);
    expect(found.score).toBeLessThan(score / 2);
  });

  test("refuses an initial number that is none", () => {
    expect(() => bayesianSearch(() => 1, { x: unit }, { initial: 1 })).toThrow(
      "bayesianSearch: initial is out of range: 1; give a whole number ≥ 2",
    );
  });
});
