/** The style sheets of pictures and pages: they follow the reader's light or dark theme, and print in the light one. */

import { type ChartColors, chartColors } from "gradkit";

/** How a file looks: in the reader's theme, or always in one. */
export type Theme = "auto" | "light" | "dark";

const hexes = ({ categories, ...single }: ChartColors): string[] => [
  ...Object.values<string>(single),
  ...categories,
];

/** Cells without seams between them, and small images with sharp pixels. */
const SHARP = ".mark-rect path{shape-rendering:crispEdges}.mark-image image{image-rendering:pixelated}";

/** Rules within an SVG: where the reader's theme is dark, each light colour becomes its dark one. */
export function svgRules(theme: Theme): string {
  if (theme !== "auto") return SHARP;
  const dark = hexes(chartColors.dark);
  const swaps = hexes(chartColors.light).map(
    (light, i) => `[fill="${light}"]{fill:${dark[i]}}[stroke="${light}"]{stroke:${dark[i]}}`,
  );
  return `${SHARP}@media screen and (prefers-color-scheme:dark){${swaps.join("")}}`;
}

const variables = ({ ink, muted, line, grid, surface }: ChartColors): string =>
  `--ink:${ink};--muted:${muted};--line:${line};--grid:${grid};--surface:${surface}`;

/** Rules of a page. */
export function pageRules(theme: Theme): string {
  const { light, dark } = chartColors;
  const scheme = theme === "auto" ? "light dark" : theme;
  const first = theme === "dark" ? dark : light;
  const other = theme === "auto" ? `@media screen and (prefers-color-scheme:dark){:root{${variables(dark)}}}` : "";
  return `:root{color-scheme:${scheme};${variables(first)}}${other}
body{margin:0;background:var(--surface);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 1.5rem}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem}
p{max-width:42rem;margin:.5rem 0}
figure{margin:1rem 0;overflow-x:auto}
figure svg{display:block;height:auto;max-width:none}
.controls{display:flex;align-items:center;gap:.75rem;max-width:60rem;margin:1rem 0}
.controls input{flex:1;min-width:6rem;accent-color:${first.categories[0]}}
.controls button{font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:6px;padding:.3rem 1rem;min-width:6rem;cursor:pointer}
.controls output{color:var(--muted);font-variant-numeric:tabular-nums;white-space:nowrap}
@media print{main{padding:0}section{break-inside:avoid}.controls{display:none}}
${svgRules(theme)}`;
}
