/** The divided plane. */
import { describe, expect, test } from "vitest";
import { Dataset, Dropout, Linear, Sequential, Sigmoid, assign, tensor } from "../../src/index";
import { decisionBoundary } from "../../src/charts/decisionBoundary";
import { triptych } from "../../src/charts/triptych";
import type { ChartPart } from "../../src/charts/grammar";
import { drawn, marks, rowsOf, words } from "../support/charts";
import { decoded } from "../support/png";
import { refusal } from "../support/refusal";

const data = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 1] };
const field = (chart: ChartPart) => decoded(rowsOf(chart, 0)[0]!["url"] as string);

/** The line x₁ + x₂ = 0.5 as a model with two scores. */
function linearModel(): Sequential {
  const layer = new Linear(2, 2);
  assign(layer.weight, tensor([[0, 0], [1, 1]]));
  assign(layer.bias!, tensor([0, -0.5]));
  return new Sequential(layer, new Dropout(0.9));
}

describe("decisionBoundary", () => {
  test("asks about a grid of the data's range and a margin, in the given steps", () => {
    const chart = decisionBoundary((x) => x.sum({ axes: 1 }).sub(0.5), data, { step: 0.01, margin: 0.5 });
    expect([field(chart).width, field(chart).height]).toEqual([200, 200]);
    const x = ((chart["layer"] as readonly ChartPart[])[1]!["encoding"] as { x: { scale: { domain: number[] } } }).x;
    expect(x.scale.domain).toEqual([-0.5, 1.5]);
  });

  test("of a linear model is a straight line; the model is asked in eval mode and left as it was", () => {
    const model = linearModel();
    const rows = rowsOf(decisionBoundary(model, Dataset.from(data)), 1);
    expect(rows.length).toBeGreaterThan(20);
    expect(new Set(rows.map(({ line }) => line)).size).toBe(1);
    for (const { x, y } of rows) expect((x as number) + (y as number)).toBeCloseTo(0.5, 5);
    expect(model.training).toBe(true);
  });

  test("colours each side with its class, the upper rows of the picture being the larger values", () => {
    const { indices, palette, width } = field(decisionBoundary(linearModel(), data));
    expect(palette[indices[0]!]!.slice(0, 3)).toEqual([0xe6, 0x9f, 0x00]); // upper left: −0.1 + 1.1 > 0.5
    expect(palette[indices[indices.length - width]!]!.slice(0, 3)).toEqual([0x00, 0x72, 0xb2]); // lower left
    expect(new Set(indices).size).toBe(2);
  });

  test("grows stronger with the probability where that is asked for", () => {
    const shown = field(decisionBoundary((x) => x.sum({ axes: 1 }).sub(0.5).mul(8), data, { show: "probability" }));
    expect(new Set(shown.indices).size).toBeGreaterThan(8);
    const { indices, palette } = shown;
    expect(palette[indices[shown.width - 1]!]![3]).toBeGreaterThan(140); // far from the line: sure
  });

  test("takes softmaxed rows as they are, logits through softmax, and a threshold for one probability", () => {
    const logits = (x: Parameters<typeof scores>[0]) => scores(x).mul(3);
    const scores = (x: ReturnType<typeof tensor>) => linearModel().eval().forward(x);
    const same = field(decisionBoundary((x) => logits(x).softmax({ axis: 1 }), data, { show: "probability" }));
    expect(same.indices).toEqual(field(decisionBoundary(logits, data, { show: "probability" })).indices);
    const one = new Sequential(linearModel().at(0), new Sigmoid());
    const single = decisionBoundary((x) => one.forward(x).slice([null, [1, 2]]), data, { threshold: 0.5 });
    expect(single["title"]).toBe("4 of 4 points right");
  });

  test("draws classes of three and more, of whoever predicts them", async () => {
    const knn = { predict: (x: ReturnType<typeof tensor>) => x.slice([null, [0, 1]]).mul(2.9).floor().clamp(0, 2).to("int32").flatten() };
    const three = { x: [[0, 0], [0.5, 1], [1, 0]], y: tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1]]) };
    const chart = decisionBoundary(knn, three, { labels: ["low", "middle", "high"], xTitle: "size", yTitle: "weight" });
    const svg = await drawn(chart);
    expect(words(svg)).toEqual(expect.arrayContaining(["low", "middle", "high", "size", "weight"]));
    expect(marks(svg, "image")).toBe(1);
    expect(marks(svg, "symbol")).toBe(3);
    expect(words(svg)).toContain("3 of 3 points right");
  });

  test("leaves the plane empty where scores are not finite", () => {
    const { indices } = field(decisionBoundary((x) => x.sum({ axes: 1 }).sub(0.5).log(), data, { show: "probability" }));
    expect(indices.includes(0)).toBe(true);
    expect(indices.every((kind) => kind === 0)).toBe(false);
  });

  test("refuses what is no plane, no classifier, or too fine", () => {
    const f = (x: ReturnType<typeof tensor>) => x.sum({ axes: 1 });
    expect(refusal(() => decisionBoundary(f, { x: [[1, 2, 3]], y: [0] }))).toBe(
      "ShapeError: decisionBoundary: x has a wrong shape: [1, 3]; give [N, 2]",
    );
    expect(refusal(() => decisionBoundary(f, { x: [[NaN, 0]], y: [0] }))).toMatch("a value in x is not finite: NaN (at 0)");
    expect(refusal(() => decisionBoundary(f, { x: [[0, 0]], y: [0, 1] }))).toMatch("x and y differ in length: 1 and 2");
    expect(refusal(() => decisionBoundary(f, { x: [[0, 0]], y: [-1] }))).toMatch("a class is below 0: -1");
    expect(refusal(() => decisionBoundary(f, { x: [[0, 0]], y: [0.5] }))).toMatch("DTypeError");
    expect(refusal(() => decisionBoundary(f, null as never))).toMatch("data has no x and y: null");
    expect(refusal(() => decisionBoundary(3 as never, data))).toMatch("nothing that can classify: 3");
    expect(refusal(() => decisionBoundary((x) => x.sum(), data))).toMatch("the model's answer has a wrong shape: []");
    expect(refusal(() => decisionBoundary(f, data, { step: 1e-4 }))).toMatch("step is too small: 0.0001 (12000 × 12000 places");
    expect(refusal(() => decisionBoundary(f, data, { labels: ["a", "a"] }))).toMatch("labels do not name the classes");
    expect(refusal(() => decisionBoundary(f, data, { show: "classes" as never }))).toMatch('did you mean "class"?');
  });
});

