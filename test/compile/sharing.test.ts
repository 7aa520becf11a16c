/** Tensors that a compiled function shares with the world: arguments, captures, gradients, and what they once were. */
import { describe, expect, test } from "vitest";
import { SGD, type Tensor, assign, compile, grad, js, randn, tensor, wasm } from "../../src/index";

const leaf = (values: number[]): Tensor => tensor(values, { requiresGrad: true });
const arrays = (...tensors: (Tensor | null)[]): unknown[] => tensors.map((one) => one && one.toArray());

describe.each([["js", js()] as const, ["wasm", wasm()] as const])("on %s", (_, device) => {
  test("each argument gets the gradient of its own call, added to its own", () => {
    const f = compile((x: Tensor) => x.square().sum().backward(), { device });
    const [a, b, c] = [leaf([1, 2]), leaf([3, 4]), leaf([1, 1])];
    f(a);
    f(b);
    expect(arrays(a.grad, b.grad)).toEqual([[2, 4], [6, 8]]);
    f(a);
    f(c);
    f(b);
    expect(arrays(a.grad, b.grad, c.grad)).toEqual([[4, 8], [12, 16], [2, 2]]);
  });

  test("each argument that is assigned to keeps what it was given", () => {
    const f = compile((x: Tensor) => assign(x, x.add(1)), { device });
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    f(a);
    f(b);
    expect(arrays(a, b)).toEqual([[2, 3], [4, 5]]);
    f(a);
    f.release();
    expect(arrays(a, b)).toEqual([[3, 4], [4, 5]]);
  });

  test("an argument that is captured too is told from other arguments", () => {
    const w = tensor([1, 2]);
    const f = compile((x: Tensor) => x.mul(10).add(w), { device });
    expect(f(w).toArray()).toEqual([11, 22]);
    expect(f(tensor([5, 6])).toArray()).toEqual([51, 62]);
    expect(f(w).toArray()).toEqual([11, 22]);
  });

  test("an argument that is captured and assigned to shows its new value", () => {
    const w = tensor([1, 2]);
    const f = compile((x: Tensor) => {
      assign(w, w.add(1));
      return x.mul(10);
    }, { device });
    expect(f(tensor([5, 6])).toArray()).toEqual([50, 60]);
    expect(f(w).toArray()).toEqual([30, 40]);
    expect(f(tensor([5, 6])).toArray()).toEqual([50, 60]);
    expect(f(w).toArray()).toEqual([50, 60]);
    expect(w.toArray()).toEqual([5, 6]);
  });

  test("a captured parameter that is an argument too gathers both gradients in one", () => {
    const w = leaf([2]);
    const f = compile((x: Tensor) => {
      w.grad = null;
      x.mul(w).sum().backward();
    }, { device });
    f(tensor([5]));
    expect(w.grad!.toArray()).toEqual([5]);
    f(w);
    expect(w.grad!.toArray()).toEqual([4]);
  });

  test("a gradient with respect to a captured tensor is found where that is the argument", () => {
    const w = leaf([2]);
    const f = compile((x: Tensor) => grad(x.square().sum(), [w]), { device });
    expect(arrays(...f(leaf([3])))).toEqual([[0]]);
    expect(arrays(...f(w))).toEqual([[4]]);
    expect(arrays(...f(leaf([3])))).toEqual([[0]]);
  });

  test("the same tensor twice is one argument, two tensors are two", () => {
    const f = compile((x: Tensor, y: Tensor) => {
      assign(x, x.add(1));
      return y.mul(1);
    }, { device });
    const a = tensor([1]);
    expect(f(a, a).toArray()).toEqual([2]);
    expect(f(a, tensor([7])).toArray()).toEqual([7]);
    expect(f(a, a).toArray()).toEqual([4]);
  });

  test("what a tensor was before it was assigned to can be returned", () => {
    const w = tensor([[1, 2], [3, 4]]);
    const f = compile((x: Tensor) => {
      const before = [w.detach(), w.transpose(), x.reshape([2])];
      assign(w, w.mul(2));
      assign(x, x.add(1));
      return [...before, x, w];
    }, { device });
    for (const x of [tensor([7, 8]), tensor([9, 9])]) {
      const [was, xWas] = arrays(w, x);
      const [detached, turned, shaped, now, double] = f(x);
      expect(arrays(detached!, shaped!)).toEqual([was, xWas]);
      expect(turned!.transpose().toArray()).toEqual(was);
      expect(arrays(now!, double!)).toEqual(arrays(x, w));
      expect(w.toArray()).toEqual(detached!.mul(2).toArray());
    }
  });

  test("what a tensor was before can be its gradient", () => {
    const w = leaf([1, 2]);
    const f = compile(() => {
      w.grad = w.detach();
      assign(w, w.detach().add(1));
    }, { device });
    f();
    expect(arrays(w.grad, w)).toEqual([[1, 2], [2, 3]]);
    f();
    expect(arrays(w.grad, w)).toEqual([[2, 3], [3, 4]]);
  });

  test("assigning to a gradient changes the one that stands there now", () => {
    const w = leaf([1, 2]);
    const halve = compile(() => assign(w.grad!, w.grad!.mul(0.5)), { device });
    const first = (w.grad = tensor([2, 4]));
    halve();
    w.grad = tensor([20, 40]);
    halve();
    halve();
    expect(arrays(w.grad, first)).toEqual([[5, 10], [1, 2]]);
  });

  test("an index out of range leaves neither new values nor half a gradient", () => {
    const w = leaf([1, 2]);
    const optimizer = new SGD([w], { lr: 1 });
    const step = compile((x: Tensor, index: Tensor) => {
      optimizer.zeroGrad();
      w.mul(x).sum().backward();
      optimizer.step();
      return w.detach().gather(index, { axis: 0 });
    }, { device });
    const at = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });
    step(tensor([3, 4]), at(0, 1));
    expect(() => step(tensor([30, 40]), at(0, 2))).toThrow("index out of range: 2");
    expect(arrays(w, w.grad)).toEqual([[-2, -2], null]); // cleared, as the function itself would have left it
    step(tensor([1, 1]), at(0, 1));
    expect(() => step(tensor([30, 40]), at(-1, 0))).toThrow("index out of range: -1");
    step(tensor([1, 1]), at(0, 1));
    expect(w.grad!.toArray()).toEqual([1, 1]);
    expect(() => step(tensor([30, 40]), at(9, 0))).toThrow("index out of range: 9");
    expect(arrays(w, w.grad)).toEqual([[-4, -4], [1, 1]]); // it was read, so it is a tensor of its own
  });

  test("a compiled function within another takes arrays too", () => {
    const inner = compile((x: Tensor) => x.mul(2), { device });
    const outer = compile((x: Tensor) => inner([1, 2] as never).add(x), { device });
    expect(outer(tensor([1, 1])).toArray()).toEqual([3, 5]);
  });
});

describe("two devices share a tensor", () => {
  test("that lives in the heap, while the heap grows and its block is given back", () => {
    const w = tensor([1, 2]);
    const count = compile(() => assign(w, w.add(1)), { device: wasm() });
    const read = compile((x: Tensor) => x.add(w), { device: js() });
    count();
    expect(read(tensor([0, 0])).toArray()).toEqual([2, 3]);
    const large = compile((x: Tensor) => x.mul(2), { device: wasm() });
    large(randn([3_000_000]));
    expect(read(tensor([0, 0])).toArray()).toEqual([2, 3]);
    count();
    expect(read(tensor([0, 0])).toArray()).toEqual([3, 4]);
    count.release();
    large(randn([100]));
    expect(read(tensor([0, 0])).toArray()).toEqual([3, 4]);
    large.release();
  });
});
