/** Pictures of plain numbers: lines, spreads, points, predictions. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linspace, randn, relu, tanh, tensor } from "../../src/index";
import { histogram } from "../../src/charts/histogram";
import { lineChart } from "../../src/charts/lineChart";
import { predictionChart } from "../../src/charts/predictionChart";
import { scatter } from "../../src/charts/scatter";
import { drawn, marks, rowsOf, words } from "../support/charts";
import { refusal } from "../support/refusal";

describe("lineChart", () => {
  test("draws each line by its name over the shared places", async () => {
    const x = linspace(-2, 2, 5);
    const titles = { xTitle: "input", yTitle: "output", title: "Two activations" };
    const chart = lineChart({ ReLU: relu(x), tanh: tanh(x) }, { x, ...titles });
    const first = rowsOf(chart).slice(0, 5);
    expect(first.map(({ x: place, y }) => [place, y])).toEqual([[-2, 0], [-1, 0], [0, 0], [1, 1], [2, 2]]);
    const svg = await drawn(chart);
    expect(marks(svg, "line")).toBe(2);
    expect(words(svg)).toEqual(expect.arrayContaining(["ReLU", "tanh", "input", "output", "Two activations"]));
  });

  test("takes lines with places of their own, and numbers the values of others from 0", () => {
    const rows = rowsOf(lineChart({ a: { x: [10, 20], y: [1, 2] }, b: [3, 4] }));
    expect(rows).toEqual([
      { line: "a", x: 10, y: 1 }, { line: "a", x: 20, y: 2 }, { line: "b", x: 0, y: 3 }, { line: "b", x: 1, y: 4 },
    ]);
  });

  test("leaves gaps, on a log axis also for what is not above 0, and needs no legend for one line", async () => {
    const chart = lineChart({ loss: [1, NaN, 0, 0.1] }, { x: [1e-4, 1e-3, 1e-2, 1e-1], logX: true, logY: true });
    expect(rowsOf(chart).map(({ y }) => y)).toEqual([1, null, null, 0.1]);
    expect(words(await drawn(chart))).not.toContain("loss");
  });

  test("draws few points on top of the lines and many below them, with names where they have some", async () => {
    const kinds = (points: number[][]): unknown[] =>
      (lineChart({ a: [1, 2] }, { points })["layer"] as { mark: { type: string } }[]).map(({ mark }) => mark.type);
    expect(kinds([[0, 1]])).toEqual(["line", "point"]);
    expect(kinds(Array.from({ length: 41 }, (_, i) => [i, i]))).toEqual(["point", "line"]);
    const svg = await drawn(lineChart({ a: [1, 3, 2] }, { points: [[1, 3], [2, 2]], labels: ["here", ""] }));
    expect(words(svg)).toContain("here");
    expect(marks(svg, "symbol")).toBe(2);
  });

  test("shades as far as each line may be off, and leaves gaps where a log axis has no place", async () => {
    const chart = lineChart({ mean: [1, 2, NaN], other: [3, 3, 3] }, { spread: { mean: [0.5, 2, 1] }, logY: true });
    expect(rowsOf(chart, 0)).toEqual([
      { line: "mean", x: 0, low: 0.5, high: 1.5 }, { line: "mean", x: 1, low: null, high: null }, { line: "mean", x: 2, low: null, high: null },
    ]);
    const svg = await drawn(lineChart({ mean: [1, 2], other: [3, 3] }, { spread: { mean: [0.5, 1] } }));
    expect(marks(svg, "area")).toBe(1);
    expect(marks(svg, "line")).toBe(2);
  });

  test("cuts off what lies beyond yRange", async () => {
    const svg = await drawn(lineChart({ a: [1, 1e6] }, { yRange: [0, 10], points: [[0, 1], [1, 1e6]] }));
    expect(words(svg)).toContain("10");
    expect(words(svg)).not.toContain("1,000,000");
    expect(svg).toMatch("clip-path");
  });

  test("refuses points, spreads and ranges that do not fit", () => {
    const line = { a: [1, 2] };
    expect(refusal(() => lineChart(line, { points: [[0, -1]], logY: true }))).toBe(
      "OptionError: lineChart: a point is not above 0: [0, -1] (a logarithmic axis has none such); leave it out",
    );
    expect(refusal(() => lineChart(line, { points: [[0, NaN]] }))).toMatch("a value in points is not finite: NaN (at 1)");
    expect(refusal(() => lineChart(line, { points: [[0, 1]], labels: ["a", "b"] }))).toBe(
      "ShapeError: lineChart: labels and points differ in length: 2 and 1; give one value for each",
    );
    expect(refusal(() => lineChart(line, { points: [[0, 1]], labels: "a" as never }))).toBe(
      'OptionError: lineChart: labels are no list: "a"; give one text for each point',
    );
    expect(refusal(() => lineChart({ mean: [1, 2] }, { spread: { maen: [1, 1] } }))).toBe(
      'OptionError: lineChart: a spread belongs to no line: "maen"; lines are "mean"',
    );
    expect(refusal(() => lineChart(line, { spread: { a: [1] } }))).toMatch("the spread of a and its line differ in length: 1 and 2");
    expect(refusal(() => lineChart(line, { spread: { a: [1, -1] } }))).toBe(
      "OptionError: lineChart: a spread is below 0: -1 (of a); give distances",
    );
    expect(refusal(() => lineChart(line, { yRange: [2, 1] }))).toBe(
      "OptionError: lineChart: yRange is no range: [2, 1]; give [low, high], finite and growing",
    );
    expect(refusal(() => lineChart(line, { yRange: [0, 1], logY: true }))).toMatch("finite and growing, above 0 on a log scale");
  });

  test("refuses what cannot be drawn", () => {
    expect(refusal(() => lineChart({}))).toBe(
      "OptionError: lineChart: there are no lines: a record; name each one, such as { loss: [2, 1] }",
    );
    expect(refusal(() => lineChart({ a: [1, 2] }, { x: [1] }))).toBe(
      "ShapeError: lineChart: x and a differ in length: 1 and 2; give one value for each",
    );
    expect(refusal(() => lineChart({ a: [1] }, { x: [0], logX: true }))).toMatch("a place is not above 0: 0");
    expect(refusal(() => lineChart({ a: [1] }, { x: [NaN] }))).toMatch("a value in x is not finite: NaN (at 0)");
    expect(refusal(() => lineChart({ a: [-1] }, { logY: true }))).toMatch("a has no finite value (on a log scale, none above 0)");
    expect(refusal(() => lineChart({ a: [[1, 2]] }))).toMatch("a is not a list of numbers: [1, 2]; give [N] or [N, 1]");
    expect(refusal(() => lineChart({ a: [] }))).toMatch("there is nothing to draw: a is empty");
  });
});

describe("histogram", () => {
  test("counts every value once, in bins with round edges", () => {
    const lists = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 60 }), (values, bins) => {
        const rows = rowsOf(histogram(values, { bins })) as readonly { x: number; x2: number; count: number }[];
        expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        rows.forEach(({ x, x2, count }, i) => {
          const last = i === rows.length - 1;
          expect(values.filter((value) => value >= x && (value < x2 || (last && value === x2)))).toHaveLength(count);
          if (!last) expect(x2).toBe(rows[i + 1]!.x);
        });
        expect(rows.length).toBeLessThanOrEqual(bins + 2);
      }),
    );
  });

  test("is one picture of bars, or a panel for each list over a common axis", async () => {
    const svg = await drawn(histogram([1, 1, 2, 5], { bins: 4, xTitle: "weight" }));
    expect(words(svg)).toEqual(expect.arrayContaining(["weight", "count", "4 values: mean 2.25, standard deviation 1.64"]));
    expect(marks(svg, "rect")).toBe(4);
    const panels = await drawn(histogram({ "4 units": [0.08, 0.09, 0.1], "64 units": [0.072, 0.078] }, { yTitle: "starts" }));
    expect(words(panels)).toEqual(expect.arrayContaining(["4 units", "64 units", "starts"]));
  });

  test("draws equal values as one bin", () => {
    expect(rowsOf(histogram([3, 3])).filter(({ count }) => count !== 0)).toHaveLength(1);
    expect(rowsOf(histogram([0]))).toHaveLength(1);
  });

  test("refuses what cannot be counted", () => {
    expect(refusal(() => histogram([1, NaN]))).toBe(
      "OptionError: histogram: a value in values is not finite: NaN (at 1); leave such values out",
    );
    expect(refusal(() => histogram({}))).toMatch("there are no values: a record");
    expect(refusal(() => histogram([]))).toMatch("values is empty");
    expect(refusal(() => histogram(randn([2, 3])))).toMatch("values is not a list of numbers: [2, 3]");
  });
});

describe("scatter", () => {
  test("colours classes by name or number, and numbers by a scale", async () => {
    const points = [[0, 1], [1, 2], [2, 0]];
    const named = await drawn(scatter(points, { color: ["a", "b", "a"], colorTitle: "kind", labels: ["first", "", "last"] }));
    expect(words(named)).toEqual(expect.arrayContaining(["kind", "a", "b", "first", "last"]));
    expect(marks(named, "symbol")).toBe(3);
    const numbers = scatter(points, { color: [0.5, 1, 2] });
    expect(rowsOf(numbers).map(({ color }) => color)).toEqual([0.5, 1, 2]);
    await drawn(numbers);
    expect(rowsOf(scatter(points, { color: tensor([11, 2, 11], { dtype: "int32" }) })).map(({ color }) => color)).toEqual(["11", "2", "11"]);
    expect(rowsOf(scatter(points))[1]).toEqual({ x: 1, y: 2 });
  });

  test("refuses what are no points of a plane", () => {
    expect(refusal(() => scatter([1, 2]))).toBe("ShapeError: scatter: points has a wrong shape: [2]; give [N, 2]");
    expect(refusal(() => scatter([[0, Infinity]]))).toMatch("a value in points is not finite: Infinity (at 1)");
    expect(refusal(() => scatter([[0, 0]], { color: ["a", "b"] }))).toMatch("color and points differ in length: 2 and 1");
    expect(refusal(() => scatter([[0, 0]], { labels: [] }))).toMatch("labels and points differ in length: 0 and 1");
    expect(refusal(() => scatter([[0, 0]], { labels: "a" as never }))).toMatch('labels are no list: "a"');
  });

  test("takes logarithmic axes, and refuses points that are not above 0 on them", async () => {
    const chart = scatter([[0.001, 2], [1, 64]], { logX: true, logY: true, xTitle: "rate", yTitle: "units" });
    expect(words(await drawn(chart))).toEqual(expect.arrayContaining(["rate (log scale)", "units (log scale)", "0.01"]));
    expect(refusal(() => scatter([[0, 1]], { logX: true }))).toBe(
      "OptionError: scatter: a point is not above 0: [0, 1] (a logarithmic axis has none such); leave it out, or leave the log out",
    );
    expect(refusal(() => scatter([[0, -1]], { logY: true }))).toMatch("a point is not above 0: [0, -1]");
    expect(refusal(() => scatter([[1, 1]], { logY: 1 as never }))).toMatch("logY is not a boolean: 1");
  });
});

describe("predictionChart", () => {
  const dates = ["2021-01-01", new Date(Date.UTC(2021, 0, 2)), Date.UTC(2021, 0, 3), "2021-01-04"];

  test("draws two lines over the days and shades what was not seen", async () => {
    const chart = predictionChart([3, 4, 5, 4], [NaN, 3, 4, 5], { dates, unseenFrom: 2, yTitle: "views (thousands)" });
    const svg = await drawn(chart);
    expect(words(svg)).toEqual(expect.arrayContaining(["truth", "prediction", "unseen", "views (thousands)", "day"]));
    expect(words(svg)).toContain("Predictions of unseen days are off by 1 on average");
    expect([marks(svg, "line"), marks(svg, "rect")]).toEqual([2, 1]);
    const rows = rowsOf(chart, 2);
    expect(rows[0]).toEqual({ t: Date.UTC(2021, 0, 1), y: 3, line: "truth" });
    expect(rows[1]!["y"]).toBeNull();
    expect(rows[6]!["t"]).toBe(Date.UTC(2021, 0, 4));
  });

  test("numbers rows where there are no dates, and shades nothing where all were seen", async () => {
    const svg = await drawn(predictionChart(tensor([[1], [2]]), [1.5, 2.5]));
    expect(words(svg)).toEqual(expect.arrayContaining(["row", "Predictions are off by 0.5 on average"]));
    expect(marks(svg, "rect")).toBe(0);
  });

  test("refuses what does not belong together", () => {
    expect(refusal(() => predictionChart([1], [1, 2]))).toMatch("truth and predicted differ in length: 1 and 2");
    expect(refusal(() => predictionChart([1, 2], [1, 2], { dates: ["2021-01-01"] }))).toMatch("dates and truth differ in length");
    expect(refusal(() => predictionChart([1], [1], { dates: ["soon"] }))).toBe(
      'OptionError: predictionChart: not a date: "soon" (row 0); write it as "2021-03-01", or give a Date',
    );
    expect(refusal(() => predictionChart([1], [1], { unseenFrom: 2 }))).toMatch("unseenFrom is out of range: 2");
    expect(refusal(() => predictionChart([NaN], [1]))).toMatch("truth has no finite value");
  });
});
