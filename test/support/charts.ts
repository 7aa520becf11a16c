/** What the tests of charts look at: a specification's parts, and the SVG that Vega draws of it. */
import * as vega from "vega";
import * as vegaLite from "vega-lite";
import type { Chart, ChartPart } from "../../src/charts/grammar";

/** The SVG of a chart; a warning of Vega is an error. It gets a copy, since it marks the data that it draws. */
export async function drawn(chart: Chart): Promise<string> {
  const refuse = (...words: readonly unknown[]): never => {
    throw new Error(`the chart is not quite right: ${words.join(" ")}`);
  };
  const quiet = (): unknown => logger;
  const logger: object = { level: quiet, error: refuse, warn: refuse, info: quiet, debug: quiet };
  const copy = structuredClone(chart) as unknown as vegaLite.TopLevelSpec;
  const { spec } = vegaLite.compile(copy, { logger: logger as never });
  const view = new vega.View(vega.parse(spec), { renderer: "none", logger: logger as never });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** The words that stand in an SVG, in their order. */
export function words(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}

/** How many marks of a kind stand in an SVG, such as "symbol"; those of axes and legends do not count. */
export function marks(svg: string, kind: string): number {
  const groups = [...svg.matchAll(new RegExp(`<g class="mark-${kind} role-mark[^>]*>(.*?)</g>`, "gs"))];
  return groups.reduce((sum, [, inside]) => sum + (inside!.match(/<(path|image|text|line)/g)?.length ?? 0), 0);
}

/** The rows of data of a view, or of one of its layers. */
export function rowsOf(view: ChartPart, layer?: number): readonly Readonly<Record<string, unknown>>[] {
  const part = layer === undefined ? view : (view["layer"] as readonly ChartPart[])[layer]!;
  return (part["data"] as { values: readonly Readonly<Record<string, unknown>>[] }).values;
}
