/** Where windows stand on a signal, and what no window fits. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { avgPool2d, conv1d, conv2d, maxPool1d, maxPool2d, ones, zeros } from "../../src/index";
import { windowsOf } from "../../src/ops/windowOf";
import { refusal } from "../support/refusal";

const upTo = (max: number, min = 0): fc.Arbitrary<number> => fc.integer({ min, max });

/** The places of a window, counted one by one: those that begin before the last one that fits. */
function counted(n: number, kernel: number, stride: number, dilation: number, padding: number): number {
  let places = 0;
  while (places * stride + dilation * (kernel - 1) < n + 2 * padding) places++;
  return places;
}

describe("a window has", () => {
  test("as many places as fit", () => {
    fc.assert(
      fc.property(upTo(20), upTo(5, 1), upTo(4, 1), upTo(3, 1), upTo(4), (n, kernel, stride, dilation, padding) => {
        const expected = counted(n, kernel, stride, dilation, padding);
        fc.pre(expected > 0);
        const [found] = windowsOf("test", [n], [kernel], { stride, dilation, padding });
        expect(found).toEqual({ kernel, stride, dilation, padding, size: expected });
      }),
    );
  });

  test("one more in ceil mode if elements are left over and it does not begin behind the signal", () => {
    const size = (n: number, kernel: number, stride: number, padding = 0): number => {
      return windowsOf("test", [n], [kernel], { stride, padding, ceilMode: true })[0]!.size;
    };
    expect([size(6, 2, 2), size(5, 2, 2), size(6, 3, 2), size(7, 3, 2)]).toEqual([3, 3, 3, 3]);
    expect([size(4, 2, 3), size(4, 2, 3, 1), size(5, 2, 3, 1)]).toEqual([2, 2, 2]);
  });

  test("⌈n / stride⌉ places with padding «same», the odd zero at the end", () => {
    fc.assert(
      fc.property(upTo(20), upTo(6, 1), upTo(4, 1), upTo(3, 1), (n, kernel, stride, dilation) => {
        const [found] = windowsOf("test", [n], [kernel], { stride, dilation, padding: "same" });
        const { size, padding } = found!;
        expect(size).toBe(Math.ceil(n / stride));
        const end = (size - 1) * stride + dilation * (kernel - 1) + 1 - padding - n;
        // What is missing stands half before, half behind; where nothing is missing, nothing is added.
        if (padding > 0 || end > 0) expect([0, 1]).toContain(end - padding);
      }),
    );
  });
});

describe("what is refused", () => {
  test("a kernel larger than the signal with its padding", () => {
    expect(refusal(() => conv2d(zeros([1, 1, 2, 5]), ones([1, 1, 3, 3])))).toBe(
      "ShapeError: conv2d: the kernel is larger than the signal: 3 over 2 along axis -2 of [2, 5]; " +
        "give more padding, or a smaller kernel",
    );
    expect(refusal(() => conv1d(zeros([1, 1, 4]), ones([1, 1, 4]), null, { dilation: 3, padding: 2 }))).toBe(
      "ShapeError: conv1d: the kernel is larger than the signal: 4 (spread to 10 by dilation 3) over 4 + 2·2 along axis -1 " +
        "of [4]; give more padding, or a smaller kernel",
    );
    expect(refusal(() => maxPool2d(zeros([1, 3, 1]), 2))).toBe(
      "ShapeError: maxPool2d: the kernel is larger than the signal: 2 over 1 along axis -1 of [3, 1]; " +
        "give more padding, or a smaller kernel",
    );
  });

  test("lists of another length", () => {
    expect(refusal(() => conv2d(zeros([1, 1, 4, 4]), ones([1, 1, 3, 3]), null, { stride: [1, 2, 3] }))).toBe(
      "OptionError: conv2d: stride has another length: [1, 2, 3] (3 ≠ 2); give one number, or one for each of 2 axes",
    );
    expect(refusal(() => conv2d(zeros([1, 1, 4, 4]), ones([1, 1, 3, 3]), null, { dilation: [] }))).toBe(
      "OptionError: conv2d: dilation has another length: [] (0 ≠ 2); give one number, or one for each of 2 axes",
    );
    expect(refusal(() => conv1d(zeros([1, 1, 4]), ones([1, 1, 3]), null, { padding: [1, 1] }))).toBe(
      "OptionError: conv1d: padding has another length: [1, 1] (2 ≠ 1); give one number, or an array of one",
    );
    expect(refusal(() => maxPool1d(zeros([1, 4]), [2, 2]))).toBe(
      "OptionError: maxPool1d: kernel has another length: [2, 2] (2 ≠ 1); give one number, or an array of one",
    );
  });

  test("numbers out of range", () => {
    const weight = ones([1, 1, 3, 3]);
    const x = zeros([1, 1, 4, 4]);
    expect(refusal(() => conv2d(x, weight, null, { stride: 0 }))).toBe(
      "OptionError: conv2d: stride is out of range: 0; give a whole number ≥ 1",
    );
    expect(refusal(() => conv2d(x, weight, null, { dilation: [1, 1.5] }))).toBe(
      "OptionError: conv2d: dilation is out of range: 1.5; give a whole number ≥ 1",
    );
    expect(refusal(() => conv2d(x, weight, null, { padding: -1 }))).toBe(
      "OptionError: conv2d: padding is out of range: -1; give a whole number ≥ 0",
    );
    expect(refusal(() => avgPool2d(x, [2, NaN]))).toBe(
      "OptionError: avgPool2d: kernel is out of range: NaN; give a whole number ≥ 1",
    );
    expect(refusal(() => maxPool2d(x, undefined as unknown as number))).toMatch(/^OptionError: maxPool2d: kernel is /);
  });

  test("words for the padding that mean nothing", () => {
    const wrong = "full" as unknown as "same";
    expect(refusal(() => conv2d(zeros([1, 1, 4, 4]), ones([1, 1, 3, 3]), null, { padding: wrong }))).toBe(
      'OptionError: conv2d: unknown padding: "full"; give numbers, "same" or "valid"',
    );
  });
});
