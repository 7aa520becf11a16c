/** Settings as numbers between 0 and 1, the way a model of the objective takes them. */

import { type Axis, fractionOf, valueAt } from "./space";

/** One setting as a coordinate. */
export interface Coordinate {
  /** How many values it has. */
  readonly count: number;
  /** Whether its values have no order. */
  readonly isKind: boolean;
  /** The number in [0, 1] that stands for a value. */
  encode(value: unknown): number;
  /** The value that a number in [0, 1] stands for. */
  decode(at: number): unknown;
}

/** Ranges keep their way; lists of numbers are put in order, each with an equal share of the way; others are kinds. */
export function coordinatesOf({ choices, range }: Axis): Coordinate {
  if (choices === null) {
    return {
      count: range!.integer === true ? range!.max - range!.min + 1 : Infinity,
      isKind: false,
      encode: (value) => fractionOf(range!, value as number),
      decode: (at) => valueAt(range!, at),
    };
  }
  const isOrdered = choices.every((choice) => typeof choice === "number" && !Number.isNaN(choice));
  const unique = [...new Set(choices)];
  const values = isOrdered ? unique.sort((a, b) => (a as number) - (b as number)) : unique;
  const count = values.length;
  return {
    count,
    isKind: !isOrdered,
    encode: (value) => (values.findIndex((known) => Object.is(known, value)) + 0.5) / count,
    decode: (at) => values[Math.min(count - 1, Math.floor(at * count))],
  };
}
