/** Which classes are taken for which. */
import { describe, expect, test } from "vitest";
import { tensor } from "../../src/index";
import { confusionMatrixChart } from "../../src/charts/confusionMatrixChart";
import { drawn, marks, rowsOf, words } from "../support/charts";
import { refusal } from "../support/refusal";

const judged = { truth: [0, 0, 1, 2, 2, 2], prediction: [0, 1, 1, 2, 2, 0] };

describe("confusionMatrixChart", () => {
  test("counts rows by true and predicted class, and gives each cell its share of the true class", () => {
    const cells = rowsOf(confusionMatrixChart(judged));
    expect(cells).toHaveLength(9);
    expect(cells).toContainEqual({ truth: "2", predicted: "0", count: 1, share: 0.3333333 });
    expect(cells).toContainEqual({ truth: "1", predicted: "1", count: 1, share: 1 });
  });

  test("is the same for a matrix, for scores and for one column", () => {
    const rows = rowsOf(confusionMatrixChart(judged));
    expect(rowsOf(confusionMatrixChart([[1, 1, 0], [0, 1, 0], [1, 0, 2]]))).toEqual(rows);
    const truth = tensor(judged.truth).unsqueeze(1);
    const scores = tensor(judged.prediction, { dtype: "int32" }).oneHot(3);
    expect(rowsOf(confusionMatrixChart({ truth, prediction: scores }))).toEqual(rows);
  });

  test("writes counts into the cells, names on both axes and the whole into the title", async () => {
    const svg = await drawn(confusionMatrixChart(judged, { labels: ["cat", "dog", "elephant"] }));
    expect(marks(svg, "rect")).toBe(9);
    expect(words(svg).filter((word) => word === "elephant")).toHaveLength(2);
    expect(words(svg)).toEqual(expect.arrayContaining(["true class", "predicted class", "4 of 6 are right (66.7 %)"]));
    expect(marks(svg, "text")).toBe(5); // empty cells stay empty
  });

  test("leaves numbers out where they would not fit", async () => {
    const classes = Array.from({ length: 30 }, (_, i) => i);
    const svg = await drawn(confusionMatrixChart({ truth: classes, prediction: classes }));
    expect([marks(svg, "rect"), marks(svg, "text")]).toEqual([900, 0]);
  });

  test("refuses what is no matrix of counts", () => {
    expect(refusal(() => confusionMatrixChart([[1, 2]]))).toBe(
      "ShapeError: confusionMatrixChart: the matrix is not square: [1, 2]; give [C, C], a row for each true class",
    );
    expect(refusal(() => confusionMatrixChart([[0]]))).toMatch("the matrix holds no counts: all are 0");
    expect(refusal(() => confusionMatrixChart([[-1]]))).toMatch("the matrix holds no counts: -1");
    expect(refusal(() => confusionMatrixChart({ truth: [0], prediction: [0, 1] }))).toMatch("truth and prediction differ in length: 1 and 2");
    expect(refusal(() => confusionMatrixChart({ truth: [], prediction: [] }))).toMatch("truth is empty");
    expect(refusal(() => confusionMatrixChart({ truth: [-1], prediction: [0] }))).toMatch("a class is below 0: -1");
    expect(refusal(() => confusionMatrixChart({ truth: [0.5], prediction: [0] }))).toMatch("DTypeError");
    expect(refusal(() => confusionMatrixChart(judged, { labels: ["a"] }))).toMatch('labels do not name the classes: ["a"] for 3');
  });
});
