/** Numbers on their way into pictures: read, checked, rounded to what an eye can tell, and written for titles. */

import { show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import type { TensorLike } from "../tensor/tensor";

/** A number as JSON keeps it: seven digits, and null (a gap in a line) for what is not finite. */
export function cell(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(7));
}

/** The numbers of a vector; [N, 1] counts as one. */
export function vectorOf(where: string, name: string, value: TensorLike): number[] {
  const x = asTensor(where, value, "float64");
  if (x.rank !== 1 && !(x.rank === 2 && x.shape[1] === 1)) {
    throw new ShapeError(`${where}: ${name} is not a list of numbers: ${showShape(x.shape)}; give [N] or [N, 1]`, {
      [name]: x.shape,
    });
  }
  if (x.size === 0) throw empty(where, name);
  return Array.from(x.toTypedArray());
}

/** The rows of a matrix, `columns` wide where that is given. */
export function rowsOf(where: string, name: string, value: TensorLike, columns?: number): number[][] {
  const x = asTensor(where, value, "float64");
  if (x.rank !== 2 || (columns !== undefined && x.shape[1] !== columns)) {
    const wanted = columns === undefined ? "[N, D]" : `[N, ${columns}]`;
    throw new ShapeError(`${where}: ${name} has a wrong shape: ${showShape(x.shape)}; give ${wanted}`, {
      [name]: x.shape,
    });
  }
  if (x.size === 0) throw empty(where, name);
  const width = x.shape[1]!;
  const flat = Array.from(x.toTypedArray());
  return Array.from({ length: x.shape[0]! }, (_, i) => flat.slice(i * width, (i + 1) * width));
}

function empty(where: string, name: string): OptionError {
  return new OptionError(`${where}: there is nothing to draw: ${name} is empty; give at least one value`, { name });
}

/** Refuses numbers among which one is not finite, where a gap would say nothing. */
export function checkAllFinite(where: string, name: string, values: readonly number[]): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return;
  throw new OptionError(`${where}: a value in ${name} is not finite: ${values[at]} (at ${at}); leave such values out`, {
    name,
    value: values[at],
    at,
  });
}

/** Refuses lines without a single point to draw. */
export function checkSomeFinite(where: string, name: string, values: readonly (number | null)[]): void {
  if (values.some((value) => value !== null)) return;
  throw new OptionError(
    `${where}: there is nothing to draw: ${name} has no finite value (on a log scale, none above 0); look at the numbers first`,
    { name },
  );
}

/** Refuses lists of different lengths. */
export function checkSameLength(
  where: string,
  names: readonly [string, string],
  lengths: readonly [number, number],
): void {
  if (lengths[0] === lengths[1]) return;
  throw new ShapeError(
    `${where}: ${names[0]} and ${names[1]} differ in length: ${lengths[0]} and ${lengths[1]}; give one value for each`,
    { [names[0]]: lengths[0], [names[1]]: lengths[1] },
  );
}

/** Names for `count` classes: those given, or their numbers. */
export function labelsFor(where: string, labels: readonly string[] | undefined, count: number): string[] {
  if (labels === undefined) return Array.from({ length: count }, (_, i) => String(i));
  const texts = Array.isArray(labels) && labels.every((label) => typeof label === "string");
  if (texts && labels.length >= count && new Set(labels).size === labels.length) return [...labels];
  throw new OptionError(
    `${where}: labels do not name the classes: ${show(labels)} for ${count}; give each class one name of its own`,
    { labels, count },
  );
}

/** The smallest and the largest of finite numbers. */
export function extentOf(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** A number for a sentence: `digits` significant ones, and thousands apart. */
export function say(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return String(value).replace("-", "\u2212");
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) {
    return value
      .toExponential(digits - 1)
      .replace("e+", "e")
      .replace(/-/g, "\u2212");
  }
  const rounded = size >= 10 ** digits ? String(Math.round(size)) : String(Number(size.toPrecision(digits)));
  const [whole = "", fraction] = rounded.split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return `${value < 0 ? "\u2212" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** How many of something, as a sentence says it: `1 point`, `20 points`. */
export function count(n: number, thing: string): string {
  return `${say(n, 7)} ${thing}${n === 1 ? "" : "s"}`;
}
