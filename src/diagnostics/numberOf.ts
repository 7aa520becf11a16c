/** A function's answer as a plain number. */

import { show } from "../check";
import { OptionError } from "../errors";
import { showShape } from "../shape";
import { Tensor } from "../tensor/tensor";

/** The number that a function gave, or the one element of a tensor; refuses anything else. */
export function numberOf(where: string, what: string, value: unknown): number {
  if (typeof value === "number") return value;
  if (value instanceof Tensor && value.size === 1) return value.item();
  const found = value instanceof Tensor ? `a tensor ${showShape(value.shape)}` : show(value);
  throw new OptionError(`${where}: ${what} gave no single number: ${found}; return a number or a tensor of one element`, {
    value,
  });
}
