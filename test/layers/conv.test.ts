/** Convolutional layers: values, first weights, how they print, and what they refuse. */
import { describe, expect, test } from "vitest";
import {
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Flatten,
  Linear,
  MaxPool2d,
  type PerAxis,
  ReLU,
  Sequential,
  constant,
  conv2d,
  heNormal,
  manualSeed,
  orthogonal,
  randn,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

describe("convolutional layers", () => {
  test("slide their weight over the signal and add their bias", () => {
    const line = new Conv1d(1, 2, 2, { stride: 2 });
    line.loadStateDict({ weight: [[[1, 10]], [[1, -1]]], bias: [0, 100] });
    expect(line.forward([[[1, 2, 3, 4]]]).toArray()).toEqual([[[21, 43], [99, 99]]]);
    const plane = new Conv2d(1, 1, [1, 2], { padding: [0, 1], bias: false, init: constant(1) });
    expect(plane.forward([[[1, 2, 3]]]).toArray()).toEqual([[[1, 3, 5, 3]]]);
    const up = new ConvTranspose2d(1, 1, 2, { stride: 2, bias: false, init: constant(1) });
    expect(up.forward([[[1, 2]]]).toArray()).toEqual([[[1, 1, 2, 2], [1, 1, 2, 2]]]);
  });

  test("have PyTorch's weights: [out, in / groups, …kernel], transposed [in, out / groups, …kernel]", () => {
    expect(new Conv1d(4, 6, 3, { groups: 2 }).weight.shape).toEqual([6, 2, 3]);
    expect(new Conv2d(4, 6, [3, 5]).weight.shape).toEqual([6, 4, 3, 5]);
    const up = new ConvTranspose2d(4, 6, 3, { groups: 2, stride: 2, outputPadding: 1 });
    expect([up.weight.shape, up.bias!.shape]).toEqual([[4, 3, 3, 3], [6]]);
    expect(up.forward(zeros([1, 4, 5, 5])).shape).toEqual([1, 6, 12, 12]);
    expect(new Conv2d(4, 6, 1, { bias: false }).parameters()).toHaveLength(1);
  });

  test("begin as a seed says, weight first, or as init says, in their own dtype", () => {
    manualSeed(3);
    const first = new Conv2d(3, 8, 5);
    manualSeed(3);
    const second = new Conv2d(3, 8, 5);
    expect(second.weight.toArray()).toEqual(first.weight.toArray());
    expect(second.bias!.toArray()).toEqual(first.bias!.toArray());
    const wide = new Conv2d(64, 128, 3, { init: heNormal });
    expect(wide.weight.std().item()).toBeCloseTo(Math.sqrt(2 / (64 * 9)), 2);
    expect(new Conv1d(2, 2, 3, { init: zeros, dtype: "float64" }).weight).toMatchObject({ dtype: "float64" });
    expect(new Conv1d(2, 2, 3, { dtype: "float64" }).bias).toMatchObject({ dtype: "float64" });
    expect(new ConvTranspose2d(2, 2, 3, { init: orthogonal }).weight.requiresGrad).toBe(true);
  });

  test("give what the op gives with their settings", () => {
    const moves = { stride: [2, 1], padding: "same", dilation: [1, 2], groups: 2 } as const;
    const layer = new Conv2d(4, 2, [3, 2], moves);
    const x = randn([2, 4, 7, 6]);
    expect(layer.forward(x).toArray()).toEqual(conv2d(x, layer.weight, layer.bias, moves).toArray());
  });

  test("print as they were made", () => {
    expect(String(new Conv1d(3, 8, 5))).toBe("Conv1d(3, 8, 5)");
    expect(String(new Conv2d(3, 8, [5, 5], { groups: 1, padding: 0, bias: true }))).toBe("Conv2d(3, 8, 5)");
    expect(String(new Conv2d(4, 8, [3, 5], { stride: [1, 2], padding: "same", dilation: 2, groups: 4, bias: false }))).toBe(
      'Conv2d(4, 8, [3, 5], { stride: [1, 2], padding: "same", dilation: 2, groups: 4, bias: false })',
    );
    expect(String(new ConvTranspose2d(8, 1, 2, { stride: 2, outputPadding: 1 }))).toBe(
      "ConvTranspose2d(8, 1, 2, { stride: 2, outputPadding: 1 })",
    );
  });

  test("stand in a summary with their shapes and numbers of parameters", () => {
    const model = new Sequential(
      new Conv2d(1, 8, 3, { padding: 1 }), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(8 * 14 * 14, 10),
    );
    const lines = model.summary([1, 1, 28, 28]).split("\n").map((line) => line.trim().split(/\s{2,}/).join(" | "));
    expect(lines).toMatchInlineSnapshot(`
      [
        "Layer | Output shape | Parameters",
        "────────────────────────────────────────────────────────────────",
        "Sequential() | [1, 10] | 0",
        "0: Conv2d(1, 8, 3, { padding: 1 }) | [1, 8, 28, 28] | 80",
        "1: ReLU() | [1, 8, 28, 28] | 0",
        "2: MaxPool2d(2) | [1, 8, 14, 14] | 0",
        "3: Flatten() | [1, 1568] | 0",
        "4: Linear(1568, 10) | [1, 10] | 15,690",
        "────────────────────────────────────────────────────────────────",
        "15,770 parameters (15,770 trained, 0 frozen), 63,080 bytes",
      ]
    `);
  });

  test("say how many channels they want", () => {
    expect(refusal(() => new Conv2d(3, 8, 3).forward(zeros([2, 1, 8, 8])))).toBe(
      "ShapeError: conv2d: channels differ: x [2, 1, 8, 8], weight [8, 3, 3, 3] (1 ≠ 3); channels are axis 1 of x",
    );
  });

  test("refuse sizes, groups and settings that make no layer", () => {
    expect(refusal(() => new Conv2d(0, 8, 3))).toBe(
      "OptionError: Conv2d: inChannels is out of range: 0; give a whole number ≥ 1",
    );
    expect(refusal(() => new Conv1d(3, 1.5, 3))).toBe(
      "OptionError: Conv1d: outChannels is out of range: 1.5; give a whole number ≥ 1",
    );
    expect(refusal(() => new Conv2d(3, 8, 0))).toBe(
      "OptionError: Conv2d: kernel is out of range: 0; give a whole number ≥ 1",
    );
    expect(refusal(() => new Conv2d(3, 8, [3, 3, 3]))).toBe(
      "OptionError: Conv2d: kernel has another length: [3, 3, 3] (3 ≠ 2); give one number, or one for each of 2 axes",
    );
    expect(refusal(() => new Conv2d(4, 6, 3, { groups: 3 }))).toBe(
      "OptionError: Conv2d: groups do not divide the channels: 3 and 4 (4 in, 6 out); choose a divisor of both",
    );
    expect(refusal(() => new ConvTranspose2d(4, 6, 3, { groups: 4 }))).toBe(
      "OptionError: ConvTranspose2d: groups do not divide the channels: 4 and 6 (4 in, 6 out); choose a divisor of both",
    );
    expect(refusal(() => new Conv1d(3, 8, 3, { stride: 0 }))).toBe(
      "OptionError: Conv1d: stride is out of range: 0; give a whole number ≥ 1",
    );
    expect(refusal(() => new Conv2d(3, 8, 3, { dilation: [1] }))).toBe(
      "OptionError: Conv2d: dilation has another length: [1] (1 ≠ 2); give one number, or one for each of 2 axes",
    );
    expect(refusal(() => new Conv2d(3, 8, 3, { padding: "full" as "same" }))).toBe(
      'OptionError: Conv2d: unknown padding: "full"; give numbers, "same" or "valid"',
    );
    expect(refusal(() => new ConvTranspose2d(3, 8, 3, { padding: "same" as unknown as PerAxis }))).toBe(
      'OptionError: ConvTranspose2d: padding is out of range: "same"; give a whole number ≥ 0',
    );
    expect(refusal(() => new ConvTranspose2d(3, 8, 3, { outputPadding: -1 }))).toBe(
      "OptionError: ConvTranspose2d: outputPadding is out of range: -1; give a whole number ≥ 0",
    );
    expect(refusal(() => new ConvTranspose2d(3, 8, 3, { stride: 2, outputPadding: [1, 2] }))).toBe(
      "OptionError: ConvTranspose2d: outputPadding is too large: 2 (stride 2, dilation 1); give less than the larger of both",
    );
    expect(refusal(() => new Conv2d(3, 8, 3, { outputPadding: 1 } as object))).toMatch(
      /^OptionError: Conv2d: unknown option: "outputPadding"/,
    );
    expect(refusal(() => new Conv2d(3, 8, 3, null as unknown as object))).toMatch(/^OptionError: Conv2d: /);
  });
});
