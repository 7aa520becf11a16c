/** What every optimizer does alike: groups, steps that change all or nothing, state, and what is refused. */
import { describe, expect, test } from "vitest";
import {
  Adam, DTypeError, GradError, Momentum, Optimizer, type OptimizerOptions, OptionError, type RuleSettings, SGD,
  ShapeError, type Slots, type Tensor, tensor,
} from "../../src/index";
import { leaf } from "./traces";

const ones = (p: Tensor): void => {
  p.grad = tensor(new Float64Array(p.size).fill(1), { shape: p.shape }).to(p.dtype);
};

/** Subtracts lr·g, but answers whatever a test wants for the second parameter. */
class Odd extends Optimizer<OptimizerOptions, "m"> {
  answer: (slots: Slots<"m">) => object = () => ({});
  private calls = 0;

  protected get name(): string {
    return "Odd";
  }

  protected get defaults(): Required<OptimizerOptions> {
    return { lr: 1 };
  }

  protected override slots(): Record<string, number> {
    return { m: 0 };
  }

  protected rule(slots: Slots<"m">, { lr }: RuleSettings<OptimizerOptions>): { p: Tensor; m: Tensor } {
    const usual = { p: slots.p.sub(slots.g.mul(lr.to(slots.p.dtype))), m: slots.m.add(1) };
    return ++this.calls % 2 === 0 ? { ...usual, ...this.answer(slots) } : usual;
  }
}

describe("step", () => {
  test("keeps a parameter without gradient, and its state", () => {
    const [a, b] = [leaf([1]), leaf([2])];
    const optimizer = new Momentum([a, b], { lr: 0.1 });
    ones(a);
    optimizer.step();
    expect([a.item(), b.item()]).toEqual([0.9, 2]);
    expect(optimizer.stateDict()["1.v"]!.toArray()).toEqual([0]);
  });

  test("keeps each parameter's dtype and converts an assigned gradient to it", () => {
    const p = tensor([1], { requiresGrad: true });
    p.grad = tensor([1], { dtype: "float64" });
    new Adam([p], { lr: 0.5 }).step();
    expect(p.dtype).toBe("float32");
    expect(p.item()).toBeCloseTo(0.5, 6);
  });

  test("works on empty and on rank-0 parameters", () => {
    const [empty, scalar] = [leaf([]), leaf(1)];
    const optimizer = new Adam([empty, scalar], { lr: 0.1 });
    [empty, scalar].forEach(ones);
    optimizer.step();
    expect(empty.shape).toEqual([0]);
    expect(scalar.item()).toBeCloseTo(0.9, 6);
  });

  test("records nothing, and a graph of before refuses to go back", () => {
    const p = leaf([2]);
    const loss = p.square().sum();
    ones(p);
    new SGD([p], { lr: 0.1 }).step();
    expect(p.isLeaf).toBe(true);
    expect(p.requiresGrad).toBe(true);
    expect(() => loss.backward()).toThrow(GradError);
  });

  test("leaves a detached copy of before as it was", () => {
    const p = leaf([1]);
    const before = p.detach();
    ones(p);
    new SGD([p], { lr: 0.1 }).step();
    expect(before.item()).toBe(1);
  });

  test.each<[string, (slots: Slots<"m">) => object, new (...args: never[]) => Error, string]>([
    ["another shape", ({ p }) => ({ p: p.sum() }), ShapeError, "Odd: the rule changes the shape of p: [2] → []; answer tensors shaped like the parameter"],
    ["another dtype", ({ m }) => ({ m: m.to("float32") }), DTypeError, "Odd: the rule changes the dtype of m: float64 → float32; convert scalars such as lr with .to(\"float64\")"],
    ["an unknown slot", ({ p }) => ({ n: p }), OptionError, 'Odd: the rule answers an unknown slot: "n"; name it in slots() first'],
  ])("changes nothing when a rule answers %s", (_, answer, kind, message) => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    const optimizer = new Odd([a, b]);
    optimizer.answer = answer;
    [a, b].forEach(ones);
    expect(() => optimizer.step()).toThrow(message);
    expect(() => { optimizer.step(); }).toThrow(kind);
    expect([a.toArray(), b.toArray()]).toEqual([[1, 2], [3, 4]]);
    expect(optimizer.stateDict()["0.m"]!.toArray()).toEqual([0, 0]);
  });

  test("updates all weights from the gradients at the old ones", () => {
    // The product w₁w₂ at (2, 3): both gradients are those of before the step.
    const [a, b] = [leaf(2), leaf(3)];
    a.mul(b).backward();
    new SGD([a, b], { lr: 0.1 }).step();
    expect([a.item(), b.item()]).toEqual([2 - 0.1 * 3, 3 - 0.1 * 2]);
  });
});

