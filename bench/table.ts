/** The table as text: times in fitting units, products in GFLOP/s, and below it what is missing and why. */

import type { Contestant } from "./contestants";
import { goalsOf } from "./goals";
import type { Cell, Row } from "./rounds";
import { type ColdWorkload, type Workload, matmulFlops } from "./workloads";

type Any = Workload | ColdWorkload;

/** Three significant digits and a unit. */
function showSeconds(seconds: number): string {
  const [value, unit] = seconds >= 1 ? [seconds, "s"] : seconds >= 1e-3 ? [seconds * 1e3, "ms"] : [seconds * 1e6, "µs"];
  return `${showNumber(value)} ${unit}`;
}

function showNumber(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function showCell(workload: Any, { seconds }: Cell): string {
  if (seconds === null) return "–";
  return workload.kind === "matmul" ? showNumber(matmulFlops(workload) / seconds / 1e9) : showSeconds(seconds);
}

/** All rows, then reasons and notes, then the goals. */
export function showTable(
  rows: ReadonlyMap<string, Row>,
  workloads: readonly Any[],
  contestants: readonly Contestant[],
): string {
  const done = workloads.filter(({ id }) => rows.has(id));
  const lines = [
    ["", ...contestants.map(({ title }) => title)],
    ...done.map((workload) => [
      workload.kind === "matmul" ? `${workload.title}, GFLOP/s` : workload.title,
      ...contestants.map(({ id }) => showCell(workload, rows.get(workload.id)!.get(id)!)),
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(3, ...lines.map((line) => line[column]!.length)));
  const format = (line: readonly string[]): string =>
    `| ${line.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  const table = [format(lines[0]!), rule, ...lines.slice(1).map(format)].join("\n");
  const goals = goalsOf(rows).map(({ text, reached }) => `  ${reached ? "reached" : "MISSED "}  ${text}`);
  const parts = [table];
  const remarks = remarksOf(rows, done, contestants);
  if (remarks.length > 0) parts.push(remarks.join("\n"));
  if (goals.length > 0) parts.push(`Goals (on an idle machine):\n${goals.join("\n")}`);
  return parts.join("\n\n");
}

/** What is missing and what is to be known, each said once, with the rows it holds for unless these are most. */
function remarksOf(
  rows: ReadonlyMap<string, Row>,
  workloads: readonly Any[],
  contestants: readonly Contestant[],
): string[] {
  const lines: string[] = [];
  for (const { id, title } of contestants) {
    const texts = new Map<string, string[]>();
    for (const workload of workloads) {
      const { reason, notes } = rows.get(workload.id)!.get(id)!;
      for (const text of [...(reason === null ? [] : [`– ${reason}`]), ...notes]) {
        texts.set(text, [...(texts.get(text) ?? []), workload.id]);
      }
    }
    for (const [text, where] of texts) {
      lines.push(`${title}${where.length > workloads.length / 2 ? "" : ` (${where.join(", ")})`}: ${text}`);
    }
  }
  return lines;
}
