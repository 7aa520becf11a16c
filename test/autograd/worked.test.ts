/** Backpropagation worked by hand in the literature, number by number in float64. */
import { describe, expect, test } from "vitest";
import { type Tensor, assign, grad, graph, hessian, noGrad, tensor } from "../../src/index";

const leaf = (values: number | number[] | number[][]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });
const constant = (values: number | number[] | number[][]): Tensor => tensor(values, { dtype: "float64" });

describe("two linear hidden units: h₁ = w₁x₁ + w₂x₂, h₂ = w₃x₁ + w₄x₂, ŷ = w₅h₁ + w₆h₂, L = ½(y − ŷ)²", () => {
  const [x1, x2, y, rate] = [0.5, 1, 0.8, 0.1];
  const start = [1, 0.5, 0.5, 0.7, 1, 2];

  function forward(w: readonly Tensor[]): { prediction: Tensor; loss: Tensor } {
    const h1 = w[0]!.mul(x1).add(w[1]!.mul(x2));
    const h2 = w[2]!.mul(x1).add(w[3]!.mul(x2));
    const prediction = w[4]!.mul(h1).add(w[5]!.mul(h2));
    return { prediction, loss: constant(y).sub(prediction).square().mul(0.5) };
  }

  function step(w: readonly Tensor[]): { prediction: number; loss: number } {
    const { prediction, loss } = forward(w);
    for (const weight of w) weight.grad = null;
    loss.backward();
    for (const weight of w) noGrad(() => assign(weight, weight.sub(weight.grad!.mul(rate))));
    return { prediction: prediction.item(), loss: loss.item() };
  }

  const numbers = (tensors: readonly (Tensor | null)[]): number[] => tensors.map((value) => value!.item());

  test("the gradients are (1.05, 2.1, 2.1, 4.2, 2.1, 1.995), and one step leads to (.895, .29, .29, .28, .79, 1.8005)", () => {
    const w = start.map(leaf);
    const { prediction, loss } = step(w);
    expect([prediction, loss]).toBeCloseToTensor([2.9, 2.205], { rtol: 1e-14, atol: 0 });
    const gradients = numbers(w.map((weight) => weight.grad));
    expect(gradients).toBeCloseToTensor([1.05, 2.1, 2.1, 4.2, 2.1, 1.995], { rtol: 1e-14 });
    expect(numbers(w)).toBeCloseToTensor([0.895, 0.29, 0.29, 0.28, 0.79, 1.8005], { rtol: 1e-14 });
  });

  test("the loss falls 2.205, 0.15006, 0.03087, 0.00718, 0.00175 and the prediction with it", () => {
    const w = start.map(leaf);
    const run = Array.from({ length: 6 }, () => step(w));
    expect(run.map(({ prediction }) => prediction)).toBeCloseToTensor(
      [2.9, 1.3478375, 1.0484658, 0.9198601, 0.8591085, 0.8294257],
      { rtol: 0, atol: 5e-8 },
    );
    expect(run.map(({ loss }) => loss)).toBeCloseToTensor(
      [2.205, 0.1500629632, 0.0308676, 0.0071832, 0.0017469, 0.0004329],
      { rtol: 0, atol: 5e-8 },
    );
  });

  test("all weights move at once, by gradients at the old weights: ŷ = 1.347838, not 1.485676", () => {
    const w = start.map(leaf);
    step(w);
    expect(forward(w).prediction.item()).toBeCloseTo(1.3478375, 12);
    const early = start.map(leaf);
    const outer = grad(forward(early).loss, early.slice(4));
    outer.forEach((g, i) => assign(early[4 + i]!, early[4 + i]!.detach().sub(g.mul(rate))));
    const inner = grad(forward(early).prediction.mul(2.9 - y), early.slice(0, 4));
    inner.forEach((g, i) => assign(early[i]!, early[i]!.detach().sub(g.mul(rate))));
    expect(forward(early).prediction.item()).toBeCloseTo(1.4856762, 6);
  });

  test("stepping through the graph shows every number of the page", () => {
    const w = start.map(leaf);
    const { loss } = forward(w);
    const names = Object.fromEntries(w.map((weight, i) => [`w${i + 1}`, weight]));
    const text = graph(loss, { names: { ...names, loss } }).steps().map((each) => each.text);
    for (const line of ["∂loss/∂w1 = 1.05", "∂loss/∂w2 = 2.1", "∂loss/∂w4 = 4.2", "∂loss/∂w5 = 2.1", "∂loss/∂w6 = 1.995"]) {
      expect(text.some((each) => each.startsWith(`${line},`)), line).toBe(true);
    }
  });
});

