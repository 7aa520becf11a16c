/** Points of a plane, coloured by class or by a number, with names where they have some. */

import { checkBoolean, show } from "../check";
import { OptionError } from "../errors";
import { asTensor } from "../tensor/create";
import { isFloat } from "../dtype";
import type { TensorLike } from "../tensor/tensor";
import type { AxesOptions, Chart, ChartPart } from "./grammar";
import { LOG_AXIS } from "./lineChart";
import { chart, checkChartOptions, checkText, sizeOf } from "./spec";
import { chartColors } from "./theme";
import { cell, checkAllFinite, checkSameLength, rowsOf, vectorOf } from "./values";

/** Settings of {@link scatter}. */
export interface ScatterOptions extends AxesOptions {
  /** Of each point: the name of its class, its class (int32 or bool, or at most ten whole numbers), or a number. */
  color?: readonly string[] | TensorLike;
  /** What the colours mean: the title of their legend. */
  colorTitle?: string;
  /** A name beside each point; "" for none. */
  labels?: readonly string[];
  /** Whether the horizontal axis is logarithmic; default false. */
  logX?: boolean;
  /** Whether the vertical axis is logarithmic; default false. */
  logY?: boolean;
}

/**
 * Points [N, 2], such as a representation in two dimensions.
 *
 * Colour by class uses ten colours that stay apart for colour-blind eyes, by number viridis from dark (low) to bright.
 *
 * @throws ShapeError if points are not [N, 2], or colours or labels are not one for each; OptionError if there is no
 * point, one is not finite, or not above 0 on a logarithmic axis.
 *
 * @example
 * ```ts
 * import { scatter } from "gradkit";
 * const picture = scatter([[0, 1], [2, 3]], { color: ["cat", "dog"], labels: ["Tom", ""] });
 * (picture["data"] as { values: unknown[] }).values[0]; // → { x: 0, y: 1, color: "cat", label: "Tom" }
 * ```
 */
export function scatter(points: TensorLike, options: ScatterOptions = {}): Chart {
  const where = "scatter";
  checkChartOptions(where, options, ["color", "colorTitle", "labels", "logX", "logY"]);
  checkText(where, "colorTitle", options.colorTitle);
  const rows = rowsOf(where, "points", points, 2);
  checkAllFinite(where, "points", rows.flat());
  const logs = [checkBoolean(where, "logX", options.logX, false), checkBoolean(where, "logY", options.logY, false)] as const;
  checkAbove(where, rows, logs);
  const colors = options.color === undefined ? null : colorsOf(where, options.color);
  if (colors !== null) checkSameLength(where, ["color", "points"], [colors.values.length, rows.length]);
  const { labels } = options;
  if (labels !== undefined) {
    if (!Array.isArray(labels))
      throw new OptionError(`${where}: labels are no list: ${show(labels)}; give one text for each point`, { labels });
    checkSameLength(where, ["labels", "points"], [labels.length, rows.length]);
  }
  const values = rows.map(([x, y], i) => ({
    x: cell(x),
    y: cell(y),
    ...(colors === null ? {} : { color: colors.values[i]! }),
    ...(labels === undefined ? {} : { label: labels[i]! }),
  }));
  const position = (field: string, title: string, log: boolean): ChartPart => ({
    field,
    type: "quantitative",
    title: log ? `${title} (log scale)` : title,
    scale: log ? { type: "log", nice: false, padding: 8 } : { zero: false, padding: 8 },
    ...(log ? { axis: LOG_AXIS } : {}),
  });
  const [x, y] = [position("x", options.xTitle ?? "x", logs[0]), position("y", options.yTitle ?? "y", logs[1])];
  const encoding = { x, y };
  const { surface, line, categories } = chartColors.light;
  // The dark end of viridis would vanish on a dark page without a rim.
  const rim = colors !== null && colors.classes === null ? line : surface;
  const dots = {
    mark: {
      type: "point",
      filled: true,
      opacity: 0.9,
      size: rows.length > 500 ? 16 : 44,
      color: categories[0]!,
      stroke: rim,
      strokeWidth: 0.6,
      tooltip: true,
    },
    encoding: { ...encoding, ...(colors === null ? {} : { color: colorChannel(colors, options.colorTitle ?? null) }) },
  };
  const names = {
    mark: { type: "text", align: "left", dx: 7, fontSize: 11 },
    encoding: { ...encoding, text: { field: "label" } },
  };
  const size = sizeOf(where, options, 360, 320);
  return chart(options.title ?? "", {
    ...size,
    data: { values },
    layer: labels === undefined ? [dots] : [dots, names],
  });
}

function checkAbove(where: string, rows: readonly (readonly number[])[], logs: readonly [boolean, boolean]): void {
  const wrong = rows.find((row) => logs.some((log, axis) => log && row[axis]! <= 0));
  if (wrong === undefined) return;
  throw new OptionError(
    `${where}: a point is not above 0: ${show(wrong)} (a logarithmic axis has none such); leave it out, or leave the log out`,
    { point: wrong },
  );
}

interface PointColors {
  readonly values: readonly (string | number)[];
  /** Names of classes in their order, or null for numbers. */
  readonly classes: readonly string[] | null;
}

function colorsOf(where: string, color: readonly string[] | TensorLike): PointColors {
  if (Array.isArray(color) && color.some((value) => typeof value === "string")) {
    const names = (color as readonly unknown[]).map(String);
    return { values: names, classes: [...new Set(names)] };
  }
  const given = asTensor(where, color as TensorLike);
  const numbers = vectorOf(where, "color", color as TensorLike);
  checkAllFinite(where, "color", numbers);
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  const classes = !isFloat(given.dtype) || (distinct.length <= 10 && distinct.every(Number.isInteger));
  if (!classes) return { values: numbers.map((value) => cell(value)!), classes: null };
  return { values: numbers.map(String), classes: distinct.map(String) };
}

function colorChannel({ classes }: PointColors, title: string | null): ChartPart {
  if (classes === null)
    return { field: "color", type: "quantitative", scale: { scheme: "viridis", zero: false }, legend: { title } };
  return { field: "color", type: "nominal", scale: { domain: [...classes] }, legend: { title, symbolOpacity: 1 } };
}
