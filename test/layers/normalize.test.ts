/** LayerNorm, RMSNorm and GroupNorm as layers: first weights, names, settings, and what they refuse. */
import { describe, expect, test } from "vitest";
import { GroupNorm, LayerNorm, RMSNorm, groupNorm, layerNorm, randn, rmsNorm, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("normalisation of rows", () => {
  test("begins with weight 1 and bias 0: the plain function", () => {
    const x = randn([2, 4, 3]);
    expect(new LayerNorm(3).forward(x)).toBeCloseToTensor(layerNorm(x, 3));
    expect(new LayerNorm([4, 3], { affine: false }).forward(x)).toBeCloseToTensor(layerNorm(x, [4, 3]));
    expect(new RMSNorm(3).forward(x)).toBeCloseToTensor(rmsNorm(x, 3));
    expect(new RMSNorm(3, { eps: 0.5 }).forward(x)).toBeCloseToTensor(rmsNorm(x, 3, { eps: 0.5 }));
    expect(new GroupNorm(2, 4).forward(x)).toBeCloseToTensor(groupNorm(x, 2));
  });

  test("has PyTorch's names, without those that are not wanted", () => {
    const names = (layer: LayerNorm | RMSNorm | GroupNorm): string[] => Object.keys(layer.stateDict());
    expect(names(new LayerNorm(3))).toEqual(["weight", "bias"]);
    expect(names(new LayerNorm(3, { bias: false }))).toEqual(["weight"]);
    expect(names(new RMSNorm(3))).toEqual(["weight"]);
    expect(names(new GroupNorm(2, 4))).toEqual(["weight", "bias"]);
    const plain = { affine: false };
    const bare = [new LayerNorm(3, plain), new RMSNorm(3, plain), new GroupNorm(1, 1, plain)];
    expect(bare.map(names)).toEqual([[], [], []]);
    expect(new LayerNorm(3, { dtype: "float64" }).weight!.dtype).toBe("float64");
  });

  test("prints what is unusual", () => {
    const layers = [new LayerNorm(3), new LayerNorm([2, 3], { bias: false }), new LayerNorm(3, { affine: false })];
    expect(layers.map(String)).toEqual([
      "LayerNorm(3)",
      "LayerNorm([2, 3], { bias: false })",
      "LayerNorm(3, { affine: false })",
    ]);
    expect(String(new RMSNorm(3))).toBe("RMSNorm(3)");
    expect(String(new RMSNorm(3, { eps: 1e-3 }))).toBe("RMSNorm(3, { eps: 0.001 })");
    expect(String(new GroupNorm(2, 4, { eps: 0.1 }))).toBe("GroupNorm(2, 4, { eps: 0.1 })");
  });

  test("refuses what does not fit", () => {
    expect(refusal(() => new GroupNorm(3, 4))).toMatch(/^ShapeError: GroupNorm: the groups do not divide the channels: 4 channels in 3/);
    expect(refusal(() => new GroupNorm(2, 4).forward(zeros([1, 6])))).toBe(
      "ShapeError: GroupNorm: input has 6 channels, expects 4: [1, 6] (axis 1 counts); give [batch, 4, …]",
    );
    expect(refusal(() => new GroupNorm(2, 4).forward(zeros([4])))).toMatch(/^ShapeError: GroupNorm: input has no channels, expects 4/);
    expect(refusal(() => new LayerNorm(0))).toMatch(/^ShapeError: LayerNorm: not a normalised shape: 0;/);
    expect(refusal(() => new LayerNorm(3).forward(zeros([2, 4])))).toMatch(/^ShapeError: layerNorm: x does not end in/);
    expect(refusal(() => new RMSNorm(3, { bias: true } as object))).toMatch(/^OptionError: RMSNorm: unknown option: "bias"/);
    expect(refusal(() => new LayerNorm(3, { elementwiseAffine: true } as object))).toMatch(/unknown option: "elementwiseAffine"/);
    expect(refusal(() => new RMSNorm(3, { eps: NaN }))).toMatch(/^OptionError: RMSNorm: eps is out of range: NaN/);
  });
});
