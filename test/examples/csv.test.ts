/** Reading a daily series: what is kept, what is filled, and a clear word about each kind of bad file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type CsvOptions, readDailyCsv } from "../../examples/support/csv";

const folder = mkdtempSync(join(tmpdir(), "gradkit-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "views.csv");

function read(lines: readonly string[], options: Partial<CsvOptions> = {}): ReturnType<typeof readDailyCsv> {
  writeFileSync(path, `${lines.join("\n")}\n`);
  return readDailyCsv(path, { column: "views", date: "day", fill: false, ...options });
}

test("puts days into order and reads quoted values, other columns aside", () => {
  const lines = ["day,note,views", '2024-02-29,"a, b",2', '2024-03-01,,"3"', "2024-02-28 00:00:00,x,1.5"];
  expect(read(lines)).toEqual({ dates: ["2024-02-28", "2024-02-29", "2024-03-01"], values: [1.5, 2, 3] });
});

test("draws missing days on the line between their neighbours when told to", () => {
  const lines = ["day,views", "2024-01-01,10", "2024-01-04,40", "2024-01-05,0"];
  expect(read(lines, { fill: true }).values).toEqual([10, 20, 30, 40, 0]);
});

test.each<[string, readonly string[], RegExp]>([
  ["a column that is not there", ["day,view", "2024-01-01,1"], /^csv: no such column: "views" in .*; did you mean "view"\?/],
  ["missing days", ["day,views", "2024-01-01,1", "2024-01-03,1"], /^csv: days are missing: 1 of 3 .*\(2024-01-02\).*--fill/],
  ["many missing days", ["day,views", "2024-01-01,1", "2024-01-09,1"], /: 7 of 9 .*\(2024-01-02, (2024-01-0\d, ){4}…\)/],
  ["a value that is no number", ["day,views", "2024-01-01,many"], /^csv: not a number: "many" in row 2, column "views"/],
  ["NaN", ["day,views", "2024-01-01,NaN"], /^csv: not a number: "NaN" in row 2/],
  ["an empty value", ["day,views", "2024-01-01,"], /^csv: not a number: "" in row 2/],
  ["a date that is none", ["day,views", "01.02.2024,1"], /^csv: not a date: "01\.02\.2024" in row 2 .*write it as 2024-01-31/],
  ["a day of no calendar", ["day,views", "2024-02-30,1"], /^csv: not a date: "2024-02-30" in row 2/],
  ["a day given twice", ["day,views", "2024-01-01,1", "2024-01-01,2"], /^csv: a day stands twice: 2024-01-01 \(again in row 3/],
  ["a row with too few values", ["day,note,views", "2024-01-01,1"], /^csv: broken row: .*row 2/],
  ["a heading alone", ["day,views"], /^csv: no rows: /],
])("refuses %s", (_, lines, message) => {
  expect(() => read(lines)).toThrow(message);
});

test("refuses a file that is not there", () => {
  const options = { column: "views", date: "day", fill: false };
  expect(() => readDailyCsv(join(folder, "none.csv"), options)).toThrow(/^csv: cannot read the file: .*; check the path$/);
});
