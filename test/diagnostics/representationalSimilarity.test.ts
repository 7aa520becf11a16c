/** Representational dissimilarity: symmetric, 0 on the diagonal, within [0, 2], and stated for constant rows. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Linear, Sequential, Sigmoid, activations, representationalSimilarity, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";
import { shapes, tensorsOf } from "../support/arbitraries";

describe("representationalSimilarity", () => {
  test("is symmetric, 0 on the diagonal and within [0, 2] (curriculum 106), also without rows or units", () => {
    fc.assert(fc.property(shapes({ minRank: 1 }).chain((shape) => tensorsOf(shape)), (h) => {
      const distances = representationalSimilarity(h);
      const n = h.shape[0]!;
      expect(distances.shape).toEqual([n, n]);
      const rows = distances.toArray() as number[][];
      for (let i = 0; i < n; i++) {
        expect(rows[i]![i]).toBe(0);
        for (let j = 0; j < n; j++) {
          expect(rows[i]![j]).toBe(rows[j]![i]);
          expect(rows[i]![j]! >= 0 && rows[i]![j]! <= 2).toBe(true);
        }
      }
    }));
  });

  test("does not see the scale and the shift of a row, and opposite patterns are 2 apart", () => {
    const h = tensor([[1, 2, 4], [30, 50, 90], [-1, -2, -4]], { dtype: "float64" });
    expect(representationalSimilarity(h)).toBeCloseToTensor([[0, 0, 2], [0, 0, 2], [2, 2, 0]], { atol: 1e-14 });
  });

  test("gives Pearson's correlation", () => {
    // Deviations (−4, −1, 5)/3 and (0, −1, 1): r = 2/√(14/3 · 2).
    const distance = 1 - 2 / Math.sqrt(28 / 3);
    const rows = representationalSimilarity([[1, 2, 4], [2, 1, 3]]);
    expect(rows).toBeCloseToTensor([[0, distance], [distance, 0]], { atol: 1e-14 });
  });

  test("constant rows are 1 apart from everything, also from one another (curriculum 106)", () => {
    expect(representationalSimilarity([[0.1, 0.1, 0.1], [0.7, 0.7, 0.7], [1, 2, 3]]).toArray()).toEqual([
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ]);
    expect(representationalSimilarity([[1], [2]]).toArray()).toEqual([[0, 1], [1, 0]]);
    expect(representationalSimilarity([[1e-320, 0], [0, 1e308]])).toBeCloseToTensor([[0, 2], [2, 0]], { atol: 1e-14 });
  });

  test("refuses what has no rows, or rows that are not finite", () => {
    expect(refusal(() => representationalSimilarity(1))).toBe(
      "ShapeError: representationalSimilarity: no rows: a scalar; give one row of activations per input, such as [[1, 2], [3, 4]]",
    );
    expect(refusal(() => representationalSimilarity([[1, 2], [NaN, 1]]))).toBe(
      "OptionError: representationalSimilarity: an activation is not finite: NaN in row 1; leave such rows out",
    );
  });
});

describe("activations", () => {
  const model = new Sequential(new Linear(2, 3), new Sequential(new Sigmoid(), new Linear(3, 1)));

  test("gives the output of every layer and block by name (curriculum 105)", () => {
    const hidden = activations(model, zeros([4, 2]));
    expect(Object.keys(hidden).sort()).toEqual(["0", "1", "1.0", "1.1"]);
    expect(hidden["1.0"]!.shape).toEqual([4, 3]);
    expect(hidden["1"]!.toArray()).toEqual(model.forward(zeros([4, 2])).toArray());
    expect(hidden["1.0"]!.requiresGrad).toBe(false);
    expect(model.training).toBe(true);
  });

  test("of a single layer gives its output under the empty name", () => {
    expect(Object.keys(activations(new Sigmoid(), [[0]]))).toEqual([""]);
  });

  test("refuses what is no model", () => {
    expect(refusal(() => activations({} as never, [[0]]))).toBe(
      "OptionError: activations: not a model: a record; give a Module, such as new Sequential(…)",
    );
  });
});
