/** Vega and Vega-Lite, which only the writers of pictures need: found where they are installed, or asked for. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Chart, GradkitError } from "gradkit";

/** What is used of Vega. */
interface Vega {
  parse(specification: unknown): unknown;
  loader(): object;
  View: new (dataflow: unknown, options: object) => { toSVG(): Promise<string>; finalize(): unknown };
}

/** What is used of Vega-Lite. */
interface VegaLite {
  compile(specification: unknown, options: object): { readonly spec: unknown };
}

const QUIET = { error: logError, warn: nothing, info: nothing, debug: nothing, level: nothing };

function nothing(): typeof QUIET {
  return QUIET;
}

function logError(message: string): never {
  throw new Error(message);
}

function missing(where: string, cause: unknown): GradkitError {
  const why = (cause as Error).message.split("\n")[0];
  return new GradkitError(`${where}: vega and vega-lite are not installed: ${why}; run npm install vega vega-lite`, {
    packages: ["vega", "vega-lite"],
  });
}

/** A chart as SVG, drawn without a browser. Nothing is fetched: a chart whose data are elsewhere is refused. */
export async function toSVG(where: string, chart: Chart): Promise<string> {
  let vega: Vega;
  let vegaLite: VegaLite;
  try {
    vega = (await import("vega")) as unknown as Vega;
    vegaLite = await import("vega-lite");
  } catch (cause) {
    throw missing(where, cause);
  }
  // Vega marks the rows of the data it draws; the chart that was given stays as it is.
  const { spec } = vegaLite.compile(structuredClone(chart), { logger: QUIET });
  // Vega only warns of data that it cannot load.
  const elsewhere: string[] = [];
  const load = (address: string): Promise<never> => {
    elsewhere.push(address);
    return Promise.reject(new Error("not loaded"));
  };
  const loader = Object.assign(vega.loader(), { load });
  const view = new vega.View(vega.parse(spec), { renderer: "none", logger: QUIET, loader });
  try {
    const svg = await view.toSVG();
    if (elsewhere.length === 0) return slim(svg);
  } finally {
    view.finalize();
  }
  throw new GradkitError(`${where}: a chart's data are not inside it: ${elsewhere[0]}; put them into data.values`, {
    address: elsewhere[0],
  });
}

/** The same picture with its font named once, and places to a hundredth of a pixel: a fifth less to store. */
function slim(svg: string): string {
  const [font = ""] = / font-family="[^"]*"/.exec(svg) ?? [];
  const [head = ""] = /^<svg[^>]*(?=>)/.exec(svg) ?? [];
  const rest = font === "" ? svg.slice(head.length) : svg.slice(head.length).replaceAll(font, "");
  const rounded = (number: string): string => String(Number(Number(number).toFixed(2)));
  return head + font + rest.replace(/ transform="[^"]*"/g, (place) => place.replace(/-?\d+\.\d{3,}/g, rounded));
}

/** The programs that draw charts in a page, as text. */
export function pagePrograms(where: string): string[] {
  try {
    const here = createRequire(typeof __filename === "string" ? __filename : import.meta.url);
    return [
      ["vega", "vega.min.js"],
      ["vega-lite", "vega-lite.min.js"],
    ].map(([name, file]) =>
      // Their packages name the entry only; the file for pages lies beside it.
      readFileSync(join(dirname(here.resolve(name!)), file!), "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, ""),
    );
  } catch (cause) {
    throw missing(where, cause);
  }
}
