/** Parabola near the target, line far from it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grad, huber, mae, smoothL1, tensor } from "../../src/index";
import { tensorsOf } from "../support/arbitraries";
import { refusal } from "../support/refusal";

describe("huber", () => {
  test("is ½e² within δ and δ(|e| − ½δ) beyond", () => {
    const each = (delta: number) => huber([0.5, -1, 3, -10], [0, 0, 0, 0], { delta, reduction: "none" });
    expect(each(1)).toBeCloseToTensor([0.125, 0.5, 2.5, 9.5]);
    expect(each(4)).toBeCloseToTensor([0.125, 0.5, 4.5, 32]);
    expect(huber([0.5, 3], [0, 0]).item()).toBeCloseTo(1.3125, 6);
  });

  test("has the error as its gradient, clipped to ±δ", () => {
    const p = tensor([0.5, -1, 3, -10], { requiresGrad: true });
    expect(grad(huber(p, [0, 0, 0, 0], { reduction: "sum" }), [p])[0]).toBeCloseToTensor([0.5, -1, 1, -1]);
  });

  test("keeps its settings apart, however many are used", () => {
    for (let delta = 1; delta <= 200; delta++) {
      expect(huber([1000], [0], { delta }).item()).toBe(delta * (1000 - delta / 2));
    }
    expect(huber([1000], [0], { delta: 1 }).item()).toBe(999.5);
  });

  test("refuses a δ that is not positive", () => {
    expect(refusal(() => huber([1], [1], { delta: 0 }))).toBe("OptionError: huber: delta is out of range: 0; give a number > 0");
    expect(refusal(() => huber([1], [1, 2]))).toMatch(/^ShapeError: huber: shapes differ/);
  });
});

describe("smoothL1", () => {
  test("is huber divided by β, and mae for β = 0", () => {
    fc.assert(
      fc.property(tensorsOf([5]), tensorsOf([5]), fc.constantFrom(0.25, 1, 3), (p, t, beta) => {
        expect(smoothL1(p, t, { beta }).item()).toBeCloseTo(huber(p, t, { delta: beta }).item() / beta, 12);
        expect(smoothL1(p, t, { beta: 0 }).item()).toBe(mae(p, t).item());
      }),
    );
    expect(smoothL1([1, 5], [0, 0], { beta: 2, reduction: "none" })).toBeCloseToTensor([0.25, 4]);
    expect(smoothL1([1, 5], [0, 0], { beta: 0, reduction: "none" })).toBeCloseToTensor([1, 5]);
  });

  test("refuses a negative β", () => {
    expect(refusal(() => smoothL1([1], [1], { beta: -1 }))).toMatch(/^OptionError: smoothL1: beta is out of range: -1; give a number ≥ 0/);
    expect(refusal(() => smoothL1([1], [[1]]))).toMatch(/^ShapeError: smoothL1: shapes differ/);
  });
});
