/** The chapters that look inside: critical points, diagnosis, representations. */
import { expect, test } from "vitest";
import { main as critical } from "../../../examples/learn/28-critical";
import { main as diagnosis } from "../../../examples/learn/29-diagnosis";
import { main as representations } from "../../../examples/learn/30-representations";
import { chapter } from "../../support/chapter";

test("critical: eigenvalues decide, definite matrices are rare, level sets stand across the gradient", { timeout: 120_000 }, async () => {
  const { result } = await chapter("28-critical", critical);
  const kinds = Object.fromEntries(result.points.map(({ name, kind }) => [name, kind]));
  expect(kinds).toEqual({
    "x² + y²": "minimum",
    "−x² − y²": "maximum",
    "x² − y²": "saddle",
    "½x² + 2xy + ½y²": "saddle",
    "x³": "degenerate",
    "x⁴": "degenerate",
  });
  const mixed = result.points.find(({ name }) => name.includes("2xy"))!.eigenvalues;
  expect(mixed[0]).toBeCloseTo(3, 10);
  expect(mixed[1]).toBeCloseTo(-1, 10);
  expect(result.definite[1]).toBe(1);
  expect(Math.abs(result.definite[2]! - 0.288)).toBeLessThan(0.03);
  expect(Math.abs(result.definite[3]! - 0.049)).toBeLessThan(0.02);
  expect(result.definite[10]).toBeLessThan(0.001);
  expect(result.violations.linear).toBe(0);
  expect(result.violations.network).toBeGreaterThan(100);
  for (const cosine of Object.values(result.cosines)) expect(cosine).toBeLessThan(1e-12);
  const [descent, momentum, plain, adam] = result.runs.map(({ loss }) => loss);
  expect(momentum).toBeLessThan(descent! / 10);
  expect(adam).toBeLessThan(plain! / 5);
});

test("diagnosis: the verdicts of the text, of real runs, and three faults found before training", { timeout: 120_000 }, async () => {
  const { result } = await chapter("29-diagnosis", diagnosis);
  expect(result.verdicts).toEqual(["overfit", "underfit", "fine"]);
  expect(result.runs.map(({ verdict }) => verdict)).toEqual(["underfit", "overfit", "fine", "underfit"]);
  const [, narrow, , broad] = result.spreads;
  expect(broad!.deviation).toBeLessThan(narrow!.deviation / 10);
  expect(broad!.most).toBeLessThan(0.05);
  expect(result.noticed).toHaveLength(3);
  expect(result.dead).toEqual([0, 2, 3]);
  expect(result.mended).toBe(true);
});

test("representations: hidden units make XOR separable, and likeness splits from the trunk to the twigs", { timeout: 120_000 }, async () => {
  const { result } = await chapter("30-representations", representations);
  expect(result.right).toBe(4);
  expect(result.circles).toBe(2 + 3 + 2);
  result.hidden.flat().forEach((value) => expect(value > 0 && value < 1).toBe(true));
  result.matrix.forEach((row, i) => {
    expect(row[i]).toBeCloseTo(0, 5);
    row.forEach((value, j) => expect(value).toBeCloseTo(result.matrix[j]![i]!, 5));
  });
  const [oak, salmon, robin] = Object.values(result.distances);
  const regained = (distances: readonly number[]): number => distances.indexOf(Math.min(...distances));
  expect(regained(oak!)).toBeLessThan(regained(robin!));
  expect([robin!.at(-1)! < salmon!.at(-1)!, salmon!.at(-1)! < oak!.at(-1)!]).toEqual([true, true]);
});
