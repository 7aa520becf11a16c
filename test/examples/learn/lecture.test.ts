/** The chapters on Lee's lecture: days, curves, gradients through depth, softmax. */
import { expect, test } from "vitest";
import { main as days } from "../../../examples/learn/21-days";
import { main as curves } from "../../../examples/learn/22-curves";
import { main as gradients } from "../../../examples/learn/23-gradients";
import { main as softmax } from "../../../examples/learn/24-softmax";
import { softmax as softmaxOf, tensor } from "../../../src/index";
import { chapter } from "../../support/chapter";

test("days: errors fall with the window, most from one day to seven, and one day is one day late", { timeout: 120_000 }, async () => {
  const { result } = await chapter("21-days", days);
  expect(result.rows).toEqual([1450, 1405]);
  const [one, seven, month, two] = result.errors;
  expect(one!.train - seven!.train).toBeGreaterThan(seven!.train - two!.train);
  expect(seven!.train).toBeGreaterThan(month!.train);
  expect(month!.train).toBeGreaterThan(two!.train);
  expect(seven!.unseen).toBeLessThan(one!.unseen);
  for (const { name, train, unseen } of result.errors) expect(unseen, name).toBeGreaterThan(train);
  const nets = result.errors.slice(4).map(({ train }) => train);
  nets.slice(1).forEach((train, i) => expect(train).toBeLessThan(nets[i]!));
  expect(result.lag).toBe(1);
});

test("curves: ramps and pairs of ReLUs are exact, and fifty units learn a sine", { timeout: 120_000 }, async () => {
  const { result } = await chapter("22-curves", curves);
  expect(result.heights).toEqual([2, -1, 2]);
  expect(result.rampError).toBeLessThan(1e-12);
  expect(result.sigmoid.four).toBeCloseTo(0.1192, 4);
  expect(result.sigmoid.best).toBeCloseTo(0.0561, 4);
  expect(result.sigmoid.slope).toBeCloseTo(5.65, 1);
  expect(result.reluError).toBeLessThan(1e-14);
  expect(result.count[0]).toBe(result.count[1]);
  expect(result.formError).toBeLessThan(1e-12);
  for (const [name, error] of Object.entries(result.sine)) expect(error, name).toBeLessThan(0.05);
});

test("gradients: thirty layers explode, hold or vanish by their start; a dead unit stays dead", async () => {
  const { result } = await chapter("23-gradients", gradients);
  const [large, he, small, sigmoid] = result.deep.map(({ first }) => first);
  expect(large).toBeGreaterThan(1e8);
  expect(he).toBeGreaterThan(0.1);
  expect(he).toBeLessThan(100);
  expect(small).toBeLessThan(1e-2);
  expect(sigmoid).toBeLessThan(1e-16);
  expect(result.slopes[0]).toBe(0.25);
  expect(result.slopes[1]).toBeCloseTo(4.54e-5, 6);
  expect(result.clipped[1]).toBeCloseTo(1, 4);
  expect(result.dead).toEqual({ gradient: 0, moved: 0, counted: 1 });
  expect(result.spread).toBeCloseTo(0.408, 2);
});

test("softmax: J, p − t three times over, and a squared error that stalls", async () => {
  const { result } = await chapter("24-softmax", softmax);
  const near = (actual: readonly number[], expected: readonly number[]): void =>
    expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 6));
  near(result.probabilities, [0.659001, 0.242433, 0.098566]);
  near(result.others.flat(), [0.878878, 0.118943, 0.002179, 1, 0, 0]);
  near(result.jacobian[0]!, [0.224719, -0.159764, -0.064955]);
  near(result.jacobian[1]!, [-0.159764, 0.183659, -0.023896]);
  near(result.jacobian[2]!, [-0.064955, -0.023896, 0.088851]);
  expect(result.loss).toBeCloseTo(0.41703, 6);
  for (const gradient of result.gradients) near(gradient, [-0.340999, 0.242433, 0.098566]);
  expect(result.checked).toBe(true);
  expect(result.slopes[0]).toBeCloseTo(1, 6);
  expect(result.slopes[1]).toBeCloseTo(3e-5, 6);
  expect(result.slopes[0] / result.slopes[1]).toBeGreaterThan(1e4);
  expect(result.learned["cross-entropy"]).toBeGreaterThan(0.99);
  expect(result.learned["squared error of the softmax"]).toBeLessThan(0.01);
});

test("the probabilities of 361 Go moves add up to 1", () => {
  const scores = tensor(Float64Array.from({ length: 361 }, (_, i) => 40 * Math.sin(i * i)));
  expect(Math.abs(softmaxOf(scores).sum().item() - 1)).toBeLessThan(1e-12);
});
