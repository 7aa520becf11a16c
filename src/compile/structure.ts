/** What a compiled function returns, with each tensor replaced by the number of its result. */

import { show } from "../check";
import { TraceError } from "../errors";
import { Tensor } from "../tensor/tensor";

/** A tensor's number, nothing, or an array or record of such. */
export type Structure = number | undefined | null | readonly Structure[] | { readonly [key: string]: Structure };

/** The structure of a returned value; `number` is asked for each tensor in it. */
export function structureOf(value: unknown, number: (tensor: Tensor) => number): Structure {
  if (value === undefined || value === null) return value;
  if (value instanceof Tensor) return number(value);
  if (Array.isArray(value)) return value.map((item) => structureOf(item, number));
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structureOf(item, number)]));
  }
  const mend =
    value instanceof Promise
      ? "compile the synchronous part alone"
      : "return a tensor, or an array or record of tensors";
  throw new TraceError(`compile: a result is no tensor: ${show(value)} (it would be the same for ever); ${mend}`, {
    value,
  });
}
