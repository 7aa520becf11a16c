/** Lines over a common axis: functions, rates, comparisons. */

import { checkBoolean, show } from "../check";
import { OptionError } from "../errors";
import { asTensor } from "../tensor/create";
import type { TensorLike } from "../tensor/tensor";
import type { AxesOptions, Chart, ChartPart } from "./grammar";
import { FEW, type LinePoint, type LogAxes, dotLayers, dotsOf, shadeLayer, shadesOf } from "./lineMarks";
import { chart, checkChartOptions, sizeOf } from "./spec";
import { cell, checkAllFinite, checkSameLength, checkSomeFinite, vectorOf } from "./values";

/** One line: its values, or its points. */
export type Line = TensorLike | { readonly x: TensorLike; readonly y: TensorLike };

/** Settings of {@link lineChart}. */
export interface LineChartOptions extends AxesOptions {
  /** Where the values stand on the horizontal axis; default 0, 1, 2, … */
  x?: TensorLike;
  /** Whether the horizontal axis is logarithmic; default false. */
  logX?: boolean;
  /** Whether the vertical axis is logarithmic; default false. Values that are not above 0 leave gaps. */
  logY?: boolean;
  /** The part of the vertical axis that is shown; what lies beyond is cut off. Default: all. */
  yRange?: readonly [number, number];
  /** Dots [N, 2] besides the lines, such as the data behind a curve, or places on it to look at. */
  points?: TensorLike;
  /** A name beside each point; "" for none. */
  labels?: readonly string[];
  /** By the name of a line, how far a shade reaches above and below it: a number ≥ 0 for each of its values. */
  spread?: Readonly<Record<string, TensorLike>>;
}

const OWN = ["x", "logX", "logY", "yRange", "points", "labels", "spread"];

/**
 * Lines by name over one horizontal axis, such as activation functions, schedules or losses by learning rate; with
 * dots, and shades for what is not sure, where you give them.
 *
 * Shapes: each line [N], or `{ x: [N], y: [N] }` where lines stand at different places; points [P, 2], with a label
 * each; a spread [N]. Values that are not finite leave gaps, as does a shade that would reach 0 on a
 * logarithmic axis; places and points must be finite, and above 0 on such an axis. Up to 40 points lie on top of the
 * lines, more lie below.
 *
 * @throws OptionError if there are no lines, a line has no finite value, a place or point is not finite, a spread
 * belongs to no line or is below 0, or `yRange` does not grow; ShapeError if values and places, points and labels, or a
 * spread and its line differ in number.
 *
 * @example
 * ```ts
 * import { lineChart, linspace, relu, sigmoid } from "gradkit";
 * const x = linspace(-4, 4, 81);
 * const picture = lineChart({ relu: relu(x), sigmoid: sigmoid(x) }, { x, xTitle: "input", yTitle: "output" });
 * (picture["data"] as { values: unknown[] }).values.length; // → 162
 * ```
 */
export function lineChart(lines: Readonly<Record<string, Line>>, options: LineChartOptions = {}): Chart {
  const where = "lineChart";
  checkChartOptions(where, options, OWN);
  const logX = checkBoolean(where, "logX", options.logX, false);
  const logY = checkBoolean(where, "logY", options.logY, false);
  const names = typeof lines === "object" && lines !== null ? Object.keys(lines) : [];
  if (names.length === 0) {
    throw new OptionError(`${where}: there are no lines: ${show(lines)}; name each one, such as { loss: [2, 1] }`, {
      lines,
    });
  }
  const values = names.flatMap((name) => pointsOf(where, name, lines[name]!, options.x, [logX, logY]));
  const range = rangeOf(where, options.yRange, logY);
  const { x, y } = axesOf(options, [logX, logY], range);
  const whole = !logX && values.every((point) => Number.isInteger(point.x));
  const encoding = { x: whole ? { ...x, axis: { tickMinStep: 1 } } : x, y, color: colorOf(names) };
  const clip = range !== null;
  const line = { data: { values }, mark: { type: "line", tooltip: true, ...(clip ? { clip } : {}) }, encoding };
  const size = sizeOf(where, options, 420, 260);
  const { points, labels, spread } = options;
  if (points === undefined && labels === undefined && spread === undefined) {
    return chart(options.title ?? "", { ...size, ...line });
  }
  const shades = spread === undefined ? [] : [shadeLayer(shadesOf(where, spread, values, logY), encoding, clip)];
  const dots = points === undefined && labels === undefined ? [] : dotsOf(where, points ?? [], labels, [logX, logY]);
  const { color: _, ...position } = encoding;
  const marks = dots.length === 0 ? [] : dotLayers(dots, position, clip);
  const layer = dots.length > FEW ? [...shades, ...marks, line] : [...shades, line, ...marks];
  return chart(options.title ?? "", { ...size, layer });
}

