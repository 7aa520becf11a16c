/** A loss over a plane of two parameters as a map with contour lines, and the ways that training took on it. */

import { checkBoolean, checkNumber, show } from "../check";
import { OptionError, ShapeError } from "../errors";
import type { TensorLike } from "../tensor/tensor";
import { showShape } from "../shape";
import { Tensor } from "../tensor/tensor";
import { type Grid, contourLines } from "./contours";
import type { AxesOptions, Chart, ChartPart } from "./grammar";
import { lineRows, rectangle, runsOf } from "./plane";
import { chart, checkChartOptions, sizeOf } from "./spec";
import { viridis } from "./theme";
import { cell, checkAllFinite, extentOf, rowsOf, vectorOf } from "./values";

/** Losses on a grid of two parameters. */
export interface LossGrid {
  /** Values of the first parameter, growing. */
  readonly xs: TensorLike;
  /** Values of the second parameter, growing. */
  readonly ys: TensorLike;
  /** [ys.length, xs.length]: row j, column i is the loss at (xs[i], ys[j]). */
  readonly losses: TensorLike;
}

/** Settings of {@link lossContours}. */
export interface LossContoursOptions extends AxesOptions {
  /** The way of a training run, [T, 2] points of the plane, or several by name. */
  trajectory?: TensorLike | Readonly<Record<string, TensorLike>>;
  /** Number of bands between contour lines; default 12. */
  levels?: number;
  /** Whether levels grow by equal factors; default false: then as squares, so that the lines of a parabola are evenly spaced. */
  log?: boolean;
}

/**
 * A loss over two parameters: coloured bands with contour lines between them, and trajectories on top. Dark is low.
 *
 * Shapes: xs [W] and ys [H], growing; losses [H, W]; each trajectory [T, 2]. Between grid points the loss is taken as
 * linear. Losses that are not finite (where training would diverge) leave the map empty; trajectories end at its edge.
 *
 * @throws ShapeError for other shapes; OptionError if there are fewer than 2 × 2 points, xs or ys do not grow, no loss is
 * finite, or one is not above 0 with `log`.
 *
 * @example
 * ```ts
 * import { linspace, lossContours } from "gradkit";
 * const [xs, ys] = [linspace(-2, 2, 21), linspace(-1, 1, 11)];
 * const losses = ys.square().mul(4).unsqueeze(1).add(xs.square()); // x² + 4y²
 * const picture = lossContours({ xs, ys, losses }, { trajectory: [[-1.8, 0.9], [-0.9, 0.1], [0, 0]] });
 * (picture["layer"] as unknown[]).length; // → 5
 * ```
 */
export function lossContours(grid: LossGrid, options: LossContoursOptions = {}): Chart {
  const where = "lossContours";
  checkChartOptions(where, options, ["trajectory", "levels", "log"]);
  const log = checkBoolean(where, "log", options.log, false);
  const count = checkNumber(where, "levels", options.levels ?? 12, { integer: true, min: 2, max: 100 });
  const coarse = gridOf(where, grid);
  const [low, high] = extentOf(Array.from(coarse.values).filter(Number.isFinite));
  if (log && low <= 0) {
    throw new OptionError(`${where}: a loss is not above 0: ${low} (log levels need that); leave log out, or add an offset`, { low });
  }
  const ways = waysOf(where, options.trajectory);
  const thresholds = levelsOf(low, high, count, log);
  const fine = refined(coarse);
  const lines = thresholds.flatMap((level) => contourLines(fine, level).map((line) => ({ line, level })));
  const rows = lineRows(lines.map(({ line }) => line), (n) => ({ loss: cell(lines[n]!.level) }));
  return chart(options.title ?? "", {
    ...sizeOf(where, options, 360, 320),
    layer: [map(fine, thresholds, low, options), contours(rows), ...trajectories(ways)],
    resolve: { scale: { color: "independent" } },
  });
}

function gridOf(where: string, grid: LossGrid): Grid {
  if (typeof grid !== "object" || grid === null || !("xs" in grid) || !("ys" in grid) || !("losses" in grid)) {
    throw new OptionError(`${where}: not a grid of losses: ${show(grid)}; give { xs, ys, losses }`, { grid });
  }
  const [xs, ys] = [vectorOf(where, "xs", grid.xs), vectorOf(where, "ys", grid.ys)];
  for (const [name, values] of [["xs", xs], ["ys", ys]] as const) {
    checkAllFinite(where, name, values);
    if (values.length < 2 || values.some((value, i) => i > 0 && value <= values[i - 1]!)) {
      throw new OptionError(`${where}: ${name} do not grow: ${show(values)}; give at least two values, each above the last`, {
        [name]: values,
      });
    }
  }
  const losses = rowsOf(where, "losses", grid.losses);
  if (losses.length !== ys.length || losses[0]!.length !== xs.length) {
    const shape = [losses.length, losses[0]!.length];
    throw new ShapeError(
      `${where}: losses do not fit the grid: ${showShape(shape)} (for ${ys.length} ys and ${xs.length} xs); give [${ys.length}, ${xs.length}]`,
      { losses: shape, xs: xs.length, ys: ys.length },
    );
  }
  const values = losses.flat();
  if (!values.some(Number.isFinite)) {
    throw new OptionError(`${where}: there is nothing to draw: no loss is finite; look at a smaller part of the plane`, {});
  }
  return { xs, ys, values };
}

/** The inner borders of `count` bands between low and high. */
function levelsOf(low: number, high: number, count: number, log: boolean): number[] {
  if (low === high) return [];
  return Array.from({ length: count - 1 }, (_, i) => {
    const part = (i + 1) / count;
    return log ? low * (high / low) ** part : low + (high - low) * part ** 2;
  });
}

