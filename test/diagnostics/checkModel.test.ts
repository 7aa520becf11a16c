/** A model before training: each thing that goes wrong is found, and a sound model passes untouched. */
import { describe, expect, test } from "vitest";
import {
  Adam,
  Dropout,
  Generator,
  HardSigmoid,
  Linear,
  type Loss,
  Module,
  Parameter,
  ReLU,
  Sequential,
  Sigmoid,
  Softmax,
  Tanh,
  type Tensor,
  binaryCrossEntropyWithLogits,
  checkModel,
  crossEntropy,
  hinge,
  mse,
  nll,
  randint,
  randn,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

const generator = new Generator(2);
const x = randn([32, 4], { generator });
const classes = randint(0, 3, [32], { generator });
const made = (): Sequential => new Sequential(new Linear(4, 8), new ReLU(), new Dropout(0.5), new Linear(8, 3));
const kinds = (report: { findings: readonly { kind: string }[] }): string[] => report.findings.map(({ kind }) => kind);

/** Fills the parameters of the first layer of a model. */
function withFirst(model: Sequential, weight: number, bias: number): Sequential {
  const shape = model.parameters()[0]!.shape as [number, number];
  const row = (i: number): number[] => Array.from({ length: shape[1] }, (_, j) => weight * (1 + ((i + j) % 3)));
  const rows = Array.from({ length: shape[0] }, (_, i) => row(i));
  model.loadStateDict({ "0.weight": rows, "0.bias": rows.map(() => bias) }, { strict: false });
  return model;
}

describe("checkModel", () => {
  test("finds nothing wrong with a sound model, and changes nothing", () => {
    const model = made();
    const before = JSON.stringify(Object.values(model.stateDict()).map((value) => value.toArray()));
    const report = checkModel(model, x, classes, { loss: crossEntropy, optimizer: new Adam(model.parameters()) });
    expect(report.findings).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.loss).toBeGreaterThan(0.8);
    expect(report.loss).toBeLessThan(1.6); // ln 3 is 1.1
    expect(String(report)).toBe("nothing is wrong with the model on this batch");
    expect(JSON.stringify(Object.values(model.stateDict()).map((value) => value.toArray()))).toBe(before);
    expect(model.training).toBe(true);
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
    expect(checkModel(model, x).ok).toBe(true);
  });

  test("finds a softmax or sigmoid too many, also as a function", () => {
    const messages = (model: Module, y: Tensor, loss: Loss): string[] =>
      checkModel(model, x, y, { loss }).findings.map(({ message }) => message);
    const twice = "the model ends with a softmax, and the loss applies another";
    expect(messages(new Sequential(made(), new Softmax()), classes, crossEntropy)).toEqual([twice]);
    class Own extends Module {
      inner = made();
      forward(x: Tensor): Tensor {
        return this.inner.forward(x).softmax({ axis: 1 });
      }
    }
    expect(messages(new Own(), classes, (p, t) => crossEntropy(p, t, { labelSmoothing: 0.1 }))).toEqual([twice]);
    expect(messages(new Own(), classes, hinge)).toEqual(["the model ends with a softmax, and hinge wants raw scores"]);
    const logits = new Sequential(new Linear(4, 1), new Sigmoid());
    expect(messages(logits, zeros([32, 1]), binaryCrossEntropyWithLogits)).toEqual([
      "the model ends with a sigmoid, and the loss applies another",
    ]);
    expect(messages(new Own(), zeros([32, 3]), mse)).toEqual([]);
    expect(messages(made(), classes, nll)).toEqual(["nll is given values above 0, which no logarithm of a probability is"]);
  });

  test("finds dead ReLUs, the zero gradients and the constant output they make", () => {
    const model = withFirst(made(), 0.1, -10);
    const report = checkModel(model, x, classes, { loss: crossEntropy });
    expect(report.findings[0]).toMatchObject({
      severity: "error",
      kind: "deadUnits",
      layer: "1",
      message: "8 of 8 ReLU units are 0 for every row",
    });
    expect(kinds(report)).toEqual(["deadUnits", "constantOutput", "zeroGradient", "zeroGradient", "zeroGradient"]);
    expect(String(report).split("\n").slice(0, 2)).toEqual([
      "the model needs a look before training",
      "error: 1: 8 of 8 ReLU units are 0 for every row; lower the learning rate, start biases at 0, " +
        "use heNormal weights or LeakyReLU; or give more rows",
    ]);
  });

  test.each([
    ["Sigmoid", () => new Sigmoid(), -10],
    ["Tanh", () => new Tanh(), 10],
    ["HardSigmoid", () => new HardSigmoid(), 10],
  ] as const)("finds a saturated %s, on whose plateau gradients are tiny (curriculum 102)", (name, layer, bias) => {
    const model = withFirst(new Sequential(new Linear(4, 8), layer(), new Linear(8, 3)), 0.01, bias);
    const report = checkModel(model, x, classes, { loss: crossEntropy });
    const found = report.findings.find(({ kind }) => kind === "saturated");
    expect(found).toMatchObject({
      severity: "warning",
      layer: "1",
      message: `100 % of the outputs are at the ends of ${name}, where it is flat`,
    });
  });

  test("finds data that is not finite or not scaled, and rows without targets", () => {
    const bad = tensor([[1, 2, 3, 4], [1, NaN, 3, 4]]);
    const report = checkModel(made(), bad, [0, 1], { loss: crossEntropy });
    expect(report.findings[0]).toMatchObject({ severity: "error", kind: "notFinite", message: "x holds NaN in row 1" });
    expect(report.findings).toContainEqual(expect.objectContaining({ layer: "0", message: "the output holds NaN" }));
    expect(report.findings).toContainEqual(expect.objectContaining({ message: "the loss is NaN" }));
    const large = checkModel(made(), x.mul(200), classes, { loss: crossEntropy });
    expect(kinds(large)).toEqual(["scale", "firstLoss"]);
    const rows = checkModel(made(), x, classes.slice([[0, 5]]), { loss: crossEntropy });
    expect(rows.findings[0]!.message).toBe("x has 32 rows, y [5]");
    expect(kinds(rows)).toEqual(["rows", "loss"]);
  });

  test("reports what model and loss refuse", () => {
    const report = checkModel(made(), randn([2, 5]), [0, 1], { loss: crossEntropy });
    expect(kinds(report)).toEqual(["forward"]);
    expect(report.findings[0]!.message).toContain("Linear");
    expect(report.loss).toBe(null);
    expect(kinds(checkModel(made(), x, zeros([32]), { loss: mse }))).toEqual(["loss"]);
    const thrown = new Error("mine");
    class Own extends Module {
      forward(): Tensor {
        throw thrown;
      }
    }
    expect(() => checkModel(new Own(), x)).toThrow(thrown);
  });

  test("finds parameters that are frozen, unused, not finite, or missing", () => {
    class Unused extends Module {
      used = new Linear(4, 3);
      unused = new Parameter([1, 2]);
      forward(x: Tensor): Tensor {
        return this.used.forward(x);
      }
    }
    const model = new Unused();
    const unused = { severity: "warning", kind: "noGradient", layer: "unused" };
    expect(checkModel(model, x).findings).toMatchObject([unused]);
    expect(checkModel(model, x, classes, { loss: crossEntropy }).findings).toMatchObject([unused]);
    model.used.freeze();
    expect(kinds(checkModel(model, x))).toEqual(["noGradient", "frozen"]);
    model.freeze();
    expect(checkModel(model, x).findings).toMatchObject([{ severity: "error", message: "all parameters are frozen" }]);
    expect(checkModel(new ReLU(), x).findings[0]).toMatchObject({ kind: "noParameters", severity: "error" });
    const broken = withFirst(made(), Infinity, 0);
    expect(checkModel(broken, x).findings[0]).toMatchObject({ layer: "0.weight", message: "the parameter holds Infinity" });
  });

  test("finds what the optimizer lacks", () => {
    const model = made();
    const part = checkModel(model, x, null, { optimizer: new Adam(model.parameters().slice(1)) });
    expect(part.findings).toMatchObject([
      { severity: "warning", message: "the optimizer does not have 1 of 4 parameters: 0.weight" },
    ]);
    const other = checkModel(model, x, null, { optimizer: new Adam(made().parameters()) });
    expect(other.findings.map(({ severity, message }) => [severity, message])).toEqual([
      ["error", "the optimizer does not have 4 of 4 parameters: 0.weight, 0.bias, 3.weight, 3.bias"],
      ["note", "the optimizer has 4 parameters that the model does not"],
    ]);
  });

  test("compares the first loss with that of a guess", () => {
    const report = checkModel(made(), x, classes, { loss: (p, t) => crossEntropy(p.mul(100), t) });
    expect(kinds(report)).toEqual(["firstLoss"]);
    expect(report.findings[0]!.message).toMatch(/^the loss is \d+(\.\d+)?, that of a guess 1\.1$/);
    expect(checkModel(made(), x, classes, { loss: (p, t) => crossEntropy(p, t, { reduction: "sum" }) }).ok).toBe(true);
    const low = checkModel(made(), x, classes, { loss: crossEntropy, baseline: 100 });
    expect([low.ok, kinds(low)]).toEqual([true, ["firstLoss"]]);
  });

  test("finds gradients that are not finite", () => {
    const model = withFirst(new Sequential(new Linear(4, 1)), 0, 0);
    const report = checkModel(model, x, zeros([32, 1]), { loss: (p) => p.abs().sqrt().mean() });
    expect(report.findings).toContainEqual(
      expect.objectContaining({ severity: "error", layer: "0.bias", message: expect.stringContaining("the gradient holds") }),
    );
  });

  test("refuses wrong arguments", () => {
    expect(refusal(() => checkModel({} as never, x))).toContain("checkModel: not a model: a record");
    expect(refusal(() => checkModel(made(), x, null, { loss: mse }))).toBe(
      "OptionError: checkModel: a loss without targets: y is null; pass the targets of x as well",
    );
    expect(refusal(() => checkModel(made(), x, classes, { loss: 1 as never }))).toContain("the loss is not a function: 1");
    expect(refusal(() => checkModel(made(), x, null, { optimizer: {} as never }))).toBe(
      "OptionError: checkModel: not an optimizer: a record; give one, such as new Adam(…)",
    );
    expect(refusal(() => checkModel(made(), x, null, { baseline: 0 }))).toContain("baseline is out of range: 0");
    expect(refusal(() => checkModel(made(), x, null, { los: mse } as never))).toContain('did you mean "loss"?');
  });
});