function axesOf(options: LineChartOptions, [logX, logY]: LogAxes, range: ChartPart | null): Record<"x" | "y", ChartPart> {
  const axis = (field: string, name: string, log: boolean, linear: ChartPart): ChartPart => ({
    field,
    type: "quantitative",
    title: log ? `${name} (log scale)` : name,
    scale: log ? { type: "log", nice: false } : linear,
    ...(log ? { axis: LOG_AXIS } : {}),
  });
  const y = axis("y", options.yTitle ?? "y", logY, { zero: false });
  return {
    x: axis("x", options.xTitle ?? "x", logX, { zero: false, nice: false }),
    y: range === null ? y : { ...y, scale: { ...(y["scale"] as ChartPart), ...range } },
  };
}

function rangeOf(where: string, range: LineChartOptions["yRange"], log: boolean): ChartPart | null {
  if (range === undefined) return null;
  const [low, high] = Array.isArray(range) ? (range as readonly number[]) : [];
  if (Number.isFinite(low) && Number.isFinite(high) && low! < high! && (!log || low! > 0)) {
    return { domain: [low!, high!], nice: false };
  }
  throw new OptionError(
    `${where}: yRange is no range: ${show(range)}; give [low, high], finite and growing${log ? ", above 0 on a log scale" : ""}`,
    { yRange: range },
  );
}

/** So few ticks that from five powers of ten on only these have lines: all others would make a dark ground. */
export const LOG_AXIS: ChartPart = {
  tickCount: 4,
  labelExpr:
    "datum.label !== '' && (datum.value >= 1e6 || datum.value < 1e-4) " +
    "? replace(format(datum.value, '.0e'), 'e+', 'e') : datum.label",
};

/** Colour and legend of lines by name; a single line needs no legend. */
export function colorOf(names: readonly string[]): ChartPart {
  const legend =
    names.length === 1 ? null : { orient: "top", title: null, columns: 5, symbolType: "stroke", symbolStrokeWidth: 3 };
  return { field: "line", type: "nominal", scale: { domain: [...names] }, legend };
}

function pointsOf(
  where: string,
  name: string,
  line: Line,
  shared: TensorLike | undefined,
  [logX, logY]: LogAxes,
): LinePoint[] {
  const own = isPoints(line) ? line : { x: shared, y: line };
  const ys = vectorOf(where, name, own.y);
  const xs = own.x === undefined ? ys.map((_, i) => i) : vectorOf(where, "x", asTensor(where, own.x, "float64"));
  checkSameLength(where, ["x", name], [xs.length, ys.length]);
  checkAllFinite(where, "x", xs);
  const wrong = logX ? xs.findIndex((x) => x <= 0) : -1;
  if (wrong !== -1) {
    throw new OptionError(
      `${where}: a place is not above 0: ${xs[wrong]} (a logarithmic axis has none such); leave it out, or set logX: false`,
      { x: xs[wrong], line: name },
    );
  }
  const drawn = ys.map((y) => (logY && y <= 0 ? null : cell(y)));
  checkSomeFinite(where, name, drawn);
  return drawn.map((y, i) => ({ line: name, x: cell(xs[i])!, y }));
}

function isPoints(line: Line): line is { readonly x: TensorLike; readonly y: TensorLike } {
  return typeof line === "object" && !Array.isArray(line) && "x" in line && "y" in line;
}
