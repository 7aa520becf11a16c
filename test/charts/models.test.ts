/** Pictures of what is in a model: its weights, its circles, the slope it goes down; and what all pictures share. */
import { describe, expect, test } from "vitest";
import { Dropout, Flatten, Linear, ReLU, Sequential, Sigmoid, assign, graph, tensor } from "../../src/index";
import { graphChart } from "../../src/charts/graphChart";
import { histogram } from "../../src/charts/histogram";
import { networkChart } from "../../src/charts/networkChart";
import { slopeChart } from "../../src/charts/slopeChart";
import { sideBySide } from "../../src/charts/spec";
import { chartColors, themed } from "../../src/charts/theme";
import { say } from "../../src/charts/values";
import { weightImages } from "../../src/charts/weightImages";
import { drawn, marks, rowsOf, words } from "../support/charts";
import { decoded } from "../support/png";
import { refusal } from "../support/refusal";

describe("weightImages", () => {
  const weights = [[-2, 0, 0, 2], [0, 0, 0, 1]];

  test("paints below 0 blue, above 0 orange, 0 not at all, and all rows in one range", () => {
    const [first, second] = rowsOf(weightImages(weights), 0).map(({ url }) => decoded(url as string));
    const colors = Array.from(first!.indices, (index) => first!.palette[index]!);
    expect(colors[0]).toEqual([26, 133, 255, 255]);
    expect(colors[1]![3]).toBe(0);
    expect(colors[3]).toEqual([230, 97, 0, 255]);
    expect(second!.palette[second!.indices[3]!]![3]).toBe(129); // half of 2, in 127 steps
    const own = rowsOf(weightImages(weights, { scale: "own" }), 0).map(({ url }) => decoded(url as string));
    expect(own[1]!.palette[own[1]!.indices[3]!]![3]).toBe(255);
  });

  test("draws one picture for each row, named, in columns", async () => {
    const svg = await drawn(weightImages(tensor([[1, 2, 3, 4, 5, 6]]).tile([5, 1]), { shape: [2, 3], columns: 2, labels: ["a", "b", "c", "d", "e"] }));
    expect(marks(svg, "image")).toBe(5);
    expect(words(svg)).toEqual(expect.arrayContaining(["a", "e", "weight"]));
    expect(words(await drawn(weightImages([[0, 0, 0, 0]])))).toContain("0");
  });

  test("refuses rows that fill no picture", () => {
    expect(refusal(() => weightImages(weights, { colorTitle: 1 as never }))).toMatch("colorTitle is not a text: 1");
    expect(refusal(() => weightImages([[1, 2, 3]]))).toBe(
      "ShapeError: weightImages: the weights do not fill a picture: 3 a row (no square); give { shape: [height, width] }",
    );
    expect(refusal(() => weightImages([[1, 2, 3]], { shape: [2, 2] }))).toMatch("3 a row for [2, 2]");
    expect(refusal(() => weightImages([[NaN]]))).toMatch("a value in weights is not finite: NaN (at 0)");
    expect(refusal(() => weightImages([[1]], { labels: [] }))).toMatch("labels do not name the rows: [] for 1");
  });

  test("says what the colours mean", async () => {
    expect(words(await drawn(weightImages(weights)))).toContain("weight");
    expect(words(await drawn(weightImages(weights, { colorTitle: "gain" })))).toContain("gain");
    expect(words(await drawn(weightImages([[0, 3, 1, 2]])))).not.toContain("−3"); // nothing lies below 0
  });
});

