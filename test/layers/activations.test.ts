/** The elementwise activations as layers: values of the lessons, settings, and how they print. */
import { describe, expect, test } from "vitest";
import {
  ELU,
  GELU,
  HardSigmoid,
  HardTanh,
  LeakyReLU,
  LogSigmoid,
  Mish,
  ReLU,
  ReLU6,
  SiLU,
  Sigmoid,
  Softplus,
  Softsign,
  Tanh,
  type Tensor,
  clamp,
  elu,
  gelu,
  hardSigmoid,
  hardTanh,
  leakyRelu,
  linspace,
  logSigmoid,
  mish,
  relu,
  relu6,
  sigmoid,
  silu,
  softplus,
  softsign,
  tanh,
  tensor,
} from "../../src/index";
import { refusal } from "../support/refusal";

const x = tensor([-3, -0.5, 0, 0.5, 3], { dtype: "float64" });

describe("activations", () => {
  test.each([
    ["Sigmoid", new Sigmoid(), sigmoid],
    ["ReLU", new ReLU(), relu],
    ["Tanh", new Tanh(), tanh],
    ["HardSigmoid", new HardSigmoid(), hardSigmoid],
    ["LeakyReLU", new LeakyReLU(), (v: Tensor) => leakyRelu(v)],
    ["LeakyReLU", new LeakyReLU({ negativeSlope: 0.3 }), (v: Tensor) => leakyRelu(v, { negativeSlope: 0.3 })],
    ["ELU", new ELU(), (v: Tensor) => elu(v)],
    ["ELU", new ELU({ alpha: 2 }), (v: Tensor) => elu(v, { alpha: 2 })],
    ["GELU", new GELU(), (v: Tensor) => gelu(v)],
    ["GELU", new GELU({ approximate: "tanh" }), (v: Tensor) => gelu(v, { approximate: "tanh" })],
    ["SiLU", new SiLU(), silu],
    ["Softplus", new Softplus(), softplus],
    ["LogSigmoid", new LogSigmoid(), logSigmoid],
    ["HardTanh", new HardTanh(), hardTanh],
    ["ReLU6", new ReLU6(), relu6],
    ["Mish", new Mish(), mish],
    ["Softsign", new Softsign(), softsign],
  ] as const)("%s is the function of the same name", (name, layer, f) => {
    expect(layer.constructor.name).toBe(name);
    expect(layer.forward(x).toArray()).toEqual(f(x).toArray());
    expect(layer.forward([1, 2]).shape).toEqual([2]);
    expect(layer.parameters()).toEqual([]);
  });

  test("sigmoid of the lessons: ±800 without NaN, σ(4) and σ(−2), slope at most ¼", () => {
    const z = tensor([-800, -2, 0, 4, 800], { dtype: "float64", requiresGrad: true });
    const y = new Sigmoid().forward(z);
    expect(y).toBeCloseToTensor([0, 0.119203, 0.5, 0.982014, 1], { atol: 1e-6 });
    y.sum().backward();
    expect(z.grad!.max().item()).toBe(0.25);
  });

  test("the slope of ReLU at 0 is 0", () => {
    const z = tensor([-1, 0, 1], { requiresGrad: true });
    new ReLU().forward(z).sum().backward();
    expect(z.grad).toBeCloseToTensor([0, 0, 1]);
  });

  test("two ReLUs make a ramp, exactly", () => {
    const [a, b, c] = [0.25, 1.5, 3];
    const grid = linspace(-1, 3, 401, { dtype: "float64" });
    const ramp = clamp(grid.sub(a).div(b - a), 0, 1).mul(c);
    const relus = relu(grid.sub(a)).sub(relu(grid.sub(b))).mul(c / (b - a));
    expect(relus).toBeCloseToTensor(ramp.toArray(), { atol: 1e-14 });
  });

  test("print their settings where they are not the usual ones", () => {
    expect(String(new ReLU())).toBe("ReLU()");
    expect(String(new LeakyReLU())).toBe("LeakyReLU()");
    expect(String(new LeakyReLU({ negativeSlope: 0.2 }))).toBe("LeakyReLU({ negativeSlope: 0.2 })");
    expect(String(new ELU({ alpha: 2 }))).toBe("ELU({ alpha: 2 })");
    expect([new ELU(), new GELU()].map(String)).toEqual(["ELU()", "GELU()"]);
    expect(String(new GELU({ approximate: "tanh" }))).toBe('GELU({ approximate: "tanh" })');
  });

  test("refuse settings that make no sense", () => {
    expect(refusal(() => new LeakyReLU({ negativeSlope: NaN }))).toMatch(/^OptionError: LeakyReLU: negativeSlope is out of range: NaN/);
    expect(refusal(() => new LeakyReLU({ slope: 1 } as object))).toMatch(/unknown option: "slope"; did you mean "negativeSlope"/);
    expect(refusal(() => new ELU({ alpha: "1" as unknown as number }))).toMatch(/^OptionError: ELU: alpha is out of range: "1"/);
    expect(refusal(() => new GELU({ approximate: "tanhh" as "tanh" }))).toMatch(/^OptionError: GELU: unknown approximate: "tanhh"; did you mean "tanh"/);
  });
});
