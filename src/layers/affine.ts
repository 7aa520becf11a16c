/** The parameters of layers that weigh and sum: a weight [out, in, …kernel] and a bias, as PyTorch begins them. */

import { checkBoolean, checkDType, show } from "../check";
import { type DType, isFloat } from "../dtype";
import { DTypeError, OptionError, ShapeError } from "../errors";
import { type Shape, sameShape, showShape, sizeOf } from "../shape";
import { Parameter } from "../tensor/parameter";
import { Tensor } from "../tensor/tensor";
import { heUniform } from "./fanInit";
import { uniform } from "./init";
import type { Initializer } from "./initializer";

/** The settings of layers with a weight and a bias. */
export interface AffineOptions {
  /** Whether a bias is added; default true. */
  bias?: boolean;
  /** Makes the first weight; default U(±1/√fanIn), PyTorch's. The bias begins at U(±1/√fanIn) in any case. */
  init?: Initializer;
  /** Element type of weight and bias, "float32" (default) or "float64". */
  dtype?: DType;
}

/** The names of {@link AffineOptions}. */
export const AFFINE_KEYS = ["bias", "init", "dtype"] as const;

/** A weight of the shape, and a bias of so many outputs, or null; fan-in is all of the shape but its first axis. */
export function affineParameters(
  where: string,
  shape: Shape,
  outputs: number,
  options: AffineOptions,
): { readonly weight: Parameter; readonly bias: Parameter | null } {
  const dtype = floatDType(where, options.dtype);
  const init = options.init ?? heUniform({ negativeSlope: Math.sqrt(5) });
  const weight = new Parameter(initialised(where, init, shape, dtype));
  const bound = 1 / Math.sqrt(sizeOf(shape.slice(1)));
  const biased = checkBoolean(where, "bias", options.bias, true);
  return { weight, bias: biased ? new Parameter(uniform([outputs], { low: -bound, high: bound, dtype })) : null };
}

/** The dtype of a layer's parameters, "float32" unless another is given. */
export function floatDType(where: string, given: unknown): DType {
  const dtype = checkDType(where, given ?? "float32");
  if (isFloat(dtype)) return dtype;
  throw new DTypeError(`${where}: weights must be floats: ${dtype}; give "float32" or "float64"`, { dtype });
}

/** What an initialiser gives, checked to be a tensor of the shape and converted to the dtype. */
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
