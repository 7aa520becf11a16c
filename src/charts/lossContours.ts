/** A loss over a plane of two parameters as a map with contour lines, and the ways that training took on it. */

import { checkBoolean, checkNumber, show } from "../check";
import { OptionError, ShapeError } from "../errors";
import type { TensorLike } from "../tensor/tensor";
import { showShape } from "../shape";
import { Tensor } from "../tensor/tensor";
import { type Grid, contourLines } from "./contours";
import type { AxesOptions, Chart, ChartPart } from "./grammar";
import { fieldLayer, lineRows, planeAxis, withOpacity } from "./plane";
import { chart, checkChartOptions, sizeOf } from "./spec";
import { viridis } from "./theme";
import { cell, checkAllFinite, extentOf, rowsOf, vectorOf } from "./values";

/** Losses on a grid of two parameters. */
export interface LossGrid {
  /** Values of the first parameter, growing. */
  readonly xs: TensorLike;
  /** Values of the second parameter, growing. */
  readonly ys: TensorLike;
  /** A row for each y, a column for each x: `losses[j][i]` belongs to `xs[i]` and `ys[j]`. */
  readonly losses: TensorLike;
}

/** Settings of {@link lossContours}. */
export interface LossContoursOptions extends AxesOptions {
  /** The way of a training run, [T, 2] points of the plane, or several by name. */
  trajectory?: TensorLike | Readonly<Record<string, TensorLike>>;
  /** Number of bands between contour lines, default 12; or the losses at which lines are to lie, growing. */
  levels?: number | readonly number[];
  /** Whether levels grow by equal factors; default false: as squares do, which spaces the rings of a bowl evenly. */
  log?: boolean;
}

/**
 * A loss over two parameters: coloured bands with contour lines between them, and trajectories on top. Dark is low.
 *
 * Shapes: xs [W] and ys [H], growing; losses [H, W]; each trajectory [T, 2]. Between grid points the loss is taken as
 * linear. Losses that are not finite (where training would diverge) leave the map empty; trajectories end at its edge.
 *
 * @throws ShapeError for other shapes; OptionError if there are fewer than 2 × 2 points, xs, ys or given levels do not
 * grow, no loss is finite, or one is not above 0 with `log`.
 *
 * @example
 * ```ts
 * import { linspace, lossContours } from "gradkit";
 * const [xs, ys] = [linspace(-2, 2, 21), linspace(-1, 1, 11)];
 * const losses = ys.square().mul(4).unsqueeze(1).add(xs.square()); // x² + 4y²
 * const picture = lossContours({ xs, ys, losses }, { trajectory: [[-1.8, 0.9], [-0.9, 0.1], [0, 0]] });
 * (picture["layer"] as unknown[]).length; // → 6
 * ```
 */
export function lossContours(grid: LossGrid, options: LossContoursOptions = {}): Chart {
  const where = "lossContours";
  checkChartOptions(where, options, ["trajectory", "levels", "log"]);
  const log = checkBoolean(where, "log", options.log, false);
  const coarse = gridOf(where, grid);
  const [low, high] = extentOf(Array.from(coarse.values).filter(Number.isFinite));
  if (log && low <= 0) {
    throw new OptionError(
      `${where}: a loss is not above 0: ${low} (log levels need that); leave log out, or add an offset`,
      { low },
    );
  }
  const ways = waysOf(where, options.trajectory);
  const thresholds = levelsOf(where, low, high, options.levels, log);
  const size = sizeOf(where, options, 360, 320);
  const smooth = refined(coarse, FINE.lines);
  const lines = thresholds.flatMap((level) => contourLines(smooth, level));
  return chart(options.title ?? "", {
    ...size,
    layer: [
      bands(refined(coarse, FINE.bands), thresholds, size),
      contours(lineRows(lines), coarse, options),
      legend(thresholds, Math.min(240, size["height"] as number)),
      ...trajectories(ways),
    ],
    resolve: { scale: { color: "independent" } },
  });
}

