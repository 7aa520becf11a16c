/** Pages that need nothing else: text, charts and what draws them in one file, shut off from the network. */

import { type Chart, themed } from "gradkit";
import { type Theme, pageRules } from "./look";
import { pagePrograms } from "./vega";

/** What a page is made of. */
export interface Page {
  readonly title: string;
  readonly language: string;
  readonly theme: Theme;
  /** Markup of the body. */
  readonly body: string;
  readonly charts: readonly Chart[];
  /** The program that draws them: it finds `charts` and `draw`. */
  readonly program: string;
}

/** Draws a chart into an element; resolves once it is there. */
const DRAW = `
const charts = JSON.parse(document.getElementById("charts").textContent);
const draw = async (chart, place) => {
  try {
    const { spec } = vegaLite.compile(chart);
    await new vega.View(vega.parse(spec), { renderer: "svg", container: place, hover: true }).runAsync();
  } catch (error) {
    place.textContent = "This chart cannot be drawn: " + error.message;
  }
};`;

/** What the page may do: run what it brings along, and nothing else. Vega makes functions of expressions. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:";

/** The text of a page. */
export function pageText(where: string, { title, language, theme, body, charts, program }: Page): string {
  const shown = theme === "dark" ? charts.map((chart) => themed(chart, "dark")) : charts;
  const scripts = [...pagePrograms(where), DRAW + program].map((text) => `<script>${inScript(text)}</script>`);
  return `<!doctype html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escaped(title)}</title>
<style>
${pageRules(theme)}
</style>
</head>
<body>
<main>
${body}
<noscript><p>The charts are drawn by this page itself, which needs JavaScript.</p></noscript>
</main>
<script type="application/json" id="charts">${inData(JSON.stringify(shown))}</script>
${scripts.join("\n")}
</body>
</html>
`;
}

/** Text as HTML shows it. */
export function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (letter) => names[letter]!);
}

/** Data that cannot end their element early. */
const inData = (json: string): string => json.replace(/</g, "\\u003c");

/** A program that cannot end its element early: in strings and regular expressions, its only places, \/ means /. */
const inScript = (text: string): string => text.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
