/** Text for the terminal: headed sections, aligned tables and small plots. */

/** Begins a section of the output: an empty line, the title, a line below it. */
export function section(title: string): void {
  console.log(`\n${title}\n${"─".repeat([...title].length)}\n`);
}

/** Prints lines indented by two spaces; several in one text are fine. */
export function say(text: string): void {
  console.log(text.replace(/^(?=.)/gm, "  "));
}

/** Prints rows under headings: the first column to the left, the others to the right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? "")].length)));
  for (const row of cells) {
    const line = row.map((cell, column) => {
      const gap = " ".repeat(widths[column]! - [...cell].length);
      return column === 0 ? cell + gap : gap + cell;
    });
    console.log(`  ${line.join("   ")}`.trimEnd());
  }
}

/** Numbers with the same count of digits, as one text: `(0.50, −0.25)` without the typographic minus. */
export function vector(values: Iterable<number>, digits = 4): string {
  return `(${Array.from(values, (value) => value.toFixed(digits)).join(", ")})`;
}

/** How {@link plot} draws. */
export interface PlotOptions {
  readonly width?: number;
  readonly height?: number;
  /** Whether the vertical axis is logarithmic. */
  readonly log?: boolean;
  /** What stands below the horizontal axis. */
  readonly x?: string;
}

const MARKS = ["●", "○", "▲", "×", "■"];

/** Prints series over a common, even horizontal axis, each with a mark of its own; later ones lie on top. */
export function plot(series: Readonly<Record<string, readonly number[]>>, options: PlotOptions = {}): void {
  const { width = 60, height = 12, log = false, x = "" } = options;
  const scale = (value: number): number => (log ? Math.log10(value) : value);
  const values = Object.values(series).flat().map(scale).filter(Number.isFinite);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const grid = Array.from({ length: height }, () => Array<string>(width).fill(" "));
  Object.values(series).forEach((line, which) => {
    for (let column = 0; column < width; column++) {
      const value = scale(line[Math.round((column * (line.length - 1)) / (width - 1))]!);
      if (!Number.isFinite(value)) continue;
      const row = high === low ? 0 : Math.round(((high - value) / (high - low)) * (height - 1));
      grid[row]![column] = MARKS[which % MARKS.length]!;
    }
  });
  const near = (end: number): number => (Math.abs(end) < 1e-9 * (high - low) ? 0 : end);
  const ends = [high, low].map((end) => Number((log ? 10 ** end : near(end)).toPrecision(3)).toString());
  const margin = Math.max(...ends.map((end) => end.length));
  grid.forEach((row, i) => {
    const label = i === 0 ? ends[0]! : i === height - 1 ? ends[1]! : "";
    console.log(`  ${label.padStart(margin)} │${row.join("")}`.trimEnd());
  });
  console.log(`  ${" ".repeat(margin)} └${"─".repeat(width)}`);
  const legend = Object.keys(series).map((name, which) => `${MARKS[which % MARKS.length]!} ${name}`);
  console.log(`  ${" ".repeat(margin)}  ${[...legend, x].filter((text) => text !== "").join("   ")}`);
}
