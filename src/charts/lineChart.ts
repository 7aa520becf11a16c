/** Lines over a common axis: functions, rates, comparisons. */

import { checkBoolean, show } from "../check";
import { OptionError } from "../errors";
import { asTensor } from "../tensor/create";
import type { TensorLike } from "../tensor/tensor";
import type { AxesOptions, Chart, ChartPart } from "./grammar";
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
}

/**
 * Lines by name over one horizontal axis, such as activation functions, schedules or losses by learning rate.
 *
 * Shapes: each line [N], or `{ x: [N], y: [N] }` where lines stand at different places. Values that are not finite
 * leave gaps; places must be finite, and above 0 on a logarithmic axis.
 *
 * @throws OptionError if there are no lines, a line has no finite value or a place is not finite; ShapeError if values
 * and places differ in number.
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
  checkChartOptions(where, options, ["x", "logX", "logY"]);
  const logX = checkBoolean(where, "logX", options.logX, false);
  const logY = checkBoolean(where, "logY", options.logY, false);
  const names = typeof lines === "object" && lines !== null ? Object.keys(lines) : [];
  if (names.length === 0) {
    throw new OptionError(`${where}: there are no lines: ${show(lines)}; name each one, such as { loss: [2, 1] }`, {
      lines,
    });
  }
  const values = names.flatMap((name) => pointsOf(where, name, lines[name]!, options.x, [logX, logY]));
  const axis = (name: string, log: boolean): ChartPart => ({
    type: "quantitative",
    title: log ? `${name} (log scale)` : name,
    scale: log ? { type: "log", nice: false } : { zero: false },
  });
  return chart(options.title ?? "", {
    ...sizeOf(where, options, 420, 260),
    data: { values },
    mark: { type: "line", tooltip: true },
    encoding: {
      x: { field: "x", ...axis(options.xTitle ?? "x", logX), ...(logX ? {} : { scale: { zero: false, nice: false } }) },
      y: { field: "y", ...axis(options.yTitle ?? "y", logY) },
      color: colorOf(names),
    },
  });
}

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
  [logX, logY]: readonly [boolean, boolean],
): ChartPart[] {
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