describe("a 2-3-2 sigmoid network, one step by hand (Florez, “One LEGO at a time”)", () => {
  const x = constant([[1.76405235, 0.40015721]]);
  const y = constant([[1, 0]]);
  const startW1 = [[-0.67746455, 0.37769425, -0.07365253], [-0.53663519, 0.60920496, 0.21149622]];
  const startW2 = [[-0.41491732, -0.30992816], [-0.31583913, -0.27706468], [-0.44701662, 0.15231059]];
  const digits = { rtol: 0, atol: 1.5e-8 };

  function forward(w1: Tensor, w2: Tensor): Record<"z1" | "h1" | "z2" | "h2" | "loss", Tensor> {
    const z1 = x.matmul(w1);
    const h1 = z1.sigmoid();
    const z2 = h1.matmul(w2);
    const h2 = z2.sigmoid();
    return { z1, h1, z2, h2, loss: y.sub(h2).square().sum().mul(0.5) };
  }

  test("the forward pass", () => {
    const { z1, h1, z2, h2, loss } = forward(constant(startW1), constant(startW2));
    expect(z1).toBeCloseToTensor([[-1.40982136, 0.91005018, -0.04529517]], digits);
    expect(h1).toBeCloseToTensor([[0.19626223, 0.71301043, 0.48867814]], digits);
    expect(z2).toBeCloseToTensor([[-0.52507645, -0.18394635]], digits);
    expect(h2).toBeCloseToTensor([[0.37166596, 0.45414264]], digits);
    expect(loss.item()).toBeCloseTo(0.3005246039, 8);
  });

  test("the gradients of every stage, the computed ones included", () => {
    const [w1, w2] = [leaf(startW1), leaf(startW2)];
    const { z1, h1, z2, h2, loss } = forward(w1, w2);
    const [dh2, dz2, dw2, dh1, dz1, dw1] = grad(loss, [h2, z2, w2, h1, z1, w1]);
    expect(dh2).toBeCloseToTensor([[-0.62833404, 0.45414264]], digits);
    expect(dz2).toBeCloseToTensor([[-0.14673508, 0.11258065]], digits);
    expect(dz2!.div(dh2!)).toBeCloseToTensor([[0.23353037, 0.2478971]], { rtol: 0, atol: 5e-8 });
    expect(dw2).toBeCloseToTensor(
      [[-0.02879856, 0.02209533], [-0.10462365, 0.08027117], [-0.07170623, 0.0550157]],
      digits,
    );
    expect(dh1).toBeCloseToTensor([[0.02599101, 0.01515256, 0.08274025]], digits);
    expect(dz1!.div(dh1!)).toBeCloseToTensor([[0.15774337, 0.20462656, 0.24987182]], { rtol: 0, atol: 1e-7 });
    expect(dw1).toBeCloseToTensor(
      [[0.00723246, 0.00546965, 0.03647082], [0.00164061, 0.00124073, 0.00827303]],
      digits,
    );
  });

  test("the weights after the step, and the lower loss", () => {
    const [w1, w2] = [leaf(startW1), leaf(startW2)];
    forward(w1, w2).loss.backward();
    for (const w of [w1, w2]) assign(w, w.detach().sub(w.grad!.mul(0.001)));
    expect(w2).toBeCloseToTensor(
      [[-0.41488852, -0.30995026], [-0.31573451, -0.27714495], [-0.44694491, 0.15225557]],
      digits,
    );
    expect(w1).toBeCloseToTensor(
      [[-0.67747178, 0.37768878, -0.073689], [-0.53663683, 0.60920372, 0.21148795]],
      digits,
    );
    expect(forward(w1, w2).loss.item()).toBeCloseTo(0.300496244, 8);
  });

  test("the weight penalty λ/2 Σw² adds λw: at λ = 0.1, dL/dW₁[0][0] = −.0605140 and dL/dW₂[0][0] = −.0702903", () => {
    const [w1, w2] = [leaf(startW1), leaf(startW2)];
    const penalised = (lambda: number): Tensor =>
      forward(w1, w2).loss.add(w1.square().sum().add(w2.square().sum()).mul(lambda / 2));
    expect([1e-4, 0.1, 1].map((lambda) => penalised(lambda).item())).toBeCloseToTensor(
      [0.3006235353, 0.3994560009, 1.2898385737],
      { rtol: 0, atol: 5e-8 },
    );
    const [dw1, dw2] = grad(penalised(0.1), [w1, w2]);
    expect([(dw1!.toArray() as number[][])[0]![0], (dw2!.toArray() as number[][])[0]![0]]).toBeCloseToTensor(
      [-0.060514, -0.0702903],
      { rtol: 0, atol: 5e-8 },
    );
  });
});

