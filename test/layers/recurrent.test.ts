/** RNN, LSTM and GRU: the equations by hand, states, sequences in pieces, names, cost, and what they refuse. */
import { afterEach, describe, expect, test } from "vitest";
import {
  Adam,
  Dataset,
  GRU,
  Generator,
  LSTM,
  Linear,
  Module,
  RNN,
  Sequential,
  type Tensor,
  assign,
  concat,
  constant,
  fitSync,
  manualSeed,
  mse,
  ones,
  randn,
  tensor,
  zeros,
} from "../../src/index";
import { currentDevice, setDevice } from "../../src/tensor/device";
import { refusal } from "../support/refusal";

const dtype = "float64";
const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
const generator = new Generator(1);

/** Sets every weight of a layer of one input and one unit to numbers. */
function fill(layer: RNN | LSTM | GRU, numbers: Record<string, number[]>): void {
  const named = Object.entries(layer.stateDict()).map(([name, { shape }]) => {
    return [name, tensor(numbers[name]!, { dtype }).reshape(shape)] as const;
  });
  layer.loadStateDict(Object.fromEntries(named));
}

describe("the equations", () => {
  test("of Elman's network", () => {
    const layer = new RNN(1, 1, { dtype });
    fill(layer, { weight_ih_l0: [0.5], weight_hh_l0: [-2], bias_ih_l0: [0.1], bias_hh_l0: [0.2] });
    const first = Math.tanh(0.5 * 3 + 0.3);
    const second = Math.tanh(0.5 * -1 + 0.3 - 2 * first);
    expect(layer.forward([[[3], [-1]]])).toBeCloseToTensor([[[first], [second]]]);
  });

  test("of the LSTM, gates in the order i, f, g, o", () => {
    const layer = new LSTM(1, 1, { dtype });
    const [w, u, b] = [[0.1, 0.2, 0.3, 0.4], [-0.5, 0.6, -0.7, 0.8], [0.01, 0.02, 0.03, 0.04]];
    fill(layer, { weight_ih_l0: w, weight_hh_l0: u, bias_ih_l0: b, bias_hh_l0: b });
    const { output, hidden, cell } = layer.run([[[2]]], { hidden: [[[0.5]]], cell: [[[-1]]] });
    const [i, f, g, o] = w.map((each, k) => each * 2 + u[k]! * 0.5 + 2 * b[k]!) as [number, number, number, number];
    const c = sigma(f) * -1 + sigma(i) * Math.tanh(g);
    expect(cell).toBeCloseToTensor([[[c]]]);
    expect(hidden).toBeCloseToTensor([[[sigma(o) * Math.tanh(c)]]]);
    expect(output).toBeCloseToTensor(hidden.toArray());
  });

  test("of the GRU, gates in the order r, z, n, the reset after the product", () => {
    const layer = new GRU(1, 1, { dtype });
    const [w, u, b, d] = [[0.1, 0.2, 0.3], [-0.5, 0.6, -0.7], [0.01, 0.02, 0.03], [0.4, 0.5, 0.6]];
    fill(layer, { weight_ih_l0: w, weight_hh_l0: u, bias_ih_l0: b, bias_hh_l0: d });
    const h = 0.5;
    const [r, z] = [0, 1].map((k) => sigma(w[k]! * 2 + b[k]! + u[k]! * h + d[k]!)) as [number, number];
    const n = Math.tanh(w[2]! * 2 + b[2]! + r * (u[2]! * h + d[2]!));
    expect(layer.forward([[[2]]], { hidden: [[[h]]] })).toBeCloseToTensor([[[(1 - z) * n + z * h]]]);
  });
});

