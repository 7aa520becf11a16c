/** The shared checks: what passes, and every message they give. */
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import {
  type NumberRule,
  checkAxes,
  checkAxis,
  checkBoolean,
  checkBroadcast,
  checkDType,
  checkFunction,
  checkNoMore,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkShape,
  nearest,
  show,
} from "../src/check";
import { LSTM, SiLU } from "../src/index";
import { refusal } from "./support/refusal";

describe("show", () => {
  test.each([
    ["text", '"text"'],
    [1.5, "1.5"],
    [Symbol("s"), "Symbol(s)"],
    [null, "null"],
    [undefined, "undefined"],
    [[1, "a"], '[1, "a"]'],
    [new Array<number>(9).fill(0), "an array of 9"],
    [new Float32Array(2), "a Float32Array"],
    [new Int32Array(2), "an Int32Array"],
    [new LSTM(1, 1), "an LSTM"],
    [new SiLU(), "a SiLU"],
    [{ a: 1 }, "a record"],
    [Object.create(null), "a record"],
    [Math.sin, "function sin"],
    [(() => () => 1)(), "a function"],
  ])("writes %j briefly", (value, text) => {
    expect(show(value)).toBe(text);
  });

  test("tells a bigint from a number", () => expect(show(10n)).toBe("10n"));
});

describe("nearest", () => {
  test("finds the word with the fewest edits, neighbours swapped among them, whatever the case", () => {
    const words = ["dtype", "requiresGrad", "shape"];
    expect(["dype", "DTYPE", "requireGrad", "shpae"].map((word) => nearest(word, words))).toEqual([
      "dtype",
      "dtype",
      "requiresGrad",
      "shape",
    ]);
    expect(nearest("shape", [])).toBeUndefined();
  });

  test("knows what other libraries call some options", () => {
    const adam = ["lr", "betas", "eps", "weightDecay", "amsgrad"];
    expect(["learningRate", "learning_rate"].map((word) => nearest(word, adam))).toEqual(["lr", "lr"]);
    expect(nearest("dim", ["axis"])).toBe("axis");
    expect(nearest("dim", ["axes", "keepDims"])).toBe("axes");
    expect(nearest("validationData", ["validation", "earlyStopping"])).toBe("validation");
    expect(nearest("learningRate", ["momentum", "dampening"])).toBe("dampening");
  });
});

describe("checkFunction and checkNoMore", () => {
  test("refuse what is no function, and what is not asked for", () => {
    expect(() => checkFunction("f", "fn", Math.sin)).not.toThrow();
    expect(refusal(() => checkFunction("f", "fn", 3))).toBe(
      "OptionError: f: fn is not a function: 3; give one, such as () => …",
    );
    expect(() => checkNoMore("f", [], "it takes none")).not.toThrow();
    expect(refusal(() => checkNoMore("f", [0, "a"], "it takes none"))).toBe(
      'OptionError: f: an argument too many: 0, "a"; it takes none',
    );
  });
});

describe("checkOptions", () => {
  test("lets known keys pass, and no options at all", () => {
    expect(() => checkOptions("f", { a: 1 }, ["a", "b"])).not.toThrow();
    expect(() => checkOptions("f", undefined, ["a"])).not.toThrow();
  });

  test("refuses whatever is no plain record, since its keys are not what it is", () => {
    for (const value of [null, [1], new Map(), new Date(0), new Float32Array(2), 3]) {
      expect(refusal(() => checkOptions("f", value, ["a"]))).toContain("OptionError: f: options must be a record: ");
    }
    expect(() => checkOptions("f", Object.assign(Object.create(null) as object, { a: 1 }), ["a"])).not.toThrow();
    expect(() => checkOptions("f", runInNewContext("({ a: 1 })"), ["a"])).not.toThrow();
  });

  test("names the nearest key", () => {
    expect(refusal(() => checkOptions("sum", { axs: 1 }, ["axes", "keepDims"]))).toBe(
      'OptionError: sum: unknown option: "axs"; did you mean "axes"? Options are axes, keepDims',
    );
    expect(refusal(() => checkOptions("f", { a: 1 }, []))).toBe('OptionError: f: unknown option: "a"; it takes no options');
  });

  test.each([[1], ["axes"], [null], [[1]]])("refuses %j in the place of options", (options) => {
    expect(refusal(() => checkOptions("sum", options, ["axes", "keepDims"]))).toBe(
      `OptionError: sum: options must be a record: ${show(options)}; write { axes, keepDims } with the keys you need`,
    );
  });
});

