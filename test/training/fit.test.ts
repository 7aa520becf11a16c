/** fit: what it trains, what it tells, what it refuses, and that it is the same every time. */
import { describe, expect, test, vi } from "vitest";
import {
  Adam,
  Dataset,
  Dropout,
  Linear,
  type Module,
  ReLU,
  SGD,
  Sequential,
  type Tensor,
  accuracy,
  crossEntropy,
  exponentialDecay,
  fit,
  fitSync,
  manualSeed,
  meanAbsoluteError,
  mse,
  randn,
  tensor,
} from "../../src/index";
import type { FitOptions } from "../../src/training/fit";

const line = (): Dataset => Dataset.from({ x: [[0], [1], [2], [3]], y: [[1], [3], [5], [7]] });

function circle(rows: number): Dataset {
  const x = randn([rows, 2]);
  return Dataset.from({ x, y: x.square().sum({ axes: 1 }).less(1.4).to("int32") });
}

function network(): Sequential {
  return new Sequential(new Linear(2, 16), new ReLU(), new Dropout(0.1), new Linear(16, 2));
}

function sgd(model: Module, lr = 0.1): SGD {
  return new SGD(model.parameters(), { lr });
}

const weights = (model: Module): number[] => model.parameters().flatMap((p: Tensor) => Array.from(p.toTypedArray()));