describe("triptych", () => {
  const history = [0, 10, 20].map((step) => ({ step, loss: 0.5 - step / 100, accuracy: 0.5 + step / 50 }));

  test("shows accuracy, plane and loss side by side, on axes that stay the same from frame to frame", async () => {
    const settings = { until: 100, lossUpTo: 1, title: "After 20 updates" };
    const frames = [history.slice(0, 1), history].map((rows) => triptych(rows, linearModel(), data, settings));
    const svg = await drawn(frames[1]!);
    const said = words(svg);
    for (const word of ["After 20 updates", "Accuracy 90 %", "4 of 4 points right", "Loss 0.3", "step", "100%"]) expect(said).toContain(word);
    const scales = frames.map((frame) =>
      (frame["concat"] as readonly { encoding?: { x: ChartPart; y: ChartPart } }[]).map(({ encoding }) => [encoding?.x["scale"], encoding?.y["scale"]]),
    );
    expect(scales[0]).toEqual(scales[1]);
    expect(scales[0]![2]).toEqual([{ nice: false, domain: [0, 100] }, { domain: [0, 1], clamp: true }]);
  });

  test("refuses a history without accuracy, and an end that is none", () => {
    expect(refusal(() => triptych([{ step: 0, loss: 1 }], linearModel(), data))).toMatch("accuracy has no finite value");
    expect(refusal(() => triptych(history, linearModel(), data, { until: 0 }))).toMatch("triptych: until is out of range: 0");
  });
});
