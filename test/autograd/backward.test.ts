/** `backward` has PyTorch's semantics: each rule is one test. */
import { describe, expect, test } from "vitest";
import {
  GradError,
  OptionError,
  type Tensor,
  add,
  assign,
  grad,
  noGrad,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

const leaf = (values: number | number[] | number[][]): Tensor => tensor(values, { requiresGrad: true });

describe("backward", () => {
  test("fills the .grad of leaves, and of leaves only", () => {
    const x = leaf([1, 2]);
    const w = leaf([3, 4]);
    const data = tensor([5, 6]);
    const y = x.mul(w).mul(data);
    y.sum().backward();
    expect([x.grad?.toArray(), w.grad?.toArray()]).toEqual([[15, 24], [5, 12]]);
    expect([y.grad, data.grad]).toEqual([null, null]);
  });

  test("accumulates: two backward passes double the gradient, and null starts again", () => {
    const x = leaf([1, 2]);
    x.square().sum().backward();
    x.square().sum().backward();
    expect(x.grad?.toArray()).toEqual([4, 8]);
    Object.assign(x, { grad: null });
    x.square().sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 4]);
  });

  test("adds up all paths: y = x·x gives 2x, and a shared part counts once for each use", () => {
    const x = leaf(3);
    x.mul(x).backward();
    expect(x.grad?.item()).toBe(6);
    const z = leaf(2);
    const shared = z.mul(3);
    shared.mul(shared).add(shared).backward(); // 9z² + 3z
    expect(z.grad?.item()).toBe(39);
  });

  test("of a leaf is the gradient itself", () => {
    const x = leaf(3);
    x.backward();
    x.backward(2);
    expect(x.grad?.item()).toBe(3);
  });

  test("starts from 1 at any single element, whatever its rank", () => {
    const x = leaf([[2]]);
    x.square().backward();
    expect(x.grad?.toArray()).toEqual([[4]]);
  });

  test("starts from the gradient it is given: a tensor, or anything one is made of", () => {
    const x = leaf([1, 2, 3]);
    x.square().backward([1, 0, 10]);
    expect(x.grad?.toArray()).toEqual([2, 0, 60]);
    x.square().backward(tensor([1, 0, 0]));
    expect(x.grad?.toArray()).toEqual([4, 0, 60]);
    const wide = tensor([1, 2], { dtype: "float64", requiresGrad: true });
    wide.mul(3).backward([0.1, 1]);
    expect(wide.grad?.toArray()).toEqual([0.1 * 3, 3]);
  });

  test("goes through tensors without elements, whose gradient has none either", () => {
    const x = zeros([0, 3], { requiresGrad: true });
    const row = leaf([1, 2, 3]);
    x.mul(row).sum().backward();
    expect([x.grad?.shape, row.grad?.toArray()]).toEqual([[0, 3], [0, 0, 0]]);
  });

  test("gives .grad the shape and dtype of the leaf, and no history", () => {
    const x = leaf([[1, 2]]);
    const y = tensor([[1], [2]], { dtype: "float64", requiresGrad: true });
    x.mul(y).sum().backward();
    expect([x.grad?.shape, x.grad?.dtype, x.grad?.requiresGrad]).toEqual([[1, 2], "float32", false]);
    expect([y.grad?.shape, y.grad?.dtype, y.grad?.requiresGrad]).toEqual([[2, 1], "float64", false]);
    expect([x.grad?.toArray(), y.grad?.toArray()]).toEqual([[[3, 3]], [[3], [3]]]);
  });

  test("gives each leaf a .grad of its own: assigning to one changes no other, nor the gradient it was given", () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    const given = tensor([1, 1]);
    a.add(b).backward(given);
    assign(a.grad!, tensor([7, 7]));
    expect([b.grad?.toArray(), given.toArray()]).toEqual([[1, 1], [1, 1]]);
    const c = leaf([0, 0]);
    c.backward(given);
    assign(given, tensor([9, 9]));
    expect(c.grad?.toArray()).toEqual([1, 1]);
  });

  test("passes over a leaf that was frozen after the forward pass", () => {
    const [a, b] = [leaf(2), leaf(3)];
    const y = a.mul(b);
    b.requiresGrad = false;
    y.backward();
    expect([a.grad?.item(), b.grad]).toEqual([3, null]);
  });

  test("works inside noGrad on a graph that was recorded outside", () => {
    const x = leaf(3);
    const y = x.square();
    noGrad(() => y.backward());
    expect(x.grad?.item()).toBe(6);
  });
});

