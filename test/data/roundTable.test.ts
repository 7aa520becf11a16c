/** Rounding a table keeps its rows, and every cell and column within one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { roundTable } from "../../src/data/roundTable";

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

test("rounds cells and columns up or down, whole ones stay, rows keep their sums", () => {
  const row = (width: number) => {
    const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: width, maxLength: width });
    const count = fc.integer({ min: 0, max: 30 });
    return fc.tuple(count, weights).map(([n, w]) => w.map((one) => (n * one) / sum(w)));
  };
  const tables = fc.integer({ min: 1, max: 5 }).chain((width) => fc.array(row(width), { minLength: 1, maxLength: 12 }));
  fc.assert(
    fc.property(tables, (table) => {
      const rounded = roundTable(table);
      table.forEach((cells, r) => {
        expect(sum(rounded[r]!)).toBe(Math.round(sum(cells)));
        cells.forEach((cell, c) => {
          expect(Number.isInteger(rounded[r]![c])).toBe(true);
          expect(Math.abs(rounded[r]![c]! - cell)).toBeLessThan(1);
        });
      });
      table[0]!.forEach((_, c) => {
        const [before, after] = [table, rounded].map((t) => sum(t.map((cells) => cells[c]!)));
        expect(Math.abs(after! - before!)).toBeLessThan(1);
      });
    }),
    { numRuns: 500 },
  );
});

test("moves units aside where the first choice leaves no room", () => {
  // Each row has one unit to place, each column takes one: the third row needs both others to move.
  expect(roundTable([[0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]).map(sum)).toEqual([1, 1, 1]);
  expect(roundTable([[1 / 3, 1 / 3, 1 / 3], [2 / 3, 2 / 3, 2 / 3]])).toHaveLength(2);
});
