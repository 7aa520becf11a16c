/** Baselines that answer every row alike give what their formulas say, in the shapes that metrics and losses take. */
import { describe, expect, test } from "vitest";
import {
  accuracy,
  crossEntropy,
  majorityBaseline,
  meanBaseline,
  r2,
  rootMeanSquaredError,
  std,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

describe("majorityBaseline", () => {
  test("gives the logarithms of the classes' shares: accuracy is the largest share, cross-entropy their entropy", () => {
    const y = [2, 0, 2, 2];
    const scores = majorityBaseline(y)(zeros([4, 7]));
    const logs = [0.25, 0, 0.75].map((share) => Math.fround(Math.log(share)));
    expect(scores.slice([[0, 1]]).flatten().toArray()).toEqual(logs);
    expect(accuracy(scores, y)).toBe(0.75);
    expect(crossEntropy(scores, y).item()).toBeCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), 6);
  });

  test("gives a loss of ln 10 and 10 % on ten classes of equal size", () => {
    const y = Array.from({ length: 50 }, (_, i) => i % 10);
    const scores = majorityBaseline(y)(zeros([50, 3]));
    expect(crossEntropy(scores, y).item()).toBeCloseTo(Math.log(10), 6);
    expect(accuracy(scores, y)).toBe(0.1);
  });

  test("gives no rows for none", () => {
    expect(majorityBaseline([1])(zeros([0, 3])).shape).toEqual([0, 2]);
  });
});

describe("meanBaseline", () => {
  test("gives the mean in the shape and dtype of y: R² 0, and the standard deviation as error", () => {
    const y = tensor([[1, 10], [2, 20], [6, 30]], { dtype: "float64" });
    const prediction = meanBaseline(y)([[0], [0], [0]]);
    expect(prediction.dtype).toBe("float64");
    expect(prediction.toArray()).toEqual([[3, 20], [3, 20], [3, 20]]);
    const column = y.slice([null, [0, 1]]);
    expect(r2(meanBaseline(column)(column), column)).toBe(0);
    const spread = std(column, { correction: 0 }).item();
    expect(rootMeanSquaredError(meanBaseline(column)(column), column)).toBeCloseTo(spread, 12);
  });

  test("keeps no graph and no part of it", () => {
    const y = tensor([1, 3], { requiresGrad: true });
    expect(meanBaseline(y.mul(2))([0]).requiresGrad).toBe(false);
  });
});

test.each<[string, () => unknown]>([
  ["ShapeError: majorityBaseline: y is no list of classes: [1, 2]; give one class per row, [N]", () => majorityBaseline([[1, 0]])],
  ["ShapeError: majorityBaseline: y is no list of classes: [0]; give one class per row, [N]", () => majorityBaseline([])],
  ["DTypeError: majorityBaseline: class is not a whole number: 0.5 at [0]", () => majorityBaseline([0.5])],
  ["OptionError: majorityBaseline: class in row 1 is out of range: -1; give a number ≥ 0", () => majorityBaseline([0, -1])],
  ["OptionError: majorityBaseline: an argument too many: a record; it takes the training targets; give its result the rows", () => majorityBaseline([1], {} as never)],
  ["ShapeError: majorityBaseline: x has no rows: a scalar; give one row per sample, such as [[1, 2]]", () => majorityBaseline([1])(3)],
  ["ShapeError: meanBaseline: y has no rows: []; give one target per row", () => meanBaseline(3)],
  ["OptionError: meanBaseline: a value in y is not finite: NaN (row 1); drop or fill such rows first", () => meanBaseline([1, NaN])],
])("refused: %s", (message, run) => {
  expect(refusal(run)).toContain(message);
});
