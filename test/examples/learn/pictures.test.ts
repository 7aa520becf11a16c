/** The chapter on pictures: curves, planes, frames, and the files they are written to. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { main as pictures } from "../../../examples/learn/27-pictures";
import { chapter } from "../../support/chapter";

test("pictures: a line stays high on both losses, a network's losses part; a frame every ten updates", { timeout: 60_000 }, async () => {
  const { result } = await chapter("27-pictures", pictures);
  const [linear, network] = result.histories;
  for (const history of result.histories) {
    expect(history.map(({ step }) => step)).toEqual(Array.from({ length: 61 }, (_, i) => 10 * i));
  }
  expect(result.frames).toEqual([61, 61]);
  expect(Math.abs(linear!.at(-1)!.loss - Math.LN2)).toBeLessThan(0.02);
  expect(Math.abs(linear!.at(-1)!.validationLoss - Math.LN2)).toBeLessThan(0.02);
  const lowest = Math.min(...network!.map(({ validationLoss }) => validationLoss));
  expect(network!.findIndex(({ validationLoss }) => validationLoss === lowest)).toBeLessThan(6);
  expect(network!.at(-1)!.validationLoss).toBeGreaterThan(3 * lowest);
  expect(network!.at(-1)!.loss).toBeLessThan(0.05);
  expect(network!.at(-1)!.accuracy).toBeGreaterThan(0.95);
  expect(result.planes.map((plane) => [plane.length, plane[0]!.length])).toEqual([[13, 33], [13, 33]]);
  expect(result.bend).toBeLessThan(1e-4);
});

test("pictures: --report writes a report, a film and a frame", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "gradkit-pictures-"));
  const log = vi.spyOn(console, "log").mockReturnValue();
  try {
    const { files } = await pictures({ steps: 20, hidden: 4, report: join(folder, "xor.html") });
    expect(readdirSync(folder).sort()).toEqual(["xor-film.html", "xor.html", "xor.svg"]);
    expect(files.map((file) => readFileSync(file, "utf8").slice(0, 4).toLowerCase())).toEqual(["<!do", "<!do", "<svg"]);
    expect(readFileSync(files[0]!, "utf8")).toContain("<h2>A linear model</h2>");
    expect(readFileSync(files[2]!, "utf8")).toContain("After 20 updates");
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true, force: true });
  }
});
