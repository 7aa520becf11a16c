/** A daily series from a CSV file: one date and one value per row, every day present or filled. */
import { readFileSync } from "node:fs";
import Papa from "papaparse";
import { nearest } from "../../src/check";
import { FormatError, OptionError } from "../../src/errors";
import { type DailySeries, dateAt } from "./series";

/** Which columns to read, and what to do about what is missing. */
export interface CsvOptions {
  /** Column of the values. */
  readonly column: string;
  /** Column of the dates. */
  readonly date: string;
  /** Fill missing days on the straight line between their neighbours, rather than refusing them. */
  readonly fill: boolean;
}

/** Reads a file with a heading row; days may stand in any order, each at most once. */
export function readDailyCsv(path: string, { column, date, fill }: CsvOptions): DailySeries {
  const rows = readRows(path, [column, date]);
  const byDate = new Map<string, number>();
  rows.forEach((row, i) => {
    const where = `row ${i + 2}`;
    const day = readDate(path, where, row[date]!);
    const value = Number(row[column]!.trim() === "" ? NaN : row[column]);
    if (!Number.isFinite(value)) {
      throw new FormatError(
        `csv: not a number: ${JSON.stringify(row[column])} in ${where}, column "${column}" of ${path}; mend or remove the row`,
        { path, row: i + 2, column },
      );
    }
    if (byDate.has(day)) {
      throw new FormatError(`csv: a day stands twice: ${day} (again in ${where} of ${path}); keep one row per day`, { path, day });
    }
    byDate.set(day, value);
  });
  return everyDay(path, byDate, fill);
}

function readRows(path: string, columns: readonly string[]): Record<string, string>[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new FormatError(`csv: cannot read the file: ${path} (${(cause as Error).message}); check the path`, { path });
  }
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: "greedy" });
  const fields = meta.fields ?? [];
  for (const column of columns) {
    if (fields.includes(column)) continue;
    const guess = nearest(column, fields);
    const hint = guess === undefined ? "" : `did you mean "${guess}"? `;
    throw new OptionError(
      `csv: no such column: "${column}" in ${path}; ${hint}it has ${fields.map((field) => `"${field}"`).join(", ")}`,
      { column, columns: fields },
    );
  }
  const broken = errors.find((error) => error.type !== "Delimiter");
  if (broken !== undefined) {
    throw new FormatError(`csv: broken row: ${broken.message} (row ${(broken.row ?? 0) + 2} of ${path}); mend it`, { path });
  }
  if (data.length === 0) throw new FormatError(`csv: no rows: ${path} has a heading at most; give one row per day`, { path });
  return data;
}

function readDate(path: string, where: string, text: string): string {
  const day = text.trim().slice(0, 10);
  const known = /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day));
  if (known && dateAt(day, 0) === day) return day; // Date.parse takes February 30 for March 1
  throw new FormatError(`csv: not a date: ${JSON.stringify(text)} in ${where} of ${path}; write it as 2024-01-31`, { path, text });
}

const NAMED = 5; // missing days named in the message

function everyDay(path: string, byDate: ReadonlyMap<string, number>, fill: boolean): DailySeries {
  const known = [...byDate.keys()].sort();
  const [first, last] = [known[0]!, known[known.length - 1]!];
  const count = Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1;
  const dates = Array.from({ length: count }, (_, t) => dateAt(first, t));
  const missing = dates.filter((day) => !byDate.has(day));
  if (missing.length > 0 && !fill) {
    const named = missing.slice(0, NAMED).join(", ") + (missing.length > NAMED ? ", …" : "");
    throw new FormatError(
      `csv: days are missing: ${missing.length} of ${count} between ${first} and ${last} (${named}) in ${path}; ` +
        "pass --fill to draw them on the line between their neighbours, or add the rows",
      { path, missing },
    );
  }
  const values: number[] = [];
  for (let t = 0; t < count; t++) {
    const value = byDate.get(dates[t]!);
    values.push(value ?? interpolate(dates, byDate, values, t));
  }
  return { dates, values };
}

function interpolate(
  dates: readonly string[],
  byDate: ReadonlyMap<string, number>,
  before: readonly number[],
  t: number,
): number {
  let next = t + 1;
  while (!byDate.has(dates[next]!)) next++;
  const start = before[t - 1]!;
  return start + (byDate.get(dates[next]!)! - start) / (next - t + 1);
}
