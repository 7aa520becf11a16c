/** Ops of the user's own have the rights of built-in ones, and are refused where they would be wrong. */
import { describe, expect, test } from "vitest";
import { type Tensor, assign, checkGradients, customOp, grad, graph, noGrad, tensor } from "../../src/index";
import { apply } from "../../src/tensor/apply";
import type { Op } from "../../src/tensor/op";
import { refusal } from "../support/refusal";

const leaf = (values: number | number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

const product = customOp({
  name: "product",
  forward: (a: Tensor, b: Tensor) => a.mul(b),
  backward: ({ inputs: [a, b], needs }, g) => [needs[0] ? g.mul(b) : null, needs[1] ? g.mul(a) : null],
});

describe("a custom op", () => {
  test("is recorded under its name, with one node for all that forward does", () => {
    const x = leaf([1, 2]);
    const cube = customOp({
      name: "cube",
      forward: (x: Tensor) => x.mul(x).mul(x),
      backward: ({ inputs: [x] }, g) => [g.mul(x).mul(x).mul(3)],
    });
    const y = cube(x);
    expect([y.gradFn?.name, y.gradFn?.edges.length, y.toArray()]).toEqual(["cube", 1, [1, 8]]);
    expect(String(graph(y, { names: { x, y } }))).toContain("y = cube(x)");
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 12]);
  });

  test("has derivatives of any order where it is written with ops", () => {
    expect(checkGradients(product, [[0.5, -1], [2, 3]], { order: 2 }).ok).toBe(true);
    const sigmoid = customOp({
      name: "sigmoid2",
      forward: (x: Tensor) => x.neg().exp().add(1).reciprocal(),
      backward: ({ output }, g) => [g.mul(output).mul(output.neg().add(1))],
    });
    expect(checkGradients(sigmoid, [[0.5, -1]], { order: 2 }).ok).toBe(true);
    const x = leaf(0.3);
    let y = sigmoid(x);
    for (let i = 0; i < 3; i++) y = grad(y, [x], { createGraph: true })[0]!;
    const s = 1 / (1 + Math.exp(-0.3));
    expect(y.item()).toBeCloseTo(s * (1 - s) * (1 - 6 * s + 6 * s * s), 12);
  });

  test("takes whatever a tensor is made of, in the dtype of the tensor beside it", () => {
    expect(product([1, 2], 3).toArray()).toEqual([3, 6]);
    expect(product(leaf([1, 2]), [0.1, 0.2]).toArray()).toEqual([0.1, 0.4]);
    expect(product(3, leaf(2)).dtype).toBe("float64");
  });

  test("is not recorded where no input wants a gradient, and tells backward which ones do", () => {
    expect(product(tensor([1]), tensor([2])).requiresGrad).toBe(false);
    expect(noGrad(() => product(leaf(1), leaf(2))).requiresGrad).toBe(false);
    const asked: (readonly boolean[])[] = [];
    const op = customOp({
      name: "asking",
      forward: (a: Tensor, b: Tensor) => a.mul(b),
      backward: ({ inputs: [, b], needs }, g) => (asked.push(needs), [g.mul(b), null]),
    });
    op(leaf(1), tensor(2, { dtype: "float64" })).backward();
    expect(asked).toEqual([[true, false]]);
  });

  test("runs backward once, however many inputs want a gradient", () => {
    let calls = 0;
    const op = customOp({
      name: "sum3",
      forward: (a: Tensor, b: Tensor, c: Tensor) => a.add(b).add(c),
      backward: (_, g) => (calls++, [g, g, g]),
    });
    const y = op(leaf(1), leaf(2), leaf(3));
    y.backward(undefined, { retainGraph: true });
    expect(calls).toBe(1);
    y.backward();
    expect(calls).toBe(2);
  });

  test("keeps what forward saved for backward", () => {
    const rectify = customOp({
      name: "rectify",
      forward: (x: Tensor) => {
        const mask = x.greater(0);
        return { output: x.mul(mask), saved: { mask } };
      },
      backward: ({ saved }, g) => [g.mul(saved.mask)],
    });
    const x = leaf([-1, 2]);
    rectify(x).sum().backward();
    expect(x.grad?.toArray()).toEqual([0, 1]);
    expect(checkGradients((x) => rectify(x.square()).mul(x), [[-1, 2]], { order: 2 }).ok).toBe(true);
  });

  test("gets its settings by closure, and its gradients may differ from the true ones: the straight-through estimator", () => {
    const quantise = (levels: number): ((x: Tensor) => Tensor) =>
      customOp({
        name: "quantise",
        forward: (x: Tensor) => x.mul(levels).round().div(levels),
        backward: (_, g) => [g],
      });
    const x = leaf([0.3, 0.8]);
    const y = quantise(2)(x);
    expect(y.toArray()).toEqual([0.5, 1]);
    y.square().sum().backward();
    expect(x.grad?.toArray()).toEqual([1, 2]);
  });

  test("may be written with plain numbers, for first derivatives", () => {
    const op = customOp({
      name: "byHand",
      forward: (x: Tensor) => tensor(x.toTypedArray().map((value) => value ** 3), { shape: x.shape }),
      backward: ({ inputs: [x] }, g) => {
        const slope = x.toTypedArray().map((value, i) => 3 * value ** 2 * g.toTypedArray()[i]!);
        return [tensor(slope, { shape: x.shape })];
      },
    });
    const x = leaf([1, 2]);
    op(x).sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 12]);
    expect(refusal(() => grad(op(x).square().sum(), [x], { createGraph: true }))).toBe(
      "GradError: byHand: a gradient has lost its history: for input 0 (with createGraph it is differentiated again, and " +
        "does not follow from g by ops); compute it from g with ops, and return null where no gradient flows",
    );
  });

  test("gives a tensor of its own even where forward gives its input or a tensor from elsewhere", () => {
    const x = leaf([1, 2]);
    const elsewhere = tensor([5, 6]);
    const same = customOp({ name: "same", forward: (x: Tensor) => x, backward: (_, g) => [g.mul(2)] });
    const other = customOp({ name: "other", forward: (_: Tensor) => elsewhere, backward: () => [null] });
    expect(same(x)).not.toBe(x);
    same(x).sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 2]);
    expect(other(x).requiresGrad).toBe(true);
    expect([elsewhere.requiresGrad, x.gradFn]).toEqual([false, null]);
    const plain = tensor([1, 2]);
    const shown = same(plain);
    assign(plain, tensor([9, 9]));
    expect(shown.toArray()).toEqual([1, 2]);
  });

  test("works inside a fused op, of which it is part of the meaning", () => {
    const fused: Op = { name: "fused", infer: ([x]) => x!, lower: () => null, decompose: ([x]) => product(x!, x!.exp()) };
    const f = (x: Tensor): Tensor => apply(fused, [x], undefined);
    expect(f(leaf(1)).gradFn?.name).toBe("fused");
    expect(checkGradients(f, [[0.5, -1]], { order: 2 }).ok).toBe(true);
  });

  test("null means that no gradient flows: .grad stays null, grad gives zeros", () => {
    const [a, b] = [leaf(1), leaf(2)];
    const left = customOp({ name: "left", forward: (a: Tensor, b: Tensor) => a.mul(b), backward: (_, g) => [g, null] });
    left(a, b).backward();
    expect([a.grad?.item(), b.grad]).toEqual([1, null]);
    expect(grad(left(a, b), [b])[0]!.item()).toBe(0);
  });

  test("may give gradients in the broadcast shape and another float dtype", () => {
    const row = tensor([1, 2], { requiresGrad: true });
    product(tensor([[1, 2], [3, 4]], { dtype: "float64" }), row).sum().backward();
    expect([row.grad?.toArray(), row.grad?.dtype]).toEqual([[4, 6], "float32"]);
  });
});

