/** Every optimizer must have a row here, and converge on the same three problems. */
import { describe, expect, test } from "vitest";
import * as gradkit from "../../src/index";
import {
  AdaDelta, AdaGrad, AdaMax, Adam, AdamW, Momentum, NAdam, Optimizer, RAdam, RMSProp, SGD, type Tensor,
  binaryCrossEntropyWithLogits, exponentialDecay, tensor,
} from "../../src/index";

type Make = (params: Tensor[], lr: number) => Optimizer;

/** How to make it, and its learning rates for the bowl, the valley and the regression. */
const table: Record<string, { readonly make: Make; readonly lrs: readonly [number, number, number] }> = {
  SGD: { make: (p, lr) => new SGD(p, { lr }), lrs: [0.07, 0.01, 1] },
  Momentum: { make: (p, lr) => new Momentum(p, { lr }), lrs: [0.02, 0.002, 0.3] },
  RMSProp: { make: (p, lr) => new RMSProp(p, { lr, alpha: 0.9 }), lrs: [0.3, 0.01, 0.1] },
  AdaGrad: { make: (p, lr) => new AdaGrad(p, { lr }), lrs: [2, 0.5, 0.5] },
  Adam: { make: (p, lr) => new Adam(p, { lr }), lrs: [0.3, 0.03, 0.1] },
  AdamW: { make: (p, lr) => new AdamW(p, { lr, weightDecay: 0 }), lrs: [0.3, 0.03, 0.1] },
  AdaDelta: { make: (p, lr) => new AdaDelta(p, { lr }), lrs: [50, 5, 20] },
  AdaMax: { make: (p, lr) => new AdaMax(p, { lr }), lrs: [0.5, 0.03, 0.1] },
  NAdam: { make: (p, lr) => new NAdam(p, { lr }), lrs: [0.3, 0.03, 0.1] },
  RAdam: { make: (p, lr) => new RAdam(p, { lr, betas: [0.9, 0.99] }), lrs: [0.2, 0.03, 0.2] },
};

const vector = (values: readonly number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

/** Minimises with a rate that falls a hundredfold on the way; gives the losses. */
function minimise(make: Make, lr: number, point: Tensor, loss: (point: Tensor) => Tensor, steps: number): number[] {
  const optimizer = make([point], lr);
  const rate = exponentialDecay(lr, { factor: 0.01 ** (1 / steps) });
  return Array.from({ length: steps }, (_, step) => {
    optimizer.lr = rate(step);
    optimizer.zeroGrad();
    const value = loss(point);
    value.backward();
    optimizer.step();
    return value.item();
  });
}

test("every exported optimizer has a row", () => {
  const exported = Object.entries(gradkit)
    .filter(([, value]) => typeof value === "function" && value.prototype instanceof Optimizer)
    .map(([name]) => name);
  expect(Object.keys(table).sort()).toEqual(exported.sort());
});

describe.each(Object.entries(table))("%s", (_, { make, lrs }) => {
  test("finds the bottom of a narrow bowl ½(x² + 25y²)", () => {
    const point = vector([10, 1]);
    const curvature = tensor([1, 25], { dtype: "float64" });
    const losses = minimise(make, lrs[0], point, (p) => p.square().mul(curvature).sum().mul(0.5), 600);
    expect(losses[losses.length - 1]).toBeLessThan(1e-4);
  });

  test("walks down Rosenbrock's curved valley towards (1, 1)", () => {
    const point = vector([-1, 1.5]);
    const losses = minimise(make, lrs[1], point, rosenbrock, 2500);
    expect(losses[0]).toBeGreaterThan(5);
    expect(losses[losses.length - 1]).toBeLessThan(0.1);
  });

  test("fits a logistic regression to the minimum of its loss", () => {
    const point = vector([0, 0, 0]);
    const losses = minimise(make, lrs[2], point, regression, 600);
    expect(losses[0]).toBeCloseTo(Math.LN2, 12);
    expect(losses[losses.length - 1]).toBeCloseTo(lowest(), 3);
    point.grad = null;
    regression(point).backward();
    expect(Math.max(...point.grad!.abs().toTypedArray())).toBeLessThan(0.02);
  });
});

function rosenbrock(p: Tensor): Tensor {
  const [x, y] = [p.slice([[0, 1]]), p.slice([[1, 2]])];
  return x.sub(1).square().add(y.sub(x.square()).square().mul(5)).sum();
}

const rows: readonly (readonly [number, number, number])[] = [
  [0, 1, 0], [1, 0, 0], [2, 1, 1], [3, 2, 1], [1, 3, 0], [4, 1, 1], [2, 3, 0], [0, 0, 1],
];

/** The mean cross-entropy of σ(w₁x₁ + w₂x₂ + b): convex in (w₁, w₂, b), with its minimum inside. */
function regression(p: Tensor): Tensor {
  const x = tensor(rows.map(([a, b]) => [a, b, 1]), { dtype: "float64" });
  const y = tensor(rows.map(([, , label]) => label), { dtype: "float64" });
  return binaryCrossEntropyWithLogits(x.matmul(p.reshape([3, 1])).reshape([rows.length]), y);
}

/** The minimum of the regression's loss, by many steps of plain descent in plain arithmetic. */
function lowest(): number {
  let p = [0, 0, 0];
  const score = ([a, b]: readonly number[]): number => p[0]! * a! + p[1]! * b! + p[2]!;
  for (let step = 0; step < 20_000; step++) {
    const slope = [0, 0, 0];
    for (const row of rows) {
      const miss = 1 / (1 + Math.exp(-score(row))) - row[2];
      [row[0], row[1], 1].forEach((x, i) => (slope[i]! += (miss * x) / rows.length));
    }
    p = p.map((value, i) => value - 0.5 * slope[i]!);
  }
  const losses = rows.map((row) => Math.log(1 + Math.exp(-score(row) * (2 * row[2] - 1))));
  return losses.reduce((a, b) => a + b) / rows.length;
}
