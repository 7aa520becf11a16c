/** checkGradients finds what is wrong, and only that. */
import { describe, expect, test } from "vitest";
import { type Tensor, checkGradients, customOp, gather, rand, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

const wrongSine = (factor: number): ((x: Tensor) => Tensor) =>
  customOp({
    name: "wrongSine",
    forward: (x: Tensor) => x.sin(),
    backward: ({ inputs: [x] }, g) => [g.mul(x.cos()).mul(factor)],
  });

/** First derivative right, second derivative zero: the cosine was read out. */
const flatSine = customOp({
  name: "flatSine",
  forward: (x: Tensor) => x.sin(),
  backward: ({ inputs: [x] }, g) => [g.mul(x.detach().cos())],
});

describe("checkGradients", () => {
  test("agrees with right derivatives, of one and of several inputs and elements", () => {
    const report = checkGradients((x, y) => x.mul(y).tanh(), [[[0.5, -1], [2, 0.1]], [0.3, 0.7]], { order: 2 });
    expect([report.ok, report.order, report.count]).toEqual([true, 2, 12]);
    expect(report.maxError).toBeLessThan(1e-8);
    expect(String(report)).toMatch(/^gradients agree to order 2: 12 derivatives, largest error \d\.\de-\d+$/);
  });

  test("finds a derivative that is wrong by a thousandth, and where it is worst", () => {
    const report = checkGradients((x, y) => wrongSine(1.001)(x).add(y), [[0, 1.5, -0.1], [1, 2, 3]]);
    expect(report.ok).toBe(false);
    expect([report.worst!.order, report.worst!.input, report.worst!.index]).toEqual([1, 0, [0]]);
    expect(report.worst!.analytic / report.worst!.numeric).toBeCloseTo(1.001, 6);
    expect(String(report)).toMatch(/^gradients differ: order 1, input 0 at \[0\]: -?[\d.]+, measured -?[\d.]+ \(6 derivatives/);
  });

  test("finds a second derivative that is wrong where the first is right", () => {
    expect(checkGradients(flatSine, [[0.4, 1]]).ok).toBe(true);
    const report = checkGradients(flatSine, [[0.4, 1]], { order: 2 });
    expect([report.ok, report.worst?.order, report.worst?.analytic]).toEqual([false, 2, 0]);
  });

  test("measures results of several elements by a fixed random combination, so that errors do not cancel", () => {
    expect(checkGradients((x) => x.softmax(), [[1, 2, 3]], { order: 2 }).ok).toBe(true);
    const skew = customOp({ name: "skew", forward: (x: Tensor) => x.mul(1), backward: (_, g) => [g.flip()] });
    expect(checkGradients(skew, [[1, 2, 3]]).ok).toBe(false);
    expect(checkGradients(skew, [[1, 2, 3]], { seed: 5 }).ok).toBe(false);
  });

  test("works in float64 on copies: inputs keep their dtype, values and .grad", () => {
    const x = tensor([0.5, 1], { requiresGrad: true });
    const dtypes: string[] = [];
    checkGradients((x) => (dtypes.push(x.dtype), x.square()), [x]);
    expect(new Set(dtypes)).toEqual(new Set(["float64"]));
    expect([x.toArray(), x.dtype, x.grad, x.version]).toEqual([[0.5, 1], "float32", null, 0]);
  });

  test("hands integers on as they are", () => {
    const indices = tensor([[2], [0]], { dtype: "int32" });
    const report = checkGradients((x, at) => gather(x, at, { axis: 1 }), [[[1, 2, 3], [4, 5, 6]], indices]);
    expect([report.ok, report.count]).toEqual([true, 6]);
  });

  test("has nothing to say where there is no element", () => {
    const report = checkGradients((x) => x.sum(), [tensor([], { shape: [0, 3] })], { order: 2 });
    expect([report.ok, report.maxError, report.worst]).toEqual([true, 0, null]);
    expect(String(report)).toBe("gradients: nothing to check (no input has an element)");
  });

  test("counts a function without derivative as flat, and NaN as wrong", () => {
    expect(checkGradients((x) => x.floor(), [[0.5, 1.5]], { order: 2 }).ok).toBe(true);
    expect(checkGradients((x) => x.detach().square(), [[0.5, 1.5]]).ok).toBe(false);
    const report = checkGradients((x) => x.log(), [[-1]]);
    expect([report.ok, report.maxError]).toEqual([false, Infinity]);
  });

  test("takes its step and its tolerances from the options", () => {
    const off = wrongSine(1.001);
    expect(checkGradients(off, [0.5], { rtol: 0.01 }).ok).toBe(true);
    expect(checkGradients(off, [0.5], { atol: 0.01 }).ok).toBe(true);
    expect(checkGradients((x) => x.pow(3), [1], { eps: 0.1 }).worst!.numeric).toBeCloseTo(3.01, 10);
  });

  test("refuses functions that give no tensor of floats, or two values for the same inputs", () => {
    // @ts-expect-error a number instead of a tensor
    expect(refusal(() => checkGradients((x) => x.item(), [1]))).toBe(
      "GradError: checkGradients: f did not return a tensor of floats: 1; return what it computes from its arguments by ops",
    );
    expect(refusal(() => checkGradients((x) => x.greater(0), [1]))).toMatch(/a tensor of bool/);
    expect(refusal(() => checkGradients((x) => x.mul(rand([])), [1]))).toMatch(
      /^GradError: checkGradients: f gives two values for the same inputs: [\d.]+ and [\d.]+ \(it is random, or changes a state\)/,
    );
  });

  test("refuses what is no function, and inputs that are no list", () => {
    expect(refusal(() => checkGradients(3 as never, [1]))).toBe(
      "OptionError: checkGradients: f is not a function: 3; give one, such as () => …",
    );
    expect(refusal(() => checkGradients((x) => x, tensor([1]) as never))).toBe(
      "OptionError: checkGradients: the inputs are not a list: a Tensor; write them in brackets, as [x]",
    );
  });

  test("refuses options it does not know, or out of range", () => {
    // @ts-expect-error a misspelt option
    expect(refusal(() => checkGradients((x) => x, [1], { epsilon: 1 }))).toMatch(/did you mean "eps"/);
    // @ts-expect-error there is no order 3
    expect(refusal(() => checkGradients((x) => x, [1], { order: 3 }))).toMatch(/^OptionError: checkGradients: order is out of range: 3/);
    expect(refusal(() => checkGradients((x) => x, [1], { eps: 0 }))).toMatch(/^OptionError: checkGradients: eps is out of range: 0/);
    expect(refusal(() => checkGradients((x) => x, [1], { atol: -1 }))).toMatch(/^OptionError: checkGradients: atol is out of/);
    expect(refusal(() => checkGradients((x) => x, [1], { rtol: NaN }))).toMatch(/^OptionError: checkGradients: rtol is out of/);
  });
});