describe.each([["RNN", RNN], ["LSTM", LSTM], ["GRU", GRU]] as const)("%s", (name, Kind) => {
  const make = (options = {}): Module & { run: (x: Tensor, state?: object) => { output: Tensor; hidden: Tensor } } =>
    new Kind(3, 4, { dtype, ...options }) as never;
  const x = randn([2, 6, 3], { dtype, generator });

  test("walks through a sequence in pieces as it does at once", () => {
    const layer = make({ numLayers: 2 });
    const { output, ...last } = layer.run(x);
    const { output: first, ...middle } = layer.run(x.slice([null, [0, 2]]));
    const { output: second, ...end } = layer.run(x.slice([null, [2, 6]]), middle);
    expect(layer.run(x.slice([null, [2, 6]]), { output: first, ...middle }).output.equal(second).all().item()).toBe(1);
    expect(concat([first, second], { axis: 1 })).toBeCloseToTensor(output);
    expect(end.hidden).toBeCloseToTensor(last.hidden);
    expect(last.hidden.slice([[1, 2]]).squeeze(0)).toBeCloseToTensor(output.slice([null, [5, 6]]).squeeze(1));
  });

  test("backwards is forwards on the sequence turned around", () => {
    const layer = make({ bidirectional: true });
    const state = layer.stateDict();
    const one = make();
    const reversed = Object.entries(state).filter(([key]) => key.endsWith("_reverse"));
    one.loadStateDict(Object.fromEntries(reversed.map(([key, value]) => [key.replace("_reverse", ""), value])));
    const turned = one.forward(x.flip({ axes: 1 })).flip({ axes: 1 });
    expect(layer.forward(x).slice([null, null, [4, 8]])).toBeCloseToTensor(turned);
  });

  test("takes time first where it is told so, and one sequence without a batch", () => {
    const layer = make();
    const other = make({ batchFirst: false });
    other.loadStateDict(layer.stateDict());
    const { output, hidden } = layer.run(x);
    const turned = other.run(x.permute([1, 0, 2]));
    expect(turned.output.permute([1, 0, 2])).toBeCloseToTensor(output);
    expect(turned.hidden).toBeCloseToTensor(hidden);
    const single = layer.run(x.slice([[0, 1]]).squeeze(0));
    expect(single.output).toBeCloseToTensor(output.slice([[0, 1]]).squeeze(0));
    expect(single.hidden.shape).toEqual([1, 4]);
    expect(other.run(x.slice([[0, 1]]).squeeze(0)).output).toBeCloseToTensor(single.output);
  });

  test("drops between its layers in training only", () => {
    const layer = make({ numLayers: 2, dropout: 0.5 });
    manualSeed(1);
    expect(layer.forward(x).equal(layer.forward(x)).all().item()).toBe(0);
    layer.eval();
    expect(layer.forward(x)).toBeCloseToTensor(layer.forward(x));
    const single = make({ dropout: 0.9 });
    expect(single.forward(x)).toBeCloseToTensor(single.forward(x));
  });

  test("lets gradients through the state it was given", () => {
    const layer = make();
    const hidden = tensor(zeros([1, 2, 4], { dtype }), { requiresGrad: true });
    const state = name === "LSTM" ? { hidden, cell: zeros([1, 2, 4], { dtype }) } : { hidden };
    layer.run(x, state).output.sum().backward();
    expect(hidden.grad!.abs().sum().item()).toBeGreaterThan(0);
  });

  test("begins with U(±1/√hidden) and prints what is unusual", () => {
    const layer = new Kind(3, 400);
    for (const parameter of layer.parameters()) {
      expect(parameter.abs().max().item()).toBeLessThanOrEqual(1 / 20);
      expect(parameter.abs().max().item()).toBeGreaterThan(0.049);
    }
    expect(String(layer)).toBe(`${name}(3, 400)`);
    expect(String(make({ numLayers: 2, bias: false, bidirectional: true }))).toBe(
      `${name}(3, 4, { numLayers: 2, bias: false, bidirectional: true })`,
    );
    const model = new Sequential(new Kind(3, 4), new Linear(4, 1));
    expect(model.summary([2, 5, 3])).toMatch(new RegExp(`0: ${name}\\(3, 4\\) +\\[2, 5, 4\\]`));
  });

  test("refuses inputs, states and settings that do not fit", () => {
    const layer = make();
    expect(refusal(() => layer.forward(zeros([2])))).toBe(
      `ShapeError: ${name}: bad rank: [2] (rank 1); give [batch, time, 3], or [time, 3] for one sequence`,
    );
    expect(refusal(() => layer.forward(zeros([2, 5, 4])))).toBe(
      `ShapeError: ${name}: input has 4 features, expects 3: [2, 5, 4] (the last axis counts); ` +
        `give [batch, time, 3] or build ${name}(4, 4)`,
    );
    expect(refusal(() => layer.forward(zeros([2, 0, 3])))).toBe(
      `ShapeError: ${name}: the sequence is empty: [2, 0, 3] (no time to walk through); give [batch, time, 3] with time ≥ 1`,
    );
    expect(refusal(() => layer.forward(zeros([0, 3])))).toMatch(/the sequence is empty: \[0, 3\]/);
    expect(layer.forward(zeros([0, 2, 3])).shape).toEqual([0, 2, 4]);
    expect(refusal(() => layer.run(x, { hidden: zeros([2, 4]) }))).toBe(
      `ShapeError: ${name}: hidden does not fit: [2, 4] ≠ [1, 2, 4] (layers · directions first, also with batchFirst); ` +
        "give what run gave, or zeros of that shape",
    );
    expect(refusal(() => layer.run(x, { state: x }))).toMatch(new RegExp(`^OptionError: ${name}: unknown option: "state"`));
    for (const rubbish of [1, true, [], () => x]) {
      expect(refusal(() => layer.run(x, rubbish as never))).toMatch(new RegExp(`^OptionError: ${name}: options must be a record`));
    }
    expect(refusal(() => make({ dropout: 2 }))).toMatch(new RegExp(`^OptionError: ${name}: dropout is out of range: 2`));
    expect(refusal(() => make({ numLayers: 0 }))).toMatch(/numLayers is out of range: 0/);
    expect(refusal(() => make({ layers: 2 }))).toMatch(/unknown option: "layers"/);
    expect(refusal(() => new Kind(0, 1))).toMatch(/inputSize is out of range: 0/);
  });
});