describe("networkChart", () => {
  const model = new Sequential(new Linear(2, 3), new Sigmoid(), new Dropout(0.5), new Linear(3, 1));

  test("shows each value in its circle and each weight as a line", async () => {
    const first = model.at(0) as Linear;
    assign(first.weight, tensor([[1, 0], [0, -1], [2, 2]]));
    assign(first.bias!, tensor([0, 0, 0]));
    const chart = networkChart(model, [1, 0]);
    const layers = (index: number) => rowsOf(chart, index);
    expect(layers(0).map(({ weight }) => weight).slice(0, 6)).toEqual([1, 0, 0, -1, 2, 2]);
    expect(layers(1).slice(0, 5).map(({ text }) => text)).toEqual(["1", "0", "0.73", "0.5", "0.88"]);
    const svg = await drawn(chart);
    expect([marks(svg, "rule"), marks(svg, "symbol")]).toEqual([9, 6]);
    expect(words(svg)).toEqual(expect.arrayContaining(["input", "Linear, Sigmoid, Dropout", "Linear"]));
    expect(model.training).toBe(true);
  });

  test("writes the weights on their lines where asked to", async () => {
    const plain = new Sequential(new Linear(1, 2, { bias: false }));
    assign((plain.at(0) as Linear).weight, tensor([[0.25], [-3]]));
    expect(words(await drawn(networkChart(plain, [2], { weights: true })))).toEqual(expect.arrayContaining(["0.25", "−3", "0.5", "−6"]));
    expect(words(await drawn(networkChart(plain, [2])))).not.toContain("0.25");
    expect(refusal(() => networkChart(plain, [2], { weights: 1 as never }))).toMatch("networkChart: weights is not a boolean: 1");
  });

  test("draws the first of many and says how many more there are", async () => {
    const svg = await drawn(networkChart(new Sequential(new Linear(20, 2)), tensor(new Float32Array(20)), { most: 4 }));
    expect(marks(svg, "symbol")).toBe(6);
    expect(words(svg)).toContain("input (+ 16 more)");
  });

  test("refuses what it cannot draw", () => {
    expect(refusal(() => networkChart(new Linear(1, 1) as never, [1]))).toMatch("networkChart: not a Sequential: a Linear");
    expect(refusal(() => networkChart(new Sequential(new ReLU()), [1]))).toMatch("the model has no Linear layer");
    expect(refusal(() => networkChart(model, [1, 2, 3]))).toMatch("ShapeError: ");
    class Half extends ReLU {
      override forward(x: Parameters<ReLU["forward"]>[0]) {
        return super.forward(x).slice([null, [0, 1]]);
      }
    }
    expect(refusal(() => networkChart(new Sequential(new Linear(1, 2), new Flatten(), new Half()), [1]))).toMatch(
      "a layer that is no Linear changes the number of values: Half, 2 to 1",
    );
  });
});

describe("graphChart", () => {
  const leaf = (value: number | number[]) => tensor(value, { requiresGrad: true });

  test("shows what each op gave and the gradient below each box, inputs to the left of what reads them", async () => {
    const [w, x, b] = [leaf(3), tensor(2), leaf(1)];
    const loss = w.mul(x).add(b).square();
    const chart = graphChart(graph(loss, { names: { w, x, b, loss } }));
    const boxes = rowsOf(chart, 1);
    const shown = boxes.map(({ name, x: column, value, gradient }) => [name, column, value, gradient]);
    expect(shown).toEqual([
      ["w", 0, "", "28"], ["x", 0, "", ""], ["mul", 1, "6", "14"], ["b", 1, "", "14"], ["add", 2, "7", "14"], ["square", 3, "49", "1"],
    ]);
    const svg = await drawn(chart);
    expect([marks(svg, "line"), marks(svg, "symbol")]).toEqual([5, 6]);
    expect(words(svg)).toEqual(expect.arrayContaining(["above: the value", "below: the gradient of loss"]));
  });

  test("draws two lines where an op reads a tensor twice, and adds up what comes back", () => {
    const x = leaf(3);
    const chart = graphChart(graph(x.mul(x)));
    expect(rowsOf(chart, 0).map(({ y }) => y)).toEqual([-0.1, -0.1, 0.1, 0.1]);
    expect(rowsOf(chart, 1)[0]).toMatchObject({ gradient: "6" });
  });

  test("leads lines around the boxes that stand in their way, each on a lane of its own", () => {
    const x = leaf(2);
    const rows = rowsOf(graphChart(graph(x.mul(x).mul(x).mul(x))), 0);
    const places = rows.map((row) => [row["line"], row["x"], row["y"]]).slice(4);
    expect(places).toEqual([
      [2, 1, 0], [2, 2, 0], [3, 0, 0], [3, 1, 0.5], [3, 2, 0],
      [4, 2, 0], [4, 3, 0], [5, 0, 0], [5, 1, -0.5], [5, 2, -0.5], [5, 3, 0],
    ]);
  });

  test("keeps boxes of one column apart", () => {
    const [a, b] = [leaf(1), leaf(2)];
    const boxes = rowsOf(graphChart(graph(a.add(b).mul(a.sub(b)).mul(a.mul(b)))), 1);
    const places = boxes.map(({ x, y }) => `${x as number},${y as number}`);
    expect(new Set(places).size).toBe(boxes.length);
  });

  test("shows shapes where there are several elements, and no gradient of several", () => {
    const w = leaf([1, 2]);
    expect(rowsOf(graphChart(graph(w.square().sum())), 1).map(({ value }) => value)).toEqual(["", "[2]", "5"]);
    const open = graphChart(graph(w.square()));
    expect(rowsOf(open, 1).map(({ value, gradient }) => [value, gradient])).toEqual([["", ""], ["[2]", ""]]);
    expect(rowsOf(graphChart(graph(w)), 1)).toHaveLength(1);
  });

  test("refuses what is no graph, too large, or freed", () => {
    expect(refusal(() => graphChart(tensor(1) as never))).toMatch("graphChart: not a graph: ");
    let long = leaf(1);
    for (let i = 0; i < 60; i++) long = long.mul(2);
    expect(refusal(() => graphChart(graph(long)))).toMatch("too large for a picture: 61 nodes (more than 60); draw a part of it, or use toDot()");
    const y = leaf(2).square();
    y.backward();
    expect(refusal(() => graphChart(graph(y)))).toMatch("GradError: ");
  });
});

