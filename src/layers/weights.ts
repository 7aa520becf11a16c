/** What layers with weights have in common: the dtype they compute in, first values, and PyTorch's names. */

import { checkDType, show } from "../check";
import { type DType, isFloat } from "../dtype";
import { DTypeError, OptionError, ShapeError } from "../errors";
import { type Shape, sameShape, showShape } from "../shape";
import { Parameter } from "../tensor/parameter";
import { Tensor } from "../tensor/tensor";
import { uniform } from "./init";
import type { Initializer } from "./initializer";

/** Refuses weights that are no floats; default float32. */
export function checkWeightDType(where: string, given: DType | undefined): DType {
  const dtype = checkDType(where, given ?? "float32");
  if (isFloat(dtype)) return dtype;
  throw new DTypeError(`${where}: weights must be floats: ${dtype}; give "float32" or "float64"`, { dtype });
}

/** What an initialiser gives, checked to be a tensor of the shape and converted to the dtype. */
export function initialised(where: string, init: Initializer, shape: Shape, dtype: DType): Tensor {
  if (typeof init !== "function") {
    throw new OptionError(`${where}: init is not a function of a shape: ${show(init)}; give one such as heNormal`, { init });
  }
  const made = init(shape, { dtype });
  if (!(made instanceof Tensor)) {
    const mend = "give a function of a shape, such as uniform(-0.1, 0.1) or (shape) => randn(shape)";
    throw new OptionError(`${where}: init did not make a tensor: ${show(made)}; ${mend}`, { init });
  }
  if (!sameShape(made.shape, shape)) {
    throw new ShapeError(
      `${where}: init made another shape: ${showShape(made.shape)}, asked for ${showShape(shape)}; use the shape it is given`,
      { made: made.shape, shape },
    );
  }
  return made.dtype === dtype ? made : made.to(dtype);
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
