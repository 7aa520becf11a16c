/** Clipping shortens gradients together or value by value. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OptionError, type Tensor, clipGradNorm, clipGradValue, tensor } from "../../src/index";
import { leaf } from "./traces";

function withGrad(...gradients: readonly (readonly number[])[]): Tensor[] {
  return gradients.map((g) => {
    const p = leaf(g.map(() => 0));
    p.grad = tensor(g, { dtype: "float64" });
    return p;
  });
}

describe("clipGradNorm", () => {
  test("scales all gradients by one factor, and gives the norm before", () => {
    const params = withGrad([3, 0], [4]);
    const norm = clipGradNorm(params, 1);
    expect(norm.item()).toBe(5);
    expect(norm.shape).toEqual([]);
    expect(params[0]!.grad).toBeCloseToTensor([3 / 5.000001, 0]);
    expect(params[1]!.grad).toBeCloseToTensor([4 / 5.000001]);
  });

  test("leaves shorter gradients as they are", () => {
    const params = withGrad([3, 4]);
    expect(clipGradNorm(params, 10).item()).toBe(5);
    expect(params[0]!.grad!.toArray()).toEqual([3, 4]);
  });

  test("never leaves more than max, and keeps the direction", () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 6 });
    const p = fc.constantFrom(1, 2, 3, Infinity);
    fc.assert(
      fc.property(values, values, p, fc.double({ min: 1e-3, max: 100, noNaN: true }), (a, b, order, max) => {
        const params = withGrad(a, b);
        const before = clipGradNorm(params, max, { p: order }).item();
        const after = clipGradNorm(params, Infinity, { p: order }).item();
        expect(after).toBeLessThanOrEqual(Math.min(before, max) * (1 + 1e-9));
        const factor = Math.min(1, max / (before + 1e-6));
        expect(params[0]!.grad).toBeCloseToTensor(a.map((g) => g * factor), { rtol: 1e-9, atol: 1e-12 });
      }),
    );
  });

  test("knows other norms", () => {
    expect(clipGradNorm(withGrad([3, -4]), 100, { p: 1 }).item()).toBe(7);
    expect(clipGradNorm(withGrad([3, -4]), 100, { p: Infinity }).item()).toBe(4);
    expect(clipGradNorm(withGrad([1, -1, 1]), 100, { p: 3 }).item()).toBeCloseTo(3 ** (1 / 3), 12);
  });

  test("with max Infinity only measures", () => {
    const params = withGrad([3, 4]);
    const { grad } = params[0]!;
    expect(clipGradNorm(params, Infinity).item()).toBe(5);
    expect(params[0]!.grad).toBe(grad);
  });

  test("skips parameters without gradient; without any, the norm is 0", () => {
    const idle = leaf([1]);
    expect(clipGradNorm([idle, ...withGrad([3, 4])], 1).item()).toBe(5);
    expect(idle.grad).toBeNull();
    expect(clipGradNorm([idle], 1).item()).toBe(0);
    expect(clipGradNorm(withGrad([0, 0]), 1).item()).toBe(0);
  });

  test("counts empty gradients as 0", () => {
    for (const p of [1, 2, Infinity]) {
      expect(clipGradNorm(withGrad([], [3]), 1, { p }).item()).toBe(3);
      expect(clipGradNorm(withGrad([]), 1, { p }).item()).toBe(0);
    }
  });

  test("does not overflow where squares of float32 would", () => {
    const p = tensor([0, 0], { requiresGrad: true });
    p.grad = tensor([3e30, 4e30]);
    expect(clipGradNorm([p], 1).item()).toBeCloseTo(5e30, -25);
    expect(p.grad).toBeCloseToTensor([0.6, 0.8]);
    expect(p.grad.dtype).toBe("float32");
  });

  test("lets a NaN spoil everything visibly", () => {
    const params = withGrad([NaN, 1], [2]);
    expect(clipGradNorm(params, 1).item()).toBeNaN();
    expect(params[1]!.grad!.item()).toBeNaN();
  });

  test("takes a model by its named parameters, and records nothing", () => {
    const [w] = withGrad([3, 4]);
    const model = { namedParameters: () => [["w", w!]] as const };
    expect(clipGradNorm(model, 1).requiresGrad).toBe(false);
    expect(w!.grad).toBeCloseToTensor([0.6, 0.8], { atol: 1e-6 });
  });

  test.each<[() => unknown, string]>([
    [() => clipGradNorm([leaf(1)], 0), "clipGradNorm: max is out of range: 0; give a number > 0"],
    [() => clipGradNorm([leaf(1)], NaN), "clipGradNorm: max is out of range: NaN"],
    [() => clipGradNorm([leaf(1)], 1, { p: 0 }), "clipGradNorm: p is out of range: 0; give a number > 0"],
    [() => clipGradNorm([leaf(1)], 1, { norm: 1 } as object), 'clipGradNorm: unknown option: "norm"; did you mean "p"?'],
    [() => clipGradNorm(1 as never, 1), "clipGradNorm: not a list of parameters: 1; pass model.parameters()"],
  ])("refuses bad input: %s", (clip, message) => {
    expect(clip).toThrow(OptionError);
    expect(clip).toThrow(message);
  });
});

describe("clipGradValue", () => {
  test("clamps every value, and keeps NaN", () => {
    const params = withGrad([3, -0.5, -2], [NaN]);
    clipGradValue(params, 1);
    expect(params[0]!.grad!.toArray()).toEqual([1, -0.5, -1]);
    expect(params[1]!.grad!.item()).toBeNaN();
  });

  test("refuses a limit that is not above 0", () => {
    expect(() => clipGradValue([leaf(1)], 0)).toThrow("clipGradValue: max is out of range: 0; give a number > 0");
  });
});