const FINE = 120;

/** The same function on at least FINE cells a side, linear between the points it was given at. */
function refined({ xs, ys, values }: Grid): Grid {
  const [across, up] = [xs, ys].map((axis) => Math.max(1, Math.ceil(FINE / (axis.length - 1)))) as [number, number];
  const places = (axis: readonly number[], parts: number): number[] =>
    Array.from({ length: (axis.length - 1) * parts + 1 }, (_, n) => {
      const i = Math.min(Math.floor(n / parts), axis.length - 2);
      return axis[i]! + ((axis[i + 1]! - axis[i]!) * (n - i * parts)) / parts;
    });
  const [fineX, fineY] = [places(xs, across), places(ys, up)];
  const fine = fineY.flatMap((_, m) =>
    fineX.map((_x, n) => {
      const [i, j] = [Math.min(Math.floor(n / across), xs.length - 2), Math.min(Math.floor(m / up), ys.length - 2)];
      const [s, t] = [n / across - i, m / up - j];
      const at = j * xs.length + i;
      return mix(mix(values[at]!, values[at + 1]!, s), mix(values[at + xs.length]!, values[at + xs.length + 1]!, s), t);
    }),
  );
  return { xs: fineX, ys: fineY, values: fine };
}

/** Between a and b; at the ends only that end counts, so that a neighbour that is not finite does no harm. */
const mix = (a: number, b: number, t: number): number => (t === 0 ? a : t === 1 ? b : a + (b - a) * t);

function map({ xs, ys, values }: Grid, thresholds: number[], low: number, options: AxesOptions): ChartPart {
  const columns = xs.length - 1;
  const kinds = new Int32Array(columns * (ys.length - 1));
  for (let cellNumber = 0; cellNumber < kinds.length; cellNumber++) {
    const at = Math.floor(cellNumber / columns) * xs.length + (cellNumber % columns);
    const middle = (values[at]! + values[at + 1]! + values[at + xs.length]! + values[at + xs.length + 1]!) / 4;
    kinds[cellNumber] = Number.isFinite(middle) ? thresholds.filter((level) => level <= middle).length : -1;
  }
  const rows = runsOf(kinds, columns).map((run) => ({ ...rectangle(run, xs, ys), loss: cell([low, ...thresholds][run.kind])! }));
  const axis = (field: string, title: string, places: readonly number[]): ChartPart => ({
    field, type: "quantitative", title, axis: { grid: false },
    scale: { domain: [cell(places[0])!, cell(places[places.length - 1])!], nice: false, zero: false },
  });
  const legend = { title: "loss", gradientLength: 200, format: ".3~g", type: "gradient" };
  return {
    data: { values: rows },
    mark: { type: "rect" },
    encoding: {
      x: axis("x", options.xTitle ?? "first parameter", xs), x2: { field: "x2" },
      y: axis("y", options.yTitle ?? "second parameter", ys), y2: { field: "y2" },
      color: {
        field: "loss", type: "quantitative", legend: thresholds.length === 0 ? null : legend,
        scale: { type: "threshold", domain: thresholds.map((level) => cell(level)!), range: viridis(thresholds.length + 1) },
      },
    },
  };
}

const POSITION = { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" }, order: { field: "at" } };

function contours(rows: ChartPart[]): ChartPart {
  return {
    data: { values: rows },
    mark: { type: "line", color: "white", strokeWidth: 0.8, opacity: 0.55, interpolate: "linear" },
    encoding: { ...POSITION, detail: { field: "line" } },
  };
}

function waysOf(where: string, trajectory: LossContoursOptions["trajectory"]): Map<string, number[][]> {
  if (trajectory === undefined) return new Map();
  const isOne =
    typeof trajectory !== "object" || trajectory instanceof Tensor || Array.isArray(trajectory) || ArrayBuffer.isView(trajectory);
  const named = isOne ? { training: trajectory as TensorLike } : (trajectory as Readonly<Record<string, TensorLike>>);
  return new Map(Object.entries(named).map(([name, points]) => [name, rowsOf(where, `trajectory ${show(name)}`, points, 2)]));
}

/** Ways in bright colours with a dark rim, so that they show on every band; a ring where each begins. */
function trajectories(ways: Map<string, number[][]>): ChartPart[] {
  if (ways.size === 0) return [];
  const names = [...ways.keys()];
  const values = names.flatMap((name) => ways.get(name)!.map(([x, y], at) => ({ x: cell(x), y: cell(y), at, run: name })));
  const range = ["white", "#ff8c42", "#7fd4ff", "#ffb3d9", "#c8ff8c"];
  const legend = names.length === 1 ? null : { orient: "top", title: null, symbolType: "circle", symbolStrokeColor: "black" };
  const color = { field: "run", type: "nominal", scale: { domain: names, range }, legend };
  const data = { values };
  return [
    { data, mark: { type: "line", color: "black", strokeWidth: 4, opacity: 0.6, clip: true }, encoding: { ...POSITION, detail: { field: "run" } } },
    { data, mark: { type: "line", strokeWidth: 2, clip: true }, encoding: { ...POSITION, color } },
    {
      data,
      mark: { type: "point", filled: true, stroke: "black", strokeWidth: 0.8, opacity: 1, clip: true, tooltip: true },
      encoding: {
        ...POSITION, color,
        size: { condition: { test: "datum.at === 0", value: 90 }, value: values.length / names.length > 60 ? 8 : 26 },
      },
    },
  ];
}
