/** Losses of pairs that belong together or do not: distances and angles. */
import { describe, expect, test } from "vitest";
import { cosineEmbedding, grad, hingeEmbedding, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

describe("hingeEmbedding", () => {
  test("is the distance itself on side 1, and what is missing to the margin on side −1", () => {
    expect(hingeEmbedding([0.25, 0.25, 3], [1, -1, -1], { reduction: "none" })).toBeCloseToTensor([0.25, 0.75, 0]);
    expect(hingeEmbedding([0.25], [-1], { margin: 2 }).item()).toBe(1.75);
  });

  test("at the margin its gradient is −1, as in PyTorch", () => {
    const x = tensor([1, 1.5], { requiresGrad: true });
    expect(grad(hingeEmbedding(x, [-1, -1], { reduction: "sum" }), [x])[0]).toBeCloseToTensor([-1, 0]);
  });

  test("refuses other sides than ±1, and a margin that is no number", () => {
    expect(refusal(() => hingeEmbedding([1, 2], [1, 0]))).toBe(
      "OptionError: hingeEmbedding: target out of range: 0 at [1] (targets are -1 and +1); " +
        "for 0 and 1 write target.mul(2).sub(1), and give the distances first",
    );
    expect(refusal(() => hingeEmbedding([1], [1], { margin: NaN }))).toBe(
      "OptionError: hingeEmbedding: margin is out of range: NaN; give a number",
    );
  });
});

describe("cosineEmbedding", () => {
  const [a, b] = [[3, 4], [4, 3]];

  test("is 1 − cos on side 1, and cos over the margin on side −1", () => {
    expect(cosineEmbedding(a, b, 1).item()).toBeCloseTo(0.04, 6);
    expect(cosineEmbedding([a, a], [b, b], [1, -1], { reduction: "none", margin: 0.5 })).toBeCloseToTensor([0.04, 0.46]);
    expect(cosineEmbedding(a, [-4, -3], -1).item()).toBe(0);
  });

  test("does not look at lengths, and takes vectors of zeros for right angles", () => {
    expect(cosineEmbedding([300, 400], b, 1).item()).toBeCloseTo(0.04, 6);
    expect(cosineEmbedding([0, 0], b, 1).item()).toBe(1);
  });

  test("refuses shapes that do not fit, other sides than ±1 and a margin that is no cosine", () => {
    expect(refusal(() => cosineEmbedding([a, a], [b, b], [1]))).toBe(
      "ShapeError: cosineEmbedding: the sides do not fit the vectors: [2, 2] and [1]; " +
        "give vectors [rows, D] with sides [rows], or [D] with []",
    );
    expect(refusal(() => cosineEmbedding(a, [b], 1))).toMatch(/^ShapeError: cosineEmbedding: shapes differ/);
    expect(refusal(() => cosineEmbedding(a, b, 0))).toBe(
      "OptionError: cosineEmbedding: target out of range: 0 (targets are -1 and +1); " +
        "give 1 for pairs that belong together, -1 for others",
    );
    expect(refusal(() => cosineEmbedding(a, b, 1, { margin: 2 }))).toBe(
      "OptionError: cosineEmbedding: margin is out of range: 2; give a number ≥ -1 and ≤ 1",
    );
  });
});
