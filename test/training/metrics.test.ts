/** Metrics on small cases worked by hand. */
import { describe, expect, test } from "vitest";
import {
  accuracy,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  r2,
  rootMeanSquaredError,
  tensor,
  zeroOne,
} from "../../src/index";

describe("accuracy", () => {
  test("counts the rows whose largest score is the class", () => {
    expect(accuracy([[2, 1], [0, 3], [1, 0], [1, 2]], [0, 1, 1, 1])).toBe(0.75);
  });

  test("takes the class of one-hot targets", () => {
    expect(accuracy([[2, 1], [0, 3]], [[1, 0], [1, 0]])).toBe(0.5);
  });

  test("compares single scores with the threshold", () => {
    expect(accuracy([-1, 2, 3], [0, 1, 0])).toBeCloseTo(2 / 3, 12);
    expect(accuracy([[0.4], [0.6]], [0, 1], { threshold: 0.5 })).toBe(1);
  });

  test("is 1 − the mean 0–1 loss", () => {
    const scores = tensor([[2, 1, 0], [0, 3, 1], [1, 0, 5]]);
    expect(accuracy(scores, [0, 2, 2]) + zeroOne(scores, [0, 2, 2]).item()).toBeCloseTo(1, 6);
  });

  test("S0's example: of scores [.01, .03, .8, .09] the predicted digit is 2, not 3", () => {
    expect(accuracy([[0.01, 0.03, 0.8, 0.09]], [2])).toBe(1);
  });

  test("refuses shapes that do not belong together", () => {
    expect(() => accuracy([[1, 2], [3, 4]], [0, 1, 1])).toThrow(
      "accuracy: prediction and target do not belong together: [2, 2] and [3]; " +
        "give scores [N, C] with classes [N], or one score per row with targets [N]",
    );
  });

  test("takes true for class 1", () => {
    expect(accuracy([[2, 1], [0, 3]], [false, false])).toBe(0.5);
    expect(accuracy([-1, 2], [true, true])).toBe(0.5);
  });

  test("refuses targets that are no classes, which would only look like bad predictions", () => {
    expect(() => accuracy([[2, 1]], [0.5])).toThrow("accuracy: class is not a whole number: 0.5 at [0]; give whole numbers");
    expect(() => accuracy([[2, 1], [0, 3]], [0, 2])).toThrow(
      "accuracy: class out of range: 2 at [1] (2 classes); give whole numbers from 0 to 1",
    );
    expect(() => accuracy([[0.3], [2]], [[1], [-1]])).toThrow(
      "accuracy: class out of range: -1 at [1, 0] (2 classes); give whole numbers from 0 to 1",
    );
  });

  test("refuses unknown options", () => {
    expect(() => accuracy([[1, 2]], [0], { treshold: 1 } as never)).toThrow(
      'accuracy: unknown option: "treshold"; did you mean "threshold"? Options are threshold',
    );
  });
});

describe("errors of quantities", () => {
  test("mean absolute error", () => expect(meanAbsoluteError([1, 2, 4], [1, 4, 5])).toBe(1));

  test("root mean squared error", () => expect(rootMeanSquaredError([1, 2], [4, 6])).toBeCloseTo(Math.sqrt(12.5), 12));

  test("mean absolute percentage error is a fraction", () => {
    expect(meanAbsolutePercentageError([90, 220], [100, 200])).toBeCloseTo(0.1, 12);
  });

  test("R² is 1 for perfect, 0 for the mean, negative below", () => {
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
