/** Charts as files: a picture, a report, a film of training. */

import { extname } from "node:path";
import { type Chart, OptionError, themed } from "gradkit";
import { type Theme, svgRules } from "./look";
import { escaped, pageText } from "./page";
import { toSVG } from "./vega";
import { writeWhole } from "./write";

/** Settings of {@link saveChart}. */
export interface SaveChartOptions {
  /** Colours: "auto" (the default) follows the reader's light or dark theme, "light" and "dark" stay. */
  theme?: Theme;
}

/** A part of a report: a heading, text, a chart, or any of them. */
export interface ReportSection {
  readonly heading?: string;
  /** Plain text; an empty line begins a new paragraph. */
  readonly text?: string;
  readonly chart?: Chart;
}

/** A report: its title, and its sections in their order. */
export interface Report extends SaveChartOptions {
  readonly title: string;
  readonly sections: readonly ReportSection[];
  /** Language of the text, as a tag of BCP 47; default "en". */
  readonly language?: string;
}

/** Settings of {@link saveReplay}. */
export interface SaveReplayOptions extends SaveChartOptions {
  /** The title of the page; default "Replay". */
  title?: string;
  /** Text above the frames; an empty line begins a new paragraph. */
  text?: string;
  /** Milliseconds that each frame stands while it plays; default 250. */
  interval?: number;
  /** Language of the text, as a tag of BCP 47; default "en". */
  language?: string;
}

/**
 * Writes a chart to a file: a picture if the path ends in `.svg`, a page that draws it, with tooltips, if in `.html`.
 *
 * Needs the packages vega and vega-lite (version 6), which are not installed with gradkit. Neither file refers to
 * anything outside it. The file appears under its name only once it is whole.
 *
 * @throws OptionError (as a rejection) for another ending, something that is no chart, or a path that cannot be
 * written; GradkitError if vega is not installed.
 *
 * @example
 * ```ts no-run
 * import { histogram } from "gradkit";
 * import { saveChart } from "gradkit/node";
 * await saveChart("values.svg", histogram([1, 2, 2, 3]));
 * ```
 */
export async function saveChart(path: string, chart: Chart, options: SaveChartOptions = {}): Promise<void> {
  const where = "saveChart";
  known(where, options, ["theme"]);
  const theme = themeOf(where, options.theme);
  checkCharts(where, [chart]);
  const ending = extname(String(path)).toLowerCase();
  if (ending === ".svg") {
    const svg = await toSVG(where, theme === "dark" ? themed(chart, "dark") : chart);
    await writeWhole(where, path, `${svg.replace(/^(<svg[^>]*>)/, `$1<style>${svgRules(theme)}</style>`)}\n`);
  } else if (ending === ".html") {
    const title = typeof chart["title"] === "string" ? chart["title"] : "Chart";
    await writeWhole(where, path, reportText(where, { title, sections: [{ chart }], theme }, ""));
  } else {
    throw new OptionError(
      `${where}: unknown kind of file: ${JSON.stringify(path)}; let the path end in .svg or .html`,
      { path },
    );
  }
}

/**
 * Writes a report: headings, paragraphs and charts as one HTML file that needs no network, in the reader's light or
 * dark theme, fit to be printed. It holds Vega, so it has some 800 kB. See {@link saveChart}.
 *
 * @throws OptionError (as a rejection) for no sections, something that is no chart, or a path that cannot be written;
 * GradkitError if vega is not installed.
 *
 * @example
 * ```ts no-run
 * import { lossCurves } from "gradkit";
 * import { saveReport } from "gradkit/node";
 * const history = [{ epoch: 1, loss: 0.9 }, { epoch: 2, loss: 0.5 }];
 * await saveReport("report.html", {
 *   title: "A first run",
 *   sections: [{ heading: "Training", text: "Two epochs.", chart: lossCurves(history) }],
 * });
 * ```
 */
export async function saveReport(path: string, report: Report): Promise<void> {
  const where = "saveReport";
  known(where, report, ["title", "sections", "language", "theme"]);
  const text = reportText(where, report, `<h1>${escaped(textOf(where, "title", report.title, ""))}</h1>`);
  await writeWhole(where, path, text);
}

function reportText(where: string, { title, sections, language, theme }: Report, head: string): string {
  if (!Array.isArray(sections) || sections.length === 0) {
    throw new OptionError(
      `${where}: there are no sections: ${String(sections)}; give at least one of { heading, text, chart }`,
      { sections },
    );
  }
  for (const section of sections as readonly ReportSection[]) known(where, section, ["heading", "text", "chart"]);
  const charts = (sections as readonly ReportSection[]).flatMap(({ chart }) => (chart === undefined ? [] : [chart]));
  checkCharts(where, charts);
  const parts = (sections as readonly ReportSection[]).map(({ heading, text, chart }) => {
    const name = heading === undefined ? "" : `<h2>${escaped(textOf(where, "heading", heading, ""))}</h2>`;
    const figure = chart === undefined ? "" : `<figure data-chart="${charts.indexOf(chart)}"></figure>`;
    return `<section>${name}${paragraphs(textOf(where, "text", text, ""))}${figure}</section>`;
  });
  return pageText(where, {
    title: textOf(where, "title", title, "Report"),
    language: textOf(where, "language", language, "en"),
    theme: themeOf(where, theme),
    body: [head, ...parts].join("\n"),
    charts,
    program: `
for (const place of document.querySelectorAll("[data-chart]")) draw(charts[Number(place.dataset.chart)], place);`,
  });
}

