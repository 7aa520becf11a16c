/** AdaDelta, AdaMax, NAdam and RAdam walk as their formulas say. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AdaDelta, AdaMax, NAdam, type Optimizer, RAdam, type Tensor, tensor } from "../../src/index";
import { refusal } from "../support/refusal";
import { close, gradients, leaf, walk } from "./traces";

const decay = fc.constantFrom(0, 0.1);
const lr = fc.double({ min: 0, max: 0.5, noNaN: true });
const moments = fc.record({
  lr,
  betas: fc.constantFrom<[number, number]>([0.9, 0.999], [0.5, 0.9], [0.8, 0.5]),
  eps: fc.constantFrom(1e-3, 1e-8),
  weightDecay: decay,
});

test("AdaDelta follows its formula for any gradients and settings, and needs no rate", () => {
  const [rho, eps] = [fc.constantFrom(0, 0.8, 0.95), fc.constantFrom(1e-3, 1e-6)];
  const settings = fc.record({ lr, rho, eps, weightDecay: decay });
  fc.assert(
    fc.property(gradients, settings, (given, options) => {
      const { rho, eps } = options;
      let [p, v, d] = [1, 0, 0];
      const expected = given.map((gradient) => {
        const g = gradient + options.weightDecay * p;
        v = rho * v + (1 - rho) * g * g;
        const delta = (g * Math.sqrt(d + eps)) / Math.sqrt(v + eps);
        d = rho * d + (1 - rho) * delta * delta;
        return (p -= options.lr * delta);
      });
      expect(walk((params) => new AdaDelta(params, options), given)).toBeCloseToTensor(expected, close);
    }),
  );
  const first = walk((p) => new AdaDelta(p), [5])[0];
  expect(first).toBeCloseTo(1 - Math.sqrt(1e-6 / 0.1), 6);
});

test("AdaMax follows its formula, and hardly a step is longer than lr", () => {
  fc.assert(
    fc.property(gradients, moments, (given, options) => {
      const [beta1, beta2] = options.betas;
      let [p, m, u] = [1, 0, 0];
      const expected = given.map((gradient, k) => {
        const g = gradient + options.weightDecay * p;
        m = beta1 * m + (1 - beta1) * g;
        u = Math.max(beta2 * u, Math.abs(g) + options.eps);
        return (p -= ((options.lr / (1 - beta1 ** (k + 1))) * m) / u);
      });
      expect(walk((params) => new AdaMax(params, options), given)).toBeCloseToTensor(expected, close);
    }),
  );
  expect(walk((p) => new AdaMax(p, { lr: 0.1 }), [1e6])[0]).toBeCloseTo(0.9, 12);
  // The longest steps come of gradients that shrink as slowly as their maximum is forgotten.
  const places = walk((p) => new AdaMax(p, { lr: 1 }), Array.from({ length: 200 }, (_, k) => 0.999 ** k));
  const longest = Math.max(...places.slice(1).map((place, k) => Math.abs(place - places[k]!)));
  expect(longest).toBeGreaterThan(1.009);
  expect(longest).toBeLessThan(1.01);
});

test("NAdam follows its formula, with the product of its momenta", () => {
  fc.assert(
    fc.property(gradients, moments, fc.constantFrom(0, 4e-3, 0.5), (given, settings, momentumDecay) => {
      const [beta1, beta2] = settings.betas;
      const momentum = (k: number): number => beta1 * (1 - 0.5 * 0.96 ** (k * momentumDecay));
      let [p, m, v, product] = [1, 0, 0, 1];
      const expected = given.map((gradient, i) => {
        const k = i + 1;
        const g = gradient + settings.weightDecay * p;
        m = beta1 * m + (1 - beta1) * g;
        v = beta2 * v + (1 - beta2) * g * g;
        product *= momentum(k);
        const ahead = (momentum(k + 1) * m) / (1 - product * momentum(k + 1)) + ((1 - momentum(k)) * g) / (1 - product);
        return (p -= (settings.lr * ahead) / (Math.sqrt(v / (1 - beta2 ** k)) + settings.eps));
      });
      const found = walk((params) => new NAdam(params, { ...settings, momentumDecay }), given);
      expect(found).toBeCloseToTensor(expected, close);
    }),
  );
});

test("RAdam follows its formula: the mean alone in five steps, then Adam with a factor that rises to 1", () => {
  const steps = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(steps, moments, (given, settings) => {
      const [beta1, beta2] = settings.betas;
      const end = 2 / (1 - beta2) - 1;
      let [p, m, v] = [1, 0, 0];
      const expected = given.map((gradient, i) => {
        const k = i + 1;
        const g = gradient + settings.weightDecay * p;
        m = beta1 * m + (1 - beta1) * g;
        v = beta2 * v + (1 - beta2) * g * g;
        const mean = m / (1 - beta1 ** k);
        const length = end - (2 * k * beta2 ** k) / (1 - beta2 ** k);
        if (length <= 5) return (p -= settings.lr * mean);
        const r = Math.sqrt(((length - 4) * (length - 2) * end) / ((end - 4) * (end - 2) * length));
        return (p -= (settings.lr * mean * r * Math.sqrt(1 - beta2 ** k)) / (Math.sqrt(v) + settings.eps));
      });
      const tolerance = { rtol: 1e-9, atol: 1e-9 };
      expect(walk((params) => new RAdam(params, settings), given)).toBeCloseToTensor(expected, tolerance);
    }),
  );
  const [, , , , fifth, sixth] = walk((p) => new RAdam(p, { lr: 0.1 }), [1, 1, 1, 1, 1, 1]);
  expect(fifth).toBeCloseTo(0.5, 12);
  expect(fifth! - sixth!).toBeLessThan(0.01);
});

describe("settings out of range", () => {
  type Kind = new (params: Tensor[], options: object) => Optimizer;
  const said = (kind: Kind, options: object): string => refusal(() => new kind([leaf(1)], options));

  test.each([["AdaMax", AdaMax], ["NAdam", NAdam], ["RAdam", RAdam]] as const)("%s refuses them", (name, kind) => {
    const make = kind as Kind;
    expect(said(make, { betas: [0.9, 1] })).toBe(`OptionError: ${name}: betas[1] is out of range: 1; give a number ≥ 0 and < 1`);
    expect(said(make, { betas: 0.9 })).toBe(
      `OptionError: ${name}: betas is not a pair: 0.9; give [β₁, β₂], such as [0.9, 0.999]`,
    );
    expect(said(make, { eps: -1 })).toBe(`OptionError: ${name}: eps is out of range: -1; give a number ≥ 0`);
    expect(said(make, { weightDecay: -1 })).toBe(`OptionError: ${name}: weightDecay is out of range: -1; give a number ≥ 0`);
    expect(said(make, { amsgrad: true })).toMatch(`OptionError: ${name}: unknown option: "amsgrad"`);
  });

  test("AdaDelta and NAdam refuse theirs", () => {
    expect(said(AdaDelta as Kind, { rho: 1 })).toBe("OptionError: AdaDelta: rho is out of range: 1; give a number ≥ 0 and < 1");
    expect(said(AdaDelta as Kind, { eps: 0 })).toBe("OptionError: AdaDelta: eps is out of range: 0; give a number > 0");
    expect(said(AdaDelta as Kind, { weightDecay: NaN })).toBe(
      "OptionError: AdaDelta: weightDecay is out of range: NaN; give a number ≥ 0",
    );
    expect(said(NAdam as Kind, { momentumDecay: -1 })).toBe(
      "OptionError: NAdam: momentumDecay is out of range: -1; give a number ≥ 0",
    );
  });
});

test("NAdam keeps its product as one number per parameter in its state", () => {
  const p = tensor([1, 2, 3], { requiresGrad: true });
  const optimizer = new NAdam([p]);
  p.grad = tensor([1, 1, 1]);
  optimizer.step();
  const product = optimizer.stateDict()["0.product"]!;
  expect([product.shape, product.dtype]).toEqual([[], "float64"]);
  expect(product.item()).toBeCloseTo(0.9 * (1 - 0.5 * 0.96 ** 0.004), 12);
});
