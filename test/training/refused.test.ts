/** Where programs cannot be had, everything runs all the same, and one notice says why. */
import { afterEach, describe, expect, test, vi } from "vitest";
import * as gradkit from "../../src/index";

type Gradkit = typeof gradkit;

/** What an engine without programs has in the place of WebAssembly. */
const ENGINES: Readonly<Record<string, { readonly stub: unknown; readonly why: string }>> = {
  "no WebAssembly": { stub: undefined, why: "this engine has no WebAssembly" },
  "no SIMD": { stub: { validate: () => false }, why: "this engine has no WebAssembly SIMD" },
  "a content security policy": {
    stub: {
      validate: () => true,
      Module: function Module() {
        throw new Error("Wasm code generation disallowed by embedder");
      },
    },
    why: "WebAssembly is refused here (Wasm code generation disallowed by embedder)",
  },
};

interface Outcome {
  readonly losses: readonly number[];
  readonly score: number;
  readonly outputs: unknown;
  readonly notices: readonly string[];
}

/** Trains, evaluates and predicts. */
function train(g: Gradkit, options: Partial<gradkit.FitOptions> = {}, loss: gradkit.Loss = g.mse): Outcome {
  g.manualSeed(2);
  const notices: string[] = [];
  const choice = { batchSize: 2, onNotice: (message: string) => void notices.push(message), ...options };
  const data = g.Dataset.from({ x: [[0], [1], [2], [3], [4]], y: [[1], [3], [5], [7], [9]] });
  const model = new g.Sequential(new g.Linear(1, 8), new g.ReLU(), new g.Dropout(0.2), new g.Linear(8, 1));
  const optimizer = new g.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const run = g.fitSync(model, data, { loss, optimizer, epochs: 4, ...choice });
  const { compile, device, onNotice, batchSize } = choice as gradkit.PredictOptions;
  const rest = Object.fromEntries(
    Object.entries({ compile, device, onNotice, batchSize }).filter(([, value]) => value !== undefined),
  );
  const score = g.evaluate(model, data, { loss: g.mse, ...rest })["loss"]!;
  const outputs = g.predict(model, data, rest).toArray();
  return { losses: run.history.map((record) => record.loss), score, outputs, notices };
}

describe.each(Object.entries(ENGINES))("with %s", (_, { stub, why }) => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  async function load(): Promise<Gradkit> {
    vi.stubGlobal("WebAssembly", stub);
    vi.resetModules();
    return import("../../src/index");
  }

  test("fit, evaluate and predict run in JavaScript and say so once, whatever comes later", async () => {
    const g = await load();
    const first = train(g);
    expect(first.notices).toEqual([`fit: compiled programs run in JavaScript, several times slower: ${why}`]);
    const again = train(g);
    expect(again.notices).toEqual([]);
    expect(again.losses).toEqual(first.losses);
    const plain = train(g, { compile: false });
    first.losses.forEach((loss, i) => expect(loss).toBeCloseTo(plain.losses[i]!, 4));
    expect(first.score).toBeCloseTo(plain.score, 4);
  });

  test("compile: false and a device of one's own say nothing", async () => {
    const g = await load();
    expect(train(g, { compile: false }).notices).toEqual([]);
    expect(train(g, { device: g.js() }).notices).toEqual([]);
  });

  test("evaluate is the one to say so where it comes first", async () => {
    const g = await load();
    const notices: string[] = [];
    const options = { loss: g.mse, batchSize: 1, onNotice: (message: string) => void notices.push(message) };
    const data = g.Dataset.from({ x: [[0], [1]], y: [[1], [3]] });
    const model = new g.Linear(1, 1);
    g.evaluate(model, data, options);
    g.predict(model, data, { batchSize: 1, onNotice: options.onNotice });
    expect(notices).toEqual([`evaluate: compiled programs run in JavaScript, several times slower: ${why}`]);
  });

  test("compile works, and wasm says why it does not", async () => {
    const g = await load();
    const f = g.compile((x: gradkit.Tensor) => x.matmul(x).relu());
    expect(f(g.tensor([[1, -2], [3, 4]])).toArray()).toEqual([[0, 0], [15, 10]]);
    expect(f.program(g.tensor([[1, -2], [3, 4]]))).toMatch(/^program on js/);
    expect(() => g.wasm()).toThrow(`wasm: not to be had: ${why}; leave the device out, or use js()`);
  });
});

describe("a program that cannot be made", () => {
  test("for want of memory is run operation by operation, with one notice", () => {
    const full: gradkit.ProgramDevice = {
      ...gradkit.js(),
      build: () => {
        throw new gradkit.DeviceError("wasm: out of memory: 9 bytes needed");
      },
    };
    const { losses, notices } = train(gradkit, { device: full });
    expect(losses).toEqual(train(gradkit, { compile: false }).losses);
    expect(notices).toEqual([
      "fit: not compiled, runs operation by operation: wasm: out of memory: 9 bytes needed",
      "evaluate: not compiled, runs operation by operation: wasm: out of memory: 9 bytes needed",
      "predict: not compiled, runs operation by operation: wasm: out of memory: 9 bytes needed",
    ]);
  });

  test("for the last, smaller batch alone goes on from where the program stopped, with one notice", () => {
    const peeking: gradkit.Loss = (prediction, target) => {
      const loss = gradkit.mse(prediction, target);
      return prediction.shape[0] === 1 && loss.item() > 1e6 ? loss.mul(0.5) : loss;
    };
    const { losses, notices } = train(gradkit, {}, peeking);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/^fit: not compiled, runs operation by operation: compile: a value was read while/);
    const plain = train(gradkit, { compile: false }, peeking);
    losses.forEach((loss, i) => expect(loss).toBeCloseTo(plain.losses[i]!, 4));
  });

  test("whose function fails by itself is an error, not a notice", () => {
    const failing: gradkit.Loss = () => {
      throw new RangeError("no loss");
    };
    const notices: string[] = [];
    const onNotice = (message: string): void => void notices.push(message);
    expect(() => train(gradkit, { onNotice }, failing)).toThrow("no loss");
    expect(notices).toEqual([]);
  });
});
