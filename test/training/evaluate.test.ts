/** evaluate and predict: the same whatever the batches, and nothing left behind. */
import { describe, expect, test } from "vitest";
import {
  Dataset,
  Dropout,
  Linear,
  ReLU,
  Sequential,
  type Tensor,
  accuracy,
  crossEntropy,
  evaluate,
  manualSeed,
  predict,
  randn,
} from "../../src/index";

const line = (): Dataset => Dataset.from({ x: [[0], [1], [2], [3]], y: [[1], [3], [5], [7]] });

function circle(rows: number): Dataset {
  const x = randn([rows, 2]);
  return Dataset.from({ x, y: x.square().sum({ axes: 1 }).less(1.4).to("int32") });
}

function network(): Sequential {
  return new Sequential(new Linear(2, 16), new ReLU(), new Dropout(0.1), new Linear(16, 2));
}

describe("evaluate and predict", () => {
  test("do not depend on the batch size, record nothing and keep the mode", () => {
    manualSeed(1);
    const data = circle(50);
    const model = network();
    const whole = evaluate(model, data, { loss: crossEntropy, metrics: { accuracy } });
    const parts = evaluate(model, data, { loss: crossEntropy, metrics: { accuracy }, batchSize: 7 });
    expect(parts["loss"]).toBeCloseTo(whole["loss"]!, 6);
    expect(parts["accuracy"]).toBe(whole["accuracy"]);
    const scores = predict(model, data.x, { batchSize: 7 });
    expect(scores.requiresGrad).toBe(false);
    expect(scores).toBeCloseToTensor(predict(model, data));
    expect(model.training).toBe(true);
  });

  test("refuse a loss that is none, or is no single number", () => {
    const attempt = (loss: unknown) => () => evaluate(new Linear(1, 1), line(), { loss } as never);
    expect(attempt("mse")).toThrow('evaluate: the loss is not a function: "mse"; give one, such as mse or crossEntropy');
    expect(attempt(() => 3)).toThrow("evaluate: the loss is not a tensor: 3");
    expect(attempt((a: Tensor) => a)).toThrow("evaluate: the loss is not a single number: [4, 1]; reduce it");
  });

  test("refuse nothing to measure and rows that are none", () => {
    expect(() => evaluate(new Linear(1, 1), line(), {})).toThrow("evaluate: nothing to measure: no loss and no metrics; pass");
    expect(() => predict(new Linear(1, 1), 3)).toThrow("predict: x has no rows: a scalar; give one row per sample");
  });
});
