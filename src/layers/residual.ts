/** A shortcut around a module: it only has to learn what is to be added to its input. */

import { checkNoMore, show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { add } from "../ops/elementwise";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { Module } from "./module";

/**
 * y = x + module(x): the gradient reaches what lies before without passing through the module.
 *
 * Shapes: those of the module, which gives the shape it takes. Its parameters are called `module.weight` and so on.
 *
 * @throws OptionError if it is given no module, or the module gives no tensor; ShapeError if the module changes the
 * shape (nothing is broadcast).
 *
 * @example
 * ```ts
 * import { Linear, Residual, Sequential, Tanh, ones } from "gradkit";
 * const block = new Residual(new Sequential(new Linear(4, 8), new Tanh(), new Linear(8, 4)));
 * block.forward(ones([2, 4])).shape; // → [2, 4]
 * ```
 *
 * Source: He et al. 2016, "Deep residual learning for image recognition", eq. 1.
 */
export class Residual extends Module {
  /** What is added to its input. */
  readonly module: Module;

  constructor(module: Module, ...none: never[]) {
    super();
    checkNoMore("Residual", none, "put several modules into a Sequential");
    if (!((module as unknown) instanceof Module)) {
      throw new OptionError(
        `Residual: not a module: ${show(module)}; give one, such as new Linear(4, 4), or several in a Sequential`,
        { module },
      );
    }
    this.module = module;
  }

  forward(x: TensorLike): Tensor {
    const input = asTensor("Residual", x);
    const change: unknown = this.module.forward(input);
    if (!(change instanceof Tensor)) {
      throw new OptionError(`Residual: the module gave no tensor: ${show(change)}; return one from its forward`, { change });
    }
    if (sameShape(change.shape, input.shape)) return add(input, change);
    throw new ShapeError(
      `Residual: the module changes the shape: ${showShape(input.shape)} → ${showShape(change.shape)} ` +
        "(both are added); give it as many outputs as inputs",
      { input: input.shape, output: change.shape },
    );
  }
}
