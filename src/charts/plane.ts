/** A coloured plane as few rectangles: neighbours of one kind in a row of cells become one. */

import type { Polyline } from "./contours";
import type { ChartPart } from "./grammar";
import { cell } from "./values";

/** A run of cells of one kind, by columns and row; `to` is past the last. */
export interface CellRun {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly kind: number;
}

/** The runs of a grid of kinds, row by row; cells of a negative kind stay empty. */
export function runsOf(kinds: ArrayLike<number>, columns: number): CellRun[] {
  const runs: CellRun[] = [];
  for (let start = 0; start < kinds.length; ) {
    const kind = kinds[start]!;
    const row = Math.floor(start / columns);
    let end = start + 1;
    while (end < (row + 1) * columns && kinds[end] === kind) end++;
    if (kind >= 0) runs.push({ row, from: start - row * columns, to: end - row * columns, kind });
    start = end;
  }
  return runs;
}

/** A run as a rectangle between the edges of its cells. */
export function rectangle({ row, from, to }: CellRun, xEdges: readonly number[], yEdges: readonly number[]): ChartPart {
  return { x: cell(xEdges[from])!, x2: cell(xEdges[to])!, y: cell(yEdges[row])!, y2: cell(yEdges[row + 1])! };
}

/** Lines as rows of data, each with the number of its line. */
export function lineRows(lines: readonly Polyline[], more: (line: number) => ChartPart = () => ({})): ChartPart[] {
  return lines.flatMap((line, n) => line.map(([x, y], at) => ({ x: cell(x), y: cell(y), line: n, at, ...more(n) })));
}

/** `count + 1` equally distant numbers from low to high. */
export function edgesOf(low: number, high: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
}
