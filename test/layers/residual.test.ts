/** Residual and Lambda: what they compute, how they print, and what they refuse. */
import { describe, expect, test } from "vitest";
import {
  Lambda,
  Linear,
  Module,
  ReLU,
  Residual,
  Sequential,
  type Tensor,
  compile,
  constant,
  grad,
  ones,
  randn,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

describe("Residual", () => {
  test("adds what its module makes, and lets gradients pass beside it", () => {
    const block = new Residual(new Linear(2, 2, { init: constant(0), bias: false }));
    const x = tensor([[1, 2]], { requiresGrad: true });
    const y = block.forward(x);
    expect(y.toArray()).toEqual([[1, 2]]);
    expect(grad(y.sum(), [x])[0]!.toArray()).toEqual([[1, 1]]);
    expect(Object.keys(block.stateDict())).toEqual(["module.weight"]);
    expect(String(block)).toBe("Residual(\n  (module): Linear(2, 2, { bias: false })\n)");
  });

  test("keeps gradients alive in a deep stack", () => {
    const plain = (): Module => new Linear(4, 4, { init: constant(0.01) });
    const slope = (layers: Module[]): number => {
      const x = tensor(ones([1, 4]), { requiresGrad: true });
      return grad(new Sequential(...layers).forward(x).sum(), [x])[0]!.abs().max().item();
    };
    expect(slope(Array.from({ length: 30 }, plain))).toBeLessThan(1e-30);
    expect(slope(Array.from({ length: 30 }, () => new Residual(plain())))).toBeGreaterThan(1);
  });

  test("refuses modules that change the shape or give no tensor, and what is no module", () => {
    class Pair extends Module {
      forward(x: Tensor): Tensor {
        return [x, x] as unknown as Tensor;
      }
    }
    expect(refusal(() => new Residual(new Pair()).forward(zeros([2])))).toBe(
      "OptionError: Residual: the module gave no tensor: [a Tensor, a Tensor]; return one from its forward",
    );
    expect(refusal(() => new Residual(new Linear(2, 1)).forward(zeros([3, 2])))).toBe(
      "ShapeError: Residual: the module changes the shape: [3, 2] → [3, 1] (both are added); " +
        "give it as many outputs as inputs",
    );
    expect(refusal(() => new Residual(new ReLU(), new ReLU() as never))).toBe(
      "OptionError: Residual: an argument too many: a ReLU; put several modules into a Sequential",
    );
    expect(refusal(() => new Residual(((x: Tensor) => x) as unknown as Module))).toMatch(
      /^OptionError: Residual: not a module: a function; give one, such as new Linear\(4, 4\)/,
    );
  });
});

describe("Lambda", () => {
  test("is its function, in a Sequential, a summary and a program", () => {
    const pairs = new Lambda((x) => x.reshape([-1, 2, 2]).sum({ axes: 2 }));
    const model = new Sequential(new Linear(3, 4), pairs, new ReLU());
    expect(model.summary([5, 3])).toMatch(/1: Lambda\(…\) +\[5, 2\] +0/);
    const x = randn([5, 3]);
    const program = compile((input: Tensor) => model.forward(input));
    expect(program(x)).toBeCloseToTensor(model.forward(x));
    program.release();
    const halve = (x: Tensor): Tensor => x.mul(0.5);
    expect(String(new Lambda(halve))).toBe("Lambda(halve)");
    expect(new Lambda(halve).forward([2, 4]).toArray()).toEqual([1, 2]);
  });

  test("refuses what is no function, and functions that give no tensor", () => {
    expect(refusal(() => new Lambda(3 as never))).toBe("OptionError: Lambda: fn is not a function: 3; give one, such as () => …");
    expect(refusal(() => new Lambda((() => 3) as never).forward([1]))).toBe(
      "OptionError: Lambda: the function gave no tensor: 3; return one",
    );
  });
});
