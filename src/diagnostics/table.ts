/** Columns of equal width: names to the left, numbers to the right, and the words of the last one as they come. */

/** The lines of a table. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const last = rows[0]!.length - 1;
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const padded = (cell: string, column: number): string => {
    if (column === last) return cell;
    return column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  };
  return rows.map((row) => row.map(padded).join("  ").trimEnd()).join("\n");
}

/** A number in about three digits. */
export function short(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e5 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}
