/** The range test: rates that grow, a suggestion that learns, and nothing left behind. */
import { describe, expect, test } from "vitest";
import {
  Adam, Dataset, Dropout, Linear, type LrFindOptions, type Module, SGD, Sequential, Tanh, type Tensor, crossEntropy,
  fitSync, lrFind, manualSeed, mse, rand, randn, tensor,
} from "../../src/index";
import { refusal } from "../support/refusal";

function bowl(): Dataset {
  const x = randn([256, 2]);
  return Dataset.from({ x, y: x.square().sum({ axes: 1, keepDims: true }) });
}

const network = (): Sequential => new Sequential(new Linear(2, 16), new Tanh(), new Dropout(0.1), new Linear(16, 1));
const snapshot = (dict: object): string => JSON.stringify(dict);

describe("lrFind", () => {
  test("tries rates that grow by one factor, and stops where the loss diverges", () => {
    manualSeed(1);
    const model = network();
    const { rates, losses } = lrFind(model, bowl(), { loss: mse, optimizer: new SGD(model.parameters()), seed: 1 });
    expect(rates.length).toBe(losses.length);
    expect(rates.length).toBeLessThan(100);
    expect(rates[0]).toBe(1e-7);
    rates.slice(1).forEach((rate, i) => expect(rate / rates[i]!).toBeCloseTo(1e8 ** (1 / 99), 9));
    const last = losses[losses.length - 1]!;
    expect(last).toBeGreaterThan(Math.min(...losses));
  });

  test("suggests a rate with which training gets far", () => {
    manualSeed(1);
    const [data, model] = [bowl(), network()];
    const { suggestion } = lrFind(model, data, { loss: mse });
    expect(suggestion!).toBeGreaterThan(1e-3);
    const run = (lr: number): number => {
      const fresh = network();
      fresh.loadStateDict(model.stateDict());
      const optimizer = new Adam(fresh.parameters(), { lr });
      return fitSync(fresh, data, { loss: mse, optimizer, epochs: 20, seed: 2 }).history[19]!.loss;
    };
    expect(run(suggestion!)).toBeLessThan(run(1e-4) / 2);
  });

  test.each([true, false])("leaves model, optimizer and random numbers as they were, compile: %s", (compile) => {
    manualSeed(3);
    const [data, model] = [bowl(), network()];
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    fitSync(model, data, { loss: mse, optimizer });
    model.eval();
    const before = [snapshot(model.stateDict()), snapshot(optimizer.stateDict())];
    manualSeed(9);
    lrFind(model, data, { loss: mse, optimizer, steps: 20, compile });
    expect([snapshot(model.stateDict()), snapshot(optimizer.stateDict())]).toEqual(before);
    expect(optimizer.lr).toBe(0.01);
    expect(model.training).toBe(false);
    expect(model.parameters().every((p) => p.grad === null)).toBe(true);
    const drawn = rand([2]).toArray();
    manualSeed(9);
    expect(rand([2]).toArray()).toEqual(drawn);
  });

  test("leaves what the optimizer trains beside the model as it was", () => {
    const [model, scale] = [network(), tensor([2], { requiresGrad: true })];
    const optimizer = new SGD([...model.parameters(), scale]);
    lrFind(model, bowl(), { loss: (p, y) => mse(p.mul(scale), y), optimizer, steps: 5, from: 0.01, to: 0.1 });
    expect(scale.toArray()).toEqual([2]);
    expect(scale.grad).toBe(null);
  });

  test("gives the same with one seed, compiled or not", () => {
    manualSeed(1);
    const [data, model] = [bowl(), new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1))];
    const find = (compile: boolean) => lrFind(model, data, { loss: mse, seed: 4, steps: 30, to: 0.1, compile });
    const [compiled, eager] = [find(true), find(false)];
    expect(compiled.rates).toEqual(eager.rates);
    compiled.losses.forEach((loss, i) => expect(loss).toBeCloseTo(eager.losses[i]!, 4));
    expect(find(true)).toEqual(compiled);
  });

  test("ends before a number that is not finite, and goes through few rows several times", () => {
    const data = Dataset.from({ x: [[1e25], [1]], y: [[1], [1]] });
    const model = new Linear(1, 1);
    const optimizer = new SGD(model.parameters());
    const found = lrFind(model, data, { loss: mse, optimizer });
    expect(found).toEqual({ rates: [], losses: [], suggestion: null });
    const small = Dataset.from({ x: [[0.5], [1]], y: [[1], [2]] });
    expect(lrFind(model, small, { loss: mse, steps: 7, to: 1e-3 }).rates).toHaveLength(7);
  });

  test("refuses what it cannot use", () => {
    const [model, data] = [new Linear(2, 1), bowl()];
    const said = (options: unknown): string => refusal(() => lrFind(model, data, options as LrFindOptions));
    expect(said({})).toBe("OptionError: lrFind: the loss is not a function: undefined; give one, such as mse or crossEntropy");
    const none = (): string => "none";
    expect(said({ loss: none })).toMatch('OptionError: lrFind: the loss is not a tensor: "none"');
    const notices: string[] = [];
    const peeking = (p: Tensor, y: Tensor): Tensor => mse(p, y.add(mse(p, y).item()));
    lrFind(model, data, { loss: peeking, steps: 2, onNotice: (notice) => notices.push(notice) });
    expect(notices.map((notice) => notice.slice(0, 21))).toEqual(["lrFind: not compiled,"]);
    expect(said({ loss: mse, from: 0 })).toBe("OptionError: lrFind: from is out of range: 0; give a number > 0");
    expect(said({ loss: mse, from: 1, to: 0.5 })).toBe("OptionError: lrFind: to is out of range: 0.5; give a number > 1");
    expect(said({ loss: mse, steps: 1 })).toBe("OptionError: lrFind: steps is out of range: 1; give a whole number ≥ 2");
    expect(said({ loss: mse, batchSize: 0 })).toMatch("lrFind: batchSize is out of range: 0");
    expect(said({ loss: mse, smoothing: 1 })).toBe("OptionError: lrFind: smoothing is out of range: 1; give a number ≥ 0 and < 1");
    expect(said({ loss: mse, divergence: 1 })).toBe("OptionError: lrFind: divergence is out of range: 1; give a number > 1");
    expect(said({ loss: mse, optimizer: "adam" })).toBe(
      'OptionError: lrFind: not an optimizer: "adam"; give one, such as new Adam(model.parameters()), or leave it out',
    );
    expect(said({ loss: mse, optimizer: new SGD(new Linear(2, 1).parameters()) })).toMatch(
      /^OptionError: lrFind: the optimizer trains none of the model's parameters/,
    );
    expect(said({ loss: crossEntropy, epochs: 1 })).toMatch('lrFind: unknown option: "epochs"');
    expect(refusal(() => lrFind({} as Module, data, { loss: mse }))).toMatch(/^OptionError: lrFind: not a model/);
    expect(refusal(() => lrFind(model, [] as never, { loss: mse }))).toMatch(/^OptionError: lrFind: data is not a Dataset/);
  });
});
