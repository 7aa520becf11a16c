/** Reads the numbers PyTorch gave (test/fixtures/torch, written by its generate.py) and holds gradkit against them. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import * as gradkit from "../../src/index";
import { type DType, Tensor, grad, tensor } from "../../src/index";

/** A number as the files have it: JSON has no NaN and no infinities. */
type Value = number | "NaN" | "Infinity" | "-Infinity";

/** Flat numbers in row-major order; a bare 0 stands for zeros. */
export type Values = readonly Value[] | 0;

/** A tensor of the files; without a dtype it has the one of the run. */
export interface Given {
  readonly shape: readonly number[];
  readonly data: Values;
  readonly dtype?: DType;
  /** Whether it takes no gradient although it is a float. */
  readonly constant?: boolean;
}

/** How near a number must come; `why` is said wherever the usual nearness of the dtype does not do. */
export interface Nearness {
  readonly in: DType;
  readonly tolerance?: number;
  readonly why?: string;
}

/** What a call gives in one dtype. */
export interface Expectation extends Nearness {
  readonly outputs: readonly Given[];
  /** Of ⟨outputs, cotangents⟩, for every float input. */
  readonly gradients?: readonly Values[];
  /** Of ⟨gradients, directions⟩, for every float input and then for every cotangent. */
  readonly second?: readonly Values[];
}

/** One call of an op or a loss: `["sum", "$0", { "axes": 1 }]`, where `"$0"` is the first input. */
export interface OpCase {
  readonly says: string;
  readonly call: readonly [string, ...unknown[]];
  readonly inputs: readonly Given[];
  readonly cotangents?: readonly Values[];
  readonly directions?: readonly Values[];
  /** The names of the results, where the op returns a record. */
  readonly fields?: readonly string[];
  /** Whether −0 and 0 are told apart. */
  readonly signedZero?: boolean;
  /** Whether the tolerance of outputs and gradients shrinks with expected numbers below 1. */
  readonly relative?: boolean;
  /** Why gradkit differs from PyTorch here on purpose; the numbers are then gradkit's. */
  readonly because?: string;
  readonly expect: readonly Expectation[];
}

/** The cases of one file. */
export function casesOf<Case>(area: string): readonly Case[] {
  const text = readFileSync(new URL(`../fixtures/torch/${area}.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { cases: readonly Case[] }).cases;
}

/** What gradkit exports under a name; a case about something it does not export fails and says so. */
export function exported(name: string): unknown {
  const library: Readonly<Record<string, unknown>> = gradkit;
  const found = library[name];
  if (typeof found !== "function") throw new Error(`gradkit does not export ${name}, which PyTorch's cases call`);
  return found;
}

/** Calls an exported function. */
export function call(name: string, ...args: readonly unknown[]): unknown {
  return (exported(name) as (...args: readonly unknown[]) => unknown)(...args);
}

/** Makes an instance of an exported class. */
export function construct(name: string, ...args: readonly unknown[]): unknown {
  return new (exported(name) as new (...args: readonly unknown[]) => unknown)(...args);
}

/** The numbers of a file's list. */
export function numbersOf(values: Values, size: number): number[] {
  return values === 0 ? new Array<number>(size).fill(0) : values.map(Number);
}

/** The tensor of the files in the dtype of the run. */
export function tensorOf(given: Given, dtype: DType, requiresGrad = false): Tensor {
  const size = given.shape.reduce((product, n) => product * n, 1);
  const values = Float64Array.from(numbersOf(given.data, size));
  return tensor(values, { shape: given.shape, dtype: given.dtype ?? dtype, requiresGrad });
}

/** The arguments of a call, with tensors for `"$k"`; infinities are words in the files. */
export function argumentOf(told: unknown, inputs: readonly Tensor[]): unknown {
  if (typeof told === "string") {
    if (/^\$\d+$/.test(told)) return inputs[Number(told.slice(1))];
    return /^-?Infinity$/.test(told) ? Number(told) : told;
  }
  if (Array.isArray(told)) return told.map((entry) => argumentOf(entry, inputs));
  if (typeof told === "object" && told !== null) {
    return Object.fromEntries(Object.entries(told).map(([key, value]) => [key, argumentOf(value, inputs)]));
  }
  return told;
}

/**
 * Expects |a − b| ≤ t·max(1, |b|) of every pair: t is 1e-10 in float64, 1e-6 (about eight roundings) in float32, or
 * what the case says it needs. NaN agrees with NaN; other numbers that are not finite must be equal.
 */
export function expectNear(
  what: string,
  actual: Tensor | readonly number[],
  expected: readonly number[],
  nearness: Nearness,
  { signedZero = false, relative = false }: { signedZero?: boolean | undefined; relative?: boolean | undefined } = {},
): void {
  const found = actual instanceof Tensor ? Array.from(actual.toTypedArray()) : actual;
  const tolerance = nearness.tolerance ?? (nearness.in === "float64" ? 1e-10 : 1e-6);
  const near = (a: number, b: number): boolean => {
    if (a === b) return !signedZero || Object.is(a, b);
    if (!Number.isFinite(b)) return Number.isNaN(a) && Number.isNaN(b);
    return Math.abs(a - b) <= tolerance * (relative ? Math.abs(b) : Math.max(1, Math.abs(b)));
  };
  expect(found.length, `${what}: how many numbers`).toBe(expected.length);
  const told = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));
  const wrong = expected.flatMap((b, i) =>
    near(found[i]!, b) ? [] : [`${what}[${i}]: PyTorch ${told(b)}, gradkit ${told(found[i]!)}`],
  );
  expect(wrong.join("\n"), `tolerance ${tolerance}${nearness.why === undefined ? "" : ` (${nearness.why})`}`).toBe("");
}

