/** What losses, optimizers and formats need to know of a model: its parameters and what they are called. */

import type { Tensor } from "./tensor";

/** Anything with named parameters, such as a {@link Module}. */
export interface HasParameters {
  /** Name and parameter, each once, in a fixed order. A name that ends in `bias` marks a bias. */
  namedParameters(): readonly (readonly [string, Tensor])[];
}

/** Whether a parameter's name says that it is a bias, which penalties and weight decay leave alone. @internal */
export function isBias(name: string): boolean {
  return name.endsWith("bias");
}
