/** Schedules that rise and fall: where they begin, turn and end. */
import { describe, expect, test } from "vitest";
import {
  OptionError, type Schedule, cosineDecay, cosineWarmRestarts, cyclic, multiStepDecay, oneCycle, stepDecay,
} from "../../src/index";

const rates = (schedule: Schedule, count: number): number[] => Array.from({ length: count }, (_, t) => schedule(t));

test("multiStepDecay is stepDecay at milestones", () => {
  const options = { milestones: [2, 5], factor: 0.5 };
  expect(rates(multiStepDecay(0.1, options), 8)).toEqual(rates(stepDecay(0.1, options), 8));
});

describe("cosineWarmRestarts", () => {
  test("is cosineDecay until it starts anew, in cycles that may grow", () => {
    const restarts = cosineWarmRestarts(0.1, { steps: 4, growth: 3, min: 0.02 });
    const decay = cosineDecay(0.1, { steps: 4, min: 0.02 });
    rates(decay, 4).forEach((rate, t) => expect(restarts(t)).toBeCloseTo(rate, 15));
    expect([4, 16, 52].map(restarts)).toEqual([0.1, 0.1, 0.1]);
    expect(restarts(10)).toBeCloseTo(0.06, 15);
    expect(restarts(15)).toBeLessThan(0.023);
  });

  test("goes far without counting every step", () => {
    expect(cosineWarmRestarts(1, { steps: 10 })(1e12)).toBe(1);
    expect(cosineWarmRestarts(1, { steps: 1, growth: 2 })(2 ** 40 - 1)).toBe(1);
  });
});

describe("oneCycle", () => {
  test("rises to maxLr, falls to almost nothing and stays there", () => {
    const rate = oneCycle(0.5, { steps: 10, warmup: 0.4 });
    expect(rate(0)).toBeCloseTo(0.02, 15);
    expect([3, 9, 10, 500].map(rate)).toEqual([0.5, 2e-6, 2e-6, 2e-6]);
    expect(Math.max(...rates(rate, 20))).toBe(0.5);
  });

  test("of one step, and with a rise of one step, has no 0/0", () => {
    expect(oneCycle(1, { steps: 1 })(0)).toBe(4e-6);
    expect(oneCycle(1, { steps: 10, warmup: 0.1 })(0)).toBe(1);
    expect(oneCycle(1, { steps: 10, warmup: 1 })(9)).toBe(1);
  });
});

describe("cyclic", () => {
  test("goes up and down for ever, by slopes of different length", () => {
    const found = rates(cyclic(0, { max: 1, up: 1, down: 4 }), 11);
    [0, 1, 0.75, 0.5, 0.25, 0, 1, 0.75, 0.5, 0.25, 0].forEach((rate, t) => expect(found[t]).toBeCloseTo(rate, 15));
  });

  test("may halve its height, or let it fall step by step", () => {
    const halved = cyclic(1, { max: 3, up: 2, mode: "triangular2" });
    expect([2, 6, 10].map(halved)).toEqual([3, 2, 1.5]);
    expect(cyclic(0, { max: 1, up: 2, mode: "exponential", factor: 0.5 })(2)).toBe(0.25);
  });
});

describe("refusals", () => {
  test.each<[() => unknown, string]>([
    [() => multiStepDecay(0.1, {} as never), "multiStepDecay: milestones are no rising list: undefined; list steps in order"],
    [() => multiStepDecay(0.1, { milestones: [1], factor: 0 }), "multiStepDecay: factor is out of range: 0; give a number > 0"],
    [() => cosineWarmRestarts(0.1, { steps: 0 }), "cosineWarmRestarts: steps is out of range: 0; give a whole number ≥ 1"],
    [() => cosineWarmRestarts(0.1, { steps: 1, growth: 1.5 }), "cosineWarmRestarts: growth is out of range: 1.5; give a whole number ≥ 1"],
    [() => cosineWarmRestarts(0.1, { steps: 1, min: -1 }), "cosineWarmRestarts: min is out of range: -1; give a number ≥ 0"],
    [() => oneCycle(-1, { steps: 3 }), "oneCycle: maxLr is out of range: -1; give a number ≥ 0"],
    [() => oneCycle(1, undefined as never), "oneCycle: steps is out of range: undefined; give a whole number ≥ 1"],
    [() => oneCycle(1, { steps: 3, warmup: 30 }), "oneCycle: warmup is out of range: 30; give a number ≥ 0 and ≤ 1"],
    [() => oneCycle(1, { steps: 3, divFactor: 0 }), "oneCycle: divFactor is out of range: 0; give a number > 0"],
    [() => oneCycle(1, { steps: 3, finalDivFactor: 0 }), "oneCycle: finalDivFactor is out of range: 0; give a number > 0"],
    [() => oneCycle(1, { steps: 3, anneal: "cosine" as never }), 'oneCycle: unknown anneal: "cosine"; did you mean "cos"?'],
    [() => oneCycle(1, { steps: 3 })(-1), "oneCycle: step is out of range: -1; give a number ≥ 0"],
    [() => cyclic(0.1, { max: 0.01, up: 3 }), "cyclic: max is out of range: 0.01; give a number ≥ 0.1"],
    [() => cyclic(0.1, { max: 1, up: 0 }), "cyclic: up is out of range: 0; give a whole number ≥ 1"],
    [() => cyclic(0.1, { max: 1, up: 1, down: 0 }), "cyclic: down is out of range: 0; give a whole number ≥ 1"],
    [() => cyclic(0.1, { max: 1, up: 1, mode: "triangle" as never }), 'cyclic: unknown mode: "triangle"; did you mean "triangular"?'],
    [() => cyclic(0.1, { max: 1, up: 1, factor: 0.9 }), 'cyclic: a factor in mode "triangular": 0.9 (it would do nothing); set mode: "exponential"'],
    [() => cyclic(0.1, { max: 1, up: 1, mode: "exponential", factor: 0 }), "cyclic: factor is out of range: 0; give a number > 0"],
  ])("%s", (make, message) => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  });
});