describe("a graph is used once", () => {
  test("a second backward through it is refused, with the mend", () => {
    const x = leaf(3);
    const y = x.square();
    y.backward();
    expect(refusal(() => y.backward())).toBe(
      "GradError: backward: the graph was freed: at square (an earlier backward or grad let go of what its derivative needs); " +
        "pass { retainGraph: true } to the earlier call, or run the forward pass again",
    );
    expect(x.grad?.item()).toBe(6);
  });

  test("unless it is retained", () => {
    const x = leaf(3);
    const y = x.square();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(x.grad?.item()).toBe(12);
    expect(() => y.backward()).toThrow(GradError);
  });

  test("two results that share a part need the part retained", () => {
    const x = leaf(3);
    const shared = x.square();
    const [a, b] = [shared.mul(2), shared.mul(5)];
    a.backward();
    expect(() => b.backward()).toThrow(/graph was freed: at square/);
    const again = leaf(3);
    const part = again.square();
    const [c, d] = [part.mul(2), part.mul(5)];
    c.backward(undefined, { retainGraph: true });
    d.backward();
    expect(again.grad?.item()).toBe(42);
  });

  test("what is added to a .grad of another dtype ends in the leaf's", () => {
    const x = leaf(2);
    x.grad = tensor(1, { dtype: x.dtype === "float32" ? "float64" : "float32" });
    x.mul(3).backward();
    expect([x.grad.dtype, x.grad.item()]).toEqual([x.dtype, 4]);
  });

  test("createGraph retains it, and gives .grad a history of its own", () => {
    const x = leaf(2);
    const y = x.pow(3);
    y.backward(undefined, { createGraph: true });
    const first = x.grad!;
    expect([first.item(), first.requiresGrad]).toEqual([12, true]);
    x.grad = null;
    first.backward();
    expect(x.grad!.item()).toBe(12);
    y.backward(undefined, { retainGraph: false });
  });

  test("accumulating under createGraph keeps the history of both", () => {
    const x = leaf(2);
    x.pow(3).backward(undefined, { createGraph: true });
    x.square().backward(undefined, { createGraph: true });
    const sum = x.grad!;
    expect(sum.item()).toBe(16);
    expect(grad(sum, [x])[0]!.item()).toBe(14);
  });
});

describe("an input changed in place since the forward pass", () => {
  test("is refused by name and position, and changes no .grad", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const loss = x.mul(w).sum();
    noGrad(() => assign(w, w.sub(1)));
    expect(refusal(() => loss.backward())).toBe(
      "GradError: backward: an input was changed in place since the forward pass: input 1 of mul, [2] (assigned 1×); " +
        "take gradients before assigning, or run the forward pass again",
    );
    expect([x.grad, w.grad]).toEqual([null, null]);
    x.mul(w).sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 3]);
  });

  test("is refused for constants as well", () => {
    const [x, data] = [leaf([1, 2]), tensor([3, 4])];
    const loss = x.mul(data).sum();
    assign(data, tensor([5, 6]));
    expect(() => loss.backward()).toThrow(/input 1 of mul/);
  });

  test("does not matter before the forward pass, nor after the backward pass", () => {
    const w = leaf([1, 2]);
    for (let step = 0; step < 3; step++) {
      w.grad = null;
      w.square().sum().backward();
      noGrad(() => assign(w, w.sub(w.grad!.mul(0.5))));
    }
    expect(w.toArray()).toEqual([0, 0]);
  });
});