describe("recurrent layers", () => {
  const device = currentDevice();
  afterEach(() => void setDevice(device));

  /** How many elements the calls of a function make. */
  function work(run: () => void): number {
    let elements = 0;
    setDevice({
      ...device,
      has: (kernel) => device.has(kernel),
      execute: (call, inputs) => {
        elements += call.output.shape.reduce((a, b) => a * b, 1);
        return device.execute(call, inputs);
      },
    });
    run();
    setDevice(device);
    return elements;
  }

  test("cost time that grows with the length of a sequence, not with its square", () => {
    const layer = new LSTM(4, 4);
    const learn = (time: number): number => {
      const x = tensor(ones([2, time, 4]), { requiresGrad: true });
      return work(() => layer.forward(x).sum().backward());
    };
    expect(learn(256) / learn(128)).toBeLessThan(2.2);
  });

  test("are seen where a model calls run", () => {
    class Last extends Module {
      readonly encoder = new GRU(3, 4);
      readonly decoder = new Linear(4, 1);
      forward(x: Tensor): Tensor {
        return this.decoder.forward(this.encoder.run(x).hidden.squeeze(0));
      }
    }
    const table = new Last().summary([2, 5, 3]);
    expect(table).toMatch(/encoder: GRU\(3, 4\) +\[2, 5, 4\]/);
    expect(table).not.toContain("not called");
  });

  test("remember: an LSTM learns to give back the first number of a sequence, in a compiled fit", () => {
    manualSeed(4);
    class Recall extends Module {
      readonly walk = new LSTM(1, 8);
      readonly out = new Linear(8, 1);
      forward(x: Tensor): Tensor {
        return this.out.forward(this.walk.run(x).hidden.squeeze(0));
      }
    }
    const x = randn([128, 6, 1]);
    const data = Dataset.from({ x, y: x.slice([null, [0, 1]]).squeeze(1) });
    const model = new Recall();
    const optimizer = new Adam(model.parameters(), { lr: 0.02 });
    const onNotice = (text: string): never => expect.fail(text);
    const run = fitSync(model, data, { loss: mse, optimizer, epochs: 40, batchSize: 32, onNotice });
    expect(run.history.at(-1)!.loss).toBeLessThan(0.1);
  });

  test("a fit that breaks in one names it", () => {
    const model = new Sequential(new RNN(1, 2, { nonlinearity: "relu" }), new Linear(2, 1));
    for (const parameter of model.parameters()) assign(parameter, constant(parameter.shape, { value: 1e15 }));
    const data = Dataset.from({ x: ones([4, 5, 1]), y: ones([4, 5, 1]) });
    const run = fitSync(model, data, { loss: mse, optimizer: new Adam(model.parameters()), epochs: 1 });
    expect(run.nonFinite!.layer).toBe("0");
  });
});
