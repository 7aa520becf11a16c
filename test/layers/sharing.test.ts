/** One layer or parameter in two places, and parts that do not learn: eagerly and compiled, with one optimizer. */
import { describe, expect, test } from "vitest";
import {
  Adam,
  Embedding,
  Linear,
  Module,
  SGD,
  Sequential,
  Tanh,
  type Tensor,
  compile,
  crossEntropy,
  grad,
  linear,
  manualSeed,
  randn,
  tensor,
} from "../../src/index";

const ways = [
  ["eagerly", (step: (x: Tensor) => Tensor) => step],
  ["compiled", (step: (x: Tensor) => Tensor) => compile(step)],
] as const;

/** A small language model whose output layer reads the table of its input. */
class Tied extends Module {
  readonly table = new Embedding(5, 3, { dtype: "float64" });
  readonly output = new Linear(3, 5, { dtype: "float64" });

  constructor() {
    super();
    this.output.weight = this.table.weight;
  }

  forward(x: Tensor): Tensor {
    return this.output.forward(this.table.forward(x));
  }
}

describe("sharing", () => {
  test("a shared parameter counts once, under its first name, and its gradients add up", () => {
    const model = new Tied();
    expect(model.namedParameters().map(([name]) => name)).toEqual(["table.weight", "output.bias"]);
    expect(Object.keys(model.stateDict())).toEqual(["table.weight", "output.bias"]);
    const x = tensor([0, 3, 3], { dtype: "int32" });
    crossEntropy(model.forward(x), [1, 2, 4]).backward();
    const [first, second] = [0, 1].map(() => tensor(model.table.weight, { requiresGrad: true })) as [Tensor, Tensor];
    const loss = crossEntropy(linear(first.embedding(x), second, model.output.bias), [1, 2, 4]);
    const [a, b] = grad(loss, [first, second]) as [Tensor, Tensor];
    expect(model.table.weight.grad).toBeCloseToTensor(a.add(b));
  });

  test("a layer that stands twice in a model is one layer", () => {
    const layer = new Linear(3, 3);
    const model = new Sequential(layer, new Tanh(), layer);
    expect(model.parameters()).toHaveLength(2);
    expect(model.children()).toHaveLength(2);
    expect(model.summary([2, 3])).toContain("12 parameters");
    expect(model.modules()).toHaveLength(3);
  });

  test.each(ways)("is trained as one: the optimizer moves it once, %s", (_, wrap) => {
    manualSeed(1);
    const layer = new Linear(3, 3, { dtype: "float64" });
    const model = new Sequential(layer, new Tanh(), layer);
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const x = randn([4, 3], { dtype: "float64" });
    const copy = tensor(layer.weight, { requiresGrad: true });
    const bias = layer.bias!.detach();
    const loss = linear(linear(x, copy, bias).tanh(), copy, bias).square().mean();
    const [gradient] = grad(loss, [copy]);
    const before = layer.weight.detach();
    const step = wrap((input) => {
      optimizer.zeroGrad();
      const value = model.forward(input).square().mean();
      value.backward();
      optimizer.step();
      return value;
    });
    step(x);
    expect(layer.weight).toBeCloseToTensor(before.sub(gradient!.mul(0.1)));
    expect(layer.weight.grad).toBeCloseToTensor(gradient!);
  });
});

describe("freezing", () => {
  test.each(ways)("a frozen part stays as it is, and learns again when it may, %s", (_, wrap) => {
    manualSeed(2);
    const [body, head] = [new Linear(3, 4), new Linear(4, 1)];
    const model = new Sequential(body, new Tanh(), head);
    const optimizer = new Adam(model.parameters(), { lr: 0.1, weightDecay: 0.1 });
    const x = randn([8, 3]);
    const step = wrap((input) => {
      optimizer.zeroGrad();
      const loss = model.forward(input).sub(1).square().mean();
      loss.backward();
      optimizer.step();
      return loss;
    });
    step(x);
    body.freeze();
    const frozen = body.weight.toArray();
    const free = head.weight.toArray();
    for (let i = 0; i < 3; i++) step(x);
    expect(body.weight.toArray()).toEqual(frozen);
    expect(head.weight.toArray()).not.toEqual(free);
    expect([body.weight.grad, head.weight.grad === null]).toEqual([null, false]);
    body.unfreeze();
    step(x);
    expect(body.weight.toArray()).not.toEqual(frozen);
  });
});
