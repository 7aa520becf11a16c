/** What holds for every layer; an exported layer without a row here fails. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as gradkit from "../../src/index";
import {
  AdaptiveAvgPool2d,
  AvgPool1d,
  AvgPool2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  ELU,
  Flatten,
  GELU,
  HardSigmoid,
  LeakyReLU,
  Linear,
  LogSoftmax,
  MaxPool1d,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
  SiLU,
  Sigmoid,
  Softmax,
  Softplus,
  Tanh,
  type Tensor,
  assign,
  checkGradients,
  tensor,
  zeros,
} from "../../src/index";
import { distinctTensorsOf, tensorsOf } from "../support/arbitraries";

/** One layer, and what its laws need to know. */
interface Row {
  /** A layer that computes in float64. */
  readonly make: () => Module;
  /** Shape of one observation, and of what comes out for it. */
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** Where the layer is not smooth; inputs keep away from there. */
  readonly kinks?: readonly number[];
  /** Whether it is not smooth where elements are equal. */
  readonly distinct?: boolean;
}

const elementwise = (make: () => Module, kinks: readonly number[] = []): Row => {
  return { make, input: [3], output: [3], kinks };
};
const dtype = "float64";
const linear = (inputs: number, outputs: number): Linear => new Linear(inputs, outputs, { dtype });

const rows: Readonly<Record<string, Row>> = {
  AdaptiveAvgPool2d: { make: () => new AdaptiveAvgPool2d([2, 1]), input: [2, 3, 2], output: [2, 2, 1] },
  AvgPool1d: { make: () => new AvgPool1d(2, { stride: 1 }), input: [2, 3], output: [2, 2] },
  AvgPool2d: { make: () => new AvgPool2d([2, 1]), input: [1, 4, 2], output: [1, 2, 2] },
  Conv1d: { make: () => new Conv1d(2, 2, 2, { padding: 1, dtype }), input: [2, 3], output: [2, 4] },
  Conv2d: { make: () => new Conv2d(2, 2, [2, 1], { groups: 2, dtype }), input: [2, 2, 2], output: [2, 1, 2] },
  ConvTranspose2d: {
    make: () => new ConvTranspose2d(1, 2, 2, { stride: 2, bias: false, dtype }),
    input: [1, 1, 2],
    output: [2, 2, 4],
  },
  Dropout: elementwise(() => new Dropout(0.5).eval()),
  ELU: elementwise(() => new ELU({ alpha: 0.7 }), [0]),
  Flatten: { make: () => new Flatten(), input: [2, 1, 2], output: [4] },
  GELU: elementwise(() => new GELU()),
  HardSigmoid: elementwise(() => new HardSigmoid(), [-3, 3]),
  LeakyReLU: elementwise(() => new LeakyReLU(), [0]),
  Linear: { make: () => linear(3, 2), input: [3], output: [2] },
  LogSoftmax: elementwise(() => new LogSoftmax()),
  MaxPool1d: { make: () => new MaxPool1d(2), input: [2, 4], output: [2, 2], distinct: true },
  MaxPool2d: { make: () => new MaxPool2d(2, { padding: 1 }), input: [1, 2, 3], output: [1, 2, 2], distinct: true },
  ReLU: elementwise(() => new ReLU(), [0]),
  Sequential: {
    make: () => new Sequential(new Flatten(), linear(4, 3), new Tanh(), linear(3, 1)),
    input: [2, 2],
    output: [1],
  },
  SiLU: elementwise(() => new SiLU()),
  Sigmoid: elementwise(() => new Sigmoid()),
  Softmax: elementwise(() => new Softmax()),
  Softplus: elementwise(() => new Softplus()),
  Tanh: elementwise(() => new Tanh()),
};

const exported = Object.entries(gradkit)
  .filter(([, value]) => typeof value === "function" && value.prototype instanceof Module)
  .map(([name]) => name)
  .sort();

test("every exported layer has a row", () => {
  expect(Object.keys(rows).sort()).toEqual(exported);
});

/** Batches of 1 to 3 observations. */
const batches = ({ input, kinks = [], distinct = false }: Row): fc.Arbitrary<Tensor> =>
  fc.integer({ min: 1, max: 3 }).chain((n) => {
    return distinct ? distinctTensorsOf([n, ...input]) : tensorsOf([n, ...input], { min: -4, max: 4, kinks });
  });

/** The layer as a function of its input and its parameters. */
function asFunction(layer: Module): (x: Tensor, ...values: Tensor[]) => Tensor {
  const named = layer.namedParameters();
  return (x, ...values) => {
    const owners = named.map(([name]) => ownerOf(layer, name));
    const before = owners.map(([owner, field]) => owner[field]);
    try {
      owners.forEach(([owner, field], i) => (owner[field] = values[i]));
      return layer.forward(x);
    } finally {
      owners.forEach(([owner, field], i) => (owner[field] = before[i]));
    }
  };
}

/** The module that holds a parameter, and in which field. */
function ownerOf(layer: Module, name: string): [Record<string, unknown>, string] {
  const dot = name.lastIndexOf(".");
  const [path, field] = dot === -1 ? ["", name] : [name.slice(0, dot), name.slice(dot + 1)];
  const owner = layer.namedModules().find(([candidate]) => candidate === path)![1];
  return [owner as unknown as Record<string, unknown>, field];
}

describe.each(Object.entries(rows))("%s", (name, row) => {
  test("gives its output shape for every batch, also an empty one", () => {
    for (const n of [0, 1, 5]) {
      expect(row.make().forward(zeros([n, ...row.input], { dtype: "float64" })).shape).toEqual([n, ...row.output]);
    }
  });

  test("has right gradients to the second order, for its input and its parameters", () => {
    fc.assert(
      fc.property(batches(row), (x) => {
        const layer = row.make();
        const report = checkGradients(asFunction(layer), [x, ...layer.parameters()], { order: 2 });
        expect(report.ok, report.toString()).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  test("treats the rows of a batch one by one", () => {
    fc.assert(
      fc.property(batches(row), (x) => {
        const layer = row.make();
        const whole = layer.forward(x);
        for (let i = 0; i < x.shape[0]!; i++) {
          const part = layer.forward(x.slice([[i, i + 1]]));
          expect(part).toBeCloseToTensor(whole.slice([[i, i + 1]]).toArray());
        }
      }),
      { numRuns: 20 },
    );
  });

  test("takes nested arrays for tensors", () => {
    const x = zeros([2, ...row.input]);
    const layer = row.make();
    expect((layer.forward as (x: unknown) => Tensor).call(layer, x.toArray()).shape).toEqual([2, ...row.output]);
  });

  test("comes back from its state dict", () => {
    const [layer, other] = [row.make(), row.make()];
    for (const parameter of layer.parameters()) assign(parameter, parameter.add(1).detach());
    expect(other.loadStateDict(layer.stateDict())).toEqual({ missing: [], unexpected: [] });
    const size = row.input.reduce((a, b) => a * b, 1);
    const x = tensor(Float64Array.from({ length: size }, (_, i) => i - 1), { shape: [1, ...row.input] });
    expect(other.forward(x).toArray()).toEqual(layer.forward(x).toArray());
  });

  test("prints its name, and counts its parameters in the summary", () => {
    const layer = row.make();
    expect(layer.toString()).toMatch(new RegExp(`^${name}\\(`));
    expect(layer.summary([2, ...row.input])).toContain(`[2, ${row.output.join(", ")}]`);
  });
});
