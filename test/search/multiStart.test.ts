/** Many starts of one training: reproducible, and closer together the wider the network. */
import { describe, expect, test } from "vitest";
import {
  Adam,
  Dataset,
  Linear,
  Sequential,
  Tanh,
  fit,
  fitSync,
  linspace,
  manualSeed,
  mse,
  multiStart,
  rand,
} from "../../src/index";
import { refusal } from "../support/refusal";

const x = linspace(-2, 2, 24).reshape([24, 1]);
const data = Dataset.from({ x, y: x.mul(3).sin() });

/** The final loss of a network with one hidden layer, from the start that the default generator gives. */
function finalLoss(width: number): number {
  const model = new Sequential(new Linear(1, width), new Tanh(), new Linear(width, 1));
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const { history } = fitSync(model, data, { loss: mse, optimizer, epochs: 300, batchSize: 24, shuffle: false });
  return history.at(-1)!.loss;
}

describe("multiStart", () => {
  test("has final losses closer together, and lower, the wider the network", { timeout: 60_000 }, () => {
    const [narrow, wide] = [4, 32].map((width) => multiStart(() => finalLoss(width), { starts: 8, seed: 0 }));
    expect(wide!.std).toBeLessThan(narrow!.std / 2);
    expect(wide!.mean).toBeLessThan(narrow!.mean);
  });

  test("seeds each start, so that the best can be made again", () => {
    const { scores, best, mean, std, failed } = multiStart(() => rand([]).item(), { starts: 6, seed: 10 });
    expect(new Set(scores).size).toBe(6);
    manualSeed(best.seed);
    expect(rand([]).item()).toBe(best.score);
    expect(best.score).toBe(Math.min(...scores));
    expect(mean).toBeCloseTo(scores.reduce((a, b) => a + b) / 6, 12);
    expect(std).toBeCloseTo(Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / 5), 12);
    expect(failed).toBe(0);
  });

  test("waits for promises, tells of each start, and counts failures", async () => {
    const told: number[][] = [];
    const starts = await multiStart(async (seed) => {
      const model = new Linear(1, 1);
      await fit(model, data, { loss: mse, optimizer: new Adam(model.parameters(), { lr: 0.01 }), batchSize: 24 });
      return seed === 1 ? NaN : seed;
    }, { starts: 3, seed: 0, maximize: true, onStart: (seed, score) => void told.push([seed, score]) });
    expect(starts).toEqual({ scores: [0, NaN, 2], best: { seed: 2, score: 2 }, mean: 1, std: Math.SQRT2, failed: 1 });
    expect(told).toEqual([[0, 0], [1, NaN], [2, 2]]);
  });

  test.each<[string, () => unknown]>([
    ["starts is out of range: 0; give a whole number ≥ 1", () => multiStart(() => 1, { starts: 0 })],
    ["seed is out of range: 0.5; give a whole number ≥ 0", () => multiStart(() => 1, { seed: 0.5 })],
    ['unknown option: "trials"; did you mean "starts"?', () => multiStart(() => 1, { trials: 3 } as never)],
    ["the objective is not a function: 3; give one", () => multiStart(3 as never)],
    ["every trial failed: 20 of 20 (the first: it gave NaN)", () => multiStart(() => NaN)],
  ])("refuses: %s", (message, run) => {
    expect(refusal(run)).toContain(message);
  });
});
