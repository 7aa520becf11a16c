/** Softmax and its logarithm as layers: scores become probabilities along an axis. */

import { checkNumber, checkOptions } from "../check";
import { logSoftmax, softmax } from "../ops/softmax";
import type { AxisOptions } from "../tensor/methods";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { Module } from "./module";

function axisOf(where: string, options: AxisOptions): number {
  checkOptions(where, options, ["axis"]);
  return checkNumber(where, "axis", options.axis ?? -1, { integer: true });
}

function showAxis(axis: number): string {
  return axis === -1 ? "" : `{ axis: ${axis} }`;
}

/**
 * pₖ = eˣᵏ / Σⱼ eˣʲ along an axis: positive numbers that sum to 1; see {@link softmax}.
 *
 * Shapes: any of rank ≥ 1; the result has the same. Default axis −1, the last. {@link crossEntropy} takes logits:
 * leave this layer out of a model that is trained with it.
 *
 * @throws ShapeError if the input has no such axis.
 *
 * @example
 * ```ts
 * import { Softmax } from "gradkit";
 * new Softmax().forward([1000, 0, -1000]).toArray(); // → [1, 0, 0]
 * ```
 */
export class Softmax extends Module<[], []> {
  /** The axis along which the probabilities sum to 1; negative ones count from the end. */
  readonly axis: number;

  constructor(options: AxisOptions = {}) {
    super();
    this.axis = axisOf("Softmax", options);
  }

  forward(x: TensorLike): Tensor {
    return softmax(x, { axis: this.axis });
  }

  override settings(): string {
    return showAxis(this.axis);
  }
}

/**
 * ln pₖ = xₖ − ln Σⱼ eˣʲ along an axis, for {@link nll}; see {@link logSoftmax}.
 *
 * Shapes: any of rank ≥ 1; the result has the same. Default axis −1, the last.
 *
 * @throws ShapeError if the input has no such axis.
 *
 * @example
 * ```ts
 * import { LogSoftmax } from "gradkit";
 * new LogSoftmax().forward([1000, 0]).toArray(); // → [0, -1000]
 * ```
 */
export class LogSoftmax extends Module<[], []> {
  /** The axis along which the probabilities sum to 1; negative ones count from the end. */
  readonly axis: number;

  constructor(options: AxisOptions = {}) {
    super();
    this.axis = axisOf("LogSoftmax", options);
  }

  forward(x: TensorLike): Tensor {
    return logSoftmax(x, { axis: this.axis });
  }

  override settings(): string {
    return showAxis(this.axis);
  }
}
