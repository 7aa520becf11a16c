/** Layers with PyTorch's own state dicts give its outputs, gradients of both orders, and keep what it keeps. */
import { describe, expect, test } from "vitest";
import { type Module, type Tensor, grad, tensor } from "../../src/index";
import { type Given, type Values, argumentOf, casesOf, expectNear, expectTensor, numbersOf, tensorOf } from "../support/torch";
import { type Spec, build } from "../support/torchLayers";

interface ModuleCase {
  readonly says: string;
  readonly layer: Spec;
  readonly train: boolean;
  readonly state: Readonly<Record<string, Given>>;
  readonly inputs: readonly Given[];
  readonly method: string;
  readonly args: readonly unknown[];
  /** The names of the results, where the method gives a record. */
  readonly fields: readonly string[];
  readonly outputs: readonly Given[];
  readonly cotangents: readonly Given[];
  readonly directions: readonly Given[];
  /** Of ⟨outputs, cotangents⟩, for every input that wants one and then every parameter. */
  readonly gradients: readonly Values[];
  /** Of ⟨gradients of the inputs, directions⟩, for the same. */
  readonly second: readonly Values[];
  readonly after: Readonly<Record<string, Given>>;
}

const dtype = "float64";
const nearness = { in: dtype } as const;

function dot(tensors: readonly Tensor[], others: readonly Given[]): Tensor {
  const products = tensors.map((x, k) => x.mul(tensorOf(others[k]!, dtype)).sum());
  return products.reduce((total, part) => total.add(part), tensor(0, { dtype }));
}

function outputsOf(told: ModuleCase, layer: Module, inputs: readonly Tensor[]): Tensor[] {
  const methods = layer as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  const result = methods[told.method]!(...told.args.map((arg) => argumentOf(arg, inputs)));
  if (told.fields.length === 0) return [result as Tensor];
  return told.fields.map((field) => (result as Record<string, Tensor>)[field]!);
}

function expectValues(what: string, found: readonly Tensor[], wanted: readonly Values[]): void {
  expect(found.length, what).toBe(wanted.length);
  found.forEach((one, k) => expectNear(`${what} ${k}`, one, numbersOf(wanted[k]!, one.size), nearness));
}

describe("layers with PyTorch's weights", () => {
  test.each(casesOf<ModuleCase>("modules"))("$says agrees with PyTorch", (told) => {
    const layer = build(told.layer);
    if (!told.train) layer.eval();
    expect(Object.keys(layer.stateDict())).toEqual(Object.keys(told.state));
    const state = Object.entries(told.state).map(([key, one]) => [key, tensorOf(one, dtype)] as const);
    layer.loadStateDict(Object.fromEntries(state));
    const inputs = told.inputs.map((one) => tensorOf(one, dtype, one.constant !== true));
    const outputs = outputsOf(told, layer, inputs);
    expect(outputs.length).toBe(told.outputs.length);
    told.outputs.forEach((one, k) => expectTensor(`output ${k}`, outputs[k], one, nearness));
    const active = inputs.filter((one) => one.requiresGrad);
    const targets = [...active, ...layer.parameters()];
    if (targets.length > 0) {
      const gradients = grad(dot(outputs, told.cotangents), targets, { createGraph: true });
      expectValues("gradient", gradients, told.gradients);
      const slope = dot(gradients.slice(0, active.length), told.directions);
      if (slope.requiresGrad) expectValues("second", grad(slope, targets), told.second);
    }
    const after = layer.stateDict();
    for (const [key, one] of Object.entries(told.after)) expectTensor(key, after[key], one, nearness);
  });
});
