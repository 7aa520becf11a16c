/** The space of a search: named settings, each a list of choices or a range of numbers. */

import { checkBoolean, checkNumber, checkOneOf, checkOptions, show } from "../check";
import { OptionError } from "../errors";

/** A range of numbers, min ≤ value ≤ max. */
export interface NumberRange {
  /** Smallest value. */
  readonly min: number;
  /** Largest value, > min. */
  readonly max: number;
  /** How values lie: evenly (`linear`, default), or evenly in their logarithm (`log`; needs min > 0). */
  readonly scale?: "linear" | "log";
  /** Whether values are whole; default false. */
  readonly integer?: boolean;
  /** How many values, ends included, stand for the range where a list is needed: in a grid and for coordinates. */
  readonly points?: number;
}

/** Settings to be searched, by name: lists of choices, of any kind, and ranges of numbers. */
export type SearchSpace = Readonly<Record<string, readonly unknown[] | NumberRange>>;

/** One setting of each: an element of its list, or a number of its range. */
export type SearchParams<S extends SearchSpace> = {
  readonly [K in keyof S]: S[K] extends readonly (infer V)[] ? V : number;
};

/** A point of the space, when the types of the settings do not matter. */
export type Point = Readonly<Record<string, unknown>>;

/** A setting, checked. */
export interface Axis {
  readonly name: string;
  /** The choices of a list. */
  readonly choices: readonly unknown[] | null;
  readonly range: NumberRange | null;
}

/** The settings of a space. */
export function axesOf(where: string, space: unknown): readonly Axis[] {
  if (typeof space !== "object" || space === null || Array.isArray(space) || Object.keys(space).length === 0) {
    throw new OptionError(
      `${where}: the space is no record of settings: ${show(space)}; write { lr: { min: 1e-4, max: 1, scale: "log" }, hidden: [32, 64] }`,
      { space },
    );
  }
  return Object.entries(space).map(([name, setting]: [string, unknown]) => axisOf(`${where}: setting "${name}"`, name, setting));
}

function axisOf(where: string, name: string, setting: unknown): Axis {
  if (Array.isArray(setting)) {
    if (setting.length > 0) return { name, choices: [...(setting as unknown[])], range: null };
    throw new OptionError(`${where} has no choices: an empty list; name at least one`, { name });
  }
  if (typeof setting !== "object" || setting === null) {
    throw new OptionError(`${where} is neither a list nor a range: ${show(setting)}; write [1, 2] or { min: 1, max: 2 }`, {
      name,
      setting,
    });
  }
  checkOptions(where, setting, ["min", "max", "scale", "integer", "points"]);
  const given = setting as NumberRange;
  const scale = checkOneOf(where, "scale", given.scale ?? "linear", ["linear", "log"]);
  const integer = checkBoolean(where, "integer", given.integer, false);
  const min = checkNumber(where, "min", given.min, { integer, ...(scale === "log" ? { above: 0 } : {}) });
  const max = checkNumber(where, "max", given.max, { integer, above: min });
  if (given.points === undefined) return { name, choices: null, range: { min, max, scale, integer } };
  const points = checkNumber(where, "points", given.points, { integer: true, min: 2 });
  return { name, choices: null, range: { min, max, scale, integer, points } };
}

/** Where the way through a range begins and ends: of whole values, half a step outside, so that each has its share. */
function endsOf({ min, max, integer }: NumberRange): readonly [number, number] {
  return integer === true ? [min - 0.5, max + 0.5] : [min, max];
}

/** The value of a range at a fraction 0 … 1 of the way. */
export function valueAt(range: NumberRange, fraction: number): number {
  const [low, high] = endsOf(range);
  const value = range.scale === "log" ? low * (high / low) ** fraction : low + (high - low) * fraction;
  return Math.min(range.max, Math.max(range.min, range.integer === true ? Math.round(value) : value));
}

/** How far along its range a value lies: the inverse of {@link valueAt}. */
export function fractionOf(range: NumberRange, value: number): number {
  const [low, high] = endsOf(range);
  return range.scale === "log" ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** The values of a setting as a list: its choices, or the points of its range. */
export function listOf(where: string, { name, choices, range }: Axis): readonly unknown[] {
  if (choices !== null) return choices;
  const { min, max, scale, integer = false, points } = range!;
  if (points === undefined) {
    throw new OptionError(
      `${where}: setting "${name}" is a range without points: ${min} … ${max} (how many values?); ` +
        "add points, such as { min, max, points: 5 }, or give a list",
      { name },
    );
  }
  const values = Array.from({ length: points }, (_, i) => {
    if (i === points - 1) return max; // not a rounding error beside it
    const value = scale === "log" ? min * (max / min) ** (i / (points - 1)) : min + ((max - min) * i) / (points - 1);
    return integer ? Math.round(value) : value;
  });
  return [...new Set(values)];
}

/** A random point: each setting drawn evenly along its way. */
export function draw(axes: readonly Axis[], random: () => number): Point {
  return pointOf(axes, ({ choices, range }) => {
    const fraction = random();
    return choices === null ? valueAt(range!, fraction) : choices[Math.floor(fraction * choices.length)];
  });
}

/** A point made setting by setting. */
export function pointOf(axes: readonly Axis[], value: (axis: Axis, i: number) => unknown): Point {
  return Object.fromEntries(axes.map((axis, i) => [axis.name, value(axis, i)]));
}

/** A text that two points share only if they are equal; a choice counts as its position. */
export function keyOf(axes: readonly Axis[], point: Point): string {
  return axes.map(({ name, choices }) => (choices === null ? point[name] : choices.findIndex((choice) => Object.is(choice, point[name])))).join("|");
}

/** Refuses a point that does not lie in the space; returns it with its settings in order. */
export function checkPoint(where: string, axes: readonly Axis[], point: unknown): Point {
  checkOptions(where, point, axes.map(({ name }) => name));
  return pointOf(axes, ({ name, choices, range }) => {
    const value = (point as Point | undefined)?.[name];
    const inside =
      choices === null
        ? typeof value === "number" && value >= range!.min && value <= range!.max
        : choices.some((choice) => Object.is(choice, value));
    if (inside) return value;
    const among = choices === null ? `${range!.min} … ${range!.max}` : show(choices);
    throw new OptionError(`${where}: "${name}" is not in the space: ${show(value)}; give one of ${among}`, { name, value });
  });
}
