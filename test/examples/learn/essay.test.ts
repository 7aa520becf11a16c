/** The chapter on the essay: counts, losses of a few rows, and ten planes that read digits. */
import { expect, test } from "vitest";
import { main as digits } from "../../../examples/learn/01-digits";
import { chapter } from "../../support/chapter";

test("digits: the best line through the origin has error 1, and linear classifiers read most digits", { timeout: 120_000 }, async () => {
  const { result } = await chapter("01-digits", digits);
  expect(result.origin.weight).toBeCloseTo(1, 5);
  expect(result.origin.error).toBeCloseTo(1, 5);
  expect(result.counts).toEqual([7840, 7850, 12, 235_146]);
  [2.9, 0, 12.9, 0.33, 1.45].forEach((loss, i) => expect(result.margins[i]).toBeCloseTo(loss, 5));
  const [softmax, svm, bare] = result.classifiers;
  expect(softmax!.start).toBeCloseTo(Math.log(10), 5);
  expect([svm!.start, bare!.start]).toEqual([9, 9]);
  for (const { accuracy } of result.classifiers) expect(accuracy).toBeGreaterThan(0.82);
});
