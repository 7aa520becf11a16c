/** Checks shared by constructors, options and ops: each throws one kind of error in the house grammar. */

import { DTYPES, type DType } from "./dtype";
import { DTypeError, OptionError, ShapeError } from "./errors";
import { type Shape, broadcastShapes, showShape } from "./shape";

/** A value as a short piece of an error message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name === "" ? "a function" : `function ${value.name}`;
  if (Array.isArray(value)) return value.length > 8 ? `an array of ${value.length}` : `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const kind = value.constructor?.name ?? "Object";
    return kind === "Object" ? "a record" : `${/^([AEIO]|[FLMNRS][A-Z])/.test(kind) ? "an" : "a"} ${kind}`;
  }
  return String(value);
}

/** What other libraries call some options: too far from gradkit's words to be found by their letters. */
const ELSEWHERE = new Map([
  ["dim", ["axis", "axes"]],
  ["learningrate", ["lr"]],
  ["learning_rate", ["lr"]],
  ["validationdata", ["validation"]],
  ["threads", ["device"]],
]);

/** The candidate nearest to `word`: its other name, else by edit distance (swaps of neighbours count one). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best = ELSEWHERE.get(word.toLowerCase())?.find((name) => candidates.includes(name));
  if (best !== undefined) return best;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}

/** Refuses options that are not a plain record, and unknown keys, naming the nearest known one. */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || !isPlain(options)) {
    throw new OptionError(
      `${where}: options must be a record: ${show(options)}; write { ${known.join(", ")} } with the keys you need`,
      { options },
    );
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const guess = nearest(key, known);
    const mend = guess === undefined ? "it takes no options" : `did you mean "${guess}"? Options are ${known.join(", ")}`;
    throw new OptionError(`${where}: unknown option: "${key}"; ${mend}`, { option: key, nearest: guess, known });
  }
}

/** Whether an object is a plain record, of this realm or another: nothing stands between it and its keys. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** What a number must satisfy. */
export interface NumberRule {
  readonly integer?: boolean;
  /** Smallest allowed value. */
  readonly min?: number;
  /** Largest allowed value. */
  readonly max?: number;
  /** The value must be larger than this. */
  readonly above?: number;
  /** The value must be smaller than this. */
  readonly below?: number;
  /** Allow ±Infinity (default false). */
  readonly infinite?: boolean;
}

function describeRule(rule: NumberRule): string {
  const parts = [rule.integer === true ? "a whole number" : "a number"];
  if (rule.above !== undefined) parts.push(`> ${rule.above}`);
  if (rule.min !== undefined) parts.push(`≥ ${rule.min}`);
  if (rule.below !== undefined) parts.push(`< ${rule.below}`);
  if (rule.max !== undefined) parts.push(`≤ ${rule.max}`);
  return parts.length === 1 ? parts[0]! : `${parts[0]} ${parts.slice(1).join(" and ")}`;
}

/** Refuses anything but a number within the rule; returns it. */
export function checkNumber(where: string, name: string, value: unknown, rule: NumberRule = {}): number {
  const ok =
    typeof value === "number" &&
    (Number.isFinite(value) || (rule.infinite === true && !Number.isNaN(value))) &&
    (rule.integer !== true || Number.isInteger(value)) &&
    (rule.min === undefined || value >= rule.min) &&
    (rule.max === undefined || value <= rule.max) &&
    (rule.above === undefined || value > rule.above) &&
    (rule.below === undefined || value < rule.below);
  if (ok) return value;
  throw new OptionError(`${where}: ${name} is out of range: ${show(value)}; give ${describeRule(rule)}`, {
    [name]: value,
  });
}

/** Refuses anything but one of the given words; returns it. */
export function checkOneOf<T extends string | boolean>(
  where: string,
  name: string,
  value: unknown,
  allowed: readonly T[],
): T {
  const found = allowed.find((word) => word === value);
  if (found !== undefined) return found;
  const guess = typeof value === "string" ? nearest(value, allowed.filter((w) => typeof w === "string")) : undefined;
  const hint = guess === undefined ? "" : `did you mean "${guess}"? `;
  throw new OptionError(`${where}: unknown ${name}: ${show(value)}; ${hint}give one of ${allowed.map(show).join(", ")}`, {
    [name]: value,
    allowed,
  });
}

/** Refuses anything but a boolean (undefined gives the default); returns it. */
export function checkBoolean(where: string, name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  throw new OptionError(`${where}: ${name} is not a boolean: ${show(value)}; give true or false`, { [name]: value });
}

