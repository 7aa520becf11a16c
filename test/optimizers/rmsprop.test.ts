/** RMSProp walks as its formula says, also centered and with momentum. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OptionError, RMSProp, type RMSPropOptions } from "../../src/index";
import { LESSON, close, gradients, leaf, walk } from "./traces";

function expected(given: readonly number[], options: Required<RMSPropOptions>): number[] {
  const { lr, alpha, eps, weightDecay, momentum, centered } = options;
  let [p, v, mean, buffer] = [1, 0, 0, 0];
  return given.map((gradient) => {
    const g = gradient + weightDecay * p;
    v = alpha * v + (1 - alpha) * g * g;
    mean = alpha * mean + (1 - alpha) * g;
    const spread = centered ? Math.max(0, v - mean * mean) : v;
    buffer = momentum * buffer + g / (Math.sqrt(spread) + eps);
    return (p -= lr * buffer);
  });
}

describe("RMSProp", () => {
  test("gives the curriculum's numbers", () => {
    const usual = walk((p) => new RMSProp(p, { lr: 0.1, alpha: 0.9 }), LESSON);
    expect(usual).toBeCloseToTensor([0.683772244, 0.650622568, 0.803548501, 0.803548501], { atol: 1e-9 });
    const torch = walk((p) => new RMSProp(p, { lr: 0.1 }), LESSON);
    expect(torch).toBeCloseToTensor([1e-7, -0.0999999, 0.3490133, 0.3490133], { atol: 1e-7 });
  });

  test("begins with a step of lr/√(1 − alpha), since v is not corrected", () => {
    expect(walk((p) => new RMSProp(p, { lr: 0.1, eps: 0 }), [7])[0]).toBeCloseTo(1 - 0.1 / Math.sqrt(0.01), 12);
  });

  test("follows its formula for any gradients and settings", () => {
    const options = fc.record({
      lr: fc.double({ min: 0, max: 0.1, noNaN: true }),
      alpha: fc.constantFrom(0.5, 0.9, 0.99),
      eps: fc.constantFrom(1e-3, 1e-8),
      weightDecay: fc.constantFrom(0, 0.1),
      momentum: fc.constantFrom(0, 0.5),
      centered: fc.constant(false),
    });
    fc.assert(
      fc.property(gradients, options, (given, settings) => {
        const found = walk((p) => new RMSProp(p, settings), given);
        expect(found).toBeCloseToTensor(expected(given, settings), close);
      }),
    );
    const centered = { ...{ lr: 0.01, alpha: 0.9, eps: 0.1, weightDecay: 0.1, momentum: 0.5 }, centered: true };
    fc.assert(
      fc.property(gradients, (given) => {
        const found = walk((p) => new RMSProp(p, centered), given);
        expect(found).toBeCloseToTensor(expected(given, centered), { rtol: 1e-9, atol: 1e-9 });
      }),
    );
  });

  test("stays finite when centered under a constant gradient, where rounding takes the variance below 0", () => {
    const constant = Array.from({ length: 400 }, () => 0.1);
    const found = walk((p) => new RMSProp(p, { lr: 1e-3, alpha: 0.5, centered: true }), constant);
    expect(found.every(Number.isFinite)).toBe(true);
  });

  test("takes steps of about lr again after a spike, where AdaGrad would not", () => {
    const found = walk((p) => new RMSProp(p, { lr: 0.01, alpha: 0.9 }), [1, ...Array<number>(200).fill(0.1)], 0);
    expect(found[199]! - found[200]!).toBeCloseTo(0.01, 5);
  });

  test.each<[RMSPropOptions, string]>([
    [{ alpha: 1 }, "RMSProp: alpha is out of range: 1; give a number ≥ 0 and < 1"],
    [{ eps: -1 }, "RMSProp: eps is out of range: -1; give a number ≥ 0"],
    [{ weightDecay: -1 }, "RMSProp: weightDecay is out of range: -1"],
    [{ momentum: 1 }, "RMSProp: momentum is out of range: 1; give a number ≥ 0 and < 1"],
    [{ centered: "no" } as object, 'RMSProp: centered is not a boolean: "no"; give true or false'],
    [{ beta: 0.9 } as object, 'RMSProp: unknown option: "beta"; did you mean'],
  ])("refuses %j", (options, message) => {
    expect(() => new RMSProp([leaf(1)], options)).toThrow(OptionError);
    expect(() => new RMSProp([leaf(1)], options)).toThrow(message);
  });
});
