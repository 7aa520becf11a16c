/** How a view becomes a whole specification, and how several pictures become one. */

import { checkNumber, checkOptions, show } from "../check";
import { OptionError } from "../errors";
import type { AxesOptions, Chart, ChartOptions, ChartPart } from "./grammar";
import { chartConfig } from "./theme";

const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
const CHART_KEYS = ["title", "width", "height"];
const AXES_KEYS = ["title", "width", "height", "xTitle", "yTitle"];

/** The checked size, with `width` and `height` where none are given. */
export function sizeOf(where: string, options: ChartOptions, width: number, height: number): ChartPart {
  return {
    width: checkNumber(where, "width", options.width ?? width, { min: 20, max: 10_000 }),
    height: checkNumber(where, "height", options.height ?? height, { min: 20, max: 10_000 }),
  };
}

/** Refuses unknown options and titles that are no text. */
export function checkChartOptions(where: string, options: AxesOptions, own: readonly string[], axes = true): void {
  checkOptions(where, options, [...own, ...(axes ? AXES_KEYS : CHART_KEYS)]);
  for (const key of ["title", "xTitle", "yTitle"] as const) checkText(where, key, options[key]);
}

/** Refuses a text that is given and is none. */
export function checkText(where: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "string") return;
  throw new OptionError(`${where}: ${name} is not a text: ${show(value)}; give a string`, { [name]: value });
}

/** A whole specification of a view. */
export function chart(title: string, view: ChartPart): Chart {
  return { $schema: SCHEMA, config: chartConfig, background: "transparent", padding: 8, ...titled(title), ...view };
}

function titled(title: string): ChartPart {
  return title === "" ? {} : { title, description: title };
}

/** Settings of {@link sideBySide}. */
export interface SideBySideOptions {
  /** A title above all of them. */
  title?: string;
  /** Pictures in one row; default all. */
  columns?: number;
}

/**
 * Several pictures as one: in a row, or in rows of `columns`. Each keeps its own scales and legends.
 *
 * @throws OptionError if there is none, or one that is not a chart.
 *
 * @example
 * ```ts
 * import { histogram, scatter, sideBySide } from "gradkit";
 * const both = sideBySide([histogram([1, 2, 2, 3]), scatter([[0, 1], [1, 0]])]);
 * (both["concat"] as unknown[]).length; // → 2
 * ```
 */
export function sideBySide(charts: readonly Chart[], options: SideBySideOptions = {}): Chart {
  const where = "sideBySide";
  checkOptions(where, options, ["title", "columns"]);
  checkText(where, "title", options.title);
  if (!Array.isArray(charts) || charts.length === 0) {
    throw new OptionError(`${where}: there are no charts: ${show(charts)}; give an array of at least one`, { charts });
  }
  const columns = checkNumber(where, "columns", options.columns ?? charts.length, { integer: true, min: 1 });
  const views = charts.map((one) => viewOf(checkChart(where, one)));
  const own = ["color", "opacity", "fillOpacity", "shape", "size", "strokeWidth", "strokeDash"];
  const resolve = { scale: Object.fromEntries(own.map((channel) => [channel, "independent"])) };
  return chart(options.title ?? "", { concat: views, columns, spacing: 32, resolve });
}

/** A chart without what only a whole specification may say. */
function viewOf({ $schema: _, config: _c, background: _b, padding: _p, description: _d, ...view }: Chart): ChartPart {
  return view;
}

/** Refuses anything but a specification; returns it. */
export function checkChart(where: string, value: unknown): Chart {
  if (typeof value === "object" && value !== null && typeof (value as Partial<Chart>).$schema === "string") {
    return value as Chart;
  }
  throw new OptionError(`${where}: not a chart: ${show(value)}; give what lossCurves, scatter and the like return`, {
    chart: value,
  });
}
