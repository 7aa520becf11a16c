/** One row of the table: all systems get ready, warm up, and then take turns. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child";
import type { Contestant } from "./contestants";
import { arraysOf } from "./data";
import { mnistFolder } from "./mnist";
import type { Settings } from "./options";
import type { Reply } from "./protocol";
import { median } from "./stopwatch";
import type { Workload } from "./workloads";

/** What became of a system in a workload. */
export interface Cell {
  /** Median seconds per run, or null where there is none. */
  seconds: number | null;
  /** Seconds per run of each round. */
  readonly rounds: number[];
  /** What is checked against the other systems. */
  check: number | null;
  /** Why there is no number. */
  reason: string | null;
  readonly notes: string[];
}

/** Cells by the names of their systems. */
export type Row = ReadonlyMap<string, Cell>;

export function emptyCell(reason: string | null = null): Cell {
  return { seconds: null, rounds: [], check: null, reason, notes: [] };
}

interface Runner {
  readonly child: Child;
  readonly cell: Cell;
  chunk: number;
}

/** Runs a workload on all systems. `say` hears of progress. */
export async function runRounds(
  workload: Workload,
  settings: Settings,
  python: string | null,
  say: (text: string) => void,
): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "gradkit-bench-"));
  const row = new Map<string, Cell>();
  let runners: Runner[] = [];
  try {
    const data = join(folder, "data.bin");
    const arrays = Object.entries(arraysOf(workload));
    writeFileSync(data, Buffer.concat(arrays.map(([, { values }]) => new Uint8Array(values.buffer))));
    const shapes = arrays.map(([name, { shape }]) => [name, shape] as const);
    for (const contestant of settings.contestants) {
      say(`${contestant.title}: preparing`);
      const runner = start(contestant, python, settings);
      row.set(contestant.id, runner.cell);
      runners.push(runner);
      take(runner, await runner.child.ask({ do: "prepare", workload, data, shapes, mnist: mnistFolder() }), settings);
      runners = running(runners);
    }
    if (workload.kind !== "epoch") {
      for (const runner of runners) {
        say(`${runner.child.contestant.title}: warming up`);
        await warm(runner, settings);
      }
    }
    const rounds = workload.kind === "epoch" ? settings.epochs : settings.rounds;
    const seconds = workload.kind === "epoch" ? 0 : settings.seconds / rounds;
    for (let round = 0; round < rounds; round++) {
      runners = running(runners);
      // There and back, so that nobody always follows the same neighbour.
      for (const runner of round % 2 === 0 ? runners : [...runners].reverse()) {
        say(`${runner.child.contestant.title}: round ${round + 1} of ${rounds}`);
        const reply = await runner.child.ask({ do: "slice", seconds, chunk: runner.chunk });
        if (reply.seconds !== undefined) runner.cell.rounds.push(reply.seconds);
        take(runner, reply, settings);
      }
    }
    for (const runner of running(runners)) {
      runner.cell.seconds = median(runner.cell.rounds);
      if (workload.kind === "epoch") take(runner, await runner.child.ask({ do: "finish" }), settings);
    }
  } finally {
    for (const { child } of runners) child.end();
    rmSync(folder, { recursive: true, force: true });
  }
  compareChecks(workload, row);
  return row;
}

/** An estimate may be far off where the machine is busy: a reply may take several times what an epoch may. */
function start(contestant: Contestant, python: string | null, { seconds, epochLimit }: Settings): Runner {
  return { child: new Child(contestant, python, 60 + seconds + 5 * epochLimit), cell: emptyCell(), chunk: 1 };
}

/** Notes down what a reply says besides times. */
function take({ cell }: Runner, reply: Reply, { epochLimit }: Settings): void {
  cell.check = reply.check ?? cell.check;
  if (reply.note !== undefined && reply.note !== null && !cell.notes.includes(reply.note)) cell.notes.push(reply.note);
  if (reply.skip !== undefined) cell.reason = reply.skip;
  if (reply.error !== undefined) cell.reason = `failed: ${reply.error}`;
  if (reply.estimate !== undefined && reply.estimate !== null && reply.estimate > epochLimit) {
    cell.reason = `an epoch would take about ${reply.estimate.toFixed(0)} s (--epoch-limit ${epochLimit})`;
  }
  if (cell.reason !== null) cell.seconds = null;
}

/** Those who are still in the race; the others are sent home. */
function running(runners: readonly Runner[]): Runner[] {
  for (const { child, cell } of runners) if (cell.reason !== null) child.end();
  return runners.filter(({ cell }) => cell.reason === null);
}

const WINDOW = 0.1; // seconds
const LOOK = 0.002; // seconds between looks at the clock
const SETTLED = 0.05; // how much two windows that count as equal may differ
const PATIENCE = 3; // seconds of warming up at most

/** Runs until two windows in a row take as long as the one before. */
async function warm(runner: Runner, settings: Settings): Promise<void> {
  const end = performance.now() + 1000 * PATIENCE;
  let before = Infinity;
  let alike = 0;
  while (alike < 2 && performance.now() < end) {
    const reply = await runner.child.ask({ do: "slice", seconds: WINDOW, chunk: runner.chunk });
    take(runner, reply, settings);
    if (reply.seconds === undefined) return;
    runner.chunk = Math.min(1e6, Math.max(1, Math.round(LOOK / reply.seconds)));
    alike = Math.abs(reply.seconds / before - 1) < SETTLED ? alike + 1 : 0;
    before = reply.seconds;
  }
}

const TOLERANCE = 0.01;

/** Nobody is timed for doing less: losses and sums must agree with the median of all, to a hundredth. */
function compareChecks(workload: Workload, row: Row): void {
  const checks = [...row.values()].flatMap(({ check, reason }) => (check === null || reason !== null ? [] : [check]));
  if (checks.length < 2) return;
  const middle = median(checks);
  for (const cell of row.values()) {
    if (cell.check === null || Math.abs(cell.check - middle) <= TOLERANCE * Math.abs(middle)) continue;
    const what = { train: "loss", infer: "checksum", matmul: "checksum", elementwise: "sum", epoch: "test accuracy" }[workload.kind];
    cell.notes.push(`WRONG: its ${what} is ${cell.check}, that of the others ${middle}`);
  }
}