describe("a custom op refuses", () => {
  const returning = (backward: () => unknown): (() => void) => {
    const op = customOp({
      name: "odd",
      forward: (a: Tensor, b: Tensor) => a.add(b),
      backward: backward as () => Tensor[],
    });
    return () => op(leaf([1, 2]), leaf([3, 4])).sum().backward();
  };

  test("a forward pass that gives no tensor", () => {
    const results: (readonly [unknown, string])[] = [[3, "3"], [null, "null"], [{ saved: 1 }, "a record"]];
    for (const [result, text] of [...results, [Promise.resolve(1), "a Promise"] as const]) {
      const op = customOp({ name: "odd", forward: () => result as Tensor, backward: () => [] });
      expect(refusal(op)).toBe(
        `GradError: odd: forward did not return a tensor: ${text}; return one, or { output, saved } (and not a promise)`,
      );
    }
  });

  test("a wrong number of gradients", () => {
    const text = "(2 inputs); return a list of them, null where none flows";
    const [one, none] = [[tensor([1, 2])], tensor([1, 2])];
    expect(refusal(returning(() => one))).toBe(
      `GradError: odd: backward did not return one gradient per input: [a Tensor] ${text}`,
    );
    expect(refusal(returning(() => none))).toBe(
      `GradError: odd: backward did not return one gradient per input: a Tensor ${text}`,
    );
    expect(refusal(returning(() => undefined))).toMatch(/one gradient per input: undefined/);
  });

  test("gradients that are no tensors, of another shape, or not of floats", () => {
    expect(refusal(returning(() => [tensor([1, 2]), 3]))).toBe(
      "GradError: odd: a gradient is not a tensor: 3 for input 1; return a tensor, or null for none",
    );
    expect(refusal(returning(() => [tensor([1, 2, 3]), null]))).toBe(
      "ShapeError: odd: a gradient has another shape than its input: [3] for input 0 of shape [2]; " +
        "return one element for each of the input's",
    );
    expect(refusal(returning(() => [null, tensor([1, 2], { dtype: "int32" })]))).toBe(
      'DTypeError: odd: a gradient is not of a float dtype: int32 for input 1; convert it with .to("float64")',
    );
  });

  test("a gradient of the result's shape where the input was not broadcast to it", () => {
    const total = customOp({ name: "total", forward: (x: Tensor) => x.sum(), backward: (_, g) => [g] });
    expect(refusal(() => total(leaf([1, 2])).backward())).toMatch(/^ShapeError: total: a gradient has another shape.*: \[\] for/);
  });

  test("a definition that lacks a part or has one too many", () => {
    const forward = (x: Tensor): Tensor => x;
    const backward = (): null[] => [null];
    expect(refusal(() => customOp({ name: "", forward, backward }))).toBe(
      'OptionError: customOp: the name is not a word: ""; give what graphs and errors shall call it',
    );
    // @ts-expect-error no backward
    expect(refusal(() => customOp({ name: "odd", forward }))).toBe(
      "OptionError: customOp: backward of odd is not a function: undefined; give one",
    );
    // @ts-expect-error a misspelt part
    expect(refusal(() => customOp({ name: "odd", forwards: forward, backward }))).toMatch(/did you mean "forward"/);
    // @ts-expect-error nothing
    expect(refusal(() => customOp())).toMatch(/^OptionError: customOp: options must be a record: null/);
  });
});
