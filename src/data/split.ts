/** Rows divided into parts: by fractions or counts, class by class where asked, or into k folds. */

import { checkBoolean, checkNumber, checkOptions, nearest, show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { permutation } from "../ops/random";
import { showShape } from "../shape";
import { Generator } from "../tensor/generator";
import type { Tensor } from "../tensor/tensor";
import { type Rows, allRows } from "./bytes";
import { roundTable } from "./roundTable";

/** How rows are ordered before they are divided. */
export interface ShuffleOptions {
  /** Whether rows are mixed first; default true. False keeps their order, as time series need. */
  shuffle?: boolean;
  /** Fixes the mixing; by default it is drawn from the stream that {@link manualSeed} seeds. */
  seed?: number;
}

/** Settings of {@link Dataset.split} beside the parts. */
export interface SplitOptions extends ShuffleOptions {
  /** Whether every part has each class of y in the same proportion, up to one row; default false. */
  stratify?: boolean;
}

const OPTIONS = ["shuffle", "seed", "stratify"];

/** The positions of the rows in the order in which they are divided. */
function orderOf(where: string, length: number, { shuffle, seed }: ShuffleOptions): Rows {
  if (!checkBoolean(where, "shuffle", shuffle, true)) return allRows(length);
  const mixed = seed === undefined ? permutation(length) : permutation(length, { generator: new Generator(seed) });
  return mixed.toTypedArray() as Int32Array;
}

/** The rows of each part, by its name. */
export function splitRows(y: () => Tensor, length: number, spec: SplitOptions): Record<string, Rows> {
  const where = "split";
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) {
    throw new OptionError(`${where}: not a record of parts: ${show(spec)}; write { train: 0.8, test: 0.2 }`, { parts: spec });
  }
  const parts = Object.entries(spec).filter(([name]) => !OPTIONS.includes(name));
  const names = parts.map(([name]) => name);
  const { shares, whole } = sharesOf(where, length, parts);
  const order = orderOf(where, length, spec);
  const stratify = checkBoolean(where, "stratify", spec.stratify, false);
  const classes = stratify ? classesOf(where, y()) : new Int32Array(length);
  const counts = countsOf(classes);
  const ideal = counts.map((count) => shares.map((share) => (whole ? (share * count) / length : share * count)));
  const table = roundTable(ideal);
  refuseEmpty(where, names, table, length);
  const parted = deal(order, classes, table);
  return Object.fromEntries(names.map((name, i) => [name, parted[i]!]));
}

interface Shares {
  readonly shares: readonly number[];
  /** Whether shares are counts of rows rather than fractions. */
  readonly whole: boolean;
}

function sharesOf(where: string, length: number, parts: readonly (readonly [string, unknown])[]): Shares {
  if (parts.length === 0) {
    throw new OptionError(`${where}: no parts: an empty record; write { train: 0.8, test: 0.2 }`, { parts: {} });
  }
  const shares = parts.map(([name, share]) => {
    if (typeof share === "number") return checkNumber(where, `part "${name}"`, share, { above: 0 });
    throw new OptionError(
      `${where}: part "${name}" is not a number: ${show(share)}; give its fraction or count of rows` +
        ` (options are ${OPTIONS.join(", ")}; the nearest is "${nearest(name, OPTIONS)}")`,
      { part: name, share },
    );
  });
  const sum = shares.reduce((a, b) => a + b, 0);
  if (Math.abs(sum - 1) <= 1e-9) return { shares: shares.map((share) => share / sum), whole: false };
  if (sum === length && shares.every(Number.isInteger)) return { shares, whole: true };
  const counts = shares.every(Number.isInteger);
  throw new OptionError(
    `${where}: the parts do not add up: ${shares.join(" + ")} = ${Number(sum.toPrecision(10))} ` +
      `(${counts ? `${length} rows` : "fractions of 1"}); ` +
      (counts ? `make the counts add up to ${length}, or take(n) first` : "make the fractions add up to 1"),
    { shares, sum, length },
  );
}

/** The class of each row as a number from 0, in order of first appearance. */
function classesOf(where: string, y: Tensor): Int32Array {
  if (y.size !== y.shape[0]) {
    throw new ShapeError(
      `${where}: stratify needs one class per row: y is ${showShape(y.shape)}; give class indices of shape [${y.shape[0]}]`,
      { y: y.shape },
    );
  }
  const known = new Map<number, number>();
  return Int32Array.from(y.toTypedArray(), (value, row) => {
    if (!Number.isInteger(value)) {
      throw new OptionError(
        `${where}: stratify needs classes: y is ${value} in row ${row} (not a whole number); leave stratify out for measured targets`,
        { row, value },
      );
    }
    if (!known.has(value)) known.set(value, known.size);
    return known.get(value)!;
  });
}

function countsOf(classes: Int32Array): number[] {
  const counts: number[] = [];
  for (const c of classes) counts[c] = (counts[c] ?? 0) + 1;
  return counts;
}

type Table = readonly (readonly number[])[];

function refuseEmpty(where: string, names: readonly string[], table: Table, length: number): void {
  const empty = names.find((_, part) => table.every((row) => row[part] === 0));
  if (empty === undefined) return;
  throw new OptionError(`${where}: part "${empty}" has no rows: its share of ${length} rows is less than one; give it a larger share`, {
    part: empty,
    length,
  });
}

/** Hands out the rows in order: of each class the first to the first part until it has its count, then to the next. */
function deal(order: Rows, classes: Int32Array, table: Table): Rows[] {
  const left = table.map((row) => [...row]);
  const parts: number[][] = table[0]!.map(() => []);
  for (const row of order) {
    const mine = left[classes[row]!]!;
    const part = mine.findIndex((count) => count > 0);
    mine[part]!--;
    parts[part]!.push(row);
  }
  return parts.map((rows) => Int32Array.from(rows));
}

/** For each of k folds: its own rows for validation, all others for training; sizes differ by one at most. */
export function foldRows(length: number, k: number, options: ShuffleOptions): { train: Rows; validation: Rows }[] {
  const where = "kFold";
  checkNumber(where, "k", k, { integer: true, min: 2, max: length });
  checkOptions(where, options, ["shuffle", "seed"]);
  const order = orderOf(where, length, options);
  let end = 0;
  return Array.from({ length: k }, (_, fold) => {
    const begin = end;
    end += Math.floor(length / k) + (fold < length % k ? 1 : 0);
    const train = new Int32Array(length - (end - begin));
    train.set(order.subarray(0, begin));
    train.set(order.subarray(end), begin);
    return { train, validation: order.slice(begin, end) };
  });
}
