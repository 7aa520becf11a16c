/** The affine layer: values, gradients, first weights, and what it refuses. */
import { describe, expect, test } from "vitest";
import {
  Generator,
  Linear,
  type Tensor,
  constant,
  heNormal,
  manualSeed,
  ones,
  randn,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

describe("Linear", () => {
  test("computes x·Wᵀ + b, and without bias gives zero for zero", () => {
    const layer = new Linear(3, 2);
    layer.loadStateDict({ weight: [[1, 2, 3], [4, 5, 6]], bias: [10, 20] });
    expect(layer.forward([[1, 0, 1], [0, 1, 0]])).toBeCloseToTensor([[14, 30], [12, 25]]);
    expect(layer.forward(zeros([3]))).toBeCloseToTensor([10, 20]);
    expect(new Linear(3, 2, { bias: false }).forward(zeros([2, 3]))).toBeCloseToTensor([[0, 0], [0, 0]]);
  });

  test("has the gradients dZ·W, dZᵀ·X and the column sums of dZ", () => {
    const layer = new Linear(2, 2, { dtype: "float64" });
    layer.loadStateDict({ weight: [[1, -2], [0.5, 3]], bias: [0, 0] });
    const x = tensor([[1, 2], [3, -1]], { dtype: "float64", requiresGrad: true });
    layer.forward(x).backward([[1, 10], [2, -1]]);
    expect(x.grad).toBeCloseToTensor([[6, 28], [1.5, -7]]);
    expect(layer.weight.grad).toBeCloseToTensor([[7, 0], [7, 21]]);
    expect(layer.bias!.grad).toBeCloseToTensor([3, 9]);
  });

  test("takes any leading axes: the batch is the rows one by one", () => {
    const layer = new Linear(3, 2, { dtype: "float64" });
    const x = randn([4, 5, 3], { dtype: "float64", generator: new Generator(1) });
    const batched = layer.forward(x);
    expect(batched.shape).toEqual([4, 5, 2]);
    const row = x.slice([[2, 3], [4, 5]]).reshape([3]);
    expect(layer.forward(row)).toBeCloseToTensor(batched.slice([[2, 3], [4, 5]]).reshape([2]).toArray());
    expect(layer.forward(zeros([0, 3], { dtype: "float64" })).shape).toEqual([0, 2]);
  });

  test("begins with U(±1/√in) for weight and bias, weight first, so that a seed fixes both", () => {
    manualSeed(3);
    const layer = new Linear(400, 300);
    manualSeed(3);
    expect(new Linear(400, 300).stateDict().weight!.toArray()).toEqual(layer.weight.toArray());
    for (const values of [layer.weight, layer.bias!]) {
      expect(values.abs().max().item()).toBeLessThanOrEqual(1 / 20);
      expect(values.abs().max().item()).toBeGreaterThan(0.049);
    }
    expect(Math.abs(layer.weight.mean().item())).toBeLessThan(5e-4);
    expect(layer.weight.std().item()).toBeCloseTo(1 / 20 / Math.sqrt(3), 3);
  });

  test("takes another initialiser, in its own dtype", () => {
    expect(new Linear(2, 2, { init: constant(3) }).weight).toBeCloseToTensor([[3, 3], [3, 3]]);
    expect(new Linear(2, 2, { init: zeros, dtype: "float64" }).weight.dtype).toBe("float64");
    expect(new Linear(2, 2, { init: (shape) => ones(shape).mul(7) }).weight).toBeCloseToTensor([[7, 7], [7, 7]]);
    const doubled = new Linear(2, 2, { init: () => ones([2, 2], { dtype: "float32" }), dtype: "float64" });
    expect(doubled.weight.dtype).toBe("float64");
    expect(new Linear(3, 2, { init: heNormal }).weight.requiresGrad).toBe(true);
  });

  test("says what fits when the input does not", () => {
    const layer = new Linear(128, 10);
    expect(refusal(() => layer.forward(zeros([32, 64])))).toBe(
      "ShapeError: Linear: input has 64 features, expects 128: [32, 64] (the last axis counts); " +
        "give [..., 128] or build Linear(64, 10)",
    );
    expect(refusal(() => layer.forward(zeros([32, 16, 8])))).toBe(
      "ShapeError: Linear: input has 8 features, expects 128: [32, 16, 8] (the last axis counts); put a Flatten before it",
    );
    expect(refusal(() => layer.forward(3))).toBe(
      "ShapeError: Linear: input is a single number, expects 128: [] (the last axis counts); give [..., 128]",
    );
  });

  test("refuses sizes, options and initialisers that make no layer", () => {
    expect(refusal(() => new Linear(0, 1))).toBe(
      "OptionError: Linear: inFeatures is out of range: 0; give a whole number ≥ 1",
    );
    expect(refusal(() => new Linear(1, 2.5))).toMatch(/^OptionError: Linear: outFeatures is out of range: 2.5;/);
    expect(refusal(() => new Linear(1, 2, { biass: true } as unknown as object))).toMatch(/did you mean "bias"\?/);
    expect(refusal(() => new Linear(1, 2, { bias: 0 as unknown as boolean }))).toMatch(/^OptionError: Linear: bias is not a boolean: 0/);
    expect(refusal(() => new Linear(1, 2, { dtype: "int32" }))).toBe(
      'DTypeError: Linear: weights must be floats: int32; give "float32" or "float64"',
    );
    expect(refusal(() => new Linear(1, 2, { init: "he" as unknown as typeof heNormal }))).toBe(
      'OptionError: Linear: init is not a function of a shape: "he"; give one such as heNormal',
    );
    expect(refusal(() => new Linear(1, 2, { init: (() => 3) as unknown as typeof heNormal }))).toBe(
      "OptionError: Linear: init did not make a tensor: 3; " +
        "give a function of a shape, such as uniform(-0.1, 0.1) or (shape) => randn(shape)",
    );
    expect(refusal(() => new Linear(3, 2, { init: () => zeros([3, 2]) }))).toBe(
      "ShapeError: Linear: init made another shape: [3, 2], asked for [2, 3]; use the shape it is given",
    );
  });

  test("prints as it was made", () => {
    expect(String(new Linear(2, 3))).toBe("Linear(2, 3)");
    expect(String(new Linear(2, 3, { bias: false }))).toBe("Linear(2, 3, { bias: false })");
  });

  test("cannot be called without new, as JavaScript says itself", () => {
    const call = Linear as unknown as (a: number, b: number) => Tensor;
    expect(() => call(1, 2)).toThrow("Class constructor Linear cannot be invoked without 'new'");
  });
});

describe("networks of the lessons", () => {
  /** Row i of `weight` holds the weights of unit i. */
  const layer = (weight: number[][], bias: number[]): Linear => {
    const made = new Linear(weight[0]!.length, weight.length, { dtype: "float64" });
    made.loadStateDict({ weight, bias });
    return made;
  };

  test("Lee's 2-2-2-2 sigmoid network gives 0.62, 0.83 for (1, −1) and 0.51, 0.85 for (0, 0)", () => {
    const layers = [
      layer([[1, -2], [-1, 1]], [1, 0]),
      layer([[2, -1], [-2, -1]], [0, 0]),
      layer([[3, -1], [-1, 4]], [-2, 2]),
    ];
    let x = tensor([[1, -1], [0, 0]], { dtype: "float64" });
    const seen: unknown[] = [];
    for (const each of layers) {
      const z = each.forward(x);
      x = z.sigmoid();
      seen.push([z, x].map((values) => values.mul(1e6).round().div(1e6).toArray()));
    }
    expect(seen).toEqual([
      [[[4, -2], [1, 0]], [[0.982014, 0.119203], [0.731059, 0.5]]],
      [[[1.844825, -2.083231], [0.962117, -1.962117]], [[0.863518, 0.110737], [0.723545, 0.123238]]],
      [[[0.479817, 1.579431], [0.047398, 1.769407]], [[0.617705, 0.829124], [0.511847, 0.854384]]],
    ]);
  });

  test("a sigmoid network without biases has z₂(x) + z₂(−x) = the column sums of W₂, whatever x", () => {
    const generator = new Generator(4);
    const first = randn([7, 2], { dtype: "float64", generator });
    const second = randn([2, 7], { dtype: "float64", generator });
    const inner = new Linear(2, 7, { bias: false, dtype: "float64", init: () => first });
    const outer = new Linear(7, 2, { bias: false, dtype: "float64", init: () => second });
    const net = (x: Tensor): Tensor => outer.forward(inner.forward(x).sigmoid());
    const x = randn([50, 2], { dtype: "float64", generator });
    const sums = second.sum({ axes: 1 });
    expect(net(x).add(net(x.neg())).sub(sums)).toBeCloseToTensor(zeros([50, 2]), { atol: 5e-14 });
  });

  test("one linear weight without bias cannot fit y = x + 1: the best squared error is 1", () => {
    const x = tensor([[-1], [0], [1]]);
    const errors = [0.5, 1, 1.5].map((w) => {
      const line = new Linear(1, 1, { bias: false, init: constant(w) });
      return line.forward(x).sub(x.add(1)).square().mean().item();
    });
    expect(errors[1]).toBeCloseTo(1, 6);
    expect(Math.min(...errors)).toBe(errors[1]);
  });
});
