/** Metrics on small cases worked by hand. */
import { describe, expect, test } from "vitest";
import { meanAbsoluteError, meanAbsolutePercentageError, r2, rootMeanSquaredError } from "../../src/index";

describe("errors of quantities", () => {
  test("meanAbsoluteError is the mean of |ŷ − y|", () => expect(meanAbsoluteError([1, 2, 4], [1, 4, 5])).toBe(1));

  test("rootMeanSquaredError is √ of the mean square", () => expect(rootMeanSquaredError([1, 2], [4, 6])).toBeCloseTo(Math.sqrt(12.5), 12));

  test("meanAbsolutePercentageError is a fraction", () => {
    expect(meanAbsolutePercentageError([90, 220], [100, 200])).toBeCloseTo(0.1, 12);
  });

  test("r2 is 1 for perfect, 0 for the mean, negative below", () => {
    expect(r2([1, 2, 3], [1, 2, 3])).toBe(1);
    expect(r2([2, 2, 2], [1, 2, 3])).toBe(0);
    expect(r2([3, 2, 1], [1, 2, 3])).toBe(-3);
  });

  test("shapes that differ are refused rather than broadcast", () => {
    expect(() => meanAbsoluteError([[1], [2]], [1, 2])).toThrow(
      "meanAbsoluteError: prediction and target differ in shape: [2, 1] and [2]; reshape one, such as with .squeeze(1) or .unsqueeze(1)",
    );
  });
});
