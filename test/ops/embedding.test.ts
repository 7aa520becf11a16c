/** Embedding: rows by their numbers, gradients that add up, the padding index, and what is refused. */
import { describe, expect, test } from "vitest";
import { embedding, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

const table = [[1, 2], [3, 4], [5, 6]];

describe("embedding", () => {
  test("gives a row for each index, whatever shape and number type these have", () => {
    expect(embedding(table, [[2, 0], [1, 1]]).toArray()).toEqual([[[5, 6], [1, 2]], [[3, 4], [3, 4]]]);
    expect(embedding(table, 1).toArray()).toEqual([3, 4]);
    expect(embedding(table, tensor([2, 1])).toArray()).toEqual([[5, 6], [3, 4]]);
    expect(embedding(table, tensor([], { dtype: "int32" })).shape).toEqual([0, 2]);
  });

  test("adds up the gradients of a row, and gives none to the padding row", () => {
    const weight = tensor(table, { requiresGrad: true });
    embedding(weight, [0, 2, 0]).sum().backward();
    expect(weight.grad!.toArray()).toEqual([[2, 2], [0, 0], [1, 1]]);
    weight.grad = null;
    const y = embedding(weight, [0, 2, 0], { paddingIndex: -3 });
    expect(y.toArray()).toEqual([[1, 2], [5, 6], [1, 2]]);
    y.sum().backward();
    expect(weight.grad!.toArray()).toEqual([[0, 0], [0, 0], [1, 1]]);
  });

  test("refuses indices out of range, fractions, and what is no table", () => {
    expect(refusal(() => embedding(table, [[0, 3]]))).toBe(
      "ShapeError: embedding: index out of range: 3 at [0, 1] (3 rows); give whole numbers from 0 to 2",
    );
    expect(refusal(() => embedding(table, [-1]))).toMatch(/^ShapeError: embedding: index out of range: -1 at \[0\]/);
    expect(refusal(() => embedding(table, [0.5]))).toMatch(/^DTypeError: embedding: index is not a whole number: 0.5 at \[0\]/);
    expect(refusal(() => embedding([1, 2], [0]))).toBe(
      "ShapeError: embedding: the weight is not a table: [2] (rank 1); give [count, width]",
    );
    expect(refusal(() => embedding(table, [0], { paddingIndex: 3 }))).toBe(
      "OptionError: embedding: paddingIndex is out of range: 3 (3 rows); give a whole number from -3 to 2",
    );
    expect(refusal(() => embedding(table, [0], { padding: 1 } as object))).toMatch(/did you mean "paddingIndex"\?/);
  });
});