describe("slopeChart", () => {
  test("gives each point its height and slope, and a tangent through it", async () => {
    const chart = slopeChart((x) => x.square(), [2, 1.2, 0.72], { from: -2, to: 3, xTitle: "w", yTitle: "loss" });
    expect(rowsOf(chart, 3)).toEqual([
      { x: 2, y: 4, slope: 4, iteration: 0 },
      { x: 1.2, y: 1.44, slope: 2.4, iteration: 1 },
      { x: 0.72, y: 0.5184, slope: 1.44, iteration: 2 },
    ]);
    const [left, right] = rowsOf(chart, 1) as readonly { x: number; y: number }[];
    expect((right!.y - left!.y) / (right!.x - left!.x)).toBeCloseTo(4, 5);
    expect(words(await drawn(chart))).toEqual(expect.arrayContaining(["w", "loss", "The slope falls from 4 to 1.44"]));
  });

  test("says for a single point where downhill is", () => {
    expect(slopeChart((x) => x.square(), [-1])["title"]).toBe("The slope is \u22122: downhill is to the right");
    expect(slopeChart((x) => x.square(), [0])["title"]).toBe("The slope is 0: downhill is to neither side");
    expect((slopeChart((x) => x.square(), [-1])["layer"] as readonly unknown[]).length).toBe(4); // and needs no number
  });

  test("refuses what is no function of one number", () => {
    expect(refusal(() => slopeChart((x) => x.sum(), [1]))).toMatch("f does not give one number for each: [] for [201]");
    expect(refusal(() => slopeChart((x) => x, [1], { from: 2, to: 1 }))).toMatch("from is not below to: 2 and 1; swap them");
    expect(refusal(() => slopeChart((x) => x, [NaN]))).toMatch("a value in points is not finite");
    expect(refusal(() => slopeChart(1 as never, [1]))).toMatch("f is not a function: 1");
  });
});

describe("all pictures", () => {
  test("are plain JSON, with their data inside", () => {
    const chart = histogram([1, 2]);
    expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
    expect(JSON.stringify(chart).match(/https?:[^"]*/g)).toEqual(["https://vega.github.io/schema/vega-lite/v6.json"]);
    expect(chart["background"]).toBe("transparent");
  });

  test("stand side by side with one configuration", async () => {
    const chart = sideBySide([histogram([1, 2]), histogram([3])], { title: "Two", columns: 1 });
    expect(Object.keys((chart["concat"] as readonly object[])[0]!)).not.toContain("config");
    expect(words(await drawn(chart))).toEqual(expect.arrayContaining(["Two", "1 value: mean 3, standard deviation 0"]));
    expect(refusal(() => sideBySide([]))).toMatch("sideBySide: there are no charts: []");
    expect(refusal(() => sideBySide([{} as never]))).toMatch("not a chart: a record; give what lossCurves, scatter");
  });

  test("change their colours and nothing else with the theme, and back", async () => {
    const light = histogram({ ink: [1, 2] }, { title: "t" });
    const dark = themed(light, "dark");
    expect(await drawn(dark)).toContain(`fill="${chartColors.dark.ink}"`);
    expect(await drawn(dark)).not.toContain(chartColors.light.ink);
    expect(dark["data"]).toBe(light["data"]);
    expect(themed(dark, "light")).toEqual(light);
    expect(refusal(() => themed(light, "night" as never))).toMatch('unknown theme: "night"');
  });

  test("have a dark colour for each light one, all different", () => {
    const flat = (colors: typeof chartColors.light): unknown[] => Object.values(colors).flat();
    expect(flat(chartColors.dark)).toHaveLength(flat(chartColors.light).length);
    for (const colors of [chartColors.light, chartColors.dark]) {
      expect(new Set(flat(colors)).size).toBe(flat(colors).length);
    }
  });

  test("write numbers as sentences do", () => {
    expect([0, 0.12345, 12345.6, -1.5, 1e-5, 2.5e8, 1234, NaN].map((value) => say(value))).toEqual([
      "0", "0.123", "12,346", "\u22121.5", "1.00e\u22125", "2.50e8", "1234", "NaN",
    ]);
  });
});
