/** Dropout: some values are left out at random during training, so that no unit relies on another. */

import { checkNumber, checkOptions, show } from "../check";
import { OptionError } from "../errors";
import { type DropoutOptions, dropout } from "../ops/random";
import { Generator } from "../tensor/generator";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { Module } from "./module";

/**
 * In training, each value becomes 0 with probability p, and the others are multiplied by 1 / (1 − p), so that the
 * mean stays; in evaluation nothing happens.
 *
 * Shapes: any; the result has the same. Default p = 0.5; 0 ≤ p ≤ 1, and p = 1 gives zeros. The gradient passes
 * through the same mask. With `{ generator }` the layer draws from a stream of its own.
 *
 * @throws OptionError if p is outside [0, 1].
 *
 * @example
 * ```ts
 * import { Dropout, ones } from "gradkit";
 * const layer = new Dropout(0.5);
 * layer.eval().forward(ones([3])).toArray(); // → [1, 1, 1]
 * ```
 *
 * Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"; the scale is
 * applied in training ("inverted"), as in PyTorch and Keras.
 */
export class Dropout extends Module<[], []> {
  /** The probability of leaving a value out. */
  readonly p: number;
  private readonly generator: Generator | undefined;

  constructor(p = 0.5, options: Pick<DropoutOptions, "generator"> = {}) {
    super();
    checkOptions("Dropout", options, ["generator"]);
    this.p = checkNumber("Dropout", "p", p, { min: 0, max: 1 });
    const { generator } = options;
    if (generator !== undefined && !(generator instanceof Generator)) {
      throw new OptionError(`Dropout: not a generator: ${show(generator)}; give new Generator(seed)`, { generator });
    }
    this.generator = generator;
  }

  forward(x: TensorLike): Tensor {
    const { training, generator } = this;
    return dropout(x, this.p, generator === undefined ? { training } : { training, generator });
  }

  override settings(): string {
    return String(this.p);
  }
}
