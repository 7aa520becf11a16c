/** Schedules give the rate of each update, and refuse settings that make no sense. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  OptionError, type Schedule, chain, constantRate, cosineDecay, exponentialDecay, linearWarmup, polynomialDecay,
  stepDecay,
} from "../../src/index";

const rates = (schedule: Schedule, steps: readonly number[]): number[] => steps.map(schedule);

test("stepDecay divides by ten at each milestone, as the AlexNet curve", () => {
  const every = stepDecay(0.01, { every: 30 });
  expect(rates(every, [0, 29, 30, 59, 60])).toBeCloseToTensor([0.01, 0.01, 0.001, 0.001, 0.0001], { rtol: 1e-12 });
  const milestones = stepDecay(0.01, { milestones: [30, 50], factor: 0.5 });
  expect(rates(milestones, [29, 30, 49, 50, 1000])).toEqual([0.01, 0.005, 0.005, 0.0025, 0.0025]);
});

test("exponentialDecay multiplies in each step", () => {
  expect(rates(exponentialDecay(1, { factor: 0.5 }), [0, 1, 2, 10])).toEqual([1, 0.5, 0.25, 2 ** -10]);
});

test("cosineDecay falls from lr through the middle to min, and stays there", () => {
  const schedule = cosineDecay(0.1, { steps: 10, min: 0.02 });
  expect(rates(schedule, [0, 5, 10, 11, 1000])).toBeCloseToTensor([0.1, 0.06, 0.02, 0.02, 0.02], { rtol: 1e-12 });
});

test("linearWarmup rises from a rate to lr, and stays there", () => {
  const rising = rates(linearWarmup(0.1, { steps: 4 }), [0, 1, 2, 4, 9]);
  expect(rising).toBeCloseToTensor([0, 0.025, 0.05, 0.1, 0.1], { rtol: 1e-12 });
  expect(linearWarmup(0.1, { steps: 4, from: 0.02 })(0)).toBe(0.02);
});

test("polynomialDecay falls to 0, and constantRate nowhere", () => {
  expect(rates(polynomialDecay(1, { steps: 4 }), [0, 1, 2, 4, 9])).toEqual([1, 0.75, 0.5, 0, 0]);
  expect(polynomialDecay(1, { steps: 4, power: 2 })(1)).toBe(0.5625);
  expect(rates(constantRate(0.3), [0, 1e9])).toEqual([0.3, 0.3]);
});

test("chain runs one after another, each from its own 0", () => {
  const halving = exponentialDecay(1, { factor: 0.5 });
  const schedule = chain([[linearWarmup(1, { steps: 4 }), 4], [constantRate(1), 2], [halving, Infinity]]);
  expect(rates(schedule, [0, 3, 4, 5, 6, 7, 8])).toEqual([0, 0.75, 1, 1, 1, 0.5, 0.25]);
});

test("constantRate gives its rate always", () => {
  expect([0, 1, 1e9].map(constantRate(0.3))).toEqual([0.3, 0.3, 0.3]);
});

test("decays never rise, and no rate is negative or above lr", () => {
  const lr = fc.double({ min: 0, max: 10, noNaN: true });
  const steps = fc.integer({ min: 1, max: 50 });
  const make = fc.constantFrom<((lr: number, steps: number) => Schedule)[]>(
    (r, every) => stepDecay(r, { every }),
    (r) => exponentialDecay(r, { factor: 0.9 }),
    (r, n) => cosineDecay(r, { steps: n }),
    (r, n) => polynomialDecay(r, { steps: n, power: 3 }),
  );
  fc.assert(
    fc.property(make, lr, steps, (schedule, rate, n) => {
      const found = Array.from({ length: 60 }, (_, t) => schedule(rate, n)(t));
      expect(found[0]).toBe(rate);
      found.forEach((value, t) => {
        expect(value).toBeGreaterThanOrEqual(0);
        if (t > 0) expect(value).toBeLessThanOrEqual(found[t - 1]!);
      });
    }),
  );
});

describe("refusals", () => {
  test.each<[() => unknown, string]>([
    [() => stepDecay(0.1, {}), "stepDecay: needs every or milestones, and not both: undefined, undefined; write { every: 1000 } or { milestones: [1000, 1500] }"],
    [() => stepDecay(0.1, { every: 2, milestones: [3] }), "stepDecay: needs every or milestones, and not both: 2, [3]"],
    [() => stepDecay(0.1, { every: 1.5 }), "stepDecay: every is out of range: 1.5; give a whole number ≥ 1"],
    [() => stepDecay(0.1, { milestones: [5, 3] }), "stepDecay: milestones are no rising list: [5, 3]; list steps in order, such as [1000, 1500]"],
    [() => stepDecay(0.1, { milestones: [] }), "stepDecay: milestones are no rising list: []"],
    [() => stepDecay(0.1, { milestones: [-1] }), "stepDecay: milestones[0] is out of range: -1; give a whole number ≥ 0"],
    [() => stepDecay(0.1, { every: 2, factor: 0 }), "stepDecay: factor is out of range: 0; give a number > 0"],
    [() => stepDecay(-0.1, { every: 2 }), "stepDecay: lr is out of range: -0.1; give a number ≥ 0"],
    [() => stepDecay(0.1, { evry: 2 } as object), 'stepDecay: unknown option: "evry"; did you mean "every"?'],
    [() => exponentialDecay(0.1, undefined as never), "exponentialDecay: factor is out of range: undefined; give a number > 0"],
    [() => cosineDecay(0.1, { steps: 0 }), "cosineDecay: steps is out of range: 0; give a whole number ≥ 1"],
    [() => cosineDecay(0.1, { steps: 1, min: -1 }), "cosineDecay: min is out of range: -1; give a number ≥ 0"],
    [() => linearWarmup(0.1, { steps: 3, from: -1 }), "linearWarmup: from is out of range: -1"],
    [() => polynomialDecay(0.1, { steps: 3, power: 0 }), "polynomialDecay: power is out of range: 0; give a number > 0"],
    [() => constantRate(NaN), "constantRate: lr is out of range: NaN"],
    [() => constantRate(0.1)(-1), "constantRate: step is out of range: -1; give a number ≥ 0"],
    [() => chain([]), "chain: not a list of [schedule, steps]: []; write [[warmup, 100], [decay, Infinity]]"],
    [() => chain([constantRate(1)] as never), "chain: not a list of [schedule, steps]"],
    [() => chain([[constantRate(1), 5]]), "chain: the last schedule ends: after 5 steps (what follows is unknown); give it Infinity"],
    [() => chain([[constantRate(1), Infinity], [constantRate(1), Infinity]]), "chain: steps of part 0 is out of range: Infinity; give a whole number ≥ 1"],
  ])("%s", (make, message) => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  });
});
