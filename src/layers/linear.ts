/** The affine layer: every output is a weighted sum of all inputs, plus a bias. */

import { checkBoolean, checkNumber, checkOptions, show } from "../check";
import type { DType } from "../dtype";
import { OptionError, ShapeError } from "../errors";
import { linear } from "../ops/linear";
import { type Shape, sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Parameter } from "../tensor/parameter";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { heUniform } from "./fanInit";
import type { Initializer } from "./initializer";
import { Module } from "./module";
import { checkWeightDType, uniformParameter } from "./weights";

/** The settings of {@link Linear}. */
export interface LinearOptions {
  /** Whether a bias is added; default true. */
  bias?: boolean;
  /** Makes the first weight; default U(±1/√in), PyTorch's. The bias begins at U(±1/√in) in any case. */
  init?: Initializer;
  /** Element type of weight and bias, "float32" (default) or "float64". */
  dtype?: DType;
}

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
export class Linear extends Module {
  /** The size of the last axis of the input. */
  readonly inFeatures: number;
  /** The size of the last axis of the output. */
  readonly outFeatures: number;
  /**
   * [out, in], as in PyTorch: row i holds the weights of output i. Another parameter may take its place, to share it.
   */
  weight: Parameter;
  /** [out], or null without bias. */
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    checkOptions("Linear", options, ["bias", "init", "dtype"]);
    this.inFeatures = checkNumber("Linear", "inFeatures", inFeatures, { integer: true, min: 1 });
    this.outFeatures = checkNumber("Linear", "outFeatures", outFeatures, { integer: true, min: 1 });
    const dtype = checkWeightDType("Linear", options.dtype);
    const init = options.init ?? heUniform({ negativeSlope: Math.sqrt(5) });
    this.weight = new Parameter(initialised("Linear", init, [outFeatures, inFeatures], dtype));
    const bound = 1 / Math.sqrt(inFeatures);
    const biased = checkBoolean("Linear", "bias", options.bias, true);
    this.bias = biased ? uniformParameter([outFeatures], bound, dtype) : null;
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

/** What an initialiser gives, checked to be a tensor of the shape and converted to the dtype. @internal */
export function initialised(where: string, init: Initializer, shape: Shape, dtype: DType): Tensor {
  if (typeof init !== "function") {
    throw new OptionError(`${where}: init is not a function of a shape: ${show(init)}; give one such as heNormal`, { init });
  }
  const made = init(shape, { dtype });
  if (!(made instanceof Tensor)) {
    const mend = "give a function of a shape, such as uniform(-0.1, 0.1) or (shape) => randn(shape)";
    throw new OptionError(`${where}: init did not make a tensor: ${show(made)}; ${mend}`, { init });
  }
  if (!sameShape(made.shape, shape)) {
    throw new ShapeError(
      `${where}: init made another shape: ${showShape(made.shape)}, asked for ${showShape(shape)}; use the shape it is given`,
      { made: made.shape, shape },
    );
  }
  return made.dtype === dtype ? made : made.to(dtype);
}
