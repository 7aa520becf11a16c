/** Penalties: numbers of the lessons, what is penalised, what is refused. */
import { describe, expect, test } from "vitest";
import {
  Linear,
  ReLU,
  Sequential,
  type Tensor,
  checkGradients,
  constant,
  crossEntropy,
  elasticNetPenalty,
  grad,
  l1Penalty,
  l2Penalty,
  mse,
  randn,
  tensor,
} from "../../src/index";
import { refusal } from "../support/refusal";

/** The θ at which gradient descent on a loss of one number comes to rest. */
function descend(loss: (theta: Tensor) => Tensor, start: number, steps = 800, rate = 0.05): number {
  let theta = tensor(start, { dtype: "float64", requiresGrad: true });
  for (let step = 0; step < steps; step++) {
    const [g] = grad(loss(theta), [theta]);
    theta = theta.sub(g!.mul(rate)).detach();
    theta.requiresGrad = true;
  }
  return theta.item();
}

describe("penalties of the lessons", () => {
  const pull = (theta: Tensor, to: number): Tensor => mse(theta, to, { half: true });

  test("½(θ − 1)² + 0.3θ² is least at θ = 0.625", () => {
    expect(descend((theta) => pull(theta, 1).add(l2Penalty(theta, 0.3)), 0)).toBeCloseTo(0.625, 10);
  });

  test("½(θ − 1)² + 0.3|θ| is least at θ = 0.7", () => {
    expect(descend((theta) => pull(theta, 1).add(l1Penalty(theta, 0.3)), 0.1)).toBeCloseTo(0.7, 10);
  });

  test("½(θ − 0.2)² + 0.3|θ| is least at 0, around which plain descent swings without resting", () => {
    const loss = (theta: Tensor): Tensor => pull(theta, 0.2).add(l1Penalty(theta, 0.3));
    const rests = [200, 201, 202].map((steps) => descend(loss, 1, steps));
    expect(Math.max(...rests.map(Math.abs))).toBeLessThan(0.03);
    expect(rests.every((theta) => theta !== 0)).toBe(true);
  });

  test("the two-layer lesson's loss ½Σ(y − h)² + (λ/2N)Σw², N = 1, and its gradient", () => {
    const float64 = { dtype: "float64", requiresGrad: true } as const;
    const w1 = tensor([[-0.67746455, 0.37769425, -0.07365253], [-0.53663519, 0.60920496, 0.21149622]], float64);
    const w2 = tensor([[-0.41491732, -0.30992816], [-0.31583913, -0.27706468], [-0.44701662, 0.15231059]], float64);
    const x = tensor([[1.76405235, 0.40015721]], { dtype: "float64" });
    const loss = (lambda: number): Tensor => {
      const output = x.matmul(w1).sigmoid().matmul(w2).sigmoid();
      return mse(output, [[1, 0]], { half: true, reduction: "sum" }).add(l2Penalty([w1, w2], lambda / 2));
    };
    const values = [0, 1e-4, 0.1, 1].map((lambda) => loss(lambda).item());
    expect(values).toBeCloseToTensor([0.3005246039, 0.3006235353, 0.3994560009, 1.2898385737], { atol: 1e-8, rtol: 0 });
    const [g1, g2] = grad(loss(0.1), [w1, w2]);
    expect(g1!.toTypedArray()[0]).toBeCloseTo(-0.060514, 6);
    expect(g2!.toTypedArray()[0]).toBeCloseTo(-0.0702903, 6);
    const plain = grad(loss(0), [w1, w2]);
    const first = [[0.00723246, 0.00546965, 0.03647082], [0.00164061, 0.00124073, 0.00827303]];
    const second = [[-0.02879856, 0.02209533], [-0.10462365, 0.08027117], [-0.07170623, 0.0550157]];
    expect(plain[0]).toBeCloseToTensor(first, { atol: 1e-8 });
    expect(plain[1]).toBeCloseToTensor(second, { atol: 1e-8 });
  });

  test("cross-entropy plus an L2 penalty of 1/(2σ²) is the posterior of a normal prior, up to a constant", () => {
    const sigma = 0.7;
    const x = randn([6, 4], { dtype: "float64" });
    const classes = [0, 1, 2, 0, 1, 2];
    const data = (w: Tensor): number => crossEntropy(x.matmul(w), classes, { reduction: "sum" }).item();
    const posterior = (w: Tensor): number => data(w) + l2Penalty(w, 1 / (2 * sigma ** 2)).item();
    const logDensity = (v: number): number => -(v ** 2) / (2 * sigma ** 2) - Math.log(sigma * Math.sqrt(2 * Math.PI));
    const byHand = (w: Tensor): number => data(w) - Array.from(w.toTypedArray(), logDensity).reduce((a, b) => a + b);
    const [a, b] = [randn([4, 3], { dtype: "float64" }), randn([4, 3], { dtype: "float64" })];
    expect(posterior(a) - posterior(b)).toBeCloseTo(byHand(a) - byHand(b), 10);
  });

  test("have right gradients: 2λw, λ·sign w (0 at 0), and both", () => {
    const w = tensor([[1.5, -2], [0.5, 0]], { dtype: "float64", requiresGrad: true });
    expect(grad(l2Penalty(w, 0.1), [w])[0]).toBeCloseToTensor([[0.3, -0.4], [0.1, 0]]);
    expect(grad(l1Penalty(w, 0.1), [w])[0]).toBeCloseToTensor([[0.1, -0.1], [0.1, 0]]);
    expect(grad(elasticNetPenalty(w, 0.1, 0.1), [w])[0]).toBeCloseToTensor([[0.4, -0.5], [0.2, 0]]);
    const away = [[[1.5, -2], [0.5, 1]]];
    expect(checkGradients((v) => elasticNetPenalty(v, 0.3, 0.7), away, { order: 2 }).ok).toBe(true);
  });
});

