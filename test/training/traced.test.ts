/** Compiled where it works, operation by operation where it does not, with one notice. */
import { describe, expect, test } from "vitest";
import {
  Dataset,
  DeviceError,
  Dropout,
  type FitOptions,
  Linear,
  type Loss,
  Module,
  ReLU,
  SGD,
  Sequential,
  type Tensor,
  accuracy,
  compile,
  crossEntropy,
  evaluate,
  fitSync,
  js,
  manualSeed,
  mse,
  predict,
  randn,
  tensor,
  wasm,
} from "../../src/index";

const line = (): Dataset => Dataset.from({ x: [[0], [1], [2], [3], [4]], y: [[1], [3], [5], [7], [9]] });

/** Trains a small network on a line; gives the loss of each epoch and the notices. */
function train(options: Partial<FitOptions>): { losses: number[]; notices: string[] } {
  manualSeed(2);
  const model = new Sequential(new Linear(1, 8), new ReLU(), new Dropout(0.2), new Linear(8, 1));
  const notices: string[] = [];
  const run = fitSync(model, line(), {
    loss: mse,
    optimizer: new SGD(model.parameters(), { lr: 0.01, momentum: 0.9 }),
    epochs: 5,
    batchSize: 2,
    onNotice: (message) => notices.push(message),
    ...options,
  });
  return { losses: run.history.map(({ loss }) => loss), notices };
}

describe("fit", () => {
  test("learns the same compiled as operation by operation, on both devices", () => {
    const plain = train({ compile: false });
    for (const options of [{}, { device: js() }]) {
      const compiled = train(options);
      expect(compiled.notices).toEqual([]);
      compiled.losses.forEach((loss, i) => expect(loss).toBeCloseTo(plain.losses[i]!, 4));
    }
  });

  test("runs a loss that reads a value as it is, and says so once", () => {
    const peeking: Loss = (prediction, target) => {
      const loss = mse(prediction, target);
      return loss.item() > 1e6 ? loss.mul(0.5) : loss;
    };
    const { losses, notices } = train({ loss: peeking });
    expect(losses).toEqual(train({ compile: false }).losses);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/^fit: not compiled, runs operation by operation: compile: a value was read while tracing/);
  });

  test("skips an update whose gradient is not finite inside the program too", () => {
    const model = new Linear(1, 1);
    const before = model.stateDict();
    const data = Dataset.from({ x: [[1e30], [1]], y: [[1], [1]] });
    const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const run = fitSync(model, data, { loss: mse, optimizer, batchSize: 2, shuffle: false });
    expect(run.nonFinite).toMatchObject({ row: 0 });
    const after = Object.entries(model.stateDict());
    for (const [name, value] of after) expect(value.toArray()).toEqual(before[name]!.toArray());
  });

  test("ends with the error of a thread that was lost, since weights may be half written", () => {
    const device = wasm();
    let runs = 0;
    const build: typeof device.build = (program) => {
      const executable = device.build(program);
      const run = executable.run.bind(executable);
      executable.run = () => {
        if (++runs === 3) throw new DeviceError("wasm: a thread no longer answers", { lost: true });
        run();
      };
      return executable;
    };
    expect(() => train({ device: { ...device, build } })).toThrow("a thread no longer answers");
    expect(runs).toBe(3);
  });

  test("refuses what is no device before anything is trained", () => {
    for (const device of ["wasm", wasm] as never[]) {
      expect(() => train({ device })).toThrow("write { device: wasm() } or { device: js() }");
      expect(() => predict(new Linear(2, 2), [[1, 2]], { device })).toThrow("predict: not a device");
      expect(() => evaluate(new Linear(1, 1), line(), { loss: mse, device })).toThrow("evaluate: not a device");
      expect(() => compile((x: Tensor) => x, { device })).toThrow("compile: not a device");
    }
    expect(() => train({ threads: 2 } as never)).toThrow('did you mean "device"?');
    const choice = { compile: "false", onNotice: true } as never;
    expect(() => train(choice)).toThrow("fitSync: onNotice is not a function: true; give one, such as () => …");
    expect(() => predict(new Linear(2, 2), [[1, 2]], { ...(choice as object), onNotice: () => undefined })).toThrow(
      'predict: compile is not a boolean: "false"; give true or false',
    );
  });

  test("finds a class out of range while the program runs", () => {
    const model = new Linear(2, 3);
    const data = Dataset.from({ x: randn([6, 2]), y: [0, 1, 2, 0, 1, 3] });
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    expect(() => fitSync(model, data, { loss: crossEntropy, optimizer, batchSize: 2, shuffle: false })).toThrow(/3/);
  });
});

describe("evaluate and predict", () => {
  test("give the same compiled, batch by batch, as in one piece", () => {
    manualSeed(4);
    const model = new Sequential(new Linear(3, 5), new ReLU(), new Dropout(0.5), new Linear(5, 2));
    const data = Dataset.from({ x: randn([23, 3]), y: tensor(Array.from({ length: 23 }, (_, i) => i % 2)) });
    const whole = predict(model, data, { compile: false });
    expect(predict(model, data, { batchSize: 5 })).toBeCloseToTensor(whole);
    expect(predict(model, data.x, { batchSize: 5, device: js() })).toBeCloseToTensor(whole);
    const options = { loss: crossEntropy, metrics: { accuracy } };
    const scores = evaluate(model, data, { ...options, batchSize: 5 });
    expect(scores["loss"]).toBeCloseTo(evaluate(model, data, { ...options, compile: false })["loss"]!, 5);
  });

  test("fall back for a model that reads values", () => {
    class Peeking extends Module {
      forward(x: Tensor): Tensor {
        return x.max().item() > 0 ? x.mul(2) : x;
      }
    }
    const notices: string[] = [];
    const onNotice = (message: string): void => void notices.push(message);
    const result = predict(new Peeking(), [[1], [2], [-3]], { batchSize: 1, onNotice });
    expect(result.toArray()).toEqual([[2], [4], [-3]]);
    expect(notices).toHaveLength(1);
  });
});