describe("checkNumber", () => {
  test.each<[unknown, NumberRule, string]>([
    ["1", {}, 'f: n is out of range: "1"; give a number'],
    [NaN, {}, "f: n is out of range: NaN; give a number"],
    [NaN, { infinite: true }, "f: n is out of range: NaN; give a number"],
    [Infinity, {}, "f: n is out of range: Infinity; give a number"],
    [0.5, { integer: true }, "f: n is out of range: 0.5; give a whole number"],
    [0, { min: 1 }, "f: n is out of range: 0; give a number ≥ 1"],
    [1.5, { min: 0, max: 1 }, "f: n is out of range: 1.5; give a number ≥ 0 and ≤ 1"],
    [0, { above: 0, below: 1 }, "f: n is out of range: 0; give a number > 0 and < 1"],
    [1, { above: 0, below: 1 }, "f: n is out of range: 1; give a number > 0 and < 1"],
    [-1, { integer: true, min: 0 }, "f: n is out of range: -1; give a whole number ≥ 0"],
  ])("refuses %j by %j", (value, rule, message) => {
    expect(refusal(() => checkNumber("f", "n", value, rule))).toBe(`OptionError: ${message}`);
  });

  test("gives back what passes", () => {
    expect(checkNumber("f", "n", 0.5)).toBe(0.5);
    expect(checkNumber("f", "n", -Infinity, { infinite: true })).toBe(-Infinity);
    expect(checkNumber("f", "n", 1, { integer: true, min: 1, max: 1 })).toBe(1);
  });
});

describe("checkOneOf, checkBoolean and checkDType", () => {
  test("give back what passes", () => {
    expect(checkOneOf("f", "mode", "b", ["a", "b"])).toBe("b");
    expect([checkBoolean("f", "flag", undefined, true), checkBoolean("f", "flag", false, true)]).toEqual([true, false]);
    expect(checkDType("f", "int32")).toBe("int32");
  });

  test("list what is allowed, with a guess where the value is a word", () => {
    expect(refusal(() => checkOneOf("f", "mode", "maen", ["mean", "sum"]))).toBe(
      'OptionError: f: unknown mode: "maen"; did you mean "mean"? give one of "mean", "sum"',
    );
    expect(refusal(() => checkOneOf("f", "shuffle", 3, ["epoch", false]))).toBe(
      'OptionError: f: unknown shuffle: 3; give one of "epoch", false',
    );
    expect(refusal(() => checkBoolean("f", "flag", 1, true))).toBe("OptionError: f: flag is not a boolean: 1; give true or false");
    expect(refusal(() => checkDType("f", "float16"))).toBe(
      'DTypeError: f: unknown dtype: "float16"; give one of "bool", "int32", "float32", "float64"',
    );
  });
});

describe("checkShape", () => {
  test("gives back a copy", () => {
    const shape = [2, 0];
    expect(checkShape("f", shape)).toEqual([2, 0]);
    expect(checkShape("f", shape)).not.toBe(shape);
  });

  test.each<[unknown, string]>([
    [3, "zeros: the shape is not an array: 3; write it as [2, 3], a scalar's as []"],
    [[2, -1], "zeros: a size is not a whole number ≥ 0: -1 in [2, -1]; give each axis its element count"],
    [[0.5], "zeros: a size is not a whole number ≥ 0: 0.5 in [0.5]; give each axis its element count"],
    [["2"], 'zeros: a size is not a whole number ≥ 0: "2" in ["2"]; give each axis its element count'],
    [[1e200, 1e200, 0], "zeros: a size is not a whole number ≥ 0: 1e+200 in [1e+200, 1e+200, 0]; give each axis its element count"],
    [[2 ** 20, 2 ** 20], "zeros: too many elements: [1048576, 1048576] (1099511627776 > 2³²); split the data into batches"],
  ])("refuses %j", (shape, message) => {
    expect(refusal(() => checkShape("zeros", shape))).toBe(`ShapeError: ${message}`);
  });
});

describe("checkAxis and checkAxes", () => {
  test("count negative axes from the end", () => {
    expect([checkAxis("f", -1, 3), checkAxis("f", 0, 3), checkAxis("f", -3, 3)]).toEqual([2, 0, 0]);
    expect([checkAxes("f", undefined, 3), checkAxes("f", -1, 3), checkAxes("f", [-1, 0], 3), checkAxes("f", [], 3)]).toEqual([
      [0, 1, 2],
      [2],
      [0, 2],
      [],
    ]);
  });

  test.each<[unknown, number, string]>([
    [3, 3, "sum: axis out of range: 3 (rank 3 has axes -3 … 2); choose one of those"],
    [-4, 3, "sum: axis out of range: -4 (rank 3 has axes -3 … 2); choose one of those"],
    [0.5, 1, "sum: axis out of range: 0.5 (rank 1 has axes -1 … 0); choose one of those"],
    [0, 0, "sum: axis out of range: 0 (a scalar has no axes); reshape the scalar first"],
  ])("refuse %j of rank %i", (axis, rank, message) => {
    expect(refusal(() => checkAxis("sum", axis, rank))).toBe(`ShapeError: ${message}`);
  });

  test("refuse an axis named twice", () => {
    expect(refusal(() => checkAxes("sum", [1, -1], 2))).toBe(
      "ShapeError: sum: an axis is named twice: [1, -1] (axis 1); name each once",
    );
  });
});

describe("checkBroadcast", () => {
  test("points at the first axis from the end that does not fit", () => {
    expect(checkBroadcast("add", [2, 1], [3])).toEqual([2, 3]);
    expect(refusal(() => checkBroadcast("add", [2, 3], [2, 4]))).toBe(
      "ShapeError: add: shapes do not broadcast: [2, 3] and [2, 4] (3 ≠ 4 at axis -1); make the sizes equal, or 1 where one should repeat",
    );
    expect(refusal(() => checkBroadcast("add", [2, 3, 5], [4, 1]))).toContain("(3 ≠ 4 at axis -2)");
  });
});
