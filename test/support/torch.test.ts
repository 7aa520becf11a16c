/** The comparison with PyTorch must be able to fail: wrong numbers, shapes, dtypes, gradients, missing ops. */
import { describe, expect, test } from "vitest";
import { tensor } from "../../src/index";
import { type Expectation, type OpCase, argumentOf, expectAgreement, expectNear, exported, numbersOf } from "./torch";

describe("expectNear", () => {
  test.each([
    ["float64", 1, 1 + 0.9e-10],
    ["float64", 1e6, 1e6 + 0.9e-4],
    ["float32", 0.1, 0.1000009],
    ["float64", NaN, NaN],
    ["float64", -Infinity, -Infinity],
    ["float64", 0, -0],
  ] as const)("takes, in %s, %d for %d", (dtype, a, b) => {
    expect(() => expectNear("x", [a], [b], { in: dtype })).not.toThrow();
  });

  test.each([
    ["float64", 1, 1 + 1.1e-10],
    ["float32", 0.1, 0.1000011],
    ["float64", NaN, 0],
    ["float64", 0, NaN],
    ["float64", Infinity, -Infinity],
    ["float64", 1e300, Infinity],
    ["float64", Infinity, 1e300],
  ] as const)("refuses, in %s, %d for %d", (dtype, a, b) => {
    expect(() => expectNear("x", [a], [b], { in: dtype })).toThrow("x[0]: PyTorch");
  });

  test("refuses the wrong zero and a number too few, and shrinks with small numbers, where it is told to", () => {
    expect(() => expectNear("x", [0], [-0], { in: "float64" }, { signedZero: true })).toThrow("PyTorch -0, gradkit 0");
    expect(() => expectNear("x", [1], [1, 1], { in: "float64" })).toThrow("how many numbers");
    expect(() => expectNear("x", [1e-9], [1.01e-9], { in: "float64" })).not.toThrow();
    expect(() => expectNear("x", [1e-9], [1.01e-9], { in: "float64" }, { relative: true })).toThrow("x[0]");
  });
});

describe("reading a case", () => {
  test("puts tensors for $k and numbers for infinities, at any depth", () => {
    const x = tensor([1]);
    expect(argumentOf(["$0", { p: "Infinity", list: ["$0", -1] }, "ij->j", null], [x])).toEqual([
      x,
      { p: Infinity, list: [x, -1] },
      "ij->j",
      null,
    ]);
    expect(numbersOf(0, 3)).toEqual([0, 0, 0]);
    expect(numbersOf(["NaN", "-Infinity", -0], 3)).toEqual([NaN, -Infinity, -0]);
  });

  test("says which name gradkit does not export", () => {
    expect(() => exported("conv9d")).toThrow("gradkit does not export conv9d");
  });
});

describe("expectAgreement", () => {
  const told = {
    says: "square of two numbers",
    call: ["square", "$0"],
    inputs: [{ shape: [2], data: [3, -1] }],
    cotangents: [[1, 2]],
    directions: [[1, 1]],
    expect: [],
  } satisfies OpCase;
  const right: Expectation = {
    in: "float64",
    outputs: [{ shape: [2], data: [9, 1] }],
    gradients: [[6, -4]],
    second: [[2, 4], [6, -2]],
  };

  test("takes the right numbers", () => {
    expect(() => expectAgreement(told, right)).not.toThrow();
  });

  test.each<[string, Partial<Expectation>]>([
    ["output 0[0]", { outputs: [{ shape: [2], data: [8, 1] }] }],
    ["output 0: shape", { outputs: [{ shape: [1, 2], data: [9, 1] }] }],
    ["output 0: dtype", { outputs: [{ shape: [2], data: [9, 1], dtype: "float32" }] }],
    ["how many outputs", { outputs: [] }],
    ["gradient 0[1]", { gradients: [[6, -2]] }],
    ["second 0[0]", { second: [0, [6, -2]] }],
    ["second 1[0]", { second: [[2, 4], 0] }],
  ])("refuses a wrong %s", (message, wrong) => {
    expect(() => expectAgreement(told, { ...right, ...wrong })).toThrow(message);
  });
});
