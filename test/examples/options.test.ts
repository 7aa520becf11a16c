/** The launcher's option table: parsing, defaults, refusals and help. */
import { describe, expect, expectTypeOf, test } from "vitest";
import { defineOptions, describeOptions, type OptionsOf, parseArguments, withDefaults } from "../../examples/support/options";
import { OptionError } from "../../src/errors";

const table = defineOptions({
  epochs: { about: "passes over the data", default: 3, rule: { integer: true, min: 1 } },
  hidden: { about: "sizes of the hidden layers", default: [128], rule: { integer: true, min: 1 } },
  model: { about: "which model", default: "mlp", choices: ["softmax", "svm", "mlp"] },
  csv: { about: "a file of your own", default: null, type: "text" },
  log: { about: "take logarithms", default: false },
  batchSize: { about: "rows per step", default: 64 },
  progress: { about: "hide the bar", default: true },
});
const parse = (...words: string[]): Partial<OptionsOf<typeof table>> => parseArguments("demo", table, words);

describe("parseArguments", () => {
  test("reads every kind of option, with dashes or in camelCase, with a space or an equals sign", () => {
    expect(parse()).toEqual({});
    expect(parse("--epochs", "5", "--hidden=64,32", "--model", "svm", "--csv=a.csv")).toEqual({
      epochs: 5,
      hidden: [64, 32],
      model: "svm",
      csv: "a.csv",
    });
    expect(parse("--batch-size", "32")).toEqual(parse("--batchSize=32"));
    expect(parse("--log", "--no-progress")).toEqual({ log: true, progress: false });
    expect(parse("--log=false", "--progress=true")).toEqual({ log: false, progress: true });
  });

  test.each([
    [["--epoch", "5"], 'demo: unknown option: "epoch"; did you mean "epochs"?'],
    [["--epochs", "0"], "demo: epochs is out of range: 0; give a whole number ≥ 1"],
    [["--batchsize", "5"], 'demo: unknown option: "batchsize"; did you mean "batch-size"? Options are epochs, hidden, '],
    [["--epochs", "three"], 'demo: --epochs is not a number: "three"; write --epochs NUMBER'],
    [["--epochs"], "demo: --epochs has no value; write --epochs NUMBER"],
    [["--epochs", "--log"], "demo: --epochs has no value; write --epochs NUMBER"],
    [["--epochs", "1", "--epochs", "2"], "demo: --epochs is given twice; give it once"],
    [["--hidden", "64,,32"], 'demo: --hidden is not a number: ""; write --hidden N,N,…'],
    [["--model", "svn"], 'demo: unknown model: "svn"; did you mean "svm"?'],
    [["--log=maybe"], 'demo: --log is a switch: "maybe"; write --log or --no-log'],
    [["--csv="], 'demo: csv is not a text: ""; give a word'],
    [["views.csv"], 'demo: not an option: "views.csv"; options look like --name value'],
  ])("refuses %j and says how to mend it", (words, message) => {
    expect(() => parse(...words)).toThrow(OptionError);
    expect(() => parse(...words)).toThrow(message);
  });
});

describe("withDefaults", () => {
  test("completes what is given, with the types of the table", () => {
    const values = withDefaults("demo", table, { epochs: 5 });
    expectTypeOf(values.model).toEqualTypeOf<"softmax" | "svm" | "mlp">();
    expectTypeOf(values.hidden).toEqualTypeOf<readonly number[]>();
    expectTypeOf(values.csv).toEqualTypeOf<string | null>();
    expectTypeOf(values.log).toEqualTypeOf<boolean>();
    expect(values).toEqual({ epochs: 5, hidden: [128], model: "mlp", csv: null, log: false, batchSize: 64, progress: true });
  });

  test("refuses unknown names and values out of range from code as well", () => {
    expect(() => withDefaults("demo", table, JSON.parse('{ "epoch": 5 }'))).toThrow('unknown option: "epoch"; did you mean "epochs"?');
    expect(() => withDefaults("demo", table, { epochs: 0.5 })).toThrow("demo: epochs is out of range: 0.5");
    expect(() => withDefaults("demo", table, JSON.parse('{ "hidden": 5 }'))).toThrow("demo: hidden is not a list: 5; give numbers as [64, 32]");
  });
});

test("the help has one line per option with its default", () => {
  const lines = describeOptions(table).split("\n");
  expect(lines).toHaveLength(7);
  expect(lines[0]).toBe("  --epochs NUMBER          passes over the data (default 3)");
  expect(lines[2]).toContain("--model softmax|svm|mlp");
  expect(lines[6]).toContain("--no-progress");
});
