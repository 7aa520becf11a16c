/** A NaN or Infinity is traced to where it began, and never reaches the weights. */
import { describe, expect, test } from "vitest";
import { Dataset, Linear, Module, ReLU, SGD, Sequential, type Tensor, fitSync, manualSeed, mse, tensor } from "../../src/index";
import type { Run } from "../../src/training/loop";

class Log extends Module {
  forward(x: Tensor): Tensor {
    return x.log();
  }
}

class Root extends Module {
  forward(x: Tensor): Tensor {
    return x.sqrt();
  }
}

function train(model: Module, data: Dataset, lr = 0.1): { run: Run; untouched: boolean } {
  const before = model.stateDict();
  const optimizer = new SGD(model.parameters(), { lr });
  const run = fitSync(model, data, { loss: mse, optimizer, batchSize: 2, shuffle: false, epochs: 3 });
  const after = model.stateDict();
  const untouched = Object.keys(before).every((key) => before[key]!.equal(after[key]!).all().item() === 1);
  return { run, untouched };
}

describe("a run that meets a number that is not finite", () => {
  test("names the layer, op, row and batch of a logarithm of 0", () => {
    manualSeed(1);
    const inner = new Linear(1, 1, { bias: false });
    inner.loadStateDict({ weight: tensor([[1]]) });
    const { run, untouched } = train(new Sequential(inner, new Log()), Dataset.from({ x: [[1], [0]], y: [[0], [0]] }));
    expect(run.stoppedBy).toBe("nonFinite");
    expect(run.history).toEqual([]);
    expect(run.nonFinite).toMatchObject({ layer: "1", op: "log", epoch: 1, batch: 0, row: 1 });
    expect(run.nonFinite!.message).toBe(
      "fit: not a finite number: -Infinity made by log (layer 1, row 1, batch 0, epoch 1); " +
        "a logarithm met 0 or less: use the loss that takes logits, or add a small number first",
    );
    expect(untouched).toBe(true);
  });

  test("names the op of an infinite gradient although the loss is finite", () => {
    const inner = new Linear(1, 1, { bias: false });
    inner.loadStateDict({ weight: tensor([[1]]) });
    const { run, untouched } = train(new Sequential(inner, new Root()), Dataset.from({ x: [[4], [0]], y: [[1], [1]] }));
    expect(run.nonFinite).toMatchObject({ layer: "1", op: "sqrt′", row: 1 });
    expect(untouched).toBe(true);
  });

  test("says so when the data are to blame", () => {
    const data = Dataset.from({ x: [[1], [NaN]], y: [[1], [1]] }, { allowNonFinite: true });
    const { run } = train(new Linear(1, 1), data);
    expect(run.nonFinite).toMatchObject({ layer: null, op: "data", row: 1 });
    expect(run.nonFinite!.message).toContain("NaN in x");
  });

  test("tells weights that came broken from weights that an update broke", () => {
    const data = Dataset.from({ x: [[1e18]], y: [[-1e18]] });
    const broken = new Linear(1, 1);
    broken.loadStateDict({ weight: [[NaN]], bias: [0] });
    expect(train(broken, data).run.nonFinite!.message).toBe(
      "fit: not a finite number: NaN in the parameter weight from the start (the model itself, batch 0, epoch 1); " +
        "initialise or load it again",
    );
    expect(train(new Linear(1, 1), data, 1e30).run.nonFinite!.message).toMatch(
      /Infinity in the parameter weight, left by the update before \(the model itself, batch 0, epoch 2\); lower the learning rate/,
    );
  });

  test("names no row where the weights alone overflow, and no logarithm where none was taken", () => {
    const model = new Linear(1, 1, { bias: false });
    model.loadStateDict({ weight: [[1e30]] });
    const options = { loss: mse, optimizer: new SGD(model.parameters(), { lr: 0.1 }), penalty: { l2: 1 } };
    const run = fitSync(model, Dataset.from({ x: [[1e-30]], y: [[1]] }), options);
    expect(run.nonFinite).toMatchObject({ layer: null, op: "l2Penalty", row: null, batch: 0 });

    const scores = new Linear(1, 2, { bias: false });
    scores.loadStateDict({ weight: [[3e38], [-3e38]] });
    const huge = Dataset.from({ x: [[1]], y: [1] });
    const loss = (x: Tensor): Tensor => x.logSoftmax().mean();
    const end = fitSync(scores, huge, { loss, optimizer: new SGD(scores.parameters(), { lr: 0.1 }) });
    expect(end.nonFinite).toMatchObject({ op: "logSoftmax", row: 0 });
    expect(end.nonFinite!.message).not.toMatch(/logarithm/);
  });

  test("a learning rate that is too large ends with the layer whose values overflow", () => {
    manualSeed(1);
    const model = new Sequential(new Linear(1, 8), new ReLU(), new Linear(8, 1));
    const data = Dataset.from({ x: [[1e18], [2e18]], y: [[1], [1]] });
    const { run } = train(model, data, 1e3);
    expect(run.stoppedBy).toBe("nonFinite");
    expect(run.nonFinite!.message).toMatch(/learning rate/);
  });
});
