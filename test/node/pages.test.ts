/** Reports and replays as a reader sees them, in Chromium; left out, with a line that says so, where there is none. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chartColors, decisionBoundary, histogram, scatter } from "../../src/index";
import { saveReplay, saveReport } from "../../src/node";

const executablePath = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => path !== undefined && existsSync(path));
if (executablePath === undefined) console.warn("pages.test.ts is left out: there is no Chromium; set CHROMIUM_PATH");

describe.skipIf(executablePath === undefined)("pages in a browser", () => {
  let browser: Browser;
  let folder = "";
  /** What pages asked for and complained of. */
  const heard: string[] = [];

  const open = async (name: string, scheme: "light" | "dark") => {
    const context: BrowserContext = await browser.newContext({ colorScheme: scheme });
    const page = await context.newPage();
    page.on("request", (request) => heard.push(request.url().slice(0, 100)));
    page.on("console", (message) => heard.push(message.text()));
    page.on("pageerror", (error) => heard.push(error.message));
    heard.length = 0;
    await page.goto(`file://${join(folder, name)}`);
    await page.waitForSelector("figure svg");
    return page;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gradkit-pages-"));
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-background-networking"] });
    const plane = decisionBoundary((x) => x.sum({ axes: 1 }).sub(1), { x: [[0, 0], [1, 1]], y: [0, 1] });
    await saveReport(join(folder, "report.html"), { title: "</script>", sections: [{ text: "x", chart: histogram([1, 2]) }, { chart: plane }] });
    const frames = [0, 1, 2].map((x) => scatter([[x, 0]], { title: `x = ${x}` }));
    await saveReplay(join(folder, "replay.html"), frames, { interval: 20 });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a report draws its charts in the reader's theme, asks for nothing else and prints in the light theme", async () => {
    const page = await open("report.html", "dark");
    expect(heard).toEqual([`file://${join(folder, "report.html")}`]);
    expect(await page.locator("figure svg").count()).toBe(2);
    expect(await page.textContent("h1")).toBe("</script>");
    const ink = `figure svg [fill="${chartColors.light.ink}"]`;
    const color = () => page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(ink)})).fill`);
    expect(await color()).toBe("rgb(230, 237, 243)");
    await page.emulateMedia({ media: "print" });
    expect(await color()).toBe("rgb(31, 35, 40)");
  });

  test("a replay plays to its end, and stands where its slider is put", async () => {
    const page = await open("replay.html", "light");
    const title = () => page.textContent("figure .role-title-text text");
    expect(await title()).toBe("x = 0");
    await page.click("button");
    await page.waitForFunction(`document.querySelector("output").textContent === "frame 3 of 3"`);
    await page.waitForFunction(`document.querySelector("button").textContent === "Play"`);
    expect(await title()).toBe("x = 2");
    await page.fill("input", "1");
    await page.waitForFunction(`document.querySelector("figure .role-title-text text").textContent === "x = 1"`);
    expect(await page.textContent("output")).toBe("frame 2 of 3");
    expect(heard).toEqual([`file://${join(folder, "replay.html")}`]);
  });
});