describe("what is penalised", () => {
  const first = new Linear(2, 3, { init: constant(2) });
  const model = new Sequential(first, new ReLU(), new Linear(3, 1, { init: constant(-1) }));

  test("of a model, the weights and not the biases", () => {
    expect(l2Penalty(model, 0.5).item()).toBeCloseTo(0.5 * (6 * 4 + 3), 5);
    expect(l1Penalty(model, 0.5).item()).toBeCloseTo(0.5 * (6 * 2 + 3), 5);
    expect(elasticNetPenalty(model, 1, 2).item()).toBeCloseTo(15 + 2 * 27, 4);
    l2Penalty(model, 1).backward();
    const touched = model.namedParameters().filter(([, p]) => p.grad !== null).map(([name]) => name);
    expect(touched).toEqual(["0.weight", "2.weight"]);
  });

  test("of a list, everything: pass parameters() to include the biases", () => {
    const biases = model.parameters().filter(({ rank }) => rank === 1);
    const expected = l2Penalty(model, 1).item() + l2Penalty(biases, 1).item();
    expect(l2Penalty(model.parameters(), 1).item()).toBeCloseTo(expected, 5);
  });

  test("with λ = 0 nothing, and several dtypes together", () => {
    expect(l2Penalty(model, 0).item()).toBe(0);
    expect(l1Penalty([tensor([1]), tensor([2], { dtype: "float64" })], 1).item()).toBe(3);
  });

  test("nothing is refused, and so is what is no weight, and a λ below 0", () => {
    expect(refusal(() => l2Penalty([], 1))).toBe(
      "OptionError: l2Penalty: nothing to penalise: no weights (biases of a model do not count); give tensors or a model",
    );
    expect(refusal(() => l1Penalty(new ReLU(), 1))).toMatch(/^OptionError: l1Penalty: nothing to penalise/);
    expect(refusal(() => l1Penalty([1] as unknown as Tensor[], 1))).toBe(
      "OptionError: l1Penalty: neither a model nor tensors: [1]; give a Module, a tensor or a list of tensors",
    );
    expect(refusal(() => l2Penalty(tensor([1], { dtype: "int32" }), 1))).toBe("DTypeError: l2Penalty: weights are not floats: int32; leave them out");
    expect(refusal(() => l2Penalty(model, -1))).toBe("OptionError: l2Penalty: λ is out of range: -1; give a number ≥ 0");
    expect(refusal(() => elasticNetPenalty(model, 1, NaN))).toBe("OptionError: elasticNetPenalty: λ is out of range: NaN; give a number ≥ 0");
    expect(refusal(() => elasticNetPenalty("w" as unknown as Tensor, 1, 1))).toMatch(/^OptionError: elasticNetPenalty: neither a model nor tensors: "w"/);
  });
});
