/** The affine layer: every output is a weighted sum of all inputs, plus a bias. */

import { checkNumber, checkOptions } from "../check";
import { ShapeError } from "../errors";
import { linear } from "../ops/linear";
import { type Shape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import type { Parameter } from "../tensor/parameter";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { AFFINE_KEYS, type AffineOptions, affineParameters } from "./affine";
import { Module } from "./module";

/** The settings of {@link Linear}. */
export type LinearOptions = AffineOptions;

/**
 * y = x·Wᵀ + b: a fully connected layer.
 *
 * Shapes: x [..., in] gives [..., out]; `weight` [out, in], `bias` [out] (or null). Leading axes are batches, so [in]
 * gives [out]. Defaults: with bias; weight and bias from U(−1/√in, 1/√in) as in PyTorch (He's uniform with slope √5).
 *
 * @throws OptionError if a size is not a whole number > 0; ShapeError if the last axis of x is not `in`.
 *
 * @example
 * ```ts
 * import { Linear, ones } from "gradkit";
 * const layer = new Linear(3, 2);
 * layer.forward(ones([5, 3])).shape; // → [5, 2]
 * layer.toString(); // → "Linear(3, 2)"
 * ```
 */
export class Linear<In extends number = number, Out extends number = number> extends Module<[In], [Out]> {
  /** The size of the last axis of the input. */
  readonly inFeatures: number;
  /** The size of the last axis of the output. */
  readonly outFeatures: number;
  /**
   * [out, in], as in PyTorch: row i holds the weights of output i. Another parameter may take its place, to share it.
   */
  weight: Parameter<[Out, In]>;
  /** [out], or null without bias. */
  readonly bias: Parameter<[Out]> | null;

  constructor(inFeatures: In, outFeatures: Out, options: LinearOptions = {}) {
    super();
    checkOptions("Linear", options, AFFINE_KEYS);
    this.inFeatures = checkNumber("Linear", "inFeatures", inFeatures, { integer: true, min: 1 });
    this.outFeatures = checkNumber("Linear", "outFeatures", outFeatures, { integer: true, min: 1 });
    const { weight, bias } = affineParameters("Linear", [outFeatures, inFeatures], outFeatures, options);
    this.weight = weight;
    this.bias = bias;
  }

  forward(x: TensorLike): Tensor {
    const input = asTensor("Linear", x, this.weight.dtype);
    const size = input.shape[input.rank - 1];
    if (size !== this.inFeatures) throw this.wrongInput(input.shape);
    return linear(input, this.weight, this.bias);
  }

  override settings(): string {
    return `${this.inFeatures}, ${this.outFeatures}${this.bias === null ? ", { bias: false }" : ""}`;
  }

  private wrongInput(shape: Shape): ShapeError {
    const { inFeatures, outFeatures } = this;
    const size = shape[shape.length - 1];
    const found = size === undefined ? "input is a single number" : `input has ${size} feature${size === 1 ? "" : "s"}`;
    const flat = shape.slice(1).reduce((product, n) => product * n, 1) === inFeatures;
    const mend = flat
      ? "put a Flatten before it"
      : `give [..., ${inFeatures}]${size === undefined ? "" : ` or build Linear(${size}, ${outFeatures})`}`;
    return new ShapeError(`Linear: ${found}, expects ${inFeatures}: ${showShape(shape)} (the last axis counts); ${mend}`, {
      shape,
      inFeatures,
    });
  }
}