/** Expects shape, dtype and numbers of a tensor. */
export function expectTensor(
  what: string,
  actual: unknown,
  expected: Given,
  nearness: Nearness,
  options: object = {},
): void {
  if (!(actual instanceof Tensor)) throw new Error(`${what} is not a tensor: ${String(actual)}`);
  expect(actual.shape, `${what}: shape`).toEqual(expected.shape);
  expect(actual.dtype, `${what}: dtype`).toBe(expected.dtype ?? nearness.in);
  expectNear(what, actual, numbersOf(expected.data, actual.size), nearness, options);
}

/** The name of the test of a case in one dtype. */
export function titleOf(told: { says: string; because?: string }, nearness: Nearness): string {
  if (told.because !== undefined) return `${told.says}, in ${nearness.in}: ${told.because}`;
  return `${told.says} agrees with PyTorch in ${nearness.in}`;
}

function resultsOf(told: OpCase, inputs: readonly Tensor[]): readonly unknown[] {
  const [name, ...args] = told.call;
  const result = call(name, ...args.map((one) => argumentOf(one, inputs)));
  if (told.fields !== undefined) return told.fields.map((field) => (result as Record<string, unknown>)[field]);
  return Array.isArray(result) ? result : [result];
}

function dotSum(tensors: readonly Tensor[], others: readonly Tensor[]): Tensor {
  return tensors.map((one, k) => one.mul(others[k]!).sum()).reduce((total, one) => total.add(one));
}

const isFloat = (one: { dtype?: DType }, dtype: DType): boolean => (one.dtype ?? dtype).startsWith("float");

/** Calls gradkit as the case says and compares outputs, gradients and the gradients of gradients. */
export function expectAgreement(told: OpCase, expected: Expectation): void {
  const inputs = told.inputs.map((one) =>
    tensorOf(one, expected.in, expected.gradients !== undefined && isFloat(one, expected.in) && one.constant !== true),
  );
  const outputs = resultsOf(told, inputs);
  expect(outputs.length, "how many outputs").toBe(expected.outputs.length);
  expected.outputs.forEach((one, k) => expectTensor(`output ${k}`, outputs[k], one, expected, told));
  if (expected.gradients === undefined) return;

  const active = inputs.filter((one) => one.requiresGrad);
  const floats = (outputs as Tensor[]).filter((one) => isFloat(one, expected.in));
  const cotangents = floats.map((one, k) =>
    tensorOf({ shape: one.shape, data: told.cotangents![k]! }, one.dtype, expected.second !== undefined),
  );
  const createGraph = expected.second !== undefined;
  const gradients = floats.length === 1
    ? grad(floats[0]!, active, { gradient: cotangents[0]!, createGraph })
    : grad(dotSum(floats, cotangents), active, { createGraph });
  active.forEach((one, k) => {
    const wanted = { shape: one.shape, data: expected.gradients![k]!, dtype: one.dtype };
    expectTensor(`gradient ${k}`, gradients[k], wanted, expected, { relative: told.relative });
  });
  if (expected.second === undefined) return;

  const directions = active.map((one, k) => tensorOf({ shape: one.shape, data: told.directions![k]! }, one.dtype));
  const slope = dotSum(gradients, directions);
  const targets = [...active, ...cotangents];
  // Where no gradient depends on anything, all that PyTorch gave must be zeros.
  const second = slope.requiresGrad ? grad(slope, targets) : targets.map((one) => one.detach().mul(0));
  targets.forEach((one, k) => {
    const wanted = { shape: one.shape, data: expected.second![k]!, dtype: one.dtype };
    expectTensor(`second ${k}`, second[k], wanted, expected);
  });
}
