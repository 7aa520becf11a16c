/** An optimizer's state: a snapshot that resumes with the same bits, and is refused where it does not fit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AdaDelta, AdaGrad, AdaMax, Adam, AdamW, DTypeError, Momentum, NAdam, type Optimizer, OptionError, RAdam, RMSProp, SGD,
  ShapeError, type Tensor, tensor,
} from "../../src/index";
import { leaf } from "./traces";

const kinds: [string, (params: Tensor[], lr: number) => Optimizer][] = [
  ["SGD", (p, lr) => new SGD(p, { lr, momentum: 0.9, dampening: 0.1 })],
  ["Momentum", (p, lr) => new Momentum(p, { lr })],
  ["RMSProp", (p, lr) => new RMSProp(p, { lr, momentum: 0.5, centered: true })],
  ["AdaGrad", (p, lr) => new AdaGrad(p, { lr, lrDecay: 0.1 })],
  ["Adam", (p, lr) => new Adam(p, { lr, amsgrad: true })],
  ["AdamW", (p, lr) => new AdamW(p, { lr })],
  ["AdaDelta", (p, lr) => new AdaDelta(p, { lr })],
  ["AdaMax", (p, lr) => new AdaMax(p, { lr })],
  ["NAdam", (p, lr) => new NAdam(p, { lr })],
  ["RAdam", (p, lr) => new RAdam(p, { lr })],
];

const twoLeaves = (): Tensor[] => [tensor([0.5, -1], { requiresGrad: true }), tensor(2, { requiresGrad: true })];

function train(params: readonly Tensor[], optimizer: Optimizer, steps: number): void {
  for (let k = 0; k < steps; k++) {
    optimizer.zeroGrad();
    params[0]!.sub(1).square().sum().add(params[1]!.square().mul(3)).backward();
    optimizer.step();
  }
}

describe.each(kinds)("%s", (_, make) => {
  test("goes on from a saved state with the same bits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 5 }), (before, after) => {
        const through = twoLeaves();
        const whole = make(through, 0.05);
        train(through, whole, before);
        whole.lr = 0.03;
        const resumed = through.map((p) => p.detach().clone());
        resumed.forEach((p) => (p.requiresGrad = true));
        const second = make(resumed, 0.05);
        second.loadStateDict(whole.stateDict());
        expect(second.lr).toBe(0.03);
        train(through, whole, after);
        train(resumed, second, after);
        resumed.forEach((p, i) => expect(p.toTypedArray()).toEqual(through[i]!.toTypedArray()));
        expect(JSON.stringify(second.stateDict())).toBe(JSON.stringify(whole.stateDict()));
      }),
      { numRuns: 10 },
    );
  });

  test("gives a state that later steps do not change", () => {
    const params = twoLeaves();
    const optimizer = make(params, 0.05);
    train(params, optimizer, 1);
    const state = optimizer.stateDict();
    const before = JSON.stringify(state);
    train(params, optimizer, 3);
    optimizer.lr = 1;
    expect(JSON.stringify(state)).toBe(before);
    expect(JSON.stringify(optimizer.stateDict())).not.toBe(before);
  });
});

test("the state is a flat record of tensors, settings included", () => {
  const [a, b] = twoLeaves();
  const state = new Adam([{ params: [a!] }, { params: [b!], lr: 0.5 }]).stateDict();
  expect(Object.keys(state)).toEqual([
    "0.step", "0.m", "0.v", "1.step", "1.m", "1.v",
    ...[0, 1].flatMap((i) => ["lr", "betas", "eps", "weightDecay", "amsgrad"].map((key) => `groups.${i}.${key}`)),
  ]);
  expect(state["groups.1.lr"]!.item()).toBe(0.5);
  expect(state["groups.0.betas"]!.toArray()).toEqual([0.9, 0.999]);
  expect(state["groups.0.amsgrad"]!.toArray()).toBe(false);
  expect(state["0.m"]!.shape).toEqual([2]);
  expect(state["0.step"]!.dtype).toBe("float64");
});

describe("loadStateDict refuses, and changes nothing at", () => {
  const saved = (): Record<string, Tensor> => {
    const params = twoLeaves();
    const optimizer = new Adam(params, { lr: 0.2 });
    train(params, optimizer, 2);
    return optimizer.stateDict();
  };
  const without = (key: string): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(saved()).filter(([name]) => name !== key));

  test.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    ["a missing key", () => without("1.v"), OptionError, 'Adam.loadStateDict: a key is missing: "1.v" (the state has 10 keys, 11 are needed); load the state of an optimizer of the same kind with the same parameters'],
    ["an unknown key", () => ({ ...saved(), "0.w": leaf(1) }), OptionError, 'Adam.loadStateDict: unknown key: "0.w" (the nearest is'],
    ["another shape", () => ({ ...saved(), "0.m": leaf([1, 2, 3]) }), ShapeError, 'Adam.loadStateDict: the shape of "0.m" differs: [3] for [2]; make the optimizer with the parameters that the state was saved for'],
    ["another dtype", () => ({ ...saved(), "0.m": leaf([1, 2]) }), DTypeError, 'Adam.loadStateDict: the dtype of "0.m" differs: float64 for float32; convert it with .to("float32")'],
    ["no tensor", () => ({ ...saved(), "0.m": [1, 2] }), OptionError, 'Adam.loadStateDict: "0.m" is not a tensor: [1, 2]; pass what stateDict() gave'],
    ["another setting", () => ({ ...saved(), "groups.0.eps": leaf(1e-6) }), OptionError, 'Adam.loadStateDict: the setting "groups.0.eps" differs: 0.000001 in the state, 1e-8 here; make the optimizer with the settings of the state, or change the value in the state'],
    ["no record", () => null, OptionError, "Adam.loadStateDict: not a state: null; pass what stateDict() gave"],
  ])("%s", (_, state, kind, message) => {
    const optimizer = new Adam(twoLeaves(), { lr: 0.1 });
    const before = JSON.stringify(optimizer.stateDict());
    const load = (): void => optimizer.loadStateDict(state() as Record<string, Tensor>);
    expect(load).toThrow(kind);
    expect(load).toThrow(message);
    expect(JSON.stringify(optimizer.stateDict())).toBe(before);
    expect(optimizer.lr).toBe(0.1);
  });
});
