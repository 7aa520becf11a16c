/** Records become numbers, and every cell that is none is named. */
import { parse } from "papaparse";
import { describe, expect, test } from "vitest";
import { DTypeError, Dataset, OptionError, ShapeError } from "../../src/index";

const rows = [
  { size: "50", rooms: " 2 ", price: "2e2", city: "Rome" },
  { size: 80, rooms: true, price: "-.5", city: "Oslo" },
];
const from = (options: object, given: unknown = rows) => Dataset.fromRecords(given as object[], options as never);

describe("fromRecords", () => {
  test("reads numbers, booleans and decimal text, columns in the order named", () => {
    const data = from({ features: ["rooms", "size"], target: "price" });
    expect(data.x.toArray()).toEqual([[2, 50], [1, 80]]);
    expect(data.y.toArray()).toEqual([200, -0.5]);
    expect([data.x.dtype, data.y.shape]).toEqual(["float32", [2]]);
  });

  test("gives y of rank 2 for a list of targets, and another dtype on demand", () => {
    const data = from({ features: ["size"], target: ["price", "rooms"], dtype: "float64" });
    expect(data.y.toArray()).toEqual([[200, 2], [-0.5, 1]]);
    expect(data.x.dtype).toBe("float64");
  });

  test("takes what a CSV parser gives", () => {
    const parsed = parse<Record<string, string>>("day,views\n1,3.5\n2,4.25\n", { header: true, skipEmptyLines: true });
    const data = Dataset.fromRecords(parsed.data, { features: ["day"], target: "views" });
    expect(data.y.toArray()).toEqual([3.5, 4.25]);
  });

  test.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    ["a missing column", () => from({ features: ["sise"], target: "price" }), OptionError, 'Dataset.fromRecords: no such column: "sise" (row 0 has "size", "rooms", "price", "city"); did you mean "size"?'],
    ["a column missing in one row", () => from({ features: ["a"], target: "b" }, [{ a: 1, b: 2 }, { a: 1 }]), OptionError, 'Dataset.fromRecords: no such column: "b" (row 1 has "a")'],
    ["an inherited property", () => from({ features: ["toString"], target: "price" }), OptionError, 'no such column: "toString"'],
    ["text", () => from({ features: ["city"], target: "price" }), DTypeError, 'Dataset.fromRecords: not a number: "Rome" (row 0, column "city"); drop or fill such rows, or turn text into numbers first (OneHotEncoder, LabelEncoder)'],
    ["an empty cell", () => from({ features: ["a"], target: "a" }, [{ a: "1" }, { a: "" }]), DTypeError, 'not a number: "" (row 1, column "a")'],
    ["null", () => from({ features: ["a"], target: "a" }, [{ a: null }]), DTypeError, 'not a number: null (row 0, column "a")'],
    ["hexadecimal text", () => from({ features: ["a"], target: "a" }, [{ a: "0x10" }]), DTypeError, 'not a number: "0x10"'],
    ["a thousands separator", () => from({ features: ["a"], target: "a" }, [{ a: "1,000" }]), DTypeError, 'not a number: "1,000"'],
    ["NaN", () => from({ features: ["a"], target: "a" }, [{ a: NaN }]), OptionError, "Dataset.from: a value in x is not finite: NaN (row 0, column 0)"],
    ["no rows", () => from({ features: ["a"], target: "a" }, []), ShapeError, "Dataset.fromRecords: no records: []; pass the array of rows that a CSV parser gives"],
    ["a string", () => from({ features: ["a"], target: "a" }, "a,b\n1,2"), ShapeError, "Dataset.fromRecords: no records"],
    ["rows that are arrays of text", () => from({ features: ["a"], target: "a" }, ["1"]), OptionError, 'Dataset.fromRecords: a row is not a record: "1" (row 0); parse the CSV with its header'],
    ["no features", () => from({ features: [], target: "price" }), OptionError, 'Dataset.fromRecords: features names no columns: []; list column names, such as ["size", "rooms"]'],
    ["features as one name", () => from({ features: "size", target: "price" }), OptionError, 'features names no columns: "size"'],
    ["no target", () => from({ features: ["size"] }), OptionError, "Dataset.fromRecords: target names no columns: undefined"],
    ["an unknown option", () => from({ features: ["size"], targets: "price" }), OptionError, 'did you mean "target"?'],
  ])("refuses %s", (_, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
