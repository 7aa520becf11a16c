/** Softmax and its logarithm as layers. */
import { describe, expect, test } from "vitest";
import { LogSoftmax, Softmax, jacobian, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("Softmax", () => {
  test("gives the probabilities of the lesson, for scores of any size, and does not mind a shift", () => {
    const layer = new Softmax();
    const p = layer.forward(tensor([[3, 1, -3], [1000, 0, -1000], [103, 101, 97]], { dtype: "float64" }));
    const lesson = [0.878878, 0.118943, 0.002179];
    expect(p).toBeCloseToTensor([lesson, [1, 0, 0], lesson], { atol: 1e-6 });
    const scores = tensor(Float64Array.from({ length: 361 }, (_, i) => Math.sin(i)));
    expect(layer.forward(scores).sum().item()).toBeCloseTo(1, 12);
  });

  test("has the Jacobian diag(p) − ppᵀ of the lesson", () => {
    const j = jacobian((z) => new Softmax().forward(z), tensor([2, 1, 0.1], { dtype: "float64" }));
    const expected = [
      [0.224719, -0.159764, -0.064955],
      [-0.159764, 0.183659, -0.023896],
      [-0.064955, -0.023896, 0.088851],
    ];
    expect(j).toBeCloseToTensor(expected, { atol: 1e-6 });
  });

  test("works along any axis; the last is the usual one", () => {
    expect(new Softmax({ axis: 0 }).forward(zeros([4, 2])).sum({ axes: 0 })).toBeCloseToTensor([1, 1]);
    const even = [-Math.LN2, -Math.LN2];
    expect(new LogSoftmax({ axis: -2 }).forward([[0, 5], [0, 5]])).toBeCloseToTensor([even, even]);
    expect(String(new Softmax())).toBe("Softmax()");
    expect(String(new LogSoftmax({ axis: 1 }))).toBe("LogSoftmax({ axis: 1 })");
  });

  test("LogSoftmax is finite where the probability rounds to 0", () => {
    expect(new LogSoftmax().forward([1000, 0])).toBeCloseToTensor([0, -1000]);
  });

  test("refuses axes that are not there", () => {
    expect(refusal(() => new Softmax({ axis: 0.5 }))).toMatch(/^OptionError: Softmax: axis is out of range: 0.5/);
    expect(refusal(() => new Softmax({ dim: 1 } as object))).toMatch(/^OptionError: Softmax: unknown option: "dim"/);
    expect(refusal(() => new Softmax({ axis: 2 }).forward(zeros([2, 2])))).toMatch(/^ShapeError: softmax: axis out of range: 2/);
  });
});
