/** Level sets of a function known on a grid: marching squares, joined to lines. */

/** Values on a grid: that of row j and column i, at (xs[i], ys[j]), stands at j · xs.length + i. */
export interface Grid {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly values: ArrayLike<number>;
}

/** A line through points [x, y]; closed ones end where they begin. */
export type Polyline = readonly (readonly [number, number])[];

/**
 * The lines on which the function, linear between neighbours, has the value `level`. Squares with a corner that is not
 * finite have none. In a square whose diagonals lie on different sides, the mean of its corners decides.
 */
export function contourLines(grid: Grid, level: number): Polyline[] {
  const crossings = new Map<number, [number, number]>();
  const links = new Map<number, number[]>();
  const link = (a: number, b: number): void => {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const)
      links.set(from, [...(links.get(from) ?? []), to]);
  };
  const columns = grid.xs.length;
  for (let j = 0; j + 1 < grid.ys.length; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      for (const [a, b] of segments(grid, i, j, level)) {
        for (const edge of [a, b]) if (!crossings.has(edge)) crossings.set(edge, crossing(grid, edge, level));
        link(a, b);
      }
    }
  }
  return joined(links, crossings);
}

/**
 * The pairs of edges that a line joins in a square. Edges have numbers: 2n goes right from grid point n, 2n + 1 up.
 */
function segments({ xs, values }: Grid, i: number, j: number, level: number): [number, number][] {
  const at = j * xs.length + i;
  const corners = [values[at]!, values[at + 1]!, values[at + xs.length + 1]!, values[at + xs.length]!];
  if (!corners.every(Number.isFinite)) return [];
  const [bottom, right, top, left] = [2 * at, 2 * (at + 1) + 1, 2 * (at + xs.length), 2 * at + 1];
  const edges = [bottom, right, top, left]; // edge k lies between corners k and k + 1
  const above = corners.map((value) => value >= level);
  const crossed = edges.filter((_, k) => above[k] !== above[(k + 1) % 4]);
  if (crossed.length === 0) return [];
  if (crossed.length === 2) return [[crossed[0]!, crossed[1]!]];
  const middle = corners.reduce((sum, value) => sum + value, 0) / 4 >= level;
  // The corners that differ from the middle are cut off.
  return above[0] === middle
    ? [
        [bottom, right],
        [top, left],
      ]
    : [
        [left, bottom],
        [right, top],
      ];
}

function crossing({ xs, ys, values }: Grid, edge: number, level: number): [number, number] {
  const at = edge >> 1;
  const [i, j] = [at % xs.length, Math.floor(at / xs.length)];
  const up = edge % 2 === 1;
  const [a, b] = [values[at]!, values[up ? at + xs.length : at + 1]!];
  const t = (level - a) / (b - a);
  return up ? [xs[i]!, ys[j]! + t * (ys[j + 1]! - ys[j]!)] : [xs[i]! + t * (xs[i + 1]! - xs[i]!), ys[j]!];
}

function joined(links: Map<number, number[]>, crossings: ReadonlyMap<number, readonly [number, number]>): Polyline[] {
  const lines: Polyline[] = [];
  const follow = (start: number): void => {
    const line = [crossings.get(start)!];
    for (let here = start; ;) {
      const next = links.get(here)?.pop();
      if (next === undefined) break;
      const back = links.get(next)!;
      back.splice(back.indexOf(here), 1);
      line.push(crossings.get(next)!);
      here = next;
    }
    lines.push(line);
  };
  // Open lines from their ends first; what is left are rings.
  for (const [edge, to] of links) if (to.length === 1) follow(edge);
  for (const [edge, to] of links) if (to.length > 0) follow(edge);
  return lines;
}
