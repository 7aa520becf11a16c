/** Records, such as the rows that a CSV parser gives, turned into numbers. */

import { checkDType, checkOptions, nearest, show } from "../check";
import { type DType, allocate } from "../dtype";
import { DTypeError, OptionError, ShapeError } from "../errors";
import { storageOf } from "../tensor/storage";
import { type Tensor, fromStorage } from "../tensor/tensor";

/** Settings of {@link Dataset.fromRecords}. */
export interface RecordsOptions {
  /** Names of the columns that become x, in this order. */
  features: readonly string[];
  /** Name of the column that becomes y of shape [N], or a list of names for y of shape [N, names]. */
  target: string | readonly string[];
  /** Element type of x and y; default float32. */
  dtype?: DType;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WHERE = "Dataset.fromRecords";

/** x and y of a list of records. */
export function fromRecords(rows: readonly object[], options: RecordsOptions): { x: Tensor; y: Tensor } {
  checkOptions(WHERE, options, ["features", "target", "dtype"]);
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new ShapeError(`${WHERE}: no records: ${show(rows)}; pass the array of rows that a CSV parser gives`, { rows });
  }
  const dtype = checkDType(WHERE, options?.dtype ?? "float32");
  const features = namesOf("features", options?.features);
  const single = typeof options.target === "string";
  const targets = namesOf("target", single ? [options.target] : options.target);
  const x = columns(rows, features, dtype);
  const y = columns(rows, targets, dtype);
  return { x, y: single ? fromStorage(y.storage, [rows.length]) : y };
}

function namesOf(option: string, names: unknown): readonly string[] {
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string")) return names;
  throw new OptionError(`${WHERE}: ${option} names no columns: ${show(names)}; list column names, such as ["size", "rooms"]`, {
    [option]: names,
  });
}

function columns(rows: readonly unknown[], names: readonly string[], dtype: DType): Tensor {
  const data = allocate(dtype, rows.length * names.length);
  rows.forEach((row, r) => {
    if (typeof row !== "object" || row === null) {
      throw new OptionError(`${WHERE}: a row is not a record: ${show(row)} (row ${r}); parse the CSV with its header`, { row: r });
    }
    names.forEach((name, c) => (data[r * names.length + c] = cell(row as Readonly<Record<string, unknown>>, r, name)));
  });
  return fromStorage(storageOf(dtype, data), [rows.length, names.length]);
}

/** The number in a cell; text is read as a decimal number. Rows count from 0. */
function cell(row: Readonly<Record<string, unknown>>, r: number, name: string): number {
  if (!Object.hasOwn(row, name)) {
    const known = Object.keys(row);
    const guess = nearest(name, known);
    throw new OptionError(
      `${WHERE}: no such column: "${name}" (row ${r} has ${known.map(show).join(", ") || "none"}); ` +
        (guess === undefined ? "name columns that every row has" : `did you mean "${guess}"?`),
      { column: name, row: r, known, nearest: guess },
    );
  }
  const value = row[name];
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string" && DECIMAL.test(value.trim())) return Number(value);
  throw new DTypeError(
    `${WHERE}: not a number: ${show(value)} (row ${r}, column "${name}"); ` +
      "drop or fill such rows, or turn text into numbers first (OneHotEncoder, LabelEncoder)",
    { value, row: r, column: name },
  );
}
