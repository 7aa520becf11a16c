/** Layers with PyTorch's weights give its outputs and gradients, state dicts its names, initialisers its spread. */
import { describe, expect, test } from "vitest";
import { type Tensor, manualSeed } from "../../src/index";
import { type Given, type Values, call, casesOf, expectNear, expectTensor, numbersOf, tensorOf } from "../support/torch";
import { type Spec, build } from "../support/torchLayers";

interface LayerCase {
  readonly kind: "layer";
  readonly says: string;
  readonly layer: Spec;
  readonly state: Readonly<Record<string, Given>>;
  readonly input: Given;
  readonly cotangent: Values;
  readonly output: Given;
  readonly inputGradient: Values;
  readonly parameterGradients: Readonly<Record<string, Values>>;
}

interface NamesCase {
  readonly kind: "names";
  readonly says: string;
  readonly layer: Spec;
  readonly keys: Readonly<Record<string, readonly number[]>>;
}

interface InitCase {
  readonly kind: "init";
  readonly says: string;
  /** An initialiser, or a layer and the name of its parameter. */
  readonly init?: string;
  readonly layer?: Spec;
  readonly key?: string;
  readonly shape: readonly number[];
  readonly deviation: number;
  readonly bound?: number;
}

const cases = casesOf<LayerCase | NamesCase | InitCase>("layers");
const only = <Kind extends string>(kind: Kind): Extract<(typeof cases)[number], { kind: Kind }>[] =>
  cases.filter((one): one is Extract<typeof one, { kind: Kind }> => one.kind === kind);

const nearness = { in: "float32" } as const;

describe("layers", () => {
  test.each(only("layer"))("$says agrees with PyTorch", (told) => {
    const layer = build(told.layer);
    layer.eval();
    const state = Object.entries(told.state).map(([key, given]): [string, Tensor] => [key, tensorOf(given, "float32")]);
    layer.loadStateDict(Object.fromEntries(state));
    const x = tensorOf(told.input, "float32", true);
    const output = layer.forward(x);
    expectTensor("output", output, told.output, nearness);
    output.backward(tensorOf({ shape: output.shape, data: told.cotangent }, "float32"));
    expectNear("gradient of the input", x.grad!, numbersOf(told.inputGradient, x.size), nearness);
    const parameters = [...layer.namedParameters()];
    expect(parameters.map(([name]) => name)).toEqual(Object.keys(told.parameterGradients));
    for (const [name, parameter] of parameters) {
      const wanted = numbersOf(told.parameterGradients[name]!, parameter.size);
      expectNear(`gradient of ${name}`, parameter.grad!, wanted, nearness);
    }
  });
});

describe("state dicts", () => {
  test.each(only("names"))("$says has PyTorch's names and shapes", ({ layer, keys }) => {
    const state = Object.entries(build(layer).stateDict());
    expect(Object.fromEntries(state.map(([key, value]) => [key, value.shape]))).toEqual(keys);
    expect(state.map(([key]) => key)).toEqual(Object.keys(keys));
  });
});

describe("initialisers", () => {
  test.each(only("init"))("$says has PyTorch's spread", (told) => {
    manualSeed(1);
    const drawn =
      told.layer === undefined ? (call(told.init!, told.shape) as Tensor) : build(told.layer).stateDict()[told.key!]!;
    expect(drawn.shape).toEqual(told.shape);
    const values = Array.from(drawn.toTypedArray());
    const mean = values.reduce((total, x) => total + x, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((total, x) => total + (x - mean) ** 2, 0) / values.length);
    // Five standard errors, of the mean and (at most, for a normal) of the deviation.
    expect(Math.abs(mean)).toBeLessThan((5 * told.deviation) / Math.sqrt(values.length));
    expect(Math.abs(deviation / told.deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * values.length));
    const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    if (told.bound === undefined) {
      expect(largest).toBeGreaterThan(3 * told.deviation);
    } else {
      expect(largest).toBeLessThanOrEqual(told.bound * (1 + 1e-6));
      expect(largest).toBeGreaterThan(told.bound * (1 - 20 / values.length));
    }
  });
});
