/** Rounding a table to whole numbers so that rows, columns and cells all stay within one of what they were. */

const SLACK = 1e-9; // fractions such as 0.7 · 10 miss whole numbers by rounding

/**
 * Whole numbers in place of the cells of a table whose rows have whole sums: each cell and each column sum is rounded
 * up or down (whole ones stay), each row sum is kept. One always exists: the cells' fractions are a flow from rows to
 * columns, and flows with whole bounds have whole solutions; it is found by augmenting paths (Bacharach 1966).
 */
export function roundTable(table: readonly (readonly number[])[]): number[][] {
  const rounded = table.map((row) => row.map((cell) => Math.floor(cell + SLACK)));
  const free = table.map((row, r) => row.map((cell, c) => cell - rounded[r]![c]! > SLACK));
  const used = table.map((row) => row.map(() => false));
  const rest = table.map((row, r) => Math.round(sum(row)) - sum(rounded[r]!));
  const columns = table[0]!.map((_, c) => ({
    exact: sum(table.map((row) => row[c]!)),
    floors: sum(rounded.map((row) => row[c]!)),
  }));
  const room = columns.map(({ exact, floors }) => Math.floor(exact + SLACK) - floors);
  const fill = (): void => {
    rest.forEach((_, r) => {
      while (rest[r]! > 0 && augment(r, free, used, room)) rest[r]!--;
    });
  };
  fill();
  columns.forEach(({ exact }, c) => {
    if (exact - Math.floor(exact + SLACK) > SLACK) room[c]!++;
  });
  fill();
  return rounded.map((row, r) => row.map((cell, c) => cell + (used[r]![c]! ? 1 : 0)));
}

/** Finds a free cell for one more unit of a row, moving units of other rows aside where that makes room. */
function augment(from: number, free: readonly boolean[][], used: boolean[][], room: number[]): boolean {
  const reached = new Map<number, { row: number; before: number | null }>(); // by column: from which row and column
  const queue: { row: number; before: number | null }[] = [{ row: from, before: null }];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (let c = 0; c < room.length; c++) {
      if (!free[at.row]![c]! || used[at.row]![c]! || reached.has(c)) continue;
      reached.set(c, at);
      if (room[c]! > 0) {
        room[c]!--;
        for (let column: number | null = c; column !== null; ) {
          const { row, before }: { row: number; before: number | null } = reached.get(column)!;
          used[row]![column] = true;
          if (before !== null) used[row]![before] = false;
          column = before;
        }
        return true;
      }
      for (let r = 0; r < used.length; r++) if (used[r]![c]!) queue.push({ row: r, before: c });
    }
  }
  return false;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