/** Shows one frame after another: each is drawn aside and put in place whole, so that nothing flickers. */
const REPLAY = `
const [button, slider, output, stage] = ["button", "input", "output", "figure"].map((name) => document.querySelector(name));
const interval = Number(stage.dataset.interval);
let playing = false, shown = -1, turn = 0;
const show = async (at) => {
  const mine = ++turn;
  slider.value = at;
  output.textContent = "frame " + (at + 1) + " of " + charts.length;
  const aside = document.createElement("div");
  await draw(charts[at], aside);
  if (mine !== turn) return;
  stage.replaceChildren(aside);
  shown = at;
};
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const pause = () => { playing = false; button.textContent = "Play"; };
const play = async () => {
  playing = true;
  button.textContent = "Pause";
  if (shown === charts.length - 1) await show(0);
  while (playing && shown < charts.length - 1) {
    await Promise.all([show(shown + 1), wait(interval)]);
  }
  pause();
};
button.addEventListener("click", () => (playing ? pause() : play()));
slider.addEventListener("input", () => { pause(); show(Number(slider.value)); });
show(0);`;

/**
 * Writes a film of training: one HTML file without need of a network, with a slider and a button that plays the frames.
 *
 * Frames are charts of one kind, such as `triptych` makes; give them fixed axes, so that nothing jumps. See
 * {@link saveChart}.
 *
 * @throws OptionError (as a rejection) for no frames, something that is no chart, or a path that cannot be written;
 * GradkitError if vega is not installed.
 *
 * @example
 * ```ts no-run
 * import { scatter } from "gradkit";
 * import { saveReplay } from "gradkit/node";
 * const frames = [0, 1, 2].map((x) => scatter([[x, 0], [0, x]], { title: `x = ${x}` }));
 * await saveReplay("points.html", frames, { title: "Two points part", interval: 500 });
 * ```
 */
export async function saveReplay(
  path: string,
  frames: readonly Chart[],
  options: SaveReplayOptions = {},
): Promise<void> {
  const where = "saveReplay";
  known(where, options, ["theme", "title", "text", "interval", "language"]);
  const interval = options.interval ?? 250;
  if (!(interval >= 10 && interval <= 60_000)) {
    throw new OptionError(
      `${where}: interval is out of range: ${String(interval)}; give milliseconds from 10 to 60000`,
      { interval },
    );
  }
  if (!Array.isArray(frames) || frames.length === 0) {
    throw new OptionError(`${where}: there are no frames: ${String(frames)}; give an array of charts`, { frames });
  }
  checkCharts(where, frames);
  const title = textOf(where, "title", options.title, "Replay");
  const controls =
    `<div class="controls"><button type="button">Play</button>` +
    `<input type="range" min="0" max="${frames.length - 1}" value="0" aria-label="frame"><output></output></div>`;
  const body = `<h1>${escaped(title)}</h1>${paragraphs(textOf(where, "text", options.text, ""))}${controls}<figure data-interval="${interval}"></figure>`;
  const language = textOf(where, "language", options.language, "en");
  await writeWhole(
    where,
    path,
    pageText(where, { title, language, theme: themeOf(where, options.theme), body, charts: frames, program: REPLAY }),
  );
}

function paragraphs(text: string): string {
  const parts = text.split(/\n\s*\n/).map((part) => part.trim());
  return parts
    .filter((part) => part !== "")
    .map((part) => `<p>${escaped(part)}</p>`)
    .join("");
}

function textOf(where: string, name: string, value: unknown, fallback: string): string {
  if (value === undefined) return fallback;
  if (typeof value === "string") return value;
  throw new OptionError(`${where}: ${name} is not a text: ${String(value)}; give a string`, { [name]: value });
}

function themeOf(where: string, theme: Theme | undefined): Theme {
  if (theme === undefined || theme === "auto" || theme === "light" || theme === "dark") return theme ?? "auto";
  throw new OptionError(`${where}: unknown theme: ${JSON.stringify(theme)}; give one of "auto", "light", "dark"`, {
    theme,
  });
}

function checkCharts(where: string, charts: readonly Chart[]): void {
  for (const chart of charts as readonly unknown[]) {
    if (typeof chart === "object" && chart !== null && typeof (chart as Partial<Chart>).$schema === "string") continue;
    throw new OptionError(
      `${where}: not a chart: ${String(chart)}; give what lossCurves, scatter and the like return`,
      { chart },
    );
  }
}

/** Refuses options that are no record, and unknown ones. */
function known(where: string, options: object, keys: readonly string[]): void {
  const given: unknown = options;
  const wrong =
    typeof given !== "object" || given === null ? String(given) : Object.keys(given).find((key) => !keys.includes(key));
  if (wrong === undefined) return;
  throw new OptionError(`${where}: unknown option: ${JSON.stringify(wrong)}; options are ${keys.join(", ")}`, {
    option: wrong,
    known: keys,
  });
}