describe("what backward refuses", () => {
  const x = leaf([1, 2, 3]);

  test("a tensor that nothing requiring a gradient went into", () => {
    expect(refusal(() => tensor([1, 2]).sum().backward())).toBe(
      "GradError: backward: the tensor has no gradient: float32 [] (nothing it was computed from requires one); " +
        "make its leaves with { requiresGrad: true }, and compute it outside noGrad and detach",
    );
    expect(() => noGrad(() => x.sum()).backward()).toThrow(GradError);
  });

  test("several elements without a gradient", () => {
    expect(refusal(() => x.square().backward())).toBe(
      "GradError: backward: not a single element: [3] (each of 3 elements has a gradient of its own); " +
        "reduce with .sum() or .mean(), or give a gradient of this shape",
    );
    expect(() => x.slice([[0, 0]]).backward()).toThrow(GradError);
  });

  test("a gradient of another shape or dtype", () => {
    expect(refusal(() => x.square().backward([1, 2]))).toBe(
      "ShapeError: backward: the gradient has another shape: [2] (the tensor has [3]); give one element " +
        "for each of the tensor's",
    );
    expect(refusal(() => x.square().backward(tensor([1, 2, 3], { dtype: "float64" })))).toBe(
      "DTypeError: backward: the gradient has another dtype: float64 (the tensor has float32); convert it " +
        'with .to("float32")',
    );
  });

  test("options in the place of the gradient, unknown options, and options of the wrong kind", () => {
    const y = x.sum();
    // @ts-expect-error options come second
    expect(refusal(() => y.backward({ retainGraph: true }))).toBe(
      "OptionError: backward: options in the place of the gradient: { retainGraph }; put undefined before them",
    );
    // @ts-expect-error a misspelt option
    expect(refusal(() => y.backward(undefined, { retainGraf: true }))).toBe(
      'OptionError: backward: unknown option: "retainGraf"; did you mean "retainGraph"? Options are ' +
        "retainGraph, createGraph",
    );
    // @ts-expect-error not a boolean
    expect(() => y.backward(undefined, { createGraph: 1 })).toThrow(OptionError);
  });

  test("null in the place of the gradient", () => {
    expect(refusal(() => leaf([1, 2]).mul(2).backward(null as never))).toBe(
      "DTypeError: backward: not something a tensor is made of: null; give a number, nested arrays of numbers or a typed array",
    );
  });
});

describe("gradients through views", () => {
  const x = (): Tensor => leaf([[1, 2, 3], [4, 5, 6]]);
  const gradientOf = (f: (x: Tensor) => Tensor): unknown => {
    const at = x();
    f(at).backward();
    return at.grad?.toArray();
  };

  test("come back in the layout of the leaf", () => {
    expect(gradientOf((x) => x.transpose().mul([[1, 2], [3, 4], [5, 6]]).sum())).toEqual([[1, 3, 5], [2, 4, 6]]);
    expect(gradientOf((x) => x.slice([[0, 2], [1, 3]]).mul([[1, 2], [3, 4]]).sum())).toEqual([[0, 1, 2], [0, 3, 4]]);
    expect(gradientOf((x) => x.reshape([3, 2]).mul([[1, 2], [3, 4], [5, 6]]).sum())).toEqual([[1, 2, 3], [4, 5, 6]]);
    expect(gradientOf((x) => x.unsqueeze(0).broadcastTo([4, 2, 3]).sum())).toEqual([[4, 4, 4], [4, 4, 4]]);
  });

  test("sum over what was broadcast: a row, a column, a scalar, leading axes", () => {
    const [row, column, one] = [leaf([1, 2, 3]), leaf([[10], [20]]), leaf(2)];
    const data = tensor([[1, 2, 3], [4, 5, 6]]);
    add(data.mul(row), column).mul(one).sum().backward();
    expect(row.grad?.toArray()).toEqual([10, 14, 18]);
    expect(column.grad?.toArray()).toEqual([[6], [6]]);
    expect(one.grad?.item()).toBe(136);
  });
});
