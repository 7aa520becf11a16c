/** Pooling layers: values, how they print, and what they refuse when they are built. */
import { describe, expect, test } from "vitest";
import {
  AdaptiveAvgPool2d,
  AvgPool1d,
  AvgPool2d,
  MaxPool1d,
  MaxPool2d,
  Sequential,
  avgPool2d,
  maxPool2d,
  randn,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

const image = [[[1, 2, 3, 4], [5, 6, 7, 8]]];

describe("pooling layers", () => {
  test("give the largest, or the mean, of windows of their size", () => {
    expect(new MaxPool1d(2).forward([[1, 5, 2, 4]]).toArray()).toEqual([[5, 4]]);
    expect(new AvgPool1d(2).forward([[1, 5, 2, 4]]).toArray()).toEqual([[3, 3]]);
    expect(new MaxPool2d(2).forward(image).toArray()).toEqual([[[6, 8]]]);
    expect(new AvgPool2d([1, 2]).forward(image).toArray()).toEqual([[[1.5, 3.5], [5.5, 7.5]]]);
    expect(new AdaptiveAvgPool2d(1).forward(image).toArray()).toEqual([[[4.5]]]);
  });

  test("give what the ops give with their settings", () => {
    const x = randn([2, 3, 7, 8]);
    const most = { stride: 2, padding: 1, dilation: [1, 2], ceilMode: true };
    expect(new MaxPool2d(3, most).forward(x).toArray()).toEqual(maxPool2d(x, 3, most).toArray());
    const mean = { stride: [1, 2], padding: [1, 0], ceilMode: true, countIncludePad: false };
    expect(new AvgPool2d([3, 2], mean).forward(x).toArray()).toEqual(avgPool2d(x, [3, 2], mean).toArray());
  });

  test("keep their settings, whatever becomes of the record they were given", () => {
    const options = { stride: 1 };
    const layer = new MaxPool2d(2, options);
    options.stride = 2;
    expect(layer.forward(zeros([1, 4, 4])).shape).toEqual([1, 3, 3]);
  });

  test("print as they were made, and stand in a summary without parameters", () => {
    expect(String(new MaxPool1d(3))).toBe("MaxPool1d(3)");
    expect(String(new MaxPool2d(2, { stride: undefined } as object))).toBe("MaxPool2d(2)");
    expect(String(new MaxPool2d([2, 3], { stride: 2, ceilMode: true }))).toBe(
      "MaxPool2d([2, 3], { stride: 2, ceilMode: true })",
    );
    expect(String(new AvgPool2d(2, { padding: [1, 0], countIncludePad: false }))).toBe(
      "AvgPool2d(2, { padding: [1, 0], countIncludePad: false })",
    );
    expect(String(new AvgPool1d(2))).toBe("AvgPool1d(2)");
    expect(String(new AdaptiveAvgPool2d([2, 3]))).toBe("AdaptiveAvgPool2d([2, 3])");
    const model = new Sequential(new MaxPool2d(2), new AdaptiveAvgPool2d(1));
    expect(model.summary([2, 3, 8, 8])).toContain("[2, 3, 4, 4]");
    expect([model.parameters(), Object.keys(model.stateDict())]).toEqual([[], []]);
  });

  test("refuse sizes and settings that make no window", () => {
    expect(refusal(() => new MaxPool2d(0))).toBe("OptionError: MaxPool2d: kernel is out of range: 0; give a whole number ≥ 1");
    expect(refusal(() => new MaxPool1d([2, 2]))).toBe(
      "OptionError: MaxPool1d: kernel has another length: [2, 2] (2 ≠ 1); give one number, or an array of one",
    );
    expect(refusal(() => new AvgPool2d(2, { stride: 0 }))).toBe(
      "OptionError: AvgPool2d: stride is out of range: 0; give a whole number ≥ 1",
    );
    expect(refusal(() => new AvgPool1d(2, { padding: -1 }))).toBe(
      "OptionError: AvgPool1d: padding is out of range: -1; give a whole number ≥ 0",
    );
    expect(refusal(() => new AvgPool2d(2, { dilation: 2 } as object))).toBe(
      'OptionError: AvgPool2d: unknown option: "dilation"; did you mean "stride"? ' +
        "Options are stride, padding, ceilMode, countIncludePad",
    );
    expect(refusal(() => new MaxPool2d(2, { dilation: 0 }))).toBe(
      "OptionError: MaxPool2d: dilation is out of range: 0; give a whole number ≥ 1",
    );
    expect(refusal(() => new MaxPool2d(3, { padding: 2 }))).toBe(
      "OptionError: MaxPool2d: padding is more than half of the window: 2 and 3; give at most 1",
    );
    expect(refusal(() => new AvgPool1d(3, { countIncludePad: 1 as unknown as boolean }))).toBe(
      "OptionError: AvgPool1d: countIncludePad is not a boolean: 1; give true or false",
    );
    expect(refusal(() => new MaxPool1d(3, { ceilMode: 1 as unknown as boolean }))).toBe(
      "OptionError: MaxPool1d: ceilMode is not a boolean: 1; give true or false",
    );
    expect(refusal(() => new AdaptiveAvgPool2d(0))).toBe(
      "OptionError: AdaptiveAvgPool2d: size is out of range: 0; give a whole number ≥ 1",
    );
  });

  test("refuse other ranks when they are called", () => {
    expect(refusal(() => new MaxPool2d(2).forward(zeros([4, 4])))).toBe(
      "ShapeError: maxPool2d: bad rank: x [4, 4] (rank 2); give [batch, channels, height, width], " +
        "or one signal without the batch",
    );
  });
});
