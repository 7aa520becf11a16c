/** Batch normalisation as layers: modes, counting, state, and training as a compiled program. */
import { describe, expect, test } from "vitest";
import {
  Adam,
  BatchNorm1d,
  BatchNorm2d,
  Dataset,
  Linear,
  SGD,
  Sequential,
  type Tensor,
  compile,
  fitSync,
  js,
  manualSeed,
  mse,
  randn,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

describe("BatchNorm", () => {
  test("uses the batch in training and the running statistics in evaluation", () => {
    const layer = new BatchNorm1d(1, { eps: 0, momentum: 1, dtype: "float64" });
    expect(layer.forward([[1], [3]])).toBeCloseToTensor([[-1], [1]]);
    expect([layer.runningMean!.item(), layer.runningVar!.item(), layer.numBatchesTracked!.item()]).toEqual([2, 2, 1]);
    expect(layer.eval().forward([[2], [4]])).toBeCloseToTensor([[0], [Math.SQRT2]]);
    expect(layer.numBatchesTracked!.item()).toBe(1);
  });

  test("with momentum null the running statistics are the means over all batches", () => {
    const layer = new BatchNorm1d(1, { momentum: null, dtype: "float64" });
    for (const batch of [[[0], [2]], [[2], [4]], [[4], [12]]]) layer.forward(batch);
    expect(layer.runningMean!.item()).toBeCloseTo((1 + 3 + 8) / 3, 12);
    expect(layer.runningVar!.item()).toBeCloseTo((2 + 2 + 32) / 3, 12);
  });

  test("without tracking it has no buffers and uses the batch in both modes", () => {
    const layer = new BatchNorm2d(2, { trackRunningStats: false });
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
    const x = randn([2, 2, 3, 3]);
    expect(layer.eval().forward(x)).toBeCloseToTensor(layer.train().forward(x));
  });

  test("has PyTorch's names, and loads counts that come as floats", () => {
    const layer = new BatchNorm1d(2);
    const names = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
    expect(Object.keys(layer.stateDict())).toEqual(names);
    const count = tensor(7, { dtype: "float64" });
    layer.loadStateDict({ ...layer.stateDict(), num_batches_tracked: count });
    expect([layer.numBatchesTracked!.dtype, layer.numBatchesTracked!.item()]).toEqual(["int32", 7]);
    expect(refusal(() => layer.loadStateDict({ ...layer.stateDict(), num_batches_tracked: count.add(0.5) }))).toMatch(
      /^DTypeError: loadStateDict: the dict does not fit: num_batches_tracked is float64 but should be int32/,
    );
  });

  test("moves its statistics also when it is frozen, as in PyTorch", () => {
    const layer = new BatchNorm1d(1).freeze();
    layer.forward([[1], [3]]);
    expect(layer.runningMean!.item()).toBeCloseTo(0.2, 6);
  });

  test("prints what is unusual", () => {
    expect(String(new BatchNorm1d(3))).toBe("BatchNorm1d(3)");
    expect(String(new BatchNorm2d(3, { momentum: null, affine: false }))).toBe(
      "BatchNorm2d(3, { momentum: null, affine: false })",
    );
  });

  test("refuses other ranks, other channels, a batch of one row in training, and settings out of range", () => {
    const layer = new BatchNorm1d(3);
    expect(refusal(() => layer.forward(zeros([2, 3, 4, 5])))).toBe(
      "ShapeError: BatchNorm1d: bad rank: [2, 3, 4, 5] (rank 4; channels are axis 1); " +
        "give [batch, channels] or [batch, channels, length], and BatchNorm2d pictures",
    );
    expect(refusal(() => new BatchNorm2d(3).forward(zeros([2, 3])))).toBe(
      "ShapeError: BatchNorm2d: bad rank: [2, 3] (rank 2; channels are axis 1); " +
        "give [batch, channels, height, width], and BatchNorm1d rows or sequences",
    );
    expect(refusal(() => layer.forward(zeros([2, 4])))).toBe(
      "ShapeError: BatchNorm1d: input has 4 channels, expects 3: [2, 4] (axis 1 counts); " +
        "give [batch, 3, …] or build BatchNorm1d(4)",
    );
    expect(refusal(() => layer.forward(zeros([1, 3])))).toMatch(/^ShapeError: batchNorm: expected more than 1 value per channel/);
    expect(layer.eval().forward(zeros([1, 3])).shape).toEqual([1, 3]);
    expect(refusal(() => new BatchNorm1d(0))).toMatch(/^OptionError: BatchNorm1d: channels is out of range: 0/);
    expect(refusal(() => new BatchNorm1d(2, { momentum: 1.5 }))).toMatch(/^OptionError: BatchNorm1d: momentum is out of range: 1.5/);
    expect(refusal(() => new BatchNorm1d(2, { dtype: "int32" }))).toMatch(/^DTypeError: BatchNorm1d: weights must be floats: int32/);
  });
});

describe("a model with batch normalisation", () => {
  const model = (): Sequential => {
    manualSeed(3);
    return new Sequential(new Linear(2, 4), new BatchNorm1d(4, { momentum: null }), new Linear(4, 1));
  };

  test("trains the same as a compiled program, statistics included, and traces anew in the other mode", () => {
    const x = randn([8, 2]);
    const run = (wrap: (step: (x: Tensor) => Tensor) => (x: Tensor) => Tensor): Tensor[] => {
      const net = model();
      const optimizer = new SGD(net.parameters(), { lr: 0.1 });
      const step = wrap((input) => {
        optimizer.zeroGrad();
        const loss = net.forward(input).square().mean();
        if (net.training) {
          loss.backward();
          optimizer.step();
        }
        return loss;
      });
      const losses = [step(x), step(x), step(x)];
      net.eval();
      losses.push(step(x));
      return [...losses, ...Object.values(net.stateDict())];
    };
    const eager = run((step) => step);
    for (const device of [undefined, js()]) {
      const compiled = run((step) => compile(step, device === undefined ? {} : { device }));
      compiled.forEach((value, i) => expect(value).toBeCloseToTensor(eager[i]!, { rtol: 1e-4, atol: 1e-5 }));
    }
  });

  test("learns with fit, and a batch that is not finite leaves the statistics as they were", () => {
    const net = model();
    const x = randn([32, 2]);
    const data = Dataset.from({ x, y: x.sum({ axes: 1, keepDims: true }) });
    const optimizer = new Adam(net.parameters(), { lr: 0.05 });
    const run = fitSync(net, data, { loss: mse, optimizer, epochs: 30, batchSize: 8 });
    expect(run.history.at(-1)!.loss).toBeLessThan(0.5 * run.history[0]!.loss);
    expect(net.namedBuffers().find(([name]) => name === "1.num_batches_tracked")![1].item()).toBe(120);
    const before = net.buffers().map((buffer) => buffer.toArray());
    const huge = Dataset.from({ x, y: x.sum({ axes: 1, keepDims: true }).mul(1e30) });
    const stopped = fitSync(net, huge, { loss: mse, optimizer, epochs: 1, batchSize: 8 });
    expect(stopped.stoppedBy).toBe("nonFinite");
    expect(net.buffers().map((buffer) => buffer.toArray())).toEqual(before);
  });
});
