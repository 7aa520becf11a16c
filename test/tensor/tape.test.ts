/** What the tape records, and what it does not. */
import { describe, expect, test } from "vitest";
import { DTypeError, Parameter, type Tensor, grad, noGrad, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

const leaf = (values: number | number[] | number[][]): Tensor => tensor(values, { requiresGrad: true });

describe("what is recorded", () => {
  test("a tensor made by the user is a leaf without a node, a result of it has one", () => {
    const x = leaf([1, 2]);
    expect([x.isLeaf, x.gradFn]).toEqual([true, null]);
    const y = x.mul(2);
    expect([y.isLeaf, y.gradFn?.name]).toEqual([false, "mul"]);
  });

  test("requiresGrad is contagious, and only through tensors that require a gradient", () => {
    const w = leaf([[1, 2]]);
    const x = tensor([[3], [4]]);
    expect(w.matmul(x).requiresGrad).toBe(true);
    expect(x.mul(2).requiresGrad).toBe(false);
    expect(x.mul(2).gradFn).toBeNull();
  });

  test("a parameter is a tensor that requires a gradient", () => {
    const w = new Parameter(tensor([1, 2]));
    w.square().sum().backward();
    expect(w.grad?.toArray()).toEqual([2, 4]);
  });

  test("noGrad records nothing, gives what the function gives, and ends with it, also by an error", () => {
    const w = leaf([1, 2]);
    expect(noGrad(() => w.mul(3)).requiresGrad).toBe(false);
    expect(() => noGrad(() => { throw new RangeError("inside"); })).toThrow(RangeError);
    expect(w.mul(3).requiresGrad).toBe(true);
    noGrad(() => noGrad(() => 0));
    expect(w.mul(3).requiresGrad).toBe(true);
  });

  test("noGrad refuses an asynchronous function, whose later parts would be recorded", () => {
    expect(refusal(() => noGrad(async () => Promise.resolve(1)))).toBe(
      "GradError: noGrad: the function is asynchronous: it returned a Promise (its later parts would be recorded); " +
        "await first, then call noGrad around the synchronous part",
    );
  });

  test("noGrad refuses what is no function", () => {
    expect(refusal(() => noGrad(leaf([1]) as never))).toBe(
      "OptionError: noGrad: fn is not a function: a Tensor; give one, such as () => …",
    );
  });

  test("detach gives the same values without history, and stops gradients", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    const cut = y.detach();
    expect([cut.toArray(), cut.requiresGrad, cut.gradFn]).toEqual([[3, 6], false, null]);
    y.mul(cut).sum().backward();
    expect(x.grad?.toArray()).toEqual([9, 18]);
  });

  test("the graph is made anew by every forward pass, so that an if or a loop may change it", () => {
    const f = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < x.item(); i++) y = x.item() > 2 ? y.mul(x) : y.add(x);
      return y;
    };
    const slope = (at: number): number => {
      const x = leaf(at);
      return grad(f(x), [x])[0]!.item();
    };
    expect([slope(1), slope(2), slope(3)]).toEqual([2, 3, 4 * 27]);
  });

  test("integers and truth values have no gradient, and cut the graph", () => {
    const x = leaf([1.5, -2.5]);
    expect(x.to("int32").requiresGrad).toBe(false);
    expect(x.greater(0).requiresGrad).toBe(false);
    expect(() => tensor([1, 2], { dtype: "int32", requiresGrad: true })).toThrow(DTypeError);
  });
});
