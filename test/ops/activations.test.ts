/**
 * Activations at their kinks and far out: values and slopes are PyTorch's, and nothing turns into NaN that need not.
 */
import { describe, expect, test } from "vitest";
import { grad } from "../../src/autograd/functional";
import * as activations from "../../src/ops/activations";
import { abs, maximum, minimum } from "../../src/ops/elementwise";
import { clamp } from "../../src/ops/compare";
import { tensor } from "../../src/tensor/create";
import type { Tensor } from "../../src/tensor/tensor";
import { refusal } from "../support/refusal";

const {
  elu,
  gelu,
  hardSigmoid,
  hardTanh,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  relu6,
  sigmoid,
  silu,
  softplus,
  softsign,
} = activations;

type Fn = (x: Tensor) => Tensor;

function slopes(f: Fn, points: readonly number[], dtype: "float32" | "float64"): number[] {
  const x = tensor(Float64Array.from(points), { dtype, requiresGrad: true });
  return Array.from(grad(f(x).sum(), [x])[0]!.toTypedArray());
}

describe.each(["float32", "float64"] as const)("in %s", (dtype) => {
  test.each<[string, Fn, number, number, number, number]>([
    // slopes at −∞, −800, 800, ∞
    ["sigmoid", sigmoid, 0, 0, 0, 0],
    ["logSigmoid", logSigmoid, 1, 1, 0, 0],
    ["hardSigmoid", hardSigmoid, 0, 0, 0, 0],
    ["hardTanh", hardTanh, 0, 0, 0, 0],
    ["relu", relu, 0, 0, 1, 1],
    ["relu6", relu6, 0, 0, 0, 0],
    ["leakyRelu", (x) => leakyRelu(x, { negativeSlope: 0.25 }), 0.25, 0.25, 1, 1],
    ["elu", elu, 0, 0, 1, 1],
    ["gelu", gelu, NaN, 0, 1, NaN],
    ["gelu by tanh", (x) => gelu(x, { approximate: "tanh" }), NaN, 0, 1, NaN],
    ["silu", silu, NaN, 0, 1, NaN],
    ["mish", mish, NaN, 0, 1, NaN],
    ["softplus", softplus, 0, 0, 1, 1],
    ["softsign", softsign, NaN, 1 / 801 ** 2, 1 / 801 ** 2, NaN],
    ["clamp", (x) => clamp(x, -1, 1), 0, 0, 0, 0],
    ["abs", abs, -1, -1, 1, 1],
  ])("the slope of %s far out is PyTorch's", (_, f, ...expected) => {
    const found = slopes(f, [-Infinity, -800, 800, Infinity], dtype);
    expect(found).toBeCloseToTensor(expected, { atol: 1e-9, rtol: 0 });
  });

  test.each<[string, Fn, number[], number[]]>([
    ["relu is flat at 0", relu, [-0, 0], [0, 0]],
    ["relu6 is flat at both ends", relu6, [0, 6], [0, 0]],
    ["hardTanh is flat at both ends", hardTanh, [-1, 1], [0, 0]],
    ["hardSigmoid is flat at both ends", hardSigmoid, [-3, 3], [0, 0]],
    ["leakyRelu takes its lower slope at 0", leakyRelu, [0], [0.01]],
    ["elu takes alpha at 0", (x) => elu(x, { alpha: 0.5 }), [0], [0.5]],
    ["abs is flat at 0", abs, [-0, 0], [0, 0]],
    ["clamp passes its bounds", (x) => clamp(x, -0.1, 0.1), [-0.1, 0.1], [1, 1]],
    ["maximum shares a tie", (x) => maximum(x, 0), [0], [0.5]],
    ["minimum shares a tie", (x) => minimum(0, x), [0], [0.5]],
  ])("%s", (_, f, points, expected) => {
    expect(slopes(f, points, dtype)).toBeCloseToTensor(expected, { atol: 1e-7, rtol: 0 });
  });

  test("NaN stays NaN", () => {
    const x = tensor([NaN], { dtype });
    for (const f of [...Object.values(activations), (y: Tensor) => clamp(y, -1, 1)]) expect(f(x).item()).toBeNaN();
  });
});

describe("settings", () => {
  test("are given by name", () => {
    expect(leakyRelu([-1], { negativeSlope: 0.5 }).toArray()).toEqual([-0.5]);
    expect(elu([-Infinity], { alpha: 3 }).toArray()).toEqual([-3]);
    expect(gelu([1], { approximate: "tanh" }).item()).not.toBe(gelu([1]).item());
    expect(gelu([1], { approximate: "none" }).item()).toBe(gelu([1]).item());
  });

  test.each<[string, () => unknown, string]>([
    ["slope", () => leakyRelu([1], { slope: 1 } as object), 'leakyRelu: unknown option: "slope"; did you mean "negativeSlope"?'],
    ["NaN", () => leakyRelu([1], { negativeSlope: NaN }), "leakyRelu: negativeSlope is out of range: NaN; give a number"],
    ["text", () => elu([1], { alpha: "1" as unknown as number }), 'elu: alpha is out of range: "1"; give a number'],
    ["a word", () => gelu([1], { approximate: "tan" as "tanh" }), 'gelu: unknown approximate: "tan"; did you mean "tanh"?'],
    ["crossed bounds", () => clamp([1], 2, 1), "clamp: the bounds are crossed: low 2, high 1 (2 > 1); swap them"],
    ["a bound that is NaN", () => clamp([1], NaN, 1), "clamp: low is out of range: NaN; give a number"],
  ])("refuse %s", (_, run, message) => {
    expect(refusal(run)).toContain(`OptionError: ${message}`);
  });
});

describe("dtypes", () => {
  test("stay integers where the function is whole, become float32 where it is not", () => {
    const x = tensor([-2, 9], { dtype: "int32" });
    expect([relu(x), relu6(x), hardTanh(x), clamp(x, 0, 5), clamp(x, -Infinity, 5)].map((y) => y.dtype)).toEqual(
      new Array(5).fill("int32"),
    );
    expect([relu6(x).toArray(), clamp(x, 0.5, 5).toArray()]).toEqual([[0, 6], [0.5, 5]]);
    expect([sigmoid(x), leakyRelu(x), elu(x), gelu(x), clamp(x, 0.5, 5)].map((y) => y.dtype)).toEqual(
      new Array(5).fill("float32"),
    );
  });

  test("leave a side open at ±Infinity", () => {
    expect(clamp([-9, 9], -Infinity, Infinity).toArray()).toEqual([-9, 9]);
    expect(clamp([-9, 9], 0, Infinity).toArray()).toEqual([0, 9]);
  });
});
