/** Maps of a loss. */
import { describe, expect, test } from "vitest";
import { linspace, tensor } from "../../src/index";
import { lossContours } from "../../src/charts/lossContours";
import type { ChartPart } from "../../src/charts/grammar";
import { drawn, marks, rowsOf, words } from "../support/charts";
import { decoded } from "../support/png";
import { refusal } from "../support/refusal";

const xs = linspace(-2, 2, 41, { dtype: "float64" });
const ys = linspace(-1, 1, 21, { dtype: "float64" });
const bowl = ys.square().mul(4).unsqueeze(1).add(xs.square()); // x² + 4y²: rings twice as wide as high
const plain = { xs, ys, losses: bowl };

describe("lossContours", () => {
  test("draws lines on which the loss is the same, evenly spaced for a bowl", () => {
    const rows = rowsOf(lossContours(plain, { levels: 8 }), 1);
    const levels = new Map<unknown, number[]>();
    for (const { line, x, y } of rows) {
      const loss = (x as number) ** 2 + 4 * (y as number) ** 2;
      levels.set(line, [...(levels.get(line) ?? []), loss]);
    }
    const means = [...levels.values()].map((losses) => losses.reduce((a, b) => a + b, 0) / losses.length);
    const rings = means.slice(0, 4).map(Math.sqrt);
    rings.forEach((ring, i) => expect(ring).toBeCloseTo(((i + 1) * Math.sqrt(8)) / 8, 1));
    for (const losses of levels.values()) expect(Math.max(...losses) - Math.min(...losses)).toBeLessThan(0.05);
  });

  test("colours low losses dark, with y upwards", () => {
    const tilted = { xs: [0, 1], ys: [0, 1], losses: [[0, 0], [1, 1]] };
    const { palette, indices, width } = decoded(rowsOf(lossContours(tilted), 0)[0]!["url"] as string);
    expect(palette[indices[0]!]).toEqual([0xfd, 0xe7, 0x25, 255]); // above: high, bright
    expect(palette[indices[indices.length - width]!]).toEqual([0x44, 0x01, 0x54, 255]);
  });

  test("lays trajectories over it by name, with titles and a legend of losses", async () => {
    const trajectory = { plain: [[-1.8, 0.9], [-1, 0.2], [-0.4, 0]], momentum: tensor([[-1.8, 0.9], [0.2, -0.1]]) };
    const svg = await drawn(lossContours(plain, { trajectory, xTitle: "w", yTitle: "b", levels: 4 }));
    expect(words(svg)).toEqual(expect.arrayContaining(["w", "b", "loss", "plain", "momentum", "0.5", "2", "4.5"]));
    expect(words(svg)).not.toContain("NaN");
    expect(marks(svg, "image")).toBe(1);
    expect(marks(svg, "symbol")).toBe(5 + 3); // the points of both ways, and the unseen ones of the legend
  });

  test("takes the levels that it is given, and makes the legend no longer than the map is high", async () => {
    const chart = lossContours(plain, { levels: [0.5, 1, 3], height: 120 });
    const lines = new Set(rowsOf(chart, 1).map(({ line }) => line));
    expect(lines.size).toBeGreaterThanOrEqual(3);
    expect(words(await drawn(chart))).toEqual(expect.arrayContaining(["0.5", "1", "3"]));
    expect(JSON.stringify(chart)).toContain('"gradientLength":120');
    const wrong = "levels do not grow: [3, 1]; give at least one loss, each above the last";
    expect(refusal(() => lossContours(plain, { levels: [3, 1] }))).toBe(`OptionError: lossContours: ${wrong}`);
    expect(refusal(() => lossContours(plain, { levels: [] }))).toMatch("levels do not grow: []");
  });

  test("spaces levels by equal factors with log", () => {
    const chart = lossContours({ xs, ys, losses: bowl.add(0.01) }, { levels: 3, log: true });
    const legend = (chart["layer"] as readonly { encoding: { color: { legend: { labelExpr: string } } } }[])[2]!;
    expect(legend.encoding.color.legend.labelExpr).toContain("[0.0929,0.862]");
  });

  test("marks of a long way only its ends, and takes one as it is", () => {
    const way = Array.from({ length: 100 }, (_, i) => [i / 100, 0]);
    const layers = lossContours(plain, { trajectory: way })["layer"] as readonly ChartPart[];
    expect(rowsOf(layers.at(-1)!).map(({ at }) => at)).toEqual([0, 99]);
  });

  test("leaves a hole where losses are not finite, and draws a flat loss without lines", async () => {
    const losses = (bowl.toArray() as number[][]).map((row) => row.map((loss, i) => (i > 30 ? Infinity : loss)));
    const chart = lossContours({ xs, ys, losses });
    const { indices, width } = decoded(rowsOf(chart, 0)[0]!["url"] as string);
    expect([indices[0] === 0, indices[width - 1]]).toEqual([false, 0]);
    expect(marks(await drawn(lossContours({ xs: [0, 1], ys: [0, 1], losses: [[2, 2], [2, 2]] })), "line")).toBe(0);
  });

  test("refuses grids that are none", () => {
    expect(refusal(() => lossContours({ xs, ys, losses: bowl.transpose() }))).toBe(
      "ShapeError: lossContours: losses do not fit the grid: [41, 21] (for 21 ys and 41 xs); give [21, 41]",
    );
    expect(refusal(() => lossContours({ xs: [0, 0], ys, losses: bowl }))).toBe(
      "OptionError: lossContours: xs do not grow: [0, 0]; give at least two values, each above the last",
    );
    expect(refusal(() => lossContours({ xs: [0, 1], ys: [0, 1], losses: [[NaN, NaN], [NaN, NaN]] }))).toMatch("no loss is finite");
    expect(refusal(() => lossContours(plain, { log: true }))).toMatch("a loss is not above 0: 0");
    expect(refusal(() => lossContours(plain, { trajectory: [1, 2] }))).toMatch('trajectory "training" has a wrong shape: [2]');
    expect(refusal(() => lossContours(7 as never))).toMatch("not a grid of losses: 7; give { xs, ys, losses }");
  });
});
