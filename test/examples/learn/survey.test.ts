/** The chapters on the survey: likelihoods, losses, penalties, capacity, stopping. */
import { expect, test } from "vitest";
import { main as likelihood } from "../../../examples/learn/09-likelihood";
import { main as losses } from "../../../examples/learn/10-losses";
import { main as penalties } from "../../../examples/learn/11-penalties";
import { main as polynomials } from "../../../examples/learn/12-polynomials";
import { main as gaussian } from "../../../examples/learn/13-gaussian";
import { main as stopping } from "../../../examples/learn/14-stopping";
import { chapter } from "../../support/chapter";

const close = (actual: readonly number[], expected: readonly number[], digits: number): void => {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits));
};

test("likelihood: products vanish, and the spread of a risk falls with the root of the rows", async () => {
  const { result } = await chapter("09-likelihood", likelihood);
  expect(result.product).toBe(0);
  expect(result.logSum).toBeCloseTo(-693_147.18056, 5);
  expect(result.stuck).toBe(2.5e-323);
  for (const { rows, mean, spread } of result.risks) {
    expect(Math.abs(mean - result.trueRisk)).toBeLessThan((4 * spread) / Math.sqrt(400));
    expect(spread * Math.sqrt(rows)).toBeCloseTo(0.29 * Math.SQRT2, 0);
  }
  expect(result.optimism.seen).toBeLessThan(0.25);
  expect(result.optimism.fresh).toBeGreaterThan(0.25);
});

test("losses: the numbers of the texts, the mean and the median", async () => {
  const { result } = await chapter("10-losses", losses);
  close(result.views, [0.4, 2.1], 10);
  close(result.squares, [2.205, 4.41], 10);
  expect(result.centres).toEqual({ mse: 4.1, mae: 2.5 });
  expect(result.sum).toBeCloseTo(4 * result.mean, 12);
  expect(result.accuracy + result.errors).toBe(1);
  expect(result.far).toBe(1000);
});

test("penalties: minima 0.625, 0.7 and exactly 0; the posterior differs by a constant", async () => {
  const { result } = await chapter("11-penalties", penalties);
  expect(result.ridge).toBeCloseTo(0.625, 8);
  expect(result.lasso[0]).toBeCloseTo(0.7, 8);
  expect(result.lasso[1]).toBe(0);
  expect(result.swinging.every((value) => value !== 0 && Math.abs(value) < 0.06)).toBe(true);
  for (const difference of result.differences) expect(difference).toBeCloseTo(result.differences[0]!, 10);
  close(result.counted, [0.5, 1.4], 5);
  close(result.conversions, [1.98, 1.98, 1.98], 12);
});

test("polynomials: error = variance + bias², and a penalty trades one for the other", { timeout: 120_000 }, async () => {
  const { result } = await chapter("12-polynomials", polynomials);
  for (const { total, variance, bias2, name } of result.split) {
    expect(Math.abs(total - (variance + bias2)) / total, name).toBeLessThan(1e-10);
  }
  const split = Object.fromEntries(result.split.map(({ name, ...parts }) => [name, parts]));
  expect(split["degree 7"]!.variance).toBeGreaterThan(100 * split["degree 1"]!.variance);
  expect(split["degree 3"]!.total).toBeCloseTo(0.058, 1);
  expect(split["degree 1"]!.bias2).toBeCloseTo(0.17, 2);
  expect(split["degree 7, ridge λ = 10"]!.bias2).toBeGreaterThan(split["degree 7, ridge λ = 0.1"]!.bias2);
  const trains = result.risks.map(({ train }) => train);
  trains.slice(1).forEach((error, i) => expect(error).toBeLessThan(trains[i]!));
});

test("gaussian: 1.4189385, the normal equations, and spreads that are learned", { timeout: 120_000 }, async () => {
  const { result } = await chapter("13-gaussian", gaussian);
  expect(result.nll).toBeCloseTo(1.4189385, 7);
  for (const constant of result.constants) expect(constant).toBeCloseTo(0.5 * Math.log(2 * Math.PI), 12);
  close(result.descent, result.normal, 6);
  for (const { truth, predicted } of result.spreads) expect(Math.abs(predicted - truth)).toBeLessThan(0.15);
});

test("stopping: index 6, best .65, and better on unseen rows than the full run", { timeout: 120_000 }, async () => {
  const { result } = await chapter("14-stopping", stopping);
  for (const { stop, best } of result.rules) expect([stop, best]).toEqual([6, 0.65]);
  expect(result.early.epochs).toBeLessThan(result.full.epochs);
  expect(result.early.validation).toBeLessThan(result.full.validation);
  expect(result.early.train).toBeGreaterThan(result.full.train);
  expect(result.early.test).toBeGreaterThan(result.full.test);
});
