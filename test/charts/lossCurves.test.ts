/** Curves of training. */
import { describe, expect, test } from "vitest";
import { lossCurves } from "../../src/charts/lossCurves";
import { drawn, marks, rowsOf, words } from "../support/charts";
import { refusal } from "../support/refusal";

const history = [1, 0.8, 0.7, 0.65, 0.66].map((validationLoss, i) => ({
  epoch: i + 1,
  loss: 1 / (i + 1),
  accuracy: 0.5 + i / 10,
  lr: 0.1,
  validationLoss,
}));

describe("lossCurves", () => {
  test("draws training and validation as two lines on one axis, and names them", async () => {
    const svg = await drawn(lossCurves(history, { yTitle: "cross-entropy (nats)" }));
    expect(marks(svg, "line")).toBe(2);
    const said = words(svg);
    for (const word of ["epoch", "cross-entropy (nats)", "training", "validation"]) expect(said).toContain(word);
    expect(said).toContain("Validation loss is lowest after epoch 4: 0.65");
  });

  test("keeps the numbers of the history, and its epochs in their order", () => {
    const rows = rowsOf(lossCurves(history));
    expect(rows.filter(({ part }) => part === "training").map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
    expect(rows.filter(({ part }) => part === "validation").map(({ y }) => y)).toEqual([1, 0.8, 0.7, 0.65, 0.66]);
  });

  test("draws a metric, and one line without a legend where there is no validation of it", async () => {
    const svg = await drawn(lossCurves(history, { metric: "accuracy" }));
    expect(marks(svg, "line")).toBe(1);
    expect(words(svg)).toContain("Accuracy rises from 0.5 to 0.9");
    expect(words(svg)).not.toContain("training");
  });

  test("compares runs by colour, and the parts of each by dashes", async () => {
    const svg = await drawn(lossCurves({ "lr 0.1": history, "lr 1": history.slice(0, 3) }));
    expect(marks(svg, "line")).toBe(4);
    expect(words(svg)).toEqual(expect.arrayContaining(["lr 0.1", "lr 1", "training", "validation"]));
    expect(svg).toContain('stroke-dasharray="5,4"');
  });

  test("leaves gaps for what is not finite, and on a log axis for what is not above 0", async () => {
    const rows = [1, NaN, 0.5, Infinity, 0].map((loss, step) => ({ step, loss }));
    expect(rowsOf(lossCurves(rows)).map(({ y }) => y)).toEqual([1, null, 0.5, null, 0]);
    expect(rowsOf(lossCurves(rows, { log: true })).map(({ y }) => y)).toEqual([1, null, 0.5, null, null]);
    const scale = (lossCurves(rows, { log: true })["encoding"] as { y: { scale: unknown } }).y.scale;
    expect(scale).toEqual({ type: "log", nice: false }); // else the axis would reach from 0.1 to 1
    expect(words(await drawn(lossCurves(rows, { log: true })))).toEqual(expect.arrayContaining(["step", "loss (log scale)"]));
  });

  test("refuses what cannot be drawn", () => {
    expect(refusal(() => lossCurves([]))).toBe(
      "OptionError: lossCurves: there is nothing to draw: the history has no rows; train for an epoch first",
    );
    expect(refusal(() => lossCurves({}))).toMatch("the history has no rows");
    expect(refusal(() => lossCurves({ a: history, b: [] }))).toMatch('nothing to draw: "b" has no rows');
    expect(refusal(() => lossCurves({ history, best: null } as never))).toMatch(
      'OptionError: lossCurves: "best" is not a list of rows: null; give run.history, or a record of such',
    );
    expect(refusal(() => lossCurves([{ loss: 1 }]))).toBe(
      'OptionError: lossCurves: a row does not say when it was: ["loss"]; give every row an epoch, or every row a step',
    );
    expect(refusal(() => lossCurves([{ epoch: 1, loss: NaN }]))).toMatch("loss has no finite value");
    expect(refusal(() => lossCurves(history, { metric: "f1" }))).toMatch("f1 has no finite value");
    expect(refusal(() => lossCurves(history, { logarithmic: true } as never))).toMatch('unknown option: "logarithmic"');
    expect(refusal(() => lossCurves(history, { title: 3 } as never))).toBe(
      "OptionError: lossCurves: title is not a text: 3; give a string",
    );
    expect(refusal(() => lossCurves(history, { width: 0 }))).toMatch("width is out of range: 0");
  });
});
