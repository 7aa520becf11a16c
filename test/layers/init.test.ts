/** First values of weights: their spread, their settings, their seeds. */
import { describe, expect, test } from "vitest";
import {
  type Configurable,
  Generator,
  type Initializer,
  Linear,
  constant,
  heNormal,
  heUniform,
  manualSeed,
  normal,
  ones,
  orthogonal,
  randn,
  uniform,
  xavierNormal,
  xavierUniform,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

const shape = [300, 200];
const options = (seed: number) => ({ generator: new Generator(seed), dtype: "float64" }) as const;

describe("spread", () => {
  test.each([
    ["xavierUniform", xavierUniform(shape, options(1)), Math.sqrt(2 / 500), Math.sqrt(6 / 500)],
    ["xavierNormal", xavierNormal(shape, options(2)), Math.sqrt(2 / 500), Infinity],
    ["xavierNormal with gain 3", xavierNormal(shape, { ...options(2), gain: 3 }), 3 * Math.sqrt(2 / 500), Infinity],
    ["heUniform", heUniform(shape, options(3)), Math.sqrt(2 / 200), Math.sqrt(6 / 200)],
    ["heUniform of fan-out", heUniform(shape, { ...options(3), mode: "fanOut" }), Math.sqrt(2 / 300), Math.sqrt(6 / 300)],
    ["heNormal", heNormal(shape, options(4)), Math.sqrt(2 / 200), Infinity],
    ["heNormal with slope 1", heNormal(shape, { ...options(4), negativeSlope: 1 }), Math.sqrt(1 / 200), Infinity],
    ["heNormal of a kernel", heNormal([64, 32, 5, 5], options(4)), Math.sqrt(2 / 800), Infinity],
    ["heUniform with slope √5", heUniform(shape, { ...options(5), negativeSlope: Math.sqrt(5) }), 1 / Math.sqrt(600), 1 / Math.sqrt(200)],
    ["uniform", uniform(shape, options(6)).sub(0.5), Math.sqrt(1 / 12), 0.5],
    ["uniform(−1, 3)", uniform(shape, { ...options(6), low: -1, high: 3 }).sub(1), Math.sqrt(16 / 12), 2],
    ["normal", normal(shape, options(7)), 1, Infinity],
    ["normal(2, 0.1)", normal(shape, { ...options(7), mean: 2, std: 0.1 }).sub(2), 0.1, Infinity],
  ])("%s has mean 0 and the deviation of its formula, within its bounds", (_, values, deviation, bound) => {
    const n = values.size;
    expect(Math.abs(values.mean().item())).toBeLessThan((4 * deviation) / Math.sqrt(n));
    expect(Math.abs(values.std().item() / deviation - 1)).toBeLessThan(4 / Math.sqrt(n));
    const largest = values.abs().max().item();
    expect(largest).toBeLessThanOrEqual(bound);
    if (bound < Infinity) expect(largest).toBeGreaterThan(0.999 * bound);
  });

  test("the lesson's U(−1, 1)/√2 for a 2 × 3 weight has deviation 0.408", () => {
    const values = uniform([3000, 2], { ...options(1), low: -Math.SQRT1_2, high: Math.SQRT1_2 });
    expect(values.std().item()).toBeCloseTo(0.408, 2);
  });
});

describe("the convention", () => {
  const named: readonly (readonly [string, Configurable<object> | Initializer])[] = [
    ["xavierUniform", xavierUniform],
    ["xavierNormal", xavierNormal],
    ["heUniform", heUniform],
    ["heNormal", heNormal],
    ["orthogonal", orthogonal],
    ["uniform", uniform],
    ["normal", normal],
    ["constant", constant],
    ["zeros", zeros],
    ["ones", ones],
    ["randn", randn],
  ];

  test.each(named)("%s is an initialiser as it is", (_, init) => {
    const layer = new Linear(3, 2, { init: init, dtype: "float64" });
    expect(layer.weight.shape).toEqual([2, 3]);
    expect(layer.weight.dtype).toBe("float64");
  });

  test("called with settings, each makes an initialiser", () => {
    const made: readonly (readonly [Initializer, Initializer])[] = [
      [xavierUniform({ gain: 2 }), (s, o) => xavierUniform(s, { ...o, gain: 2 })],
      [xavierNormal({ gain: 2 }), (s, o) => xavierNormal(s, { ...o, gain: 2 })],
      [heUniform({ mode: "fanOut" }), (s, o) => heUniform(s, { ...o, mode: "fanOut" })],
      [heNormal({ negativeSlope: 0.2 }), (s, o) => heNormal(s, { ...o, negativeSlope: 0.2 })],
      [orthogonal({ gain: 2 }), (s, o) => orthogonal(s, { ...o, gain: 2 })],
      [uniform(-2, 5), (s, o) => uniform(s, { ...o, low: -2, high: 5 })],
      [normal(3, 0.5), (s, o) => normal(s, { ...o, mean: 3, std: 0.5 })],
      [constant(7), (s, o) => constant(s, { ...o, value: 7 })],
    ];
    for (const [configured, direct] of made) {
      expect(configured([4, 3], options(8)).toArray()).toEqual(direct([4, 3], options(8)).toArray());
      expect(configured([4, 3]).dtype).toBe("float32");
    }
  });

  test("the default generator is manualSeed's", () => {
    manualSeed(11);
    const first = heNormal([3, 3]).toArray();
    manualSeed(11);
    expect(heNormal([3, 3]).toArray()).toEqual(first);
    expect(heNormal([3, 3]).toArray()).not.toEqual(first);
  });

  test("makes tensors of no size", () => {
    expect(heNormal([0, 3]).shape).toEqual([0, 3]);
    expect(xavierUniform([0, 0]).shape).toEqual([0, 0]);
    expect(orthogonal([0, 3]).shape).toEqual([0, 3]);
    expect(constant([]).item()).toBe(0);
  });
});

describe("uniform, normal and constant", () => {
  test("fill the range, have the spread and are the value that they are told", () => {
    const drawn = uniform(2, 3)([1000]);
    expect(drawn.min().item()).toBeGreaterThanOrEqual(2);
    expect(drawn.max().item()).toBeLessThan(3);
    const normals = normal(5, 0.1)([1000]);
    expect(normals.mean().item()).toBeCloseTo(5, 1);
    expect(normals.std().item()).toBeCloseTo(0.1, 1);
    expect(constant(0.5)([2]).toArray()).toEqual([0.5, 0.5]);
  });
});

describe("refusals", () => {
  test.each(["xavierUniform", "xavierNormal", "heUniform", "heNormal"] as const)("%s needs a weight of two axes or more", (name) => {
    const inits: Readonly<Record<string, Initializer>> = { xavierUniform, xavierNormal, heUniform, heNormal };
    const init = inits[name]!;
    expect(refusal(() => init([3]))).toBe(
      `ShapeError: ${name}: fan-in needs two axes: [3] (weights are [out, in, …kernel]); ` +
        "use uniform, normal or constant for biases",
    );
  });

  test("settings out of range and unknown ones are named", () => {
    expect(refusal(() => uniform(2, 1))).toBe("OptionError: uniform: low is larger than high: 2 > 1; swap them");
    expect(refusal(() => normal(0, -1))).toMatch(/^OptionError: normal: std is out of range: -1; give a number ≥ 0/);
    expect(refusal(() => constant(NaN))).toMatch(/^OptionError: constant: value is out of range: NaN/);
    expect(refusal(() => uniform(0, undefined as unknown as number))).toMatch(/^OptionError: uniform: high is out of range/);
    expect(refusal(() => uniform("a" as unknown as number, 1))).toBe(
      'OptionError: uniform: neither a shape nor a number: "a"; write uniform(low, high) or uniform([2, 3])',
    );
    expect(refusal(() => heNormal([2, 2], { mode: "fanin" as "fanIn" }))).toMatch(/^OptionError: heNormal: unknown mode: "fanin"; did you mean "fanIn"/);
    expect(refusal(() => heNormal({ gain: 1 } as object))).toMatch(/^OptionError: heNormal: unknown option: "gain"/);
    expect(refusal(() => xavierNormal([2, 2], { gain: Infinity }))).toMatch(/^OptionError: xavierNormal: gain is out of range: Infinity/);
    expect(refusal(() => xavierNormal([2, -2]))).toMatch(/^ShapeError: xavierNormal: a size is not a whole number/);
    expect(refusal(() => uniform([2], { lo: 1 } as object))).toMatch(/^OptionError: uniform: unknown option: "lo"; did you mean "low"/);
    expect(refusal(() => normal(0, 1)([2], { seed: 1 } as object))).toMatch(/^OptionError: normal: unknown option: "seed"/);
  });
});