describe("fit", () => {
  test("does what the loop by hand does, bit for bit", () => {
    manualSeed(3);
    const fitted = new Linear(1, 1);
    const byHand = new Linear(1, 1);
    byHand.loadStateDict(fitted.stateDict());
    fitSync(fitted, line(), { loss: mse, optimizer: sgd(fitted), epochs: 3, batchSize: 2, shuffle: false });
    const optimizer = sgd(byHand);
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const { x, y } of line().batches({ size: 2, shuffle: false })) {
        optimizer.zeroGrad();
        mse(byHand.forward(x), y).backward();
        optimizer.step();
      }
    }
    expect(weights(fitted)).toEqual(weights(byHand));
  });

  test("one seed gives the same bits: start, order and dropout", async () => {
    const run = async (): Promise<number[]> => {
      manualSeed(11);
      const data = circle(100);
      const model = network();
      await fit(model, data, {
        loss: crossEntropy,
        optimizer: new Adam(model.parameters(), { lr: 0.01 }),
        epochs: 3,
        batchSize: 16,
      });
      return weights(model);
    };
    expect(await run()).toEqual(await run());
  });

  test("seed fixes order and dropout whatever ran before", () => {
    manualSeed(11);
    const data = circle(60);
    const first = network();
    const second = network();
    second.loadStateDict(first.stateDict());
    for (const model of [first, second]) {
      randn([3]);
      fitSync(model, data, { loss: crossEntropy, optimizer: sgd(model), epochs: 2, batchSize: 8, seed: 5 });
    }
    expect(weights(first)).toEqual(weights(second));
  });

  test("the history has one record per epoch, with metrics and validation", () => {
    manualSeed(1);
    const model = network();
    const run = fitSync(model, circle(64), {
      loss: crossEntropy,
      optimizer: sgd(model),
      epochs: 2,
      batchSize: 16,
      metrics: { accuracy },
      validation: circle(20),
    });
    expect(run.history.map((record) => Object.keys(record))).toEqual(
      Array<string[]>(2).fill(["epoch", "loss", "accuracy", "lr", "validationLoss", "validationAccuracy"]),
    );
    expect(run.history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(run.stoppedBy).toBe("epochs");
    expect(run.nonFinite).toBeNull();
  });

  test("the epoch's loss weighs a short last batch by its rows", () => {
    const model = new Linear(1, 1);
    const optimizer = new SGD(model.parameters(), { lr: 1e-30 });
    const run = fitSync(model, Dataset.from({ x: [[0], [1], [2]], y: [[1], [3], [5]] }), {
      loss: mse,
      optimizer,
      batchSize: 2,
    });
    expect(run.history[0]!.loss).toBeCloseTo(mse(model.forward(tensor([[0], [1], [2]])), [[1], [3], [5]]).item(), 5);
  });

  test("schedules are asked once per update, counted from 0", () => {
    const model = new Linear(1, 1);
    const schedule = vi.fn(exponentialDecay(0.1, { factor: 0.5 }));
    const run = fitSync(model, line(), { loss: mse, optimizer: sgd(model), epochs: 2, batchSize: 2, schedule });
    expect(schedule.mock.calls.map(([step]) => step)).toEqual([0, 1, 2, 3]);
    expect(run.history.map(({ lr }) => lr)).toEqual([0.05, 0.0125]);
  });

  test("trying validation data leaves the random numbers of training alone", () => {
    const trained = (validation?: Dataset): number[] => {
      manualSeed(4);
      const model = network();
      const noisy = validation?.map(({ x, y }) => ({ x: x.add(randn(x.shape)), y }));
      const rest = noisy === undefined ? {} : { validation: noisy };
      fitSync(model, circle(16), { loss: crossEntropy, optimizer: sgd(model), epochs: 1, batchSize: 4, ...rest });
      return weights(model);
    };
    manualSeed(5);
    expect(trained(circle(8))).toEqual(trained());
  });

  test("penalties and clipping change what is minimised, not what is reported", () => {
    const lossOf = (options: Partial<FitOptions>): { loss: number; weight: number } => {
      manualSeed(2);
      const model = new Linear(1, 1);
      const run = fitSync(model, line(), { loss: mse, optimizer: sgd(model), batchSize: 4, ...options });
      return { loss: run.history[0]!.loss, weight: model.weight.item() };
    };
    const plain = lossOf({});
    const penalised = lossOf({ penalty: { l2: 0.5, l1: 0.1 } });
    const clipped = lossOf({ clipNorm: 0.01 });
    expect(penalised.loss).toBe(plain.loss);
    expect(penalised.weight).not.toBe(plain.weight);
    expect(Math.abs(clipped.weight - plain.weight)).toBeGreaterThan(1e-3);
  });

  test("early stopping goes back to the best weights", () => {
    manualSeed(4);
    const model = new Linear(1, 1);
    const seen: number[][] = [];
    const run = fitSync(model, line(), {
      loss: mse,
      optimizer: sgd(model, 0.05),
      epochs: 50,
      batchSize: 4,
      validation: Dataset.from({ x: [[1]], y: [[0]] }), // learning the line moves away from this
      earlyStopping: { patience: 3 },
      callbacks: [{ onEpoch: () => void seen.push(weights(model)) }],
    });
    expect(run.stoppedBy).toBe("earlyStopping");
    expect(run.history.length).toBe(run.best!.epoch + 3);
    expect(weights(model)).toEqual(seen[run.best!.epoch - 1]);
  });

  test("the model's modes are put back and gradients are cleared", () => {
    const model = network();
    model.eval();
    fitSync(model, circle(8), { loss: crossEntropy, optimizer: sgd(model) });
    expect(model.modules().every((module) => !module.training)).toBe(true);
    expect(model.parameters().every((parameter) => parameter.grad === null)).toBe(true);
  });

  test("gives timers a turn while it runs", async () => {
    const model = new Linear(1, 1);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const slow = { onBatch: () => new Promise<void>((resolve) => setTimeout(resolve, 3)) };
    await fit(model, line(), { loss: mse, optimizer: sgd(model), epochs: 3, batchSize: 2, callbacks: [slow] });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  test("an aborted run resolves and keeps what was learnt", async () => {
    const model = new Linear(1, 1);
    const controller = new AbortController();
    const before = weights(model);
    const run = await fit(model, line(), {
      loss: mse,
      optimizer: sgd(model),
      epochs: 100,
      batchSize: 2,
      signal: controller.signal,
      callbacks: [{ onBatch: ({ step }) => (step === 4 ? controller.abort() : undefined) }],
    });
    expect(run.stoppedBy).toBe("abort");
    expect(run.history).toHaveLength(2);
    expect(weights(model)).not.toEqual(before);
  });

  test("an error in a callback rejects, with modes put back", async () => {
    const model = network();
    model.eval();
    const failing = { onBatch: () => Promise.reject(new Error("mine")) };
    await expect(
      fit(model, circle(8), { loss: crossEntropy, optimizer: sgd(model), callbacks: [failing] }),
    ).rejects.toThrow("mine");
    expect(model.training).toBe(false);
  });
});

describe("fit refuses", () => {
  const model = new Linear(1, 1);
  const optimizer = sgd(model);
  const attempt = (options: unknown, data: unknown = line(), net: unknown = model): (() => unknown) => {
    return () => fitSync(net as Module, data as Dataset, options as FitOptions);
  };

  test.each([
    ["an unknown option", { loss: mse, optimizer, epoch: 3 }, 'fitSync: unknown option: "epoch"; did you mean "epochs"?'],
    ["no loss", { optimizer }, "fitSync: no loss to train with: undefined; give a function, such as mse or crossEntropy"],
    ["no optimizer", { loss: mse }, "fitSync: no optimizer to train with: undefined; give one, such as new Adam("],
    ["no epochs", { loss: mse, optimizer, epochs: 0 }, "fitSync: epochs is out of range: 0; give a whole number ≥ 1"],
    ["a batch size of 0", { loss: mse, optimizer, batchSize: 0 }, "fitSync: batchSize is out of range: 0; give a whole number ≥ 1"],
    ["an unknown penalty", { loss: mse, optimizer, penalty: { l3: 1 } }, 'fitSync: penalty: unknown option: "l3"'],
    ["a monitor that is not measured", { loss: mse, optimizer, earlyStopping: { patience: 1, monitor: "validationLoss" } }, 'fitSync: earlyStopping: unknown monitor: "validationLoss"'],
    ["a metric called loss", { loss: mse, optimizer, metrics: { loss: meanAbsoluteError } }, 'fitSync: a metric is called "loss"'],
    ["a loss that is not a number", { loss: (a: Tensor, b: Tensor) => mse(a, b, { reduction: "none" }), optimizer }, "fit: the loss is not a single number: [4, 1]"],
    ["a loss without a gradient", { loss: () => 3, optimizer }, "fit: the loss is not a tensor: 3 (it has no gradient); return what tensor operations compute"],
    ["an asynchronous loss", { loss: async () => Promise.resolve(), optimizer }, "fit: the loss is not a tensor: a Promise"],
    ["metrics in a list", { loss: mse, optimizer, metrics: [accuracy] }, "fitSync: metrics are not a record of functions: [function accuracy]; write { accuracy }"],
    ["a bare metric", { loss: mse, optimizer, metrics: accuracy }, "fitSync: metrics are not a record of functions: function accuracy"],
    ["a metric by name", { loss: mse, optimizer, metrics: { accuracy: "accuracy" } }, 'fitSync: metric "accuracy" is not a function: "accuracy"; give one of (prediction, target)'],
    ["a metric that hides the validation loss", { loss: mse, optimizer, metrics: { validationLoss: accuracy } }, 'fitSync: a metric is called "validationLoss" (the history has one already); rename it'],
    ["two metrics of one name in the history", { loss: mse, optimizer, metrics: { a: accuracy, validationA: accuracy } }, 'fitSync: a metric is called "validationA"'],
    ["a metric that measures nothing", { loss: mse, optimizer, metrics: { m: () => undefined } }, 'fit: metric "m" gave no single number: undefined; return a number or a tensor of one element'],
    ["a metric per row", { loss: mse, optimizer, metrics: { m: (a: Tensor) => a } }, 'fit: metric "m" gave no single number: a tensor [4, 1]'],
    ["callbacks beside a list", { loss: mse, optimizer, callbacks: { onEpoch() {} } }, "fitSync: callbacks are not a list: a record; write [{ onEpoch(record) { … } }]"],
    ["a bare function as callback", { loss: mse, optimizer, callbacks: [() => 1] }, "fitSync: callback 0 is not an object: a function; write { onEpoch(record) { … } }"],
    ["a callback that is nothing", { loss: mse, optimizer, callbacks: [null] }, "fitSync: callback 0 is not an object: null"],
    ["an event that never comes", { loss: mse, optimizer, callbacks: [{ onEpoch() {}, onEpochEnd() {} }] }, 'fitSync: callback 0: no such event: "onEpochEnd" (it would never be called); did you mean "onEpoch"? (events are onStart, onBatch, onEpoch, onEnd)'],
    ["an event that cannot be told", { loss: mse, optimizer, callbacks: [{ onEpoch: 3 }] }, "fitSync: callback 0: onEpoch is not a function: 3; give one"],
    ["a controller as signal", { loss: mse, optimizer, signal: new AbortController() }, "fitSync: signal is not an AbortSignal: an AbortController; pass controller.signal"],
    ["a number as signal", { loss: mse, optimizer, signal: 3 }, "fitSync: signal is not an AbortSignal: 3"],
    ["progress in words", { loss: mse, optimizer, progress: "yes" }, 'fitSync: progress is not a boolean: "yes"; give true or false'],
    ["validation that is no dataset", { loss: mse, optimizer, validation: [[1]] }, "fitSync: validation is not a Dataset"],
  ])("%s", (_, options, message) => {
    expect(attempt(options)).toThrow(message);
  });

  test("validation data that does not fit, before anything is trained or drawn", () => {
    const before = weights(model);
    const wide = Dataset.from({ x: [[1, 2]], y: [[1]] });
    expect(attempt({ loss: mse, optimizer, validation: wide })).toThrow("fit: validation: Linear: input has 2 features, expects 1: [1, 2]");
    const flat = Dataset.from({ x: [[1]], y: [1] });
    expect(attempt({ loss: mse, optimizer, validation: flat })).toThrow("fit: validation: mse: shapes differ: prediction [1, 1], target [1]");
    expect(weights(model)).toEqual(before);
  });

  test("no callback that is an object of a class", () => {
    class Told {
      epochs = 0;
      onEpoch(): void {
        this.epochs++;
      }
    }
    const told = new Told();
    attempt({ loss: mse, optimizer, epochs: 2, callbacks: [told] })();
    expect(told.epochs).toBe(2);
  });

  test("an optimizer of another model", () => {
    expect(attempt({ loss: mse, optimizer: sgd(new Linear(1, 1)) })).toThrow(
      "fitSync: the optimizer trains none of the model's parameters: 2 in the model, 2 in the optimizer, none in common; " +
        "make it with model.parameters() of this model",
    );
  });

  test("things that are no model or no dataset", () => {
    expect(attempt({ loss: mse, optimizer }, line(), {})).toThrow("fitSync: not a model: a record; give a Module");
    expect(attempt({ loss: mse, optimizer }, [[1]])).toThrow("fitSync: the training data is not a Dataset: [[1]]; make one with");
  });

  test("asynchronous callbacks in fitSync", () => {
    const callbacks = [{ onEpoch: () => Promise.resolve() }];
    expect(attempt({ loss: mse, optimizer, callbacks })).toThrow(
      "fitSync: a callback is asynchronous: it returned a Promise; use await fit(…)",
    );
  });
});
