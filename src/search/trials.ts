/** What a search has tried, and what it found. */

import { show } from "../check";

/** One trial of a search: the settings, and what came of them. */
export interface Trial<P = Readonly<Record<string, unknown>>> {
  readonly params: P;
  /** What the objective gave; NaN where it threw. A score that is not finite counts as a failure. */
  readonly score: number;
  /** What the objective threw, else null. */
  readonly error: unknown;
}

/** Why a search ended: all trials made, nothing better within reach, nothing left to try, or its signal. */
export type SearchEnd = "trials" | "converged" | "exhausted" | "abort";

/** Whether a trial has no score to compare. */
export function hasFailed({ score, error }: Pick<Trial, "score" | "error">): boolean {
  return error !== null || !Number.isFinite(score);
}

/** Lines of trials in a table. */
const LINES = 20;

/** What a search found. */
export class SearchResult<P = Readonly<Record<string, unknown>>> {
  /** The best settings. */
  readonly params: P;
  /** Their score. */
  readonly score: number;
  /** All trials in their order, those of `previous` first. */
  readonly trials: readonly Trial<P>[];
  /** Why the search ended. */
  readonly stoppedBy: SearchEnd;
  private readonly sign: number;

  /** @internal */
  constructor(best: Trial<P>, trials: readonly Trial<P>[], stoppedBy: SearchEnd, sign: number) {
    this.params = best.params;
    this.score = best.score;
    this.trials = trials;
    this.stoppedBy = stoppedBy;
    this.sign = sign;
  }

  /** A table of the trials, the best first, at most twenty. */
  toString(): string {
    const costOf = (trial: Trial<P>): number => (hasFailed(trial) ? Infinity : this.sign * trial.score);
    const ranked = this.trials.map((trial, i) => ({ trial, i, cost: costOf(trial) }));
    ranked.sort((a, b) => (a.cost === b.cost ? a.i - b.i : a.cost - b.cost));
    const names = Object.keys(this.params as object);
    const rows = ranked.slice(0, LINES).map(({ trial, i }) => [
      String(i),
      hasFailed(trial) ? "failed" : short(trial.score),
      ...names.map((name) => short((trial.params as Record<string, unknown>)[name])),
    ]);
    const table = [["trial", "score", ...names], ...rows];
    const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
    const lines = table.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  "));
    if (ranked.length > LINES) lines.push(`… and ${ranked.length - LINES} more`);
    return lines.join("\n");
  }
}

function short(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(5))) : typeof value === "string" ? value : show(value);
}
