/** A function as a layer, for what has no class of its own. */

import { checkFunction, show } from "../check";
import { OptionError } from "../errors";
import { asTensor } from "../tensor/create";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { Module } from "./module";

/**
 * y = fn(x): a function of a tensor as a layer, to stand in a {@link Sequential}.
 *
 * Shapes: those of the function. It has no parameters: modules and parameters that the function uses are not found, so
 * that they belong into a class that extends {@link Module}. Gradients pass as through any operations.
 *
 * @throws OptionError if it is given no function, or the function gives no tensor.
 *
 * @example
 * ```ts
 * import { Lambda, Linear, Sequential, ones } from "gradkit";
 * const model = new Sequential(new Lambda((x) => x.mean({ axes: 1 })), new Linear(3, 2));
 * model.forward(ones([4, 5, 3])).shape; // → [4, 2]
 * ```
 */
export class Lambda extends Module {
  /** The function. */
  readonly fn: (x: Tensor) => Tensor;

  constructor(fn: (x: Tensor) => Tensor) {
    super();
    checkFunction("Lambda", "fn", fn);
    this.fn = fn;
  }

  forward(x: TensorLike): Tensor {
    const made: unknown = this.fn(asTensor("Lambda", x));
    if (made instanceof Tensor) return made;
    throw new OptionError(`Lambda: the function gave no tensor: ${show(made)}; return one`, { made });
  }

  override settings(): string {
    return this.fn.name === "" ? "…" : this.fn.name;
  }
}
