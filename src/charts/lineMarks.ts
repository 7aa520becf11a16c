/** What stands with lines: dots with names, and shades around the lines. */

import { show } from "../check";
import { OptionError } from "../errors";
import type { TensorLike } from "../tensor/tensor";
import type { ChartPart } from "./grammar";
import { chartColors } from "./theme";
import { cell, checkAllFinite, checkSameLength, rowsOf, vectorOf } from "./values";

/** A point of a line; null leaves a gap. */
export type LinePoint = { readonly line: string; readonly x: number; readonly y: number | null } & ChartPart;

/** Which axes are logarithmic: x, y. */
export type LogAxes = readonly [boolean, boolean];

/** So many dots lie on top of the lines; more would hide them, and lie below. */
export const FEW = 40;

/** Checked dots with their names. */
export function dotsOf(
  where: string,
  points: TensorLike,
  labels: readonly string[] | undefined,
  [logX, logY]: LogAxes,
): ChartPart[] {
  const rows = rowsOf(where, "points", points, 2);
  checkAllFinite(where, "points", rows.flat());
  const wrong = rows.find(([x, y]) => (logX && x! <= 0) || (logY && y! <= 0));
  if (wrong !== undefined) {
    throw new OptionError(
      `${where}: a point is not above 0: ${show(wrong)} (a logarithmic axis has none such); leave it out`,
      { point: wrong },
    );
  }
  if (labels !== undefined) {
    if (!Array.isArray(labels))
      throw new OptionError(`${where}: labels are no list: ${show(labels)}; give one text for each point`, { labels });
    checkSameLength(where, ["labels", "points"], [labels.length, rows.length]);
  }
  return rows.map(([x, y], i) => ({ x: cell(x), y: cell(y), ...(labels === undefined ? {} : { label: labels[i]! }) }));
}

/** The layers of dots, and of their names where they have some. */
export function dotLayers(values: ChartPart[], encoding: ChartPart, clip: boolean): ChartPart[] {
  const { ink, surface } = chartColors.light;
  const size = values.length > FEW ? 16 : 44;
  const dots = { type: "point", filled: true, opacity: 0.8, size, color: ink, stroke: surface, strokeWidth: 0.6 };
  const words = { type: "text", align: "center", baseline: "bottom", dy: -7, fontSize: 11, clip };
  return [
    { data: { values }, mark: { ...dots, clip, tooltip: true }, encoding },
    ...(values[0]!["label"] === undefined
      ? []
      : [{ data: { values }, mark: words, encoding: { ...encoding, text: { field: "label" } } }]),
  ];
}

/** The shade around each line that has a spread: from y − spread to y + spread. */
export function shadesOf(
  where: string,
  spreads: Readonly<Record<string, TensorLike>>,
  points: readonly LinePoint[],
  logY: boolean,
): ChartPart[] {
  return Object.entries(spreads).flatMap(([name, spread]) => {
    const line = points.filter((point) => point.line === name);
    if (line.length === 0) {
      const names = [...new Set(points.map((point) => point.line))];
      throw new OptionError(
        `${where}: a spread belongs to no line: ${show(name)}; lines are ${names.map((each) => show(each)).join(", ")}`,
        { spread: name, lines: names },
      );
    }
    const widths = vectorOf(where, `the spread of ${name}`, spread);
    checkSameLength(where, [`the spread of ${name}`, "its line"], [widths.length, line.length]);
    const wrong = widths.find((width) => width < 0);
    if (wrong !== undefined) {
      throw new OptionError(`${where}: a spread is below 0: ${wrong} (of ${name}); give distances`, { spread: wrong });
    }
    return line.map(({ x, y }, i) => {
      const [low, high] = y === null ? [null, null] : [cell(y - widths[i]!), cell(y + widths[i]!)];
      const gap = low === null || high === null || (logY && low <= 0);
      return { line: name, x, low: gap ? null : low, high: gap ? null : high };
    });
  });
}

/** The layer of shades, in the colours of their lines. */
export function shadeLayer(
  values: ChartPart[],
  encoding: Readonly<Record<"x" | "y", ChartPart>>,
  clip: boolean,
): ChartPart {
  const { x, y } = encoding;
  return {
    data: { values },
    mark: { type: "area", fillOpacity: 0.2, clip },
    encoding: { ...encoding, x, y: { ...y, field: "low" }, y2: { field: "high" } },
  };
}
