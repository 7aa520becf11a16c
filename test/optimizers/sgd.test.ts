/** Gradient descent walks as its formulas say, with the momentum, dampening and decay of PyTorch. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Momentum, OptionError, SGD, type SGDOptions, tensor } from "../../src/index";
import { LESSON, close, gradients, leaf, walk } from "./traces";

/** The formulas, in plain arithmetic. */
function expected(given: readonly number[], options: Required<SGDOptions>): number[] {
  const { lr, momentum, dampening, nesterov, weightDecay } = options;
  let [p, v] = [1, 0];
  return given.map((g, k) => {
    const d = g + weightDecay * p;
    v = k === 0 ? d : momentum * v + (1 - dampening) * d;
    return (p -= lr * (momentum === 0 ? d : nesterov ? d + momentum * v : v));
  });
}

/** How many steps down ½(x² + 25y²) from (10, 1) bring the loss below 1e-6. */
function stepsToBottom(options: SGDOptions): number {
  const point = leaf([10, 1]);
  const optimizer = new SGD([point], options);
  for (let steps = 0; steps < 1000; steps++) {
    optimizer.zeroGrad();
    const loss = point.square().mul(tensor([1, 25], { dtype: "float64" })).sum().mul(0.5);
    if (loss.item() < 1e-6) return steps;
    loss.backward();
    optimizer.step();
  }
  return Infinity;
}

describe("the learning rate", () => {
  test.each([
    [0.1, 0.8], [0.5, 0], [0.9, -0.8], [1, -1], [1.05, -1.1],
  ])("of %d on x² multiplies x by %d in each step", (lr, factor) => {
    const x = leaf(5);
    const optimizer = new SGD([x], { lr });
    for (let k = 1; k <= 10; k++) {
      optimizer.zeroGrad();
      x.square().backward();
      optimizer.step();
      expect(x.item()).toBeCloseTo(5 * factor ** k, 10);
    }
  });

  test("and momentum decide how long a narrow valley takes", () => {
    expect(stepsToBottom({ lr: 0.02 })).toBe(439);
    expect(stepsToBottom({ lr: 2 / 26 })).toBe(113);
    expect(stepsToBottom({ lr: 0.081 })).toBe(Infinity);
    expect(stepsToBottom({ lr: 1 / 9, momentum: 4 / 9 })).toBe(31);
    expect(stepsToBottom({ lr: 0.02, momentum: 0.9 })).toBe(129);
  });
});

describe("SGD", () => {
  test("gives the curriculum's numbers", () => {
    expect(walk((p) => new SGD(p, { lr: 0.1 }), LESSON)).toBeCloseToTensor([0.9, 0.89, 0.94, 0.94], { atol: 1e-12 });
    const nesterov = walk((p) => new SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true }), LESSON);
    expect(nesterov).toBeCloseToTensor([0.81, 0.71, 0.724, 0.6916], { atol: 1e-12 });
  });

  test("follows its formula for any gradients and settings", () => {
    const options = fc
      .record({
        lr: fc.double({ min: 0, max: 0.5, noNaN: true }),
        momentum: fc.constantFrom(0, 0.5, 0.9),
        dampening: fc.constantFrom(0, 0.2, 1),
        nesterov: fc.boolean(),
        weightDecay: fc.constantFrom(0, 0.1),
      })
      .filter(({ nesterov, momentum, dampening }) => !nesterov || (momentum > 0 && dampening === 0));
    fc.assert(
      fc.property(gradients, options, (given, settings) => {
        const found = walk((p) => new SGD(p, settings), given);
        expect(found).toBeCloseToTensor(expected(given, settings), close);
      }),
    );
  });

  test("takes the first momentum undampened and the later ones dampened, as PyTorch does", () => {
    const found = walk((p) => new SGD(p, { lr: 0.1, momentum: 0.9, dampening: 0.9 }), LESSON);
    expect(found).toBeCloseToTensor([0.9, 0.809, 0.7321, 0.66289], { atol: 1e-12 });
  });

  test("keeps no slot that its settings do not need", () => {
    const slots = (options: SGDOptions): string[] =>
      Object.keys(new SGD([leaf(1)], options).stateDict()).filter((key) => key.startsWith("0."));
    expect(slots({})).toEqual([]);
    expect(slots({ momentum: 0.5 })).toEqual(["0.v"]);
    expect(slots({ momentum: 0.5, dampening: 0.1 })).toEqual(["0.v", "0.step"]);
  });

  test.each<[SGDOptions, string]>([
    [{ momentum: 1 }, "SGD: momentum is out of range: 1; give a number ≥ 0 and < 1"],
    [{ dampening: 2 }, "SGD: dampening is out of range: 2; give a number ≥ 0 and ≤ 1"],
    [{ weightDecay: -1 }, "SGD: weightDecay is out of range: -1; give a number ≥ 0"],
    [{ lr: NaN }, "SGD: lr is out of range: NaN; give a number ≥ 0"],
    [
      { nesterov: true },
      "SGD: nesterov needs momentum and no dampening: momentum 0, dampening 0; set momentum to 0.9 and dampening to 0",
    ],
    [{ nesterov: true, momentum: 0.9, dampening: 0.1 }, "SGD: nesterov needs momentum and no dampening: momentum 0.9, dampening 0.1"],
    [{ nesterov: 1 } as object, "SGD: nesterov is not a boolean: 1; give true or false"],
  ])("refuses %j", (options, message) => {
    expect(() => new SGD([leaf(1)], options)).toThrow(OptionError);
    expect(() => new SGD([leaf(1)], options)).toThrow(message);
  });
});

describe("Momentum", () => {
  test("is SGD with momentum 0.9", () => {
    const found = walk((p) => new Momentum(p, { lr: 0.1 }), LESSON);
    expect(found).toBeCloseToTensor([0.9, 0.8, 0.76, 0.724], { atol: 1e-12 });
    expect(found).toEqual(walk((p) => new SGD(p, { lr: 0.1, momentum: 0.9 }), LESSON));
  });

  test("takes another momentum, and names itself in errors", () => {
    const still = walk((p) => new Momentum(p, { lr: 0.1, momentum: 0 }), LESSON);
    expect(still).toEqual(walk((p) => new SGD(p, { lr: 0.1 }), LESSON));
    expect(() => new Momentum([leaf(1)], { momentum: 9 })).toThrow("Momentum: momentum is out of range: 9");
  });
});