describe("zeroGrad", () => {
  test("sets every gradient to null", () => {
    const [a, b] = [leaf(1), leaf(2)];
    [a, b].forEach(ones);
    new SGD([{ params: [a] }, { params: [b] }]).zeroGrad();
    expect([a.grad, b.grad]).toEqual([null, null]);
  });
});

describe("groups and lr", () => {
  test("take their own settings before the common ones", () => {
    const [a, b] = [leaf(1), leaf(1)];
    const optimizer = new SGD([{ params: [a], lr: 0.5 }, { params: [b], weightDecay: 1 }], { lr: 0.1 });
    [a, b].forEach(ones);
    optimizer.step();
    expect(a.item()).toBe(0.5);
    expect(b.item()).toBeCloseTo(0.8, 12);
    expect(optimizer.groups.map(({ lr }) => lr)).toEqual([0.5, 0.1]);
    expect(optimizer.groups[1]!.params).toEqual([b]);
  });

  test("read the first group's lr and set all, or one alone", () => {
    const optimizer = new SGD([{ params: [leaf(1)], lr: 0.5 }, { params: [leaf(1)] }], { lr: 0.1 });
    expect(optimizer.lr).toBe(0.5);
    optimizer.groups[1]!.lr = 0.2;
    expect(optimizer.groups.map(({ lr }) => lr)).toEqual([0.5, 0.2]);
    optimizer.lr = 0.3;
    expect(optimizer.groups.map(({ lr }) => lr)).toEqual([0.3, 0.3]);
  });

  test("use a changed lr in the next step", () => {
    const p = leaf(1);
    const optimizer = new SGD([p], { lr: 0.1 });
    optimizer.lr = 0.25;
    ones(p);
    optimizer.step();
    expect(p.item()).toBe(0.75);
    expect(() => (optimizer.lr = -1)).toThrow("SGD: lr is out of range: -1; give a number ≥ 0");
    expect(() => (optimizer.lr = "1" as unknown as number)).toThrow(OptionError);
  });

  test("read a left-out option given as undefined as its default", () => {
    expect(new SGD([leaf(1)], { lr: undefined } as object).lr).toBe(1e-3);
  });

  test("take a model, or several, by their named parameters", () => {
    const [w, b] = [leaf(1), leaf(2)];
    const model = { namedParameters: () => [["w", w], ["b", b]] as const };
    expect(new SGD(model).groups[0]!.params).toEqual([w, b]);
    expect(new SGD([{ params: model, lr: 1 }]).groups[0]!.params).toEqual([w, b]);
  });
});

describe("what is refused", () => {
  const computed = leaf([1, 2]).mul(2);
  const twice = leaf(1);
  test.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    ["an empty list", () => new SGD([]), OptionError, "SGD: no parameters: an empty list (there is nothing to learn); pass model.parameters()"],
    ["an empty group", () => new SGD([{ params: [] }]), OptionError, "SGD: no parameters: an empty list"],
    ["a computed tensor", () => new SGD([computed]), GradError, "SGD: a parameter is the result of mul: parameter 0 [2] (only leaves are learnt); pass the tensor that it was computed from"],
    ["a constant", () => new SGD([leaf(1), tensor([1])]), GradError, "SGD: a parameter requires no gradient: parameter 1 [1]; set requiresGrad = true, or leave frozen ones out with .filter((p) => p.requiresGrad)"],
    ["a parameter twice", () => new SGD([{ params: [twice] }, { params: [twice] }]), OptionError, "SGD: a parameter stands twice: parameter 0 [] (it would be updated twice); name each once"],
    ["a number", () => new SGD([1] as never), OptionError, "SGD: a parameter is not a tensor: 1 (entry 0); pass model.parameters() or leaf tensors"],
    ["no list at all", () => new SGD(undefined as never), OptionError, "SGD: not a list of parameters: undefined; pass model.parameters()"],
    ["a method not called", () => new SGD((() => []) as never), OptionError, "SGD: not a list of parameters: a function; pass model.parameters()"],
    ["an unknown option", () => new Adam([leaf(1)], { learningRate: 1 } as object), OptionError, 'Adam: unknown option: "learningRate"; did you mean'],
    ["a near miss", () => new Adam([leaf(1)], { weigthDecay: 1 } as object), OptionError, 'did you mean "weightDecay"? Options are lr, betas, eps, weightDecay, amsgrad'],
    ["an unknown option of a group", () => new Adam([{ params: [leaf(1)], lt: 1 } as never]), OptionError, 'Adam: unknown option: "lt"; did you mean "lr"?'],
    ["a bad option of a group", () => new Adam([{ params: [leaf(1)], eps: -1 }]), OptionError, "Adam: eps is out of range: -1"],
  ])("%s", (_, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
