/** The chapter on nearest neighbours: known percentages, ties, cost, and digits at 16×16. */
import { expect, test } from "vitest";
import { main as neighbours, shrinking } from "../../../examples/learn/25-neighbours";
import { chapter } from "../../support/chapter";

test("neighbours: 87.2, 90.5 and 93.8 % with 1,000, 2,000 and 5,000 images, and more after a little blur", { timeout: 120_000 }, async () => {
  const { result } = await chapter("25-neighbours", neighbours);
  expect(result.bySize.map(({ right }) => Math.round(1000 * right) / 10)).toEqual([87.2, 90.5, 93.8]);
  const byK = new Map(result.byK.map((each) => [each.k, each]));
  expect(byK.get(1)).toMatchObject({ ties: 0, smallest: byK.get(1)!.right });
  expect(byK.get(2)!.right).toBe(byK.get(1)!.right);
  expect(byK.get(3)!.right).toBe(result.bySize.at(-1)!.right);
  for (const { right, smallest } of result.byK) expect(smallest).toBeLessThanOrEqual(right);
  expect(result.cost).toEqual([47_040_000, 7840]);
  expect(result.small.shrunk).toBeGreaterThan(result.small.full);
  expect(result.small.network).toBeGreaterThan(0.88);
});

test("neighbours: shrinking keeps an even image even, and its middle in the middle", () => {
  const matrix = shrinking(28, 16);
  for (const sum of matrix.sum({ axes: 1 }).toTypedArray()) expect(sum).toBeCloseTo(1, 6);
  const rows = matrix.toArray() as number[][];
  const turned = rows.flat().reverse();
  rows.flat().forEach((weight, i) => expect(weight).toBeCloseTo(turned[i]!, 6));
  for (let column = 0; column < 28; column++) expect(rows.some((row) => row[column]! > 0)).toBe(true);
});
