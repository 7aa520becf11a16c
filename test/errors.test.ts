/** The kinds of error: told apart by class and name, with the offending values as fields. */
import { expect, test } from "vitest";
import {
  DTypeError,
  DeviceError,
  FormatError,
  GradError,
  GradkitError,
  OptionError,
  ShapeError,
  TraceError,
} from "../src/errors";
import { add } from "../src/ops/elementwise";

const kinds = { ShapeError, DTypeError, GradError, TraceError, OptionError, DeviceError, FormatError };

test.each(Object.entries(kinds))("%s is a GradkitError that carries its name, message and fields", (name, Kind) => {
  const error = new Kind("op: wrong: 1; mend", { value: 1 });
  expect(error).toBeInstanceOf(GradkitError);
  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.message, error.fields]).toEqual([name, "op: wrong: 1; mend", { value: 1 }]);
  expect(String(error)).toBe(`${name}: op: wrong: 1; mend`);
  expect(new Kind("op: wrong").fields).toEqual({});
});

test("an error of an op has the offending shapes as fields", () => {
  expect.assertions(1);
  try {
    add([1, 2], [1, 2, 3]);
  } catch (error) {
    expect((error as ShapeError).fields).toEqual({ a: [2], b: [3], axis: -1 });
  }
});