function gridOf(where: string, grid: LossGrid): Grid {
  if (typeof grid !== "object" || grid === null || !("xs" in grid) || !("ys" in grid) || !("losses" in grid)) {
    throw new OptionError(`${where}: not a grid of losses: ${show(grid)}; give { xs, ys, losses }`, { grid });
  }
  const [xs, ys] = [vectorOf(where, "xs", grid.xs), vectorOf(where, "ys", grid.ys)];
  for (const [name, values] of [
    ["xs", xs],
    ["ys", ys],
  ] as const) {
    checkAllFinite(where, name, values);
    if (values.length < 2 || values.some((value, i) => i > 0 && value <= values[i - 1]!)) {
      throw new OptionError(
        `${where}: ${name} do not grow: ${show(values)}; give at least two values, each above the last`,
        {
          [name]: values,
        },
      );
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
    throw new OptionError(
      `${where}: there is nothing to draw: no loss is finite; look at a smaller part of the plane`,
      {},
    );
  }
  return { xs, ys, values };
}

/** The inner borders of bands between low and high: those given, or so many. */
function levelsOf(
  where: string,
  low: number,
  high: number,
  levels: LossContoursOptions["levels"],
  log: boolean,
): readonly number[] {
  if (Array.isArray(levels)) {
    const borders = levels as readonly number[];
    if (borders.length > 0 && borders.every((level, i) => Number.isFinite(level) && !(level <= borders[i - 1]!))) {
      return borders;
    }
    throw new OptionError(`${where}: levels do not grow: ${show(levels)}; give at least one loss, each above the last`, {
      levels,
    });
  }
  const count = checkNumber(where, "levels", levels ?? 12, { integer: true, min: 2, max: 100 });
  if (low === high) return [];
  return Array.from({ length: count - 1 }, (_, i) => {
    const part = (i + 1) / count;
    return log ? low * (high / low) ** part : low + (high - low) * part ** 2;
  });
}

/** Cells a side that look smooth; lines need fewer, since they do not follow the borders of cells. */
const FINE = { bands: 100, lines: 40 };

/** The same function on at least so many cells a side, linear between the points it was given at. */
function refined({ xs, ys, values }: Grid, cells: number): Grid {
  const [across, up] = [xs, ys].map((axis) => Math.max(1, Math.ceil(cells / (axis.length - 1)))) as [number, number];
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

function bands({ xs, ys, values }: Grid, thresholds: readonly number[], size: ChartPart): ChartPart {
  const columns = xs.length - 1;
  const kinds = new Int32Array(columns * (ys.length - 1));
  for (let n = 0; n < kinds.length; n++) {
    const at = Math.floor(n / columns) * xs.length + (n % columns);
    const middle = (values[at]! + values[at + 1]! + values[at + xs.length]! + values[at + xs.length + 1]!) / 4;
    kinds[n] = Number.isFinite(middle) ? thresholds.filter((level) => level <= middle).length : -1;
  }
  return fieldLayer(
    kinds,
    columns,
    viridis(thresholds.length + 1).map((hex) => withOpacity(hex, 1)),
    size,
  );
}

const POSITION = {
  x: { field: "x", type: "quantitative" },
  y: { field: "y", type: "quantitative" },
  order: { field: "at" },
};

function contours(rows: ChartPart[], { xs, ys }: Grid, options: AxesOptions): ChartPart {
  return {
    data: { values: rows },
    mark: { type: "line", color: "white", strokeWidth: 0.8, opacity: 0.55 },
    encoding: {
      x: planeAxis("x", options.xTitle ?? "first parameter", xs[0]!, xs[xs.length - 1]!),
      y: planeAxis("y", options.yTitle ?? "second parameter", ys[0]!, ys[ys.length - 1]!),
      order: { field: "at" },
      detail: { field: "line" },
    },
  };
}

/** A point for each band, which nobody sees, gives the colours a legend with steps of one size. */
function legend(thresholds: readonly number[], length: number): ChartPart {
  const levels = thresholds.map((level) => Number(level.toPrecision(3)));
  return {
    data: { values: levels.map((_, band) => ({ band })) },
    mark: { type: "point", opacity: 0 },
    encoding: {
      color: {
        field: "band",
        type: "quantitative",
        scale: { type: "threshold", domain: levels.map((_, i) => i + 1), range: viridis(levels.length + 1) },
        legend: {
          title: "loss",
          type: "gradient",
          gradientLength: length,
          gradientOpacity: 1,
          labelExpr: `datum.value > 0 ? format(${JSON.stringify(levels)}[datum.value - 1], '.3~g') : ''`,
        },
      },
    },
  };
}

function waysOf(where: string, trajectory: LossContoursOptions["trajectory"]): Map<string, number[][]> {
  if (trajectory === undefined) return new Map();
  const isOne =
    typeof trajectory !== "object" ||
    trajectory instanceof Tensor ||
    Array.isArray(trajectory) ||
    ArrayBuffer.isView(trajectory);
  const named = isOne ? { training: trajectory as TensorLike } : (trajectory as Readonly<Record<string, TensorLike>>);
  return new Map(
    Object.entries(named).map(([name, points]) => [name, rowsOf(where, `trajectory ${show(name)}`, points, 2)]),
  );
}

/** Ways in bright colours with a dark rim, so that they show on every band; a larger dot where each begins. */
function trajectories(ways: Map<string, number[][]>): ChartPart[] {
  if (ways.size === 0) return [];
  const names = [...ways.keys()];
  const values = names.flatMap((name) =>
    ways.get(name)!.map(([x, y], at) => ({ x: cell(x), y: cell(y), at, run: name })),
  );
  const ends = names.flatMap((name) => endsOf(values.filter(({ run }) => run === name)));
  const color = {
    field: "run",
    type: "nominal",
    scale: { domain: names, range: ["white", "#ff8c42", "#7fd4ff", "#ffb3d9", "#c8ff8c"] },
  };
  const legend =
    names.length === 1 ? null : { orient: "top", title: null, symbolStrokeColor: "black", symbolStrokeWidth: 1 };
  const line = (more: ChartPart): ChartPart => ({ type: "line", clip: true, ...more });
  return [
    {
      data: { values },
      mark: line({ color: "black", strokeWidth: 4, opacity: 0.55 }),
      encoding: { ...POSITION, detail: { field: "run" } },
    },
    { data: { values }, mark: line({ strokeWidth: 2 }), encoding: { ...POSITION, color: { ...color, legend: null } } },
    {
      data: { values: ends },
      mark: { type: "point", filled: true, stroke: "black", strokeWidth: 1, opacity: 1, clip: true, tooltip: true },
      encoding: {
        ...POSITION,
        color: { ...color, legend },
        size: { condition: { test: "datum.at === 0", value: 90 }, value: 26 },
      },
    },
  ];
}

/** The points that get a dot: all of a short way, the first and the last of a long one. */
function endsOf<T>(points: readonly T[]): readonly T[] {
  return points.length <= 40 ? points : [points[0]!, points[points.length - 1]!];
}
