/** The tensors that belong to a model: parameters, which it learns, and buffers, which it merely keeps. */

import { checkBoolean, checkOptions } from "../check";
import type { Shape } from "../shape";
import { asTensor } from "./create";
import { type View, readView, storageOf, wholeView } from "./storage";
import { Tensor, type TensorLike } from "./tensor";

/**
 * A tensor that a model learns: a leaf with `requiresGrad`, found by {@link Module} on its own fields.
 *
 * Shapes: those of the values. The parameter takes a snapshot: later changes of the source do not show.
 *
 * @throws DTypeError for values that are not numbers, or no floats where `requiresGrad`; OptionError for unknown
 * options.
 *
 * @example
 * ```ts
 * import { Parameter, zeros } from "gradkit";
 * new Parameter(zeros([2, 3])).requiresGrad; // → true
 * new Parameter([0.5, 1]).shape; // → [2]
 * ```
 */
export class Parameter<S extends Shape = Shape> extends Tensor<S> {
  constructor(values: Tensor<S> | TensorLike, options: { requiresGrad?: boolean } = {}) {
    checkOptions("Parameter", options, ["requiresGrad"]);
    super(snapshot("Parameter", values));
    this.requiresGrad = checkBoolean("Parameter", "requiresGrad", options.requiresGrad, true);
  }
}

/**
 * A tensor that belongs to a model's state without being trained, such as a running mean.
 *
 * Shapes: those of the values, of which it takes a snapshot.
 *
 * @throws DTypeError for values that are not numbers.
 *
 * @example
 * ```ts
 * import { Buffer, zeros } from "gradkit";
 * new Buffer(zeros([3])).requiresGrad; // → false
 * ```
 */
export class Buffer<S extends Shape = Shape> extends Tensor<S> {
  constructor(values: Tensor<S> | TensorLike) {
    super(snapshot("Buffer", values));
  }
}

function snapshot(where: string, values: TensorLike): View {
  const made = asTensor(where, values);
  return wholeView(storageOf(made.dtype, readView(made, true)), made.shape);
}