/** Refuses anything but a function. */
export function checkFunction(where: string, name: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new OptionError(`${where}: ${name} is not a function: ${show(value)}; give one, such as () => …`, { [name]: value });
}

/** Refuses a signal that could never be seen to abort, such as the controller in its place. */
export function checkSignal(where: string, signal: unknown): { readonly aborted: boolean } | undefined {
  if (signal === undefined) return undefined;
  if (typeof signal === "object" && signal !== null && "aborted" in signal)
    return signal as { readonly aborted: boolean };
  throw new OptionError(`${where}: signal is not an AbortSignal: ${show(signal)}; pass controller.signal`, { signal });
}

/** Refuses arguments where none is taken, such as those another library would take there. */
export function checkNoMore(where: string, rest: readonly unknown[], mend: string): void {
  if (rest.length === 0) return;
  throw new OptionError(`${where}: an argument too many: ${rest.map(show).join(", ")}; ${mend}`, { rest });
}

/** Refuses anything but a dtype; returns it. */
export function checkDType(where: string, value: unknown): DType {
  const found = DTYPES.find((dtype) => dtype === value);
  if (found !== undefined) return found;
  throw new DTypeError(`${where}: unknown dtype: ${show(value)}; give one of ${DTYPES.map(show).join(", ")}`, {
    dtype: value,
  });
}

/** Refuses anything but a list of whole, non-negative sizes whose product a typed array can hold; returns a copy. */
export function checkShape(where: string, shape: unknown): Shape {
  if (!Array.isArray(shape)) {
    throw new ShapeError(`${where}: the shape is not an array: ${show(shape)}; write it as [2, 3], a scalar's as []`, {
      shape,
    });
  }
  let size = 1;
  for (const n of shape as unknown[]) {
    if (typeof n !== "number" || !Number.isSafeInteger(n) || n < 0) {
      throw new ShapeError(
        `${where}: a size is not a whole number ≥ 0: ${show(n)} in ${show(shape)}; give each axis its element count`,
        { shape, size: n },
      );
    }
    size *= n;
  }
  if (size > 2 ** 32) {
    throw new ShapeError(
      `${where}: too many elements: ${showShape(shape as number[])} (${size} > 2³²); split the data into batches`,
      { shape, size },
    );
  }
  return [...(shape as number[])];
}

/** An axis counted from the front; negative ones count from the end. */
export function checkAxis(where: string, axis: unknown, rank: number, name = "axis"): number {
  if (typeof axis !== "number" || !Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const range = rank === 0 ? "a scalar has no axes" : `rank ${rank} has axes ${-rank} … ${rank - 1}`;
    const mend = rank === 0 ? "reshape the scalar first" : "choose one of those";
    throw new ShapeError(`${where}: ${name} out of range: ${show(axis)} (${range}); ${mend}`, { axis, rank });
  }
  return axis < 0 ? axis + rank : axis;
}

/** Axes as a sorted list without repeats; undefined means all of them. */
export function checkAxes(where: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (typeof axes === "number") return [checkAxis(where, axes, rank, "axes")];
  if (axes === undefined) {
    const all: number[] = [];
    for (let axis = 0; axis < rank; axis++) all.push(axis);
    return all;
  }
  const list = (Array.isArray(axes) ? (axes as readonly unknown[]) : [axes]).map((axis) =>
    checkAxis(where, axis, rank, "axes"),
  );
  const sorted = [...list].sort((a, b) => a - b);
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) {
      throw new ShapeError(`${where}: an axis is named twice: ${show(axes)} (axis ${sorted[i]}); name each once`, {
        axes,
        rank,
      });
    }
  }
  return sorted;
}

/** The broadcast shape of two operands, or a ShapeError that shows where they differ. */
export function checkBroadcast(where: string, a: Shape, b: Shape): Shape {
  const shape = broadcastShapes(a, b);
  if (shape !== null) return shape;
  const rank = Math.max(a.length, b.length);
  let i = 1;
  while (i <= rank) {
    const m = a[a.length - i] ?? 1;
    const n = b[b.length - i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) break;
    i++;
  }
  throw new ShapeError(
    `${where}: shapes do not broadcast: ${showShape(a)} and ${showShape(b)} ` +
      `(${a[a.length - i]} ≠ ${b[b.length - i]} at axis ${-i}); make the sizes equal, or 1 where one should repeat`,
    { a, b, axis: -i },
  );
}
