/** Charts as files. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { GradkitError, chartColors, histogram, lossCurves, scatter, weightImages } from "../../src/index";
import { saveChart, saveReplay, saveReport } from "../../src/node";

let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "gradkit-charts-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chart = histogram([1, 2, 2, 3]);
const at = (name: string): string => join(folder, name);

/** The kind and the message of what a promise was rejected with. */
async function refused(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(() => null, (reason: unknown) => reason);
  if (error instanceof GradkitError) return `${error.name}: ${error.message}`;
  throw new Error(`not refused: ${String(error)}`);
}

/** A page without the programs that it brings along. */
function ownText(path: string): string {
  return readFileSync(path, "utf8").replace(/<script>[^]*?<\/script>/g, (text) => (text.length > 50_000 ? "<script></script>" : text));
}

describe("saveChart", () => {
  test("writes an SVG that follows the reader's theme and prints in the light one", async () => {
    await saveChart(at("auto.svg"), chart);
    const svg = readFileSync(at("auto.svg"), "utf8");
    expect(svg).toMatch(/^<svg[^>]*><style>/);
    expect(svg).toContain("@media screen and (prefers-color-scheme:dark)");
    expect(svg).toContain(`[fill="${chartColors.light.ink}"]{fill:${chartColors.dark.ink}}`);
    expect(svg).toContain("4 values: mean 2");
  });

  test("names the font once, and places no finer than an eye can tell", async () => {
    await saveChart(at("slim.svg"), chart);
    const svg = readFileSync(at("slim.svg"), "utf8");
    expect(svg.match(/font-family/g)).toHaveLength(1);
    expect(svg).toMatch(/^<svg[^>]* font-family="system-ui/);
    expect(svg).not.toMatch(/transform="[^"]*\.\d{3}/);
  });

  test("writes one theme where that is asked for", async () => {
    await saveChart(at("dark.svg"), chart, { theme: "dark" });
    const svg = readFileSync(at("dark.svg"), "utf8");
    expect(svg).not.toContain("@media");
    expect(svg).not.toContain(chartColors.light.ink);
    expect(svg).toContain(chartColors.dark.ink);
  });

  test("keeps pictures inside the file and leaves the chart as it was", async () => {
    const weights = weightImages([[1, -1, 0, 2]]);
    const before = JSON.stringify(weights);
    await saveChart(at("weights.svg"), weights);
    const svg = readFileSync(at("weights.svg"), "utf8");
    expect(svg).toContain('xlink:href="data:image/png;base64,');
    expect(svg.replace(/xmlns(:xlink)?="[^"]*"/g, "")).not.toMatch(/https?:/);
    expect(JSON.stringify(weights)).toBe(before);
    expect(Reflect.ownKeys((weights["layer"] as readonly { data: { values: object[] } }[])[0]!.data.values[0]!)).toEqual(["url", "x", "y", "label"]);
  });

  test("writes a page from which nothing can reach the network", async () => {
    await saveChart(at("chart.html"), chart);
    const page = ownText(at("chart.html"));
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<link|<script[^>]+src=|@import|url\(/i);
    expect(page.match(/https?:\/\/[^"']*/g)).toEqual(["https://vega.github.io/schema/vega-lite/v6.json"]);
    expect(readFileSync(at("chart.html"), "utf8")).not.toContain("sourceMappingURL");
  });

  test("replaces a file as a whole, and leaves nothing beside it, also when it fails", async () => {
    writeFileSync(at("old.svg"), "old");
    await saveChart(at("old.svg"), chart);
    expect(readFileSync(at("old.svg"), "utf8")).toMatch(/<\/svg>\n$/);
    const broken = { ...chart, mark: "no such mark" };
    writeFileSync(at("kept.svg"), "kept");
    await expect(saveChart(at("kept.svg"), broken)).rejects.toThrow();
    expect(readFileSync(at("kept.svg"), "utf8")).toBe("kept");
    expect(await refused(saveChart(at("no/such/folder.svg"), chart))).toMatch(/^OptionError: saveChart: cannot write the file: .*folder\.svg \(ENOENT/);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("refuses other files, other things and data from elsewhere", async () => {
    expect(await refused(saveChart(at("chart.png"), chart))).toMatch(/unknown kind of file: ".*chart\.png"; let the path end in \.svg or \.html/);
    expect(await refused(saveChart(at("a.svg"), {} as never))).toBe(
      "OptionError: saveChart: not a chart: [object Object]; give what lossCurves, scatter and the like return",
    );
    expect(await refused(saveChart(at("a.svg"), chart, { theme: "night" as never }))).toBe(
      'OptionError: saveChart: unknown theme: "night"; give one of "auto", "light", "dark"',
    );
    expect(await refused(saveChart(at("a.svg"), chart, { dark: true } as never))).toMatch('unknown option: "dark"; options are theme');
    const elsewhere = { ...chart, data: { url: "/etc/passwd" } };
    await expect(saveChart(at("a.svg"), elsewhere)).rejects.toThrow("a chart's data are not inside it: /etc/passwd");
  });
});

describe("saveReport", () => {
  const history = [{ epoch: 1, loss: 1 }, { epoch: 2, loss: 0.5 }];

  test("puts headings, paragraphs and charts into one page, in their order", async () => {
    const sections = [
      { heading: "Training", text: "One.\n\nTwo.", chart: lossCurves(history) },
      { text: "Only text" },
      { heading: "Values", chart },
    ];
    await saveReport(at("report.html"), { title: "A first run", sections, language: "de" });
    const page = ownText(at("report.html"));
    expect(page).toContain('<html lang="de">');
    expect(page).toContain("<h1>A first run</h1>");
    expect(page).toContain('<section><h2>Training</h2><p>One.</p><p>Two.</p><figure data-chart="0"></figure></section>');
    expect(page).toContain('<section><h2>Values</h2><figure data-chart="1"></figure></section>');
    expect(page).toContain("prefers-color-scheme:dark");
  });

  test("shows markup in texts and data as text", async () => {
    const wild = "</script><img src=x onerror=alert(1)>";
    const labels = scatter([[0, 0]], { labels: [wild], title: wild });
    await saveReport(at("wild.html"), { title: wild, sections: [{ heading: wild, text: wild, chart: labels }] });
    expect(ownText(at("wild.html"))).not.toContain("<img");
    const json = /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(readFileSync(at("wild.html"), "utf8"))![1]!;
    expect((JSON.parse(json) as { title: string }[])[0]!.title).toBe(wild);
  });

  test("refuses reports without sections, and parts that are none", async () => {
    expect(await refused(saveReport(at("r.html"), { title: "x", sections: [] }))).toMatch("there are no sections");
    expect(await refused(saveReport(at("r.html"), { title: 3 as never, sections: [{ text: "x" }] }))).toMatch("title is not a text: 3");
    expect(await refused(saveReport(at("r.html"), { title: "x", sections: [{ body: "y" } as never] }))).toMatch('unknown option: "body"');
    expect(await refused(saveReport(at("r.html"), { title: "x", sections: [{ chart: 1 as never }] }))).toMatch("not a chart: 1");
  });
});

describe("saveReplay", () => {
  test("puts all frames into one page with a button and a slider", async () => {
    const frames = [0, 1, 2].map((x) => scatter([[x, 0]]));
    await saveReplay(at("replay.html"), frames, { title: "Points", text: "They move.", interval: 100 });
    const page = ownText(at("replay.html"));
    expect(page).toContain('<input type="range" min="0" max="2" value="0" aria-label="frame">');
    expect(page).toContain("<p>They move.</p>");
    expect(page).toContain('<figure data-interval="100">');
  });

  test("refuses no frames and wrong times", async () => {
    expect(await refused(saveReplay(at("r.html"), []))).toMatch("saveReplay: there are no frames");
    expect(await refused(saveReplay(at("r.html"), [chart], { interval: 0 }))).toMatch("interval is out of range: 0");
    expect(await refused(saveReplay(at("r.html"), [null as never]))).toMatch("not a chart: null");
  });
});

describe("without vega", () => {
  test("a picture is refused with what to install", async () => {
    vi.doMock("vega", () => {
      throw new Error("Cannot find package 'vega'");
    });
    vi.resetModules();
    const { toSVG } = await import("../../src/node/vega");
    const error: unknown = await toSVG("saveChart", chart).catch((reason: unknown) => reason);
    expect((error as Error).message).toMatch(/^saveChart: vega and vega-lite are not installed: .*; run npm install vega vega-lite$/);
    vi.doUnmock("vega");
    vi.resetModules();
  });
});
