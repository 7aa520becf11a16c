/** Gradients of deep networks: exploding, vanishing and sound, by the scale of the weights. */
import { describe, expect, test } from "vitest";
import {
  Generator,
  type GradientFlow,
  Linear,
  type Module,
  Parameter,
  ReLU,
  Sequential,
  Sigmoid,
  type Tensor,
  crossEntropy,
  gradientReport,
  mse,
  randn,
  softmax,
  tensor,
} from "../../src/index";
import { refusal } from "../support/refusal";

const WIDTH = 64;

/** The gradients of 30 layers with normal weights of a standard deviation, for eight normal rows. */
function deep(activation: () => Module, std: number): GradientFlow {
  const generator = new Generator(1);
  const init = (shape: readonly number[]): Tensor => randn(shape, { generator, dtype: "float64" }).mul(std);
  const linear = (): Linear => new Linear(WIDTH, WIDTH, { init, bias: false, dtype: "float64" });
  const model = new Sequential(...Array.from({ length: 30 }, () => [linear(), activation()]).flat());
  const x = randn([8, WIDTH], { generator, dtype: "float64" });
  const y = randn([8, WIDTH], { generator, dtype: "float64" });
  mse(model.forward(x), y).backward();
  return gradientReport(model);
}

describe("gradientReport", () => {
  test.each([
    ["3/√H explode", () => new ReLU(), 3 / 8, "exploding", 1e7, Infinity],
    ["√2/√H are sound", () => new ReLU(), Math.SQRT2 / 8, "fine", 1e-3, 100],
    ["1/√H vanish", () => new ReLU(), 1 / 8, "vanishing", 0, 1e-3],
    ["of sigmoids vanish", () => new Sigmoid(), 1 / 8, "vanishing", 0, 1e-15],
  ] as const)("gradients of 30 layers with weights of %s (curriculum 110, 111)", (_, activation, std, verdict, least, most) => {
    const report = deep(activation, std);
    expect(report.parameters[0]!.norm).toBeGreaterThan(least);
    expect(report.parameters[0]!.norm).toBeLessThan(most);
    expect(report.verdict).toBe(verdict);
    expect(report.ok).toBe(verdict === "fine");
  });

  const model = new Linear(2, 2);
  model.loadStateDict({ weight: [[3, 0], [0, 4]], bias: [0, 0] });

  test("gives norm, root mean square, maximum, zeros and the ratio to the weights", () => {
    model.weight.grad = tensor([[0.3, 0], [0, -0.4]]);
    model.bias!.grad = tensor([0, 0]);
    const [weight, bias] = gradientReport(model).parameters;
    expect(weight).toMatchObject({ name: "weight", shape: [2, 2], zeros: 0.5, verdict: "fine" });
    const numbers = [weight!.norm, weight!.rms, weight!.max, weight!.ratio!];
    expect(numbers).toBeCloseToTensor([0.5, 0.25, 0.4, 0.1], { rtol: 1e-6 });
    expect(bias).toMatchObject({ name: "bias", norm: 0, zeros: 1, ratio: null, verdict: "zero" });
  });

  test("prints a table and what helps", () => {
    model.weight.grad = tensor([[3e4, 0], [0, 4e4]]);
    model.bias!.grad = null;
    expect(String(gradientReport(model))).toBe(
      [
        "parameter   norm    rms    max  zeros  norm/weights  verdict",
        "weight     50000  25000  40000   50 %         10000  exploding",
        "bias           0      0      0    0 %             -  missing",
        "exploding: smaller initial weights (heNormal before ReLU), { clipNorm: 1 }, a lower learning rate, or fewer layers",
      ].join("\n"),
    );
    model.weight.grad = tensor([[0.3, 0.1], [NaN, 0.4]]);
    expect(gradientReport(model).verdict).toBe("notFinite");
  });

  test("sees parameters that stay far behind the others", () => {
    const named = [new Parameter([[1, 1]]), new Parameter([[1, 1]])] as const;
    named[0].grad = tensor([[1e-3, 1e-3]]);
    named[1].grad = tensor([[10, 10]]);
    const report = gradientReport({ namedParameters: () => [["a", named[0]], ["b", named[1]]] });
    expect(report.parameters.map(({ verdict }) => verdict)).toEqual(["vanishing", "fine"]);
  });

  test("cross-entropy has a gradient where squares of a softmax have lost theirs (curriculum 113)", () => {
    const normOf = (loss: (z: Tensor) => Tensor): number => {
      const z = new Parameter(tensor([[-10, 10, 0]], { dtype: "float64" }));
      loss(z).backward();
      return gradientReport({ namedParameters: () => [["z", z]] }).parameters[0]!.max;
    };
    const entropy = normOf((z) => crossEntropy(z, [0]));
    const squares = normOf((z) => mse(softmax(z, { axis: 1 }), tensor([[1, 0, 0]], { dtype: "float64" }), { reduction: "sum" }));
    expect(entropy).toBeCloseTo(1, 4);
    expect(entropy / squares).toBeGreaterThan(1e4);
  });

  test("refuses models without gradients, and what is no model", () => {
    expect(refusal(() => gradientReport(new Linear(1, 1)))).toBe(
      "GradError: gradientReport: no parameter has a gradient; call backward() on a loss of the model first",
    );
    expect(refusal(() => gradientReport([] as never))).toBe(
      "OptionError: gradientReport: no named parameters: []; give a Module, such as new Sequential(…)",
    );
  });
});
