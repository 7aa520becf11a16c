/** Cold starts: whole processes, from their start to their end, system by system in turn. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { dist } from "./build";
import type { Contestant } from "./contestants";
import type { Settings } from "./options";
import { type Cell, type Row, emptyCell } from "./rounds";
import { median } from "./stopwatch";

/** Starts every system as often as asked. */
export function runColdStarts(settings: Settings, python: string | null, say: (text: string) => void): Row {
  const row = new Map(settings.contestants.map((contestant) => [contestant.id, emptyCell()]));
  // The first round fills the caches of the file system and does not count.
  for (let round = 0; round <= settings.starts; round++) {
    say(`round ${round} of ${settings.starts}`);
    for (const contestant of settings.contestants) {
      const cell = row.get(contestant.id)!;
      if (cell.reason !== null) continue;
      const seconds = startOnce(contestant, cell, python);
      if (round > 0 && seconds !== null) cell.rounds.push(seconds);
    }
  }
  for (const cell of row.values()) if (cell.reason === null) cell.seconds = median(cell.rounds);
  return row;
}

function startOnce({ cold, system }: Contestant, cell: Cell, python: string | null): number | null {
  if (cold === null) {
    cell.reason = "a first step of four rows needs no second thread";
    return null;
  }
  const [script, argument] = cold;
  const file = join(dist, "cold", `${script}.${system === "pytorch" ? "py" : "js"}`);
  const start = performance.now();
  const command = system === "pytorch" ? (python ?? "python3") : process.execPath;
  const { status, stderr } = spawnSync(command, [file, argument], { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  const seconds = (performance.now() - start) / 1000;
  if (status === 0) return seconds;
  cell.reason = `failed: ${stderr.trim().split("\n").at(-1) ?? `exit code ${status}`}`;
  return null;
}
