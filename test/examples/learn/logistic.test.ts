/** The chapters from five balls to one step of back-propagation, held to the numbers of their texts. */
import { expect, test } from "vitest";
import { main as balls } from "../../../examples/learn/04-balls";
import { main as logistic } from "../../../examples/learn/05-logistic";
import { main as features } from "../../../examples/learn/06-features";
import { main as descent } from "../../../examples/learn/07-descent";
import { main as backprop } from "../../../examples/learn/08-backprop";
import { chapter } from "../../support/chapter";

const close = (actual: readonly number[], expected: readonly number[], digits: number): void => {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits));
};

test("balls: the maximum is at 3/5, by calculus and by descent", async () => {
  const { result } = await chapter("04-balls", balls);
  close(result.likelihood, [0.01323, 0.03125, 0.03456, 0.03087], 10);
  const { p, value, slope, curvature } = result.atMaximum;
  close([p, value, slope], [0.6, -3.365058, 0], 6);
  expect(curvature).toBeCloseTo(-20.8333, 4);
  close(result.bends, [0.38, 0.54], 2);
  close([result.meanNll, result.learned.logit, result.learned.p], [0.673012, 0.405465, 0.6], 6);
});

test("logistic: descent and Newton's method meet at one maximum", async () => {
  const { result } = await chapter("05-logistic", logistic);
  expect(result.neuron[0]).toBe(4);
  close([result.neuron[1], result.slope], [0.982014, -0.4255575], 6);
  close(result.descent, result.newton, 4);
  result.newtonLosses.slice(1).forEach((loss, i) => expect(loss).toBeLessThanOrEqual(result.newtonLosses[i]! + 1e-12));
  expect(result.accuracy).toBeGreaterThan(0.7);
  expect(result.chords[0]).toBe(1);
  expect(result.chords[1]).toBeLessThan(1);
});

test("features: both maps separate the corners, and Lee's network gives its printed digits", { timeout: 120_000 }, async () => {
  const { result } = await chapter("06-features", features);
  expect(result.linear).toBe(3);
  close(result.distances.flat(), [0, 1.4142, 1, 1, 1, 1, 1.4142, 0], 4);
  close(result.units.flat(), [0.269, 0.269, 0.731, 0.047, 0.047, 0.731, 0.269, 0.269], 3);
  close(result.units.map(([u, v]) => u! + v!), [0.538, 0.778, 0.778, 0.538], 3);
  expect(result.solved[8]).toBe(1);
  close(result.lee[0]!.flat(), [0.982014, 0.119203, 0.863518, 0.110737, 0.617705, 0.829124], 6);
  close(result.lee[1]!.flat(), [0.731059, 0.5, 0.723545, 0.123238, 0.511847, 0.854384], 6);
});

test("descent: the slow path, the shifted one, and five rates", async () => {
  const { result } = await chapter("07-descent", descent);
  close(result.slow.slice(1, 4), [4.95, 4.9005, 4.851495], 10);
  close([result.slow[100]!, result.slow[1000]!], [1.830162, 2.159e-4], 6);
  close([...result.shifted.slice(1, 4), result.shifted[100]!], [0.03, 0.0597, 0.089103, 1.901903], 6);
  Object.entries({ 0.1: 0.8, 0.5: 0, 0.9: -0.8, 1: -1, 1.05: -1.1 }).forEach(([rate, factor]) =>
    expect(result.paths[rate]![5]).toBeCloseTo(5 * factor ** 5, 8),
  );
  close(result.saddle, [-2, 4], 6);
});

test("backprop: gradients, weights, five steps, and the fingerprints of two mistakes", async () => {
  const { result } = await chapter("08-backprop", backprop);
  close(result.gradients, [1.05, 2.1, 2.1, 4.2, 2.1, 1.995], 12);
  close(result.weights, [0.895, 0.29, 0.29, 0.28, 0.79, 1.8005], 12);
  const predictions = result.path.map(({ prediction }) => prediction);
  const losses = result.path.map(({ loss }) => loss);
  close(predictions, [2.9, 1.3478375, 1.0484658, 0.9198601, 0.8591085, 0.8294257], 7);
  close(losses, [2.205, 0.150063, 0.0308676, 0.0071832, 0.0017469, 0.0004329], 7);
  expect(result.path[1]!.loss).toBeCloseTo(0.1500629632, 10);
  expect(result.impatient).toBeCloseTo(1.4856762, 7);
  close(result.doubled, [4.41, 0.1154, 0.468677], 6);
});
