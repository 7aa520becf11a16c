/** What layers with weights have in common: the dtype they compute in, first values, and PyTorch's names. */

import { checkDType } from "../check";
import { type DType, isFloat } from "../dtype";
import { DTypeError } from "../errors";
import type { Shape } from "../shape";
import { Parameter } from "../tensor/parameter";
import { uniform } from "./init";

/** Refuses weights that are no floats; default float32. */
export function checkWeightDType(where: string, given: DType | undefined): DType {
  const dtype = checkDType(where, given ?? "float32");
  if (isFloat(dtype)) return dtype;
  throw new DTypeError(`${where}: weights must be floats: ${dtype}; give "float32" or "float64"`, { dtype });
}

/** A parameter drawn from U(−bound, bound). */
export function uniformParameter(shape: Shape, bound: number, dtype: DType): Parameter {
  return new Parameter(uniform(shape, { low: -bound, high: bound, dtype }));
}

/** A field's name as PyTorch writes it: `running_mean` for `runningMean`. */
export function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The options that are not the usual ones, as `settings()` prints them: `, { bias: false }`. */
export function unusual(given: Readonly<Record<string, unknown>>, usual: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(given).filter(([key, value]) => value !== usual[key]);
  const text = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value));
  return parts.length === 0 ? "" : `, { ${parts.map(([key, value]) => `${key}: ${text(value)}`).join(", ")} }`;
}
