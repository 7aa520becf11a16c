/** A dataset keeps rows together through every way of taking some of them, and refuses what cannot be learnt from. */
import { describe, expect, test } from "vitest";
import { DTypeError, Dataset, OptionError, ShapeError, type Tensor, tensor } from "../../src/index";

const five = Dataset.from({ x: [[0, 10], [1, 11], [2, 12], [3, 13], [4, 14]], y: [0, 1, 2, 3, 4] });

describe("from", () => {
  test("takes nested arrays as float32, typed arrays and tensors as they are", () => {
    expect([five.x.dtype, five.y.dtype]).toEqual(["float32", "float32"]);
    const typed = Dataset.from({ x: tensor([[1], [2]], { dtype: "float64" }), y: new Uint8Array([200, 7]) });
    expect([typed.x.dtype, typed.y.dtype]).toEqual(["float64", "int32"]);
    expect(typed.y.toArray()).toEqual([200, 7]);
    expect(typed.length).toBe(2);
  });

  test("keeps the values of a tensor that is changed later, and carries no graph", () => {
    const w = tensor([[1], [2]], { requiresGrad: true });
    const data = Dataset.from({ x: w.mul(2), y: [0, 1] });
    expect(data.x.requiresGrad).toBe(false);
    expect(data.x.toArray()).toEqual([[2], [4]]);
  });

  test.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    ["differing rows", () => Dataset.from({ x: [[1, 2], [3, 4]], y: [1, 2, 3] }), ShapeError, "Dataset.from: x and y differ in rows: [2, 2] and [3] (2 ≠ 3); give one target for each input"],
    ["no rows", () => Dataset.from({ x: [], y: [] }), ShapeError, "Dataset.from: the dataset is empty: x is [0] (no rows); give at least one row"],
    ["a scalar", () => Dataset.from({ x: 1, y: [1] }), ShapeError, "Dataset.from: x has no rows: a scalar; give one row per sample, such as [[1, 2], [3, 4]]"],
    ["a missing y", () => Dataset.from({ x: [1] } as never), OptionError, "Dataset.from: y is missing: undefined; pass { x, y }, one row of each per sample"],
    ["nothing", () => Dataset.from(undefined as never), OptionError, "Dataset.from: x is missing: undefined"],
    ["an unknown part", () => Dataset.from({ x: [1], y: [1], z: [1] } as never), OptionError, 'Dataset.from: unknown option: "z"'],
    ["an unknown option", () => Dataset.from({ x: [1], y: [1] }, { allowNonFinit: true } as object), OptionError, 'did you mean "allowNonFinite"?'],
    ["NaN in x", () => Dataset.from({ x: [[1, 2], [3, NaN]], y: [1, 2] }), OptionError, "Dataset.from: a value in x is not finite: NaN (row 1, column 1); drop or fill such rows, or pass { allowNonFinite: true } to keep them"],
    ["Infinity in y", () => Dataset.from({ x: [[1], [2]], y: [1, -Infinity] }), OptionError, "Dataset.from: a value in y is not finite: -Infinity (row 1); drop"],
    ["NaN in an image", () => Dataset.from({ x: [[[1, 2], [3, 4]], [[5, 6], [NaN, 8]]], y: [1, 2] }), OptionError, "NaN (row 1, value 2)"],
    ["a ragged array", () => Dataset.from({ x: [[1, 2], [3]], y: [1, 2] }), ShapeError, "Dataset.from: ragged array"],
  ])("refuses %s", (_, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  test("keeps NaN where it is allowed", () => {
    const data = Dataset.from({ x: [[NaN]], y: [Infinity] }, { allowNonFinite: true });
    expect(data.x.toArray()).toEqual([[NaN]]);
  });
});

