/** Two sides, −1 and +1. */
import { describe, expect, test } from "vitest";
import { binaryHinge, grad, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

describe("binaryHinge", () => {
  test("is max(0, 1 − t·s), or its square", () => {
    const s = tensor([0.25, -3, 0.5, 2], { dtype: "float64", requiresGrad: true });
    const sides = [1, -1, -1, -1];
    expect(binaryHinge(s, sides, { reduction: "none" })).toBeCloseToTensor([0.75, 0, 1.5, 3]);
    expect(binaryHinge(s, sides, { squared: true, reduction: "none" })).toBeCloseToTensor([0.5625, 0, 2.25, 9]);
    expect(binaryHinge(s, sides).item()).toBe(1.3125);
    expect(grad(binaryHinge(s, sides, { reduction: "sum" }), [s])[0]).toBeCloseToTensor([-1, 0, 1, 1]);
    expect(grad(binaryHinge(s, [1, 1, 1, 1], { reduction: "sum" }), [s])[0]).toBeCloseToTensor([-1, -1, -1, 0]);
  });

  test("has no slope where the margin is met exactly", () => {
    const s = tensor([1], { requiresGrad: true });
    expect(grad(binaryHinge(s, [1]), [s])[0]).toBeCloseToTensor([0]);
  });

  test("refuses targets 0 and 1, with the mend", () => {
    expect(refusal(() => binaryHinge([0.5, 1], [1, 0]))).toBe(
      "OptionError: binaryHinge: target out of range: 0 at [1] (targets are -1 and +1); " +
        "for 0 and 1 write target.mul(2).sub(1), and give the scores first",
    );
    expect(refusal(() => binaryHinge([0.5], [1], { squared: 1 as unknown as boolean }))).toMatch(/squared is not a boolean: 1/);
    expect(refusal(() => binaryHinge([[0.5]], [1]))).toMatch(/^ShapeError: binaryHinge: shapes differ/);
    expect(binaryHinge([0.5, 1], tensor([1, 0]).mul(2).sub(1)).item()).toBe(1.25);
  });
});
