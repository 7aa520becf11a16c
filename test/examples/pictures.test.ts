/** Pictures of examples: each chapter has some, its page shows the first; `--report` writes them or refuses at once. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lineChart } from "gradkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Pictures, checkReport, writeReport } from "../../examples/support/pictures";
import { filesBelow, read, root } from "../support/sources";

const chapters = filesBelow("examples/learn", ".ts").map((path) => path.slice("examples/learn/".length, -".ts".length));

describe("chapters", () => {
  test.each(chapters)("%s has pictures, and its page shows the first", async (name) => {
    const module = (await import(`${root}examples/learn/${name}.ts`)) as { pictures?: unknown };
    expect(module.pictures, `examples/learn/${name}.ts exports no pictures(result)`).toBeTypeOf("function");
    expect(read(`docs/learn/${name}.md`)).toMatch(new RegExp(`^!\\[[^\\]]{20,}\\]\\(\\.\\./pictures/${name}\\.svg\\)$`, "m"));
    expect(existsSync(`${root}docs/pictures/${name}.svg`)).toBe(true);
  });
});

describe("--report", () => {
  const chart = lineChart({ falls: [2, 1] });
  const pictures: Pictures = { sections: [{ heading: "A line", chart }], film: { title: "A film", frames: [chart, chart] } };
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gradkit-pictures-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("writes a page with every picture, and a film beside it", async () => {
    const files = await writeReport(join(folder, "a.html"), "Lines", pictures);
    expect(readdirSync(folder).sort()).toEqual(["a-film.html", "a.html"]);
    expect(files.map((file) => readFileSync(file, "utf8").slice(0, 4).toLowerCase())).toEqual(["<!do", "<!do"]);
    expect(readFileSync(files[0]!, "utf8")).toContain("<h2>A line</h2>");
    expect(readFileSync(files[1]!, "utf8")).toContain("<title>A film</title>");
  });

  test("writes the first picture alone into an SVG file", async () => {
    const files = await writeReport(join(folder, "a.svg"), "Lines", pictures);
    expect(readdirSync(folder)).toEqual(["a.svg"]);
    expect(readFileSync(files[0]!, "utf8")).toMatch(/^<svg/);
  });

  test("refuses another ending, and a folder that is not there or none", () => {
    expect(() => checkReport("xor", "a.png")).toThrow('xor: unknown kind of file: "a.png"; let --report end in .html or .svg');
    expect(() => checkReport("xor", join(folder, "no", "a.svg"))).toThrow(/^xor: no such folder: ".*no" \(for --report .*a\.svg\); make it first$/);
    writeFileSync(join(folder, "file"), "");
    expect(() => checkReport("xor", join(folder, "file", "a.svg"))).toThrow(/^xor: no folder to write to: ".*file" \(for --report .*a\.svg\); give a path in a folder of yours$/);
    expect(() => checkReport("xor", join(folder, "a.svg"))).not.toThrow();
  });
});
