/** grad, jacobian, hessian and hvp: values, shapes, orders, and what they refuse. */
import { describe, expect, test } from "vitest";
import { type Tensor, grad, hessian, hvp, jacobian, noGrad, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const leaf = (values: number | number[] | number[][]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

describe("grad", () => {
  test("gives one gradient per input and touches no .grad", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const [dx, dw] = grad(x.mul(w).sum(), [x, w]);
    expect([dx!.toArray(), dw!.toArray()]).toEqual([[3, 4], [1, 2]]);
    expect([x.grad, w.grad, dx!.requiresGrad]).toEqual([null, null, false]);
  });

  test("takes computed tensors as inputs, also beside their own leaves", () => {
    const x = leaf(2);
    const h = x.square();
    const y = h.pow(3);
    const [dh, dx, dy] = grad(y, [h, x, y]);
    expect([dh!.item(), dx!.item(), dy!.item()]).toEqual([48, 192, 1]);
  });

  test("starts from a gradient for several elements", () => {
    const x = leaf([1, 2, 3]);
    expect(grad(x.square(), [x], { gradient: [1, 0, 2] })[0]!.toArray()).toEqual([2, 0, 12]);
    expect(refusal(() => grad(x.square(), [x]))).toMatch(/^GradError: grad: not a single element: \[3\]/);
    expect(refusal(() => grad(x.square(), [x], { gradient: [1, 0] }))).toMatch(/^ShapeError: grad: the gradient has another/);
  });

  test("gives zeros for inputs that are not reached, and for outputs without history", () => {
    const [x, z] = [leaf([1, 2]), leaf([[3]])];
    const [dx, dz] = grad(x.sum(), [x, z]);
    expect([dx!.toArray(), dz!.toArray(), dz!.dtype]).toEqual([[1, 1], [[0]], "float64"]);
    const [slope] = grad(x.mul(2).sum(), [x], { createGraph: true });
    expect(grad(slope!.sum(), [x])[0]!.toArray()).toEqual([0, 0]);
  });

  test("gives tensors of their own: equal inputs get equal gradients, none an alias of another", () => {
    const x = leaf([1, 2]);
    const [a, b] = grad(x.sum(), [x, x]);
    expect(a).not.toBe(b);
    expect(a!.toArray()).toEqual(b!.toArray());
  });

  test("frees the graph it went through unless it is retained", () => {
    const x = leaf(3);
    const y = x.square();
    grad(y, [x], { retainGraph: true });
    grad(y, [x]);
    expect(refusal(() => grad(y, [x]))).toMatch(/^GradError: grad: the graph was freed: at square/);
  });

  test("differentiates again under createGraph: tanh and polynomials to the third order", () => {
    const derivatives = (f: (x: Tensor) => Tensor, at: number, order: number): number[] => {
      const x = leaf(at);
      let y = f(x);
      return Array.from({ length: order }, () => (y = grad(y, [x], { createGraph: true })[0]!).item());
    };
    const t = Math.tanh(0.7);
    const s = 1 - t * t;
    const tanh = [s, -2 * t * s, s * (6 * t * t - 2)];
    expect(derivatives((x) => x.tanh(), 0.7, 3)).toBeCloseToTensor(tanh, { rtol: 1e-13 });
    expect(derivatives((x) => x.pow(5).sub(x.pow(3).mul(2)), 2, 6)).toEqual([56, 136, 228, 240, 120, 0]);
    expect(derivatives((x) => x.mul(x).mul(x), 2, 4)).toEqual([12, 12, 6, 0]);
    expect(derivatives((x) => x.sin(), 0.3, 4)).toBeCloseToTensor(
      [Math.cos(0.3), -Math.sin(0.3), -Math.cos(0.3), Math.sin(0.3)],
      { rtol: 1e-14 },
    );
  });

  test("a gradient that enters a loss is differentiated with it: the gradient penalty", () => {
    const [x, w] = [leaf([1, -2]), leaf([0.5, 2])];
    const [dx] = grad(x.mul(w).tanh().sum(), [x], { createGraph: true });
    dx!.square().sum().backward();
    const f = (u: number, v: number): number => (v * (1 - Math.tanh(u * v) ** 2)) ** 2;
    const measured = [[1, 0.5], [-2, 2]].map(([u, v]) => (f(u!, v! + 1e-6) - f(u!, v! - 1e-6)) / 2e-6);
    expect(w.grad).toBeCloseToTensor(measured, { rtol: 1e-6, atol: 1e-9 });
  });

  test("differentiates through the gradient it was given", () => {
    const [x, v] = [leaf([1, 2]), leaf([3, 4])];
    const [vjp] = grad(x.square(), [x], { gradient: v, createGraph: true });
    expect(grad(vjp!.sum(), [v])[0]!.toArray()).toEqual([2, 4]);
  });

  test("refuses what is not a list, not a tensor, or wants no gradient", () => {
    const x = leaf(1);
    // @ts-expect-error a tensor instead of a list
    expect(refusal(() => grad(x.square(), x))).toBe(
      "OptionError: grad: the inputs are not a list: a Tensor; write them in brackets, as [x]",
    );
    // @ts-expect-error a number instead of a tensor
    expect(refusal(() => grad(3, [x]))).toBe(
      "GradError: grad: the output is not a tensor: 3 (it has no history); give a tensor made by ops",
    );
    // @ts-expect-error a number instead of a tensor
    expect(refusal(() => grad(x.square(), [x, 2]))).toMatch(/^GradError: grad: input 1 is not a tensor: 2/);
    expect(refusal(() => grad(x.square(), [tensor([1, 2])]))).toBe(
      "GradError: grad: an input does not require a gradient: input 0, float32 [2] (nothing computed from it was " +
        "recorded); make it with { requiresGrad: true } before the forward pass",
    );
    // @ts-expect-error a misspelt option
    expect(refusal(() => grad(x.square(), [x], { retain: true }))).toMatch(/^OptionError: grad: unknown option: "retain"/);
  });
});

describe("jacobian", () => {
  test("has the shape [...out, ...in]", () => {
    const f = (x: Tensor): Tensor => x.matmul(tensor([[1], [2], [3]]));
    const j = jacobian(f, [[1, 1, 1], [2, 2, 2]]);
    expect(j.shape).toEqual([2, 1, 2, 3]);
    expect(j.toArray()).toEqual([[[[1, 2, 3], [0, 0, 0]]], [[[0, 0, 0], [1, 2, 3]]]]);
  });

  test("is diag(p) − ppᵀ for the softmax", () => {
    const z = tensor([2, 1, 0.1], { dtype: "float64" });
    expect(jacobian((z) => z.softmax(), z)).toBeCloseToTensor(
      [[0.224719, -0.159764, -0.064955], [-0.159764, 0.183659, -0.023896], [-0.064955, -0.023896, 0.088851]],
      { rtol: 0, atol: 1e-6 },
    );
  });

  test("takes numbers, and functions that do not use x or give nothing", () => {
    expect(jacobian((x) => x.square(), 3).item()).toBe(6);
    expect(jacobian(() => tensor([1, 2]), [1, 2, 3]).toArray()).toEqual([[0, 0, 0], [0, 0, 0]]);
    expect(jacobian(() => zeros([0, 2]), [1, 2, 3]).shape).toEqual([0, 2, 3]);
  });

  test("leaves x and everything else as it was, and records inside noGrad", () => {
    const x = leaf([1, 2]);
    const w = leaf([3, 4]);
    const j = noGrad(() => jacobian((x) => x.mul(w), x));
    expect(j.toArray()).toEqual([[3, 0], [0, 4]]);
    expect([j.requiresGrad, x.grad, w.grad]).toEqual([false, null, null]);
  });
});

describe("hessian", () => {
  test("is symmetric, of shape [...in, ...in], in x's dtype", () => {
    const h = hessian((x) => x.square().sum().mul(x.sum()), tensor([[1, 2]], { dtype: "float64" }));
    expect([h.shape, h.dtype]).toEqual([[1, 2, 1, 2], "float64"]);
    expect(h.reshape([2, 2]).toArray()).toEqual([[10, 6], [6, 14]]); // δᵢⱼ·2Σx + 2xᵢ + 2xⱼ
  });

  test("of a linear function is zero", () => {
    expect(hessian((x) => x.mul([3, 4]).sum(), [1, 2]).toArray()).toEqual([[0, 0], [0, 0]]);
    expect(hessian(() => tensor(1), [1, 2]).toArray()).toEqual([[0, 0], [0, 0]]);
  });

  test("refuses a point in the place of the function, as jacobian and hvp do", () => {
    for (const [name, take] of Object.entries({ hessian, jacobian, hvp })) {
      expect(refusal(() => take([1, 2] as never, [1, 2], [1, 2]))).toBe(
        `OptionError: ${name}: f is not a function: [1, 2]; give one, such as () => …`,
      );
    }
  });

  test("refuses functions of several elements, results that are no tensors, and integers", () => {
    expect(refusal(() => hessian((x) => x.square(), [1, 2]))).toBe(
      "GradError: hessian: f is not a scalar function: it gave [2]; reduce with .sum(), or take the jacobian",
    );
    // @ts-expect-error a number instead of a tensor
    expect(refusal(() => hessian((x) => x.sum().item(), [1, 2]))).toBe(
      "GradError: hessian: what f returned is not a tensor: 3 (it has no history); give a tensor made by ops",
    );
    expect(refusal(() => hessian((x) => x.sum(), tensor([1], { dtype: "int32" })))).toBe(
      'DTypeError: hessian: only floats have derivatives: x is int32; convert it with .to("float32")',
    );
  });
});

describe("hvp", () => {
  const f = (x: Tensor): Tensor => x.pow(3).sum().add(x.sum().square());

  test("is the Hessian times the vector", () => {
    const [x, v] = [tensor([0.5, -1, 2], { dtype: "float64" }), tensor([1, 2, -3], { dtype: "float64" })];
    const product = hvp(f, x, v);
    expect(product).toBeCloseToTensor(hessian(f, x).matmul(v), { rtol: 1e-13 });
    expect(product.requiresGrad).toBe(false);
  });

  test("of a linear function is zero", () => {
    expect(hvp((x) => x.sum(), [1, 2], [3, 4]).toArray()).toEqual([0, 0]);
  });

  test("refuses a vector of another shape than x", () => {
    expect(refusal(() => hvp(f, [1, 2], [1, 2, 3]))).toBe(
      "ShapeError: hvp: the gradient has another shape: [3] (the tensor has [2]); give one element for each of the tensor's",
    );
  });
});
