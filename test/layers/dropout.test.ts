/** Dropout: its mean, its mask, its modes. */
import { describe, expect, test } from "vitest";
import { Dropout, Generator, manualSeed, ones, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

describe("Dropout", () => {
  test("keeps the mean in training: kept values are divided by 1 − p", () => {
    const y = new Dropout(0.3, { generator: new Generator(2) }).forward(ones([100_000]));
    expect(Math.abs(y.mean().item() - 1)).toBeLessThan(0.01);
    const values = new Set(y.toTypedArray());
    expect([...values].sort()).toEqual([0, Math.fround(1 / 0.7)]);
  });

  test("does nothing in evaluation", () => {
    const x = ones([5]);
    expect(new Dropout(0.9).eval().forward(x)).toBeCloseToTensor([1, 1, 1, 1, 1]);
  });

  test("sends the gradient through the same mask", () => {
    const x = ones([64]).to("float64");
    x.requiresGrad = true;
    const y = new Dropout(0.5, { generator: new Generator(3) }).forward(x);
    y.sum().backward();
    expect(x.grad).toBeCloseToTensor(y.toArray());
    expect(new Set(x.grad!.toTypedArray())).toEqual(new Set([0, 2]));
  });

  test("draws new masks, the same ones after the same seed, and from its own stream where it has one", () => {
    const layer = new Dropout();
    manualSeed(1);
    const [first, second] = [layer.forward(ones([64])).toArray(), layer.forward(ones([64])).toArray()];
    expect(first).not.toEqual(second);
    manualSeed(1);
    expect(layer.forward(ones([64])).toArray()).toEqual(first);
    const own = new Dropout(0.5, { generator: new Generator(9) });
    const mask = own.forward(ones([64])).toArray();
    expect(new Dropout(0.5, { generator: new Generator(9) }).forward(ones([64])).toArray()).toEqual(mask);
  });

  test("has the ends p = 0, which keeps all, and p = 1, which keeps nothing and no NaN", () => {
    expect(new Dropout(0).forward([1, 2])).toBeCloseToTensor([1, 2]);
    const x = tensor([1, 2], { requiresGrad: true });
    const y = new Dropout(1).forward(x);
    expect(y).toBeCloseToTensor([0, 0]);
    y.sum().backward();
    expect(x.grad).toBeCloseToTensor([0, 0]);
    expect(new Dropout(0.5).forward(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test("refuses probabilities outside [0, 1] and what is no generator", () => {
    expect(refusal(() => new Dropout(1.1))).toBe("OptionError: Dropout: p is out of range: 1.1; give a number ≥ 0 and ≤ 1");
    expect(refusal(() => new Dropout(NaN))).toMatch(/^OptionError: Dropout: p is out of range: NaN/);
    expect(refusal(() => new Dropout(0.5, { generator: 7 as unknown as Generator }))).toBe(
      "OptionError: Dropout: not a generator: 7; give new Generator(seed)",
    );
    expect(refusal(() => new Dropout(0.5, { seed: 1 } as object))).toMatch(/^OptionError: Dropout: unknown option: "seed"/);
    expect(String(new Dropout(0.25))).toBe("Dropout(0.25)");
  });
});