describe("gradients by the layer, as the two passes give them", () => {
  test("for weights w into z, dL/dW = aᵀ · dL/dz", () => {
    const a = constant([[0.2, -0.4], [1, 3], [0.5, 0]]);
    const w = leaf([[1, 2, 3], [4, 5, 6]]);
    const z = a.matmul(w);
    const [dz, dw] = grad(z.tanh().square().sum(), [z, w]) as [Tensor, Tensor];
    expect(dw).toBeCloseToTensor(a.transpose().matmul(dz), { rtol: 1e-14, atol: 1e-14 });
  });

  test("softmax and cross-entropy give p − t", () => {
    const z = leaf([2, 1, 0.1]);
    z.softmax().log().slice([[0, 1]]).sum().neg().backward();
    expect(z.grad).toBeCloseToTensor([-0.340999, 0.242433, 0.098566], { rtol: 0, atol: 5e-7 });
  });
});

describe("gradient descent in one dimension", () => {
  /** Where x stands before each step. */
  function descend(f: (x: Tensor) => Tensor, start: number, rate: number, steps: number): number[] {
    const x = leaf(start);
    return Array.from({ length: steps + 1 }, () => {
      const before = x.item();
      const [slope] = grad(f(x), [x]);
      noGrad(() => assign(x, x.sub(slope!.mul(rate))));
      return before;
    });
  }
  const square = (x: Tensor): Tensor => x.square();

  test("x² from 5 with rate 0.005: 4.95, 4.9005, 4.851495, … 1.830162 after 100 steps, 2.159e-4 after 1,000", () => {
    const path = descend(square, 5, 0.005, 1000);
    [4.95, 4.9005, 4.851495].forEach((x, i) => expect(path[i + 1]).toBeCloseTo(x, 12));
    expect(path[100]).toBeCloseTo(1.830162, 6);
    expect(path[1000]).toBeCloseTo(2.159e-4, 7);
  });

  test("(x − 3)² from 0: 0.03, 0.0597, 0.089103, … 1.901903 after 100 steps", () => {
    const path = descend((x) => x.sub(3).square(), 0, 0.005, 100);
    [0.03, 0.0597, 0.089103].forEach((x, i) => expect(path[i + 1]).toBeCloseTo(x, 12));
    expect(path[100]).toBeCloseTo(1.901903, 6);
  });

  test.each([
    [0.1, 0.8],
    [0.5, 0],
    [0.9, -0.8],
    [1, -1],
    [1.05, -1.1],
  ])("on x², rate %d multiplies x by %d in each step", (rate, factor) => {
    descend(square, 5, rate, 6).forEach((x, i) => expect(x).toBeCloseTo(5 * factor ** i, 9));
  });
});

describe("five balls, three of them blue: L(p) = p³(1 − p)²", () => {
  const likelihood = (p: Tensor): Tensor => p.pow(3).mul(p.neg().add(1).square());
  const logLikelihood = (p: Tensor): Tensor => p.log().mul(3).add(p.neg().add(1).log().mul(2));
  const at = (f: (p: Tensor) => Tensor, p: number): number => f(constant(p)).item();
  const curvature = (f: (p: Tensor) => Tensor, p: number): number => hessian(f, constant(p)).item();

  test("L is .03456 at .6, .03125 at .5, .03087 at .7 and .01323 at .3", () => {
    const values = [0.6, 0.5, 0.7, 0.3].map((p) => at(likelihood, p));
    [0.03456, 0.03125, 0.03087, 0.01323].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 12));
  });

  test("its logarithm has slope 0 at 3/5, value −3.365058 and curvature −20.8333", () => {
    const p = leaf(0.6);
    expect(grad(logLikelihood(p), [p])[0]!.item()).toBeCloseTo(0, 12);
    expect(at(logLikelihood, 0.6)).toBeCloseTo(-3.365058, 6);
    expect(curvature(logLikelihood, 0.6)).toBeCloseTo(-20.8333, 4);
  });

  test("the likelihood itself is not concave, its logarithm is", () => {
    expect(curvature(likelihood, 0.1)).toBeCloseTo(0.38, 2);
    expect(curvature(likelihood, 0.9)).toBeCloseTo(0.54, 2);
    for (const p of [0.1, 0.5, 0.9]) expect(curvature(logLikelihood, p)).toBeLessThan(0);
  });
});
