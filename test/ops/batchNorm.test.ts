/** Batch normalisation: by the batch, by running statistics, how these move, and what is refused. */
import { describe, expect, test } from "vitest";
import { Generator, batchNorm, compile, ones, randn, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const x = randn([6, 3, 2], { dtype: "float64", generator: new Generator(1) }).mul(2).add(5);

describe("batchNorm", () => {
  test("gives channels of mean 0 and variance 1 in training", () => {
    const y = batchNorm(x, { training: true, eps: 0 });
    expect(y.mean({ axes: [0, 2] })).toBeCloseToTensor([0, 0, 0], { atol: 1e-14 });
    expect(y.square().mean({ axes: [0, 2] })).toBeCloseToTensor([1, 1, 1]);
  });

  test("moves the running statistics towards the batch's mean and unbiased variance", () => {
    const [runningMean, runningVar] = [tensor([1, 1, 1]), tensor([2, 2, 2])];
    batchNorm(x, { runningMean, runningVar, training: true, momentum: 0.25 });
    expect(runningMean.dtype).toBe("float32");
    expect(runningMean).toBeCloseToTensor(x.mean({ axes: [0, 2] }).mul(0.25).add(0.75).to("float32"), { rtol: 1e-6 });
    expect(runningVar).toBeCloseToTensor(x.variance({ axes: [0, 2] }).mul(0.25).add(1.5).to("float32"), { rtol: 1e-6 });
    const before = [runningMean.toArray(), runningVar.toArray()];
    batchNorm(x, { runningMean, runningVar });
    expect([runningMean.toArray(), runningVar.toArray()]).toEqual(before);
  });

  test("takes a tensor as momentum, so that a compiled call may change it", () => {
    const [runningMean, runningVar] = [zeros([3]), ones([3])];
    const momentum = tensor(1);
    const step = compile((input) => batchNorm(input, { runningMean, runningVar, training: true, momentum }));
    step(x);
    expect(runningMean).toBeCloseToTensor(x.mean({ axes: [0, 2] }).to("float32"), { rtol: 1e-6 });
    step.release();
    expect(refusal(() => batchNorm(x, { training: true, momentum: 2 }))).toMatch(/^OptionError: batchNorm: momentum is out of range: 2/);
  });

  test("lets an empty batch pass and leaves the running statistics alone", () => {
    const [runningMean, runningVar] = [zeros([3]), ones([3])];
    expect(batchNorm(zeros([0, 3]), { runningMean, runningVar, training: true }).shape).toEqual([0, 3]);
    expect(runningVar.toArray()).toEqual([1, 1, 1]);
    expect(batchNorm(zeros([0, 3]), { runningMean, runningVar }).shape).toEqual([0, 3]);
  });

  test("records nothing on the running statistics", () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true });
    const [runningMean, runningVar] = [zeros([3]), ones([3])];
    const y = batchNorm(x, { weight, runningMean, runningVar, training: true });
    expect([y.requiresGrad, runningMean.requiresGrad, runningVar.gradFn]).toEqual([true, false, null]);
  });

  test("refuses a single value per channel in training, and missing or wrong statistics", () => {
    expect(refusal(() => batchNorm(zeros([1, 3]), { training: true }))).toBe(
      "ShapeError: batchNorm: expected more than 1 value per channel when training: [1, 3] (a single value has no " +
        "variance); give larger batches (dropLast leaves the odd row out), or evaluate with model.eval()",
    );
    expect(batchNorm(zeros([1, 3, 2]), { training: true }).shape).toEqual([1, 3, 2]);
    expect(refusal(() => batchNorm(x))).toBe(
      "OptionError: batchNorm: no statistics: runningMean and runningVar are missing (outside of training they are " +
        "what x is normalised by); give both, or training: true",
    );
    expect(refusal(() => batchNorm(x, { runningMean: zeros([3]) }))).toBe(
      "OptionError: batchNorm: runningVar is not a tensor: null (it is assigned to); " +
        "give zeros([3]) and ones([3]) as runningMean and runningVar",
    );
    expect(refusal(() => batchNorm(x, { runningMean: zeros([2]), runningVar: ones([3]) }))).toBe(
      "ShapeError: batchNorm: runningMean does not fit: [2] for 3 channels (one number per channel); give [3]",
    );
    expect(refusal(() => batchNorm([1, 2], { training: true }))).toMatch(/^ShapeError: batchNorm: x has no channels: \[2\]/);
    expect(refusal(() => batchNorm(x, { training: true, weight: [1] }))).toMatch(/^ShapeError: batchNorm: the weight does not fit/);
    expect(refusal(() => batchNorm(x, { train: true } as object))).toMatch(/did you mean "training"\?/);
  });
});
