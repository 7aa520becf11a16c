/** Adam and AdamW walk as their formulas say. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Adam, type AdamOptions, AdamW, OptionError, tensor } from "../../src/index";
import { LESSON, close, gradients, leaf, walk } from "./traces";

function expected(given: readonly number[], options: Required<AdamOptions>, decoupled: boolean): number[] {
  const { lr, betas: [beta1, beta2], eps, weightDecay, amsgrad } = options;
  let [p, m, v, vMax] = [1, 0, 0, 0];
  return given.map((gradient, k) => {
    const g = decoupled ? gradient : gradient + weightDecay * p;
    if (decoupled) p *= 1 - lr * weightDecay;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    vMax = Math.max(vMax, v);
    const root = Math.sqrt((amsgrad ? vMax : v) / (1 - beta2 ** (k + 1)));
    return (p -= (lr * (m / (1 - beta1 ** (k + 1)))) / (root + eps));
  });
}

const options = fc.record({
  lr: fc.double({ min: 0, max: 0.5, noNaN: true }),
  betas: fc.constantFrom<[number, number]>([0.9, 0.999], [0.5, 0.9], [0, 0]),
  eps: fc.constantFrom(1e-3, 1e-8),
  weightDecay: fc.constantFrom(0, 0.1),
  amsgrad: fc.boolean(),
});

describe("Adam", () => {
  test("gives the curriculum's numbers", () => {
    const found = walk((p) => new Adam(p, { lr: 0.1 }), LESSON);
    expect(found).toBeCloseToTensor([0.900000001, 0.8259189378, 0.8031367529, 0.7844749734], { atol: 1e-10 });
  });

  test("follows its formula for any gradients and settings", () => {
    fc.assert(
      fc.property(gradients, options, (given, settings) => {
        const found = walk((p) => new Adam(p, settings), given);
        expect(found).toBeCloseToTensor(expected(given, settings, false), close);
      }),
    );
  });

  test("takes a first step of lr against the sign, whatever the gradient's size", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (g) => {
        expect(walk((p) => new Adam(p, { lr: 0.1 }), [g])[0]).toBeCloseTo(0.9, 5);
        expect(walk((p) => new Adam(p, { lr: 0.1 }), [-g])[0]).toBeCloseTo(1.1, 5);
      }),
    );
  });

  test("corrects in float64, so that float32 parameters step by lr to seven digits", () => {
    const w = tensor([0], { requiresGrad: true });
    w.grad = tensor([3]);
    new Adam([w], { lr: 0.1 }).step();
    expect(Math.abs(w.item() + 0.1)).toBeLessThan(2e-8);
  });

  test("counts the steps of each parameter, so that one that comes later is corrected as well", () => {
    const [first, late] = [leaf(1), leaf(1)];
    const optimizer = new Adam([first, late], { lr: 0.1 });
    for (let k = 0; k < 100; k++) {
      first.grad = leaf(1);
      if (k === 99) late.grad = leaf(1);
      optimizer.step();
    }
    expect(late.item()).toBeCloseTo(0.9, 8);
  });

  test.each<[AdamOptions, string]>([
    [{ betas: [0.9, 1] }, "Adam: betas[1] is out of range: 1; give a number ≥ 0 and < 1"],
    [{ betas: 0.9 } as object, "Adam: betas is not a pair: 0.9; give [β₁, β₂], such as [0.9, 0.999]"],
    [{ eps: -1 }, "Adam: eps is out of range: -1; give a number ≥ 0"],
    [{ weightDecay: NaN }, "Adam: weightDecay is out of range: NaN; give a number ≥ 0"],
    [{ amsgrad: "yes" } as object, 'Adam: amsgrad is not a boolean: "yes"; give true or false'],
    [{ beta: [0.9, 0.99] } as object, 'Adam: unknown option: "beta"; did you mean "betas"?'],
  ])("refuses %j", (given, message) => {
    expect(() => new Adam([leaf(1)], given)).toThrow(OptionError);
    expect(() => new Adam([leaf(1)], given)).toThrow(message);
  });
});

describe("AdamW", () => {
  test("follows its formula for any gradients and settings", () => {
    fc.assert(
      fc.property(gradients, options, (given, settings) => {
        const found = walk((p) => new AdamW(p, settings), given);
        expect(found).toBeCloseToTensor(expected(given, settings, true), close);
      }),
    );
  });

  test("shrinks a weight without gradient by lr·λ, where Adam would take a whole step", () => {
    expect(walk((p) => new AdamW(p, { lr: 0.1, weightDecay: 0.5 }), [0])[0]).toBeCloseTo(0.95, 12);
    expect(walk((p) => new Adam(p, { lr: 0.1, weightDecay: 0.5 }), [0])[0]).toBeCloseTo(0.9, 6);
  });

  test("decays by 0.01 unless told otherwise", () => {
    expect(walk((p) => new AdamW(p, { lr: 1 }), [0])[0]).toBeCloseTo(0.99, 12);
  });
});
