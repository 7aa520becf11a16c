/** Embedding: first rows, the padding row, sharing its table, learning in a compiled fit. */
import { describe, expect, test } from "vitest";
import { Adam, Dataset, Embedding, Flatten, Linear, Sequential, constant, crossEntropy, fitSync, manualSeed } from "../../src/index";
import { refusal } from "../support/refusal";

describe("Embedding", () => {
  test("begins with N(0, 1), and zeros in the padding row", () => {
    manualSeed(1);
    const layer = new Embedding(500, 20, { paddingIndex: -1 });
    const rows = layer.weight.slice([[0, 499]]);
    expect(Math.abs(rows.mean().item())).toBeLessThan(0.05);
    expect(rows.std().item()).toBeCloseTo(1, 1);
    expect(layer.forward(499).abs().sum().item()).toBe(0);
    expect(layer.paddingIndex).toBe(499);
    expect(new Embedding(2, 2, { init: constant(3), dtype: "float64" }).weight.toArray()).toEqual([[3, 3], [3, 3]]);
  });

  test("learns the rows it is shown, in a compiled fit, and not the padding row", () => {
    manualSeed(2);
    const model = new Sequential(new Embedding(5, 3, { paddingIndex: 0 }), new Flatten(), new Linear(6, 2));
    const x = [[1, 0], [2, 0], [1, 2], [2, 1], [3, 0], [3, 1]];
    const data = Dataset.from({ x, y: [0, 1, 0, 1, 0, 0] });
    const before = model.stateDict()["0.weight"]!.toArray() as number[][];
    const optimizer = new Adam(model.parameters(), { lr: 0.1 });
    const run = fitSync(model, data, { loss: crossEntropy, optimizer, epochs: 60, batchSize: 3 });
    expect(run.history.at(-1)!.loss).toBeLessThan(0.05);
    const after = model.stateDict()["0.weight"]!.toArray() as number[][];
    expect(after.map((row, i) => row.join() === before[i]!.join())).toEqual([true, false, false, false, true]);
  });

  test("prints as it was made and refuses what makes no table", () => {
    expect([new Embedding(3, 2), new Embedding(3, 2, { paddingIndex: 1 })].map(String)).toEqual([
      "Embedding(3, 2)",
      "Embedding(3, 2, { paddingIndex: 1 })",
    ]);
    expect(refusal(() => new Embedding(0, 2))).toMatch(/^OptionError: Embedding: count is out of range: 0/);
    expect(refusal(() => new Embedding(3, 2, { paddingIndex: 3 }))).toMatch(/^OptionError: Embedding: paddingIndex is out of range: 3 \(3 rows\)/);
    expect(refusal(() => new Embedding(3, 2).forward([3]))).toMatch(/^ShapeError: embedding: index out of range: 3/);
  });
});
