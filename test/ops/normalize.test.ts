/** Layer, RMS and group normalisation: means and variances of what comes out, corners, and what they refuse. */
import { describe, expect, test } from "vitest";
import { Generator, groupNorm, layerNorm, randn, rmsNorm, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = randn([3, 4, 5], { dtype: "float64", generator: new Generator(1) }).mul(3).add(7);

describe("layerNorm", () => {
  test("gives rows of mean 0 and variance 1, then scales and shifts them", () => {
    const y = layerNorm(x, 5, { eps: 0 });
    expect(y.mean({ axes: -1 })).toBeCloseToTensor(zeros([3, 4]), { atol: 1e-14 });
    expect(y.square().mean({ axes: -1 }).sub(1)).toBeCloseToTensor(zeros([3, 4]), { atol: 1e-13 });
    const scaled = layerNorm(x, [5], { weight: [1, 2, 3, 4, 5], bias: [1, 1, 1, 1, 1], eps: 0 });
    expect(scaled).toBeCloseToTensor(y.mul([1, 2, 3, 4, 5]).add(1));
  });

  test("does not lose digits far from zero", () => {
    const y = layerNorm(tensor([[4096, 4097, 4098, 4099]]), 4, { eps: 0 });
    expect(y).toBeCloseToTensor(layerNorm([[0, 1, 2, 3]], 4, { eps: 0 }).toArray(), { rtol: 1e-6 });
  });

  test("gives the bias for a row of equal values, float32 for integers, and nothing for no rows", () => {
    expect(layerNorm([[5, 5]], 2, { bias: [1, 2] })).toBeCloseToTensor([[1, 2]]);
    expect(layerNorm(tensor([[1, 3]], { dtype: "int32" }), 2).dtype).toBe("float32");
    expect(layerNorm(zeros([0, 2]), 2).shape).toEqual([0, 2]);
  });

  test("refuses shapes that do not fit and settings out of range", () => {
    expect(refusal(() => layerNorm(x, 4))).toBe(
      "ShapeError: layerNorm: x does not end in the normalised shape: [3, 4, 5], [4] ([5] ≠ [4]); " +
        "name the sizes of the last axes, those to normalise over",
    );
    expect(refusal(() => layerNorm([1, 2], [1, 2]))).toMatch(/: \[2\], \[1, 2\] \(rank 1 < 2\); name the sizes/);
    expect(refusal(() => layerNorm(x, [5], { weight: [1, 2] }))).toBe(
      "ShapeError: layerNorm: the weight does not fit: [2] for x [3, 4, 5] ([2] ≠ [5]); " +
        "give one number per normalised element or channel, [5]",
    );
    expect(refusal(() => layerNorm(x, 5, { bias: [1] }))).toMatch(/^ShapeError: layerNorm: the bias does not fit: \[1\]/);
    expect(refusal(() => layerNorm(x, []))).toBe(
      "ShapeError: layerNorm: not a normalised shape: []; " +
        "give the size of the last axis, such as 64, or of several, [8, 8]",
    );
    expect(refusal(() => layerNorm(x, 2.5))).toMatch(/^ShapeError: layerNorm: not a normalised shape: 2.5;/);
    expect(refusal(() => layerNorm(x, 5, { eps: -1 }))).toBe("OptionError: layerNorm: eps is out of range: -1; give a number ≥ 0");
    expect(refusal(() => layerNorm(x, 5, { epsilon: 1 } as object))).toMatch(/unknown option: "epsilon"; did you mean "eps"/);
  });
});

describe("rmsNorm", () => {
  test("gives rows of mean square 1 and keeps their direction", () => {
    const y = rmsNorm(x, 5, { eps: 0 });
    expect(y.square().mean({ axes: -1 }).sub(1)).toBeCloseToTensor(zeros([3, 4]), { atol: 1e-13 });
    const root = Math.sqrt(12.5);
    expect(rmsNorm([[3, 4]], 2, { weight: [2, 1], eps: 0 })).toBeCloseToTensor([[6 / root, 4 / root]]);
  });

  test("adds the machine epsilon unless told otherwise, so that a row of zeros stays", () => {
    expect(rmsNorm([[0, 0]], 2).toArray()).toEqual([[0, 0]]);
    const tiny = tensor([[2 ** -26]], { dtype: "float64" });
    expect(rmsNorm(tiny, 1).item()).toBeCloseTo(Math.SQRT1_2, 10);
    expect(rmsNorm(tensor([[2 ** -11.5]]), 1).item()).toBeCloseTo(Math.SQRT1_2, 6);
  });

  test("has no bias and refuses shapes that do not fit", () => {
    expect(refusal(() => rmsNorm(x, 5, { bias: zeros([5]) } as object))).toMatch(/^OptionError: rmsNorm: unknown option: "bias"/);
    expect(refusal(() => rmsNorm(x, [4, 4]))).toMatch(/^ShapeError: rmsNorm: x does not end in the normalised shape/);
  });
});

describe("groupNorm", () => {
  test("normalises neighbouring channels together, over all positions", () => {
    const y = groupNorm(x, 2, { eps: 0 });
    const groups = y.reshape([3, 2, 10]);
    expect(groups.mean({ axes: -1 })).toBeCloseToTensor(zeros([3, 2]), { atol: 1e-14 });
    expect(groups.square().mean({ axes: -1 }).sub(1)).toBeCloseToTensor(zeros([3, 2]), { atol: 1e-13 });
    expect(groupNorm(x, 1)).toBeCloseToTensor(layerNorm(x, [4, 5]));
    expect(groupNorm(x, 4)).toBeCloseToTensor(layerNorm(x, 5));
  });

  test("gives the bias where a group has one value, also in a batch of one row", () => {
    expect(groupNorm([[5, 7]], 2, { bias: [1, 2] })).toBeCloseToTensor([[1, 2]]);
    expect(groupNorm(zeros([0, 4, 2]), 2).shape).toEqual([0, 4, 2]);
  });

  test("refuses groups that do not divide the channels, and x without channels", () => {
    expect(refusal(() => groupNorm(x, 3))).toBe(
      "ShapeError: groupNorm: the groups do not divide the channels: 4 channels in 3 groups (remainder 1); " +
        "choose a divisor of 4",
    );
    expect(refusal(() => groupNorm([1, 2], 1))).toBe(
      "ShapeError: groupNorm: x has no channels: [2] (rank 1 < 2); give [batch, channels, …]",
    );
    expect(refusal(() => groupNorm(x, 0))).toMatch(/^OptionError: groupNorm: groups is out of range: 0;/);
    expect(refusal(() => groupNorm(x, 2, { weight: [1] }))).toMatch(/^ShapeError: groupNorm: the weight does not fit/);
  });
});
