/** `npm run bench`: times gradkit and its peers on the same work, in turns, and prints one table. */

import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { GradkitError } from "../src/errors";
import { buildAll, install } from "./build";
import { runColdStarts } from "./coldStart";
import { contestants, findTorch } from "./contestants";
import { type Settings, help, settingsOf } from "./options";
import { type Row, emptyCell, runRounds } from "./rounds";
import { showTable } from "./table";

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  if (words.includes("--help")) return console.log(help());
  const settings = settingsOf(words);
  install(say);
  say("building");
  await buildAll();
  const rows = await runAll(settings);
  clear();
  console.log(`${machine()}\n`);
  console.log(showTable(rows, settings.workloads, settings.contestants));
  if (settings.json !== null) writeFileSync(settings.json, `${JSON.stringify(report(rows), null, 2)}\n`);
}

/** All rows, in the order of the table. */
async function runAll(settings: Settings): Promise<Map<string, Row>> {
  const wanted = settings.contestants.some(({ system }) => system === "pytorch");
  const python = wanted ? findTorch() : null;
  const able = settings.contestants.filter(({ system }) => system !== "pytorch" || python !== null);
  const rows = new Map<string, Row>();
  for (const workload of settings.workloads) {
    const report = (text: string): void => say(`${workload.id}: ${text}`);
    // Columns without anything to measure in this row need no process.
    const racing = able.filter(({ id }) => id !== "limit" || workload.kind === "matmul" || workload.kind === "cold");
    const here = { ...settings, contestants: racing };
    const row = workload.kind === "cold" ? runColdStarts(here, python, report) : await runRounds(workload, here, python, report);
    const missing = settings.contestants.filter(({ id }) => !row.has(id));
    const absent = missing.map(({ id, system }) => {
      const reason = system === "pytorch" ? "no python3 here has PyTorch (set PYTHON to one that has)" : null;
      return [id, emptyCell(reason)] as const;
    });
    rows.set(workload.id, new Map([...row, ...absent]));
  }
  return rows;
}

/** One line of progress, overwritten by the next where a person watches. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else process.stderr.write(`${text}\n`);
}

function clear(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

function machine(): string {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const peers = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  return `Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores; ${peers.join(", ")}`;
}

function report(rows: ReadonlyMap<string, Row>): object {
  const cells = (row: Row): object => Object.fromEntries(row);
  return {
    node: process.version,
    machine: machine(),
    systems: contestants.map(({ id, title }) => ({ id, title })),
    rows: Object.fromEntries([...rows].map(([id, row]) => [id, cells(row)])),
  };
}

main().catch((error: unknown) => {
  clear();
  console.error(error instanceof GradkitError ? error.message : error);
  process.exitCode = 1;
});
