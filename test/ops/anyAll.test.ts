/** Questions about truth over axes. */
import { expect, test } from "vitest";
import { all, any, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const flags = tensor([[true, false], [true, true], [false, false]]);

test("any and all ask over all axes, one, or several", () => {
  expect(any(flags).toArray()).toBe(true);
  expect(all(flags).toArray()).toBe(false);
  expect(any(flags, { axes: 1 }).toArray()).toEqual([true, true, false]);
  expect(all(flags, { axes: -1, keepDims: true }).toArray()).toEqual([[false], [true], [false]]);
  expect(all(flags.transpose(), { axes: 0 }).toArray()).toEqual([false, true, false]);
  expect(any(flags, { axes: [] }).toArray()).toEqual(flags.toArray());
  expect(any(true).toArray()).toBe(true);
});

test("any and all take every number but 0 as true, and answer in bool", () => {
  expect(any([0, 0.25]).toArray()).toBe(true);
  expect(any([0, -0]).toArray()).toBe(false);
  expect(all([NaN, -1e-30, Infinity]).toArray()).toBe(true);
  expect(all(tensor(new Int32Array([256, 512])))).toMatchObject({ dtype: "bool" });
  expect(all(tensor(new Int32Array([256, 512]))).toArray()).toBe(true);
  expect(any(tensor(new Int32Array([1, -1]))).toArray()).toBe(true);
});

test("any counts beyond what a byte holds", () => {
  expect(any(tensor(new Uint8Array(256).fill(1))).toArray()).toBe(true);
});

test("any of nothing is false, all of nothing true", () => {
  expect(any(zeros([0])).toArray()).toBe(false);
  expect(all(zeros([2, 0]), { axes: 1 }).toArray()).toEqual([true, true]);
});

test("any and all refuse axes that are not there, and unknown options", () => {
  // @ts-expect-error the compiler sees it too
  expect(refusal(() => any(flags, { axes: 2 }))).toBe(
    "ShapeError: any: axes out of range: 2 (rank 2 has axes -2 … 1); choose one of those",
  );
  expect(refusal(() => all(flags, { keep: true } as object))).toBe(
    'OptionError: all: unknown option: "keep"; did you mean "axes"? Options are axes, keepDims',
  );
});
