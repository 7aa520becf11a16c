/** The look that all pictures share: colours that stay apart for colour-blind eyes, in print and on dark pages. */

import { checkOneOf } from "../check";
import type { Chart, ChartPart, ChartValue } from "./grammar";

/** Colours of one theme: `ink` for text, `muted` for labels, `line` for axes, `grid`, and the `surface` below all. */
export interface ChartColors {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly grid: string;
  readonly surface: string;
  /** For classes and lines, in this order: Okabe and Ito's, then four more. */
  readonly categories: readonly string[];
}

// Constants by themselves, so that bundlers can leave them out of a page that draws nothing.
const ink = "#1f2328";
const muted = "#59636e";
const line = "#8b949e";
const grid = "#dfe3e8";
const categories = [
  "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00",
  "#56b4e9", "#7f7f7f", "#882255", "#999933", "#44aa99",
];

/**
 * The colours of all charts, for light and for dark pages; each light colour has its dark one at the same place.
 *
 * Source: M. Okabe and K. Ito, "Color Universal Design" (2008), for the first six categories, yellow left out.
 *
 * @example
 * ```ts
 * import { chartColors } from "gradkit";
 * chartColors.light.categories[0]; // → "#0072b2"
 * ```
 */
export const chartColors: { readonly light: ChartColors; readonly dark: ChartColors } = {
  light: { ink, muted, line, grid, surface: "#ffffff", categories },
  dark: {
    ink: "#e6edf3",
    muted: "#9da7b1",
    line: "#6e7681",
    grid: "#2b3138",
    surface: "#0d1117",
    categories: [
      "#3d9fe0", "#f0b33c", "#2bbd92", "#d98fb8", "#e8763a",
      "#8accf5", "#a3a3a3", "#c2608f", "#bdbd5a", "#6cc7b8",
    ],
  },
};

/** A blue and an orange that differ for all eyes, on white and on black: below and above zero. */
export const NEGATIVE = "26, 133, 255";
export const POSITIVE = "230, 97, 0";

/** Vega-Lite's configuration of every chart. */
export const chartConfig: ChartPart = {
  font: "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
  view: { stroke: null },
  // A chart says what it shows in its description; a label on each of its marks would only make the files large.
  mark: { aria: false },
  title: { anchor: "start", color: ink, fontSize: 14, fontWeight: 600, offset: 12 },
  axis: {
    labelColor: muted,
    titleColor: ink,
    gridColor: grid,
    domainColor: line,
    tickColor: line,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
    labelPadding: 4,
    tickSize: 4,
  },
  axisX: { grid: false, labelFlush: false },
  legend: {
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    symbolSize: 90,
    labelLimit: 240,
  },
  header: { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
  line: { strokeWidth: 2, strokeJoin: "round", strokeCap: "round" },
  text: { color: ink, fontSize: 12 },
  rule: { color: line },
  range: { category: categories },
};

/** Anchors of viridis, from dark to bright (S. van der Walt and N. Smith, 2015). */
const VIRIDIS = ["440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725"];

/** Colours of viridis from its dark to its bright end. */
export function viridis(count: number): string[] {
  const anchors = VIRIDIS.map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  return Array.from({ length: count }, (_, i) => {
    const place = count === 1 ? 0 : (i / (count - 1)) * (anchors.length - 1);
    const low = Math.min(Math.floor(place), anchors.length - 2);
    const mixed = anchors[low]!.map((a, channel) => Math.round(a + (anchors[low + 1]![channel]! - a) * (place - low)));
    return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  });
}

/**
 * The same chart in the colours of a theme, for renderers that cannot switch by themselves. The files that
 * `gradkit/node` writes can.
 *
 * @throws OptionError for a theme other than "light" and "dark".
 *
 * @example
 * ```ts
 * import { histogram, themed } from "gradkit";
 * const { background } = themed(histogram([1, 2, 2]), "dark"); // dark ink, to be drawn on a dark page
 * background; // → "transparent"
 * ```
 */
export function themed(chart: Chart, theme: "light" | "dark"): Chart {
  checkOneOf("themed", "theme", theme, ["light", "dark"]);
  const from = colorsOf(theme === "dark" ? "light" : "dark");
  const to = colorsOf(theme);
  const pairs = new Map(from.map((color, i) => [color, to[i]!]));
  return recolored(chart, pairs) as Chart;
}

function colorsOf(theme: "light" | "dark"): string[] {
  const { categories: many, ...single } = chartColors[theme];
  return [...Object.values<string>(single), ...many];
}

function recolored(value: ChartValue, pairs: ReadonlyMap<string, string>): ChartValue {
  if (typeof value === "string") return pairs.get(value) ?? value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly ChartValue[]).map((entry) => recolored(entry, pairs));
  // Data are not colours, and long.
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, key === "data" ? entry : recolored(entry, pairs)]),
  );
}
