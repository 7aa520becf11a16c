/** How numbers are spread. */

import { checkNumber, show } from "../check";
import { OptionError } from "../errors";
import { Tensor, type TensorLike } from "../tensor/tensor";
import type { AxesOptions, Chart } from "./grammar";
import { chart, checkChartOptions, sizeOf } from "./spec";
import { chartColors } from "./theme";
import { checkAllFinite, count, extentOf, say, vectorOf } from "./values";

/** Settings of {@link histogram}; `height` is that of each panel. */
export interface HistogramOptions extends AxesOptions {
  /** About how many bins to make; their width is 1, 2 or 5 times a power of ten. Default 20. */
  bins?: number;
}

/**
 * How many values fall into each bin; a record of lists gives one panel each, over a common axis.
 *
 * Shapes: each list [N] or [N, 1]; flatten weights first. A bin holds its lower edge and not its upper one, the last
 * one both.
 *
 * @throws OptionError if there are no values or one is not finite.
 *
 * @example
 * ```ts
 * import { histogram } from "gradkit";
 * const picture = histogram([0.5, 1.5, 1.6, 3], { bins: 3 });
 * (picture["data"] as { values: unknown[] }).values[1]; // → { x: 1, x2: 2, count: 2, list: "" }
 * ```
 */
export function histogram(
  values: TensorLike | Readonly<Record<string, TensorLike>>,
  options: HistogramOptions = {},
): Chart {
  const where = "histogram";
  checkChartOptions(where, options, ["bins"]);
  const wanted = checkNumber(where, "bins", options.bins ?? 20, { integer: true, min: 1, max: 1000 });
  const lists = listsOf(where, values);
  const all = lists.flatMap(([, list]) => list);
  const edges = niceEdges(extentOf(all), wanted);
  const rows = lists.flatMap(([name, list]) =>
    countsOf(list, edges).map((n, i) => ({ x: edges[i]!, x2: edges[i + 1]!, count: n, list: name })),
  );
  const single = lists.length === 1 && lists[0]![0] === "";
  const encoding = {
    x: {
      field: "x",
      bin: { binned: true },
      title: options.xTitle ?? "value",
      scale: { domain: [edges[0]!, edges[edges.length - 1]!], nice: false, zero: false },
    },
    x2: { field: "x2" },
    y: {
      field: "count",
      type: "quantitative",
      title: options.yTitle ?? "count",
      axis: { tickMinStep: 1, tickCount: single ? 6 : 3 },
    },
  };
  const mark = {
    type: "bar",
    color: chartColors.light.categories[0]!,
    orient: "vertical",
    binSpacing: 1,
    tooltip: true,
  };
  const title = options.title ?? (single ? verdict(all) : "");
  if (single) return chart(title, { ...sizeOf(where, options, 420, 240), data: { values: rows }, mark, encoding });
  const names = lists.map(([name]) => name);
  const row = {
    field: "list",
    type: "nominal",
    sort: names,
    title: null,
    header: { labelOrient: "top", labelAngle: 0, labelAnchor: "start", labelPadding: 2 },
  };
  return chart(title, {
    data: { values: rows },
    facet: { row },
    spacing: 14,
    spec: { ...sizeOf(where, options, 420, 80), mark, encoding },
  });
}

function listsOf(where: string, values: TensorLike | Readonly<Record<string, TensorLike>>): [string, number[]][] {
  const one =
    typeof values !== "object" ||
    values === null ||
    values instanceof Tensor ||
    Array.isArray(values) ||
    ArrayBuffer.isView(values);
  const named: [string, TensorLike][] = one
    ? [["", values as TensorLike]]
    : Object.entries(values as Readonly<Record<string, TensorLike>>);
  if (named.length === 0)
    throw new OptionError(`${where}: there are no values: ${show(values)}; name at least one list`, { values });
  return named.map(([name, list]) => {
    const read = vectorOf(where, name === "" ? "values" : name, list);
    checkAllFinite(where, name === "" ? "values" : name, read);
    return [name, read];
  });
}

/** Edges at multiples of 1, 2 or 5 times a power of ten, about `wanted` bins of them. */
function niceEdges([low, high]: readonly [number, number], wanted: number): number[] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const rough = Math.max((high - low) / wanted, size * 1e-10) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const width = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999)!;
  const edge = (n: number): number => Number((n * width).toPrecision(12));
  let first = Math.floor(low / width + 1e-9);
  let last = Math.max(first + 1, Math.ceil(high / width - 1e-9));
  // Division rounds: the edges themselves decide.
  if (edge(first) > low) first--;
  if (edge(last) < high) last++;
  return Array.from({ length: last - first + 1 }, (_, i) => edge(first + i));
}

function countsOf(list: readonly number[], edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  const width = edges[1]! - edges[0]!;
  for (const value of list) {
    let bin = Math.min(counts.length - 1, Math.max(0, Math.floor((value - edges[0]!) / width)));
    // Division rounds: the edges themselves decide.
    if (value < edges[bin]! && bin > 0) bin--;
    else if (value >= edges[bin + 1]! && bin < counts.length - 1) bin++;
    counts[bin]!++;
  }
  return counts;
}

function verdict(values: readonly number[]): string {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return `${count(values.length, "value")}: mean ${say(mean)}, standard deviation ${say(spread)}`;
}