describe("rows", () => {
  test("at gives one, from the end too", () => {
    expect(five.at(1).x.toArray()).toEqual([1, 11]);
    expect(five.at(-1).y.item()).toBe(4);
    expect(() => five.at(5)).toThrow("at: row is out of range: 5; give a whole number ≥ -5 and ≤ 4");
    expect(() => five.at(0.5)).toThrow(OptionError);
  });

  test("take gives the first ones", () => {
    expect(five.take(2).x.toArray()).toEqual([[0, 10], [1, 11]]);
    expect(five.take(5).length).toBe(5);
    expect(() => five.take(6)).toThrow("take: n is out of range: 6; give a whole number ≥ 1 and ≤ 5");
    expect(() => five.take(0)).toThrow(OptionError);
  });

  test("subset gives any, in any order, repeated too", () => {
    const some = five.subset([3, 0, 3]);
    expect(some.length).toBe(3);
    expect(some.x.toArray()).toEqual([[3, 13], [0, 10], [3, 13]]);
    expect(some.y.toArray()).toEqual([3, 0, 3]);
    expect(five.subset(new Int32Array([4])).y.toArray()).toEqual([4]);
  });

  test("parts of parts point to the right rows", () => {
    const inner = five.subset([4, 2, 0]).subset([2, 0]).take(1);
    expect(inner.y.toArray()).toEqual([0]);
    expect(five.subset([4, 2, 0]).subset([1, 2]).at(0).y.item()).toBe(2);
  });

  test.each<[() => unknown, new (...args: never[]) => Error, string]>([
    [() => five.subset([5]), OptionError, "subset: row 0 is out of range: 5; give a whole number ≥ 0 and ≤ 4"],
    [() => five.subset([1, -1]), OptionError, "subset: row 1 is out of range: -1"],
    [() => five.subset([0.5]), OptionError, "subset: row 0 is out of range: 0.5"],
    [() => five.subset([]), ShapeError, "subset: not a list of rows: [0]; give positions such as [0, 2, 5]"],
    [() => five.subset([true, false]), DTypeError, "subset: rows are not booleans: [true, false] (positions are counted from 0); give the positions of the true ones"],
    [() => five.subset([[1]]), ShapeError, "subset: not a list of rows: [1, 1]"],
  ])("subset refuses what are no rows: %s", (make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});

describe("map", () => {
  test("is applied to batches, rows, parts and the whole, in the order given", () => {
    const mapped = five.map(({ x, y }) => ({ x: x.add(1), y })).map(({ x, y }) => ({ x: x.mul(2), y: y.add(100) }));
    expect(mapped.take(2).x.toArray()).toEqual([[2, 22], [4, 24]]);
    expect(mapped.at(2).y.item()).toBe(102);
    expect([...mapped.batches({ size: 5 })][0]!.x.toArray()).toEqual(mapped.x.toArray());
    expect(five.x.slice([[0, 1]]).toArray()).toEqual([[0, 10]]);
  });

  test("sees only the rows that are drawn", () => {
    const seen: number[] = [];
    const watched = five.map((batch) => {
      seen.push(batch.x.shape[0]!);
      return batch;
    });
    expect(seen).toEqual([]);
    expect([...watched.batches({ size: 2 })]).toHaveLength(3);
    expect(seen).toEqual([2, 2, 1]);
  });

  test("may give plain arrays", () => {
    expect(five.take(1).map(() => ({ x: [[7]], y: [8] })).x.toArray()).toEqual([[7]]);
  });

  test.each<[string, (batch: { x: Tensor; y: Tensor }) => unknown, string]>([
    ["fewer rows", ({ x, y }) => ({ x: x.slice([[0, 1]]), y }), "map: the function changes the number of rows: x [1, 2], y [5] (5 rows were given); give as many rows as you get"],
    ["no y", ({ x }) => ({ x }), "map: the function does not give { x, y }: a record; return both"],
    ["nothing", () => undefined, "map: the function does not give { x, y }: undefined; return both"],
  ])("refuses a function that gives %s", (_, fn, message) => {
    expect(() => five.map(fn as never).x).toThrow(message);
  });

  test("refuses what is no function", () => {
    expect(() => five.map(3 as never)).toThrow("map: not a function: 3; give one from { x, y } to { x, y }");
  });
});
