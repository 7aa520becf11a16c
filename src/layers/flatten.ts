/** From pictures to rows: axes joined into one. */

import { checkNumber, checkOptions } from "../check";
import { type FlattenOptions, flatten } from "../ops/reshape";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { Module } from "./module";

/**
 * Joins all axes from `startAxis` on into one.
 *
 * Shapes: [batch, a, b, …] gives [batch, a·b·…]. Default startAxis 1, which keeps the batch apart; it is ≥ 0.
 *
 * @throws OptionError if startAxis is not a whole number ≥ 0; ShapeError if the input has no such axis.
 *
 * @example
 * ```ts
 * import { Flatten, zeros } from "gradkit";
 * new Flatten().forward(zeros([64, 28, 28])).shape; // → [64, 784]
 * ```
 */
export class Flatten extends Module {
  /** The first of the axes that are joined. */
  readonly startAxis: number;

  constructor(options: FlattenOptions = {}) {
    super();
    checkOptions("Flatten", options, ["startAxis"]);
    this.startAxis = checkNumber("Flatten", "startAxis", options.startAxis ?? 1, { integer: true, min: 0 });
  }

  forward(x: TensorLike): Tensor {
    return flatten(x, { startAxis: this.startAxis });
  }

  override settings(): string {
    return this.startAxis === 1 ? "" : `{ startAxis: ${this.startAxis} }`;
  }
}
