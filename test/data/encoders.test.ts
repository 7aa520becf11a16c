/** Encoders turn names into numbers and back, and refuse names they have not seen. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LabelEncoder, OneHotEncoder, OptionError, ShapeError, tensor } from "../../src/index";

const names = fc.array(fc.string(), { minLength: 1, maxLength: 12 });
const tables = fc.array(fc.tuple(fc.string(), fc.integer()), { minLength: 1, maxLength: 10 });

describe("LabelEncoder", () => {
  test("numbers the sorted names, and goes back", () => {
    const encoder = new LabelEncoder().fit(["dog", "cat", "dog", "ape"]);
    expect(encoder.classes).toEqual(["ape", "cat", "dog"]);
    expect(encoder.transform(["dog", "ape"]).toArray()).toEqual([2, 0]);
    expect(encoder.transform(["dog"]).dtype).toBe("int32");
    expect(encoder.inverse(tensor([0, 2]))).toEqual(["ape", "dog"]);
    expect(new LabelEncoder().fit([10, 9, 10]).classes).toEqual([9, 10]);
    expect(new LabelEncoder().fit(new Int32Array([7, 3])).transform([7]).toArray()).toEqual([1]);
  });

  test("goes there and back, through a state too, whatever the names", () => {
    fc.assert(
      fc.property(names, (labels) => {
        const other = new LabelEncoder();
        other.loadStateDict(new LabelEncoder().fit(labels).stateDict());
        expect(other.inverse(other.transform(labels))).toEqual(labels);
      }),
    );
  });

  test.each<[() => unknown, new (...args: never[]) => Error, string]>([
    [() => new LabelEncoder().fit(["a", "b"]).transform(["a", "c"]), OptionError, 'LabelEncoder.transform: unknown category: "c" (row 1; known are "a", "b"); fit on rows that have it, or drop the row'],
    [() => new LabelEncoder().fit(["a"]).inverse([1]), OptionError, "LabelEncoder.inverse: no such class: 1 (row 0; classes are 0 … 0); give class indices"],
    [() => new LabelEncoder().transform(["a"]), OptionError, "LabelEncoder.transform: the categories are not known: fit was not called; call .fit(trainingRows) first"],
    [() => new LabelEncoder().classes, OptionError, "LabelEncoder.classes: the categories are not known"],
    [() => new LabelEncoder().fit([]), ShapeError, "LabelEncoder.fit: no rows: []; give a list with one entry per row"],
    [() => new LabelEncoder().fit(["a", 1]), OptionError, 'LabelEncoder.fit: categories of several types: string and number (1 is not "1"); make them one type'],
    [() => new LabelEncoder().fit([null] as never), OptionError, "LabelEncoder.fit: not a category: null (row 0); give text, finite numbers or booleans"],
    [() => new LabelEncoder().fit([NaN]), OptionError, "LabelEncoder.fit: not a category: NaN (row 0)"],
    [() => new LabelEncoder().loadStateDict({}), OptionError, 'LabelEncoder.loadStateDict: not a state: a record (its key "categories" holds no list); pass what stateDict() gave'],
    [() => new LabelEncoder().loadStateDict({ categories: tensor([1, 2]) }), OptionError, "LabelEncoder.loadStateDict: not a state"],
  ])("refuses %s", (make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});

describe("OneHotEncoder", () => {
  test("gives each category a column, columns one after another", () => {
    const encoder = new OneHotEncoder().fit([["red", true], ["blue", false], ["red", false]]);
    expect(encoder.categories).toEqual([["blue", "red"], [false, true]]);
    const encoded = encoder.transform([["red", false], ["blue", true]]);
    expect(encoded.toArray()).toEqual([[0, 1, 1, 0], [1, 0, 0, 1]]);
    expect(encoded.dtype).toBe("float32");
    expect(encoder.inverse(encoded)).toEqual([["red", false], ["blue", true]]);
  });

  test("takes a flat list as one column, and class indices in a tensor", () => {
    expect(new OneHotEncoder().fit(["a", "b"]).transform(["b"]).toArray()).toEqual([[0, 1]]);
    const classes = new OneHotEncoder().fit(tensor([0, 1, 2])).transform(tensor([2, 0]));
    expect(classes.toArray()).toEqual([[0, 0, 1], [1, 0, 0]]);
  });

  test("reads the largest number of each column when it goes back", () => {
    expect(new OneHotEncoder().fit(["a", "b", "c"]).inverse([[0.2, 0.5, 0.3]])).toEqual([["b"]]);
  });

  test("goes there and back, through a state too, with one 1 per column", () => {
    fc.assert(
      fc.property(tables, (rows) => {
        const other = new OneHotEncoder();
        other.loadStateDict(new OneHotEncoder().fit(rows).stateDict());
        const encoded = other.transform(rows);
        expect(encoded.sum({ axes: 1 }).toArray()).toEqual(rows.map(() => 2));
        expect(other.inverse(encoded)).toEqual(rows);
      }),
    );
  });

  test.each<[() => unknown, new (...args: never[]) => Error, string]>([
    [() => new OneHotEncoder().fit([["a", "x"]]).transform([["a", "y"]]), OptionError, 'OneHotEncoder.transform: unknown category: "y" (row 0; known are "x")'],
    [() => new OneHotEncoder().fit([["a", "x"]]).transform([["a"]]), ShapeError, "OneHotEncoder.transform: a row has another number of columns: 1 for 2 (row 0); give each row one value per column"],
    [() => new OneHotEncoder().fit([["a"], ["b", "c"]]), ShapeError, "OneHotEncoder.fit: a row has another number of columns: 2 for 1 (row 1)"],
    [() => new OneHotEncoder().fit([[]]), ShapeError, "OneHotEncoder.fit: a row has another number of columns: 0 for 0 (row 0)"],
    [() => new OneHotEncoder().fit(["a", "b"]).inverse([[1]]), ShapeError, "OneHotEncoder.inverse: not encoded rows: [1, 1] for [N, 2]; give what transform gives"],
    [() => new OneHotEncoder().inverse([[1]]), OptionError, "OneHotEncoder.inverse: the categories are not known"],
    [() => new OneHotEncoder().loadStateDict({ categories: tensor([49]) }), ShapeError, "OneHotEncoder.loadStateDict: no rows: 1"],
  ])("refuses %s", (make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
