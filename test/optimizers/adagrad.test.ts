/** AdaGrad walks as its formula says. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AdaGrad, type AdaGradOptions, OptionError } from "../../src/index";
import { LESSON, close, gradients, leaf, walk } from "./traces";

function expected(given: readonly number[], options: Required<AdaGradOptions>): number[] {
  const { lr, lrDecay, weightDecay, initialAccumulatorValue, eps } = options;
  let [p, sum] = [1, initialAccumulatorValue];
  return given.map((gradient, k) => {
    const g = gradient + weightDecay * p;
    sum += g * g;
    return (p -= ((lr / (1 + k * lrDecay)) * g) / (Math.sqrt(sum) + eps));
  });
}

describe("AdaGrad", () => {
  test("gives the curriculum's numbers", () => {
    const found = walk((p) => new AdaGrad(p, { lr: 0.1 }), LESSON);
    expect(found).toBeCloseToTensor([0.9, 0.8900496281, 0.9345931684, 0.9345931684], { atol: 1e-10 });
  });

  test("takes lr/√k in step k under a constant gradient", () => {
    const found = walk((p) => new AdaGrad(p, { lr: 0.1, eps: 0 }), Array<number>(20).fill(3), 0);
    found.forEach((value, k) => expect((found[k - 1] ?? 0) - value).toBeCloseTo(0.1 / Math.sqrt(k + 1), 12));
  });

  test("takes ever smaller steps after a spike, where RMSProp recovers", () => {
    const found = walk((p) => new AdaGrad(p, { lr: 0.01 }), [1, ...Array<number>(200).fill(0.1)], 0);
    expect(found[199]! - found[200]!).toBeLessThan(0.001);
  });

  test("follows its formula for any gradients and settings", () => {
    const options = fc.record({
      lr: fc.double({ min: 0, max: 0.5, noNaN: true }),
      lrDecay: fc.constantFrom(0, 0.1),
      weightDecay: fc.constantFrom(0, 0.1),
      initialAccumulatorValue: fc.constantFrom(0, 0.5),
      eps: fc.constantFrom(1e-3, 1e-10),
    });
    fc.assert(
      fc.property(gradients, options, (given, settings) => {
        const found = walk((p) => new AdaGrad(p, settings), given);
        expect(found).toBeCloseToTensor(expected(given, settings), close);
      }),
    );
  });

  test.each<[AdaGradOptions, string]>([
    [{ lrDecay: -1 }, "AdaGrad: lrDecay is out of range: -1; give a number ≥ 0"],
    [{ weightDecay: -1 }, "AdaGrad: weightDecay is out of range: -1"],
    [{ initialAccumulatorValue: -1 }, "AdaGrad: initialAccumulatorValue is out of range: -1"],
    [{ eps: Infinity }, "AdaGrad: eps is out of range: Infinity"],
  ])("refuses %j", (options, message) => {
    expect(() => new AdaGrad([leaf(1)], options)).toThrow(OptionError);
    expect(() => new AdaGrad([leaf(1)], options)).toThrow(message);
  });
});
