/** Random streams: seeds, states, independence. */
import { describe, expect, test } from "vitest";
import { rand } from "../../src/ops/random";
import { Generator, defaultGenerator, manualSeed } from "../../src/tensor/generator";
import { refusal } from "../support/refusal";

const draw = (generator: Generator) => rand([4], { generator }).toArray();

describe("a generator", () => {
  test("gives the same numbers for the same seed, other numbers for another, and moves on with every draw", () => {
    const [a, b, c] = [new Generator(7), new Generator(7), new Generator(8)];
    const first = draw(a);
    expect(draw(b)).toEqual(first);
    expect(draw(c)).not.toEqual(first);
    expect(draw(a)).not.toEqual(first);
  });

  test("takes every whole number up to 2⁵³ as a seed of its own", () => {
    const seeds = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, 2 ** 53];
    expect(new Set(seeds.map((seed) => String(draw(new Generator(seed))))).size).toBe(seeds.length);
  });

  test.each([-1, 0.5, NaN, 2 ** 53 + 2, "1"])("refuses the seed %s", (seed) => {
    expect(refusal(() => new Generator(seed as number))).toContain("OptionError: generator: seed is out of range:");
  });

  test("goes back to a state read earlier", () => {
    const generator = new Generator(7);
    draw(generator);
    const state = generator.state;
    const next = draw(generator);
    draw(generator);
    expect(generator.load(state)).toBe(generator);
    expect(draw(generator)).toEqual(next);
    expect(new Generator(0).load(Array.from(state)).state).toEqual(state);
  });

  test("hands out copies of its state", () => {
    const generator = new Generator(7);
    generator.state[3] = 9;
    expect(generator.state).toEqual(Int32Array.of(7, 0, 0, 0));
  });

  test("starts again from a seed", () => {
    const generator = new Generator(7);
    const first = draw(generator);
    expect(draw(generator.seed(7))).toEqual(first);
  });

  test.each([[[1, 2, 3]], [[1, 2, 3, 0.5]], [[1, 2, 3, 2 ** 40]], [undefined], [3]])("refuses the state %j", (state) => {
    expect(refusal(() => new Generator(1).load(state as number[]))).toContain("DTypeError: generator: not a state:");
  });

  test("counts its calls in 64 bits", () => {
    const generator = new Generator(7).load([7, 0, 2 ** 31 - 1, 0]);
    draw(generator);
    expect(generator.state).toEqual(Int32Array.of(7, 0, -(2 ** 31), 0));
    generator.load([7, 0, -1, 0]);
    draw(generator);
    expect(generator.state).toEqual(Int32Array.of(7, 0, 0, 1));
  });
});

test("manualSeed seeds the default generator", () => {
  expect(manualSeed(3)).toBe(defaultGenerator);
  const first = rand([4]).toArray();
  manualSeed(3);
  expect(rand([4]).toArray()).toEqual(first);
  expect(new Generator(3).state).toEqual(manualSeed(3).state);
});
