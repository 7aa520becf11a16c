/** The parameters of layers that weigh and sum: a weight [out, in, …kernel] and a bias, as PyTorch begins them. */

import { checkBoolean } from "../check";
import type { DType } from "../dtype";
import { type Shape, sizeOf } from "../shape";
import { Parameter } from "../tensor/parameter";
import { heUniform } from "./fanInit";
import type { Initializer } from "./initializer";
import { checkWeightDType, initialised, uniformParameter } from "./weights";

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
  const dtype = checkWeightDType(where, options.dtype);
  const init = options.init ?? heUniform({ negativeSlope: Math.sqrt(5) });
  const weight = new Parameter(initialised(where, init, shape, dtype));
  const bound = 1 / Math.sqrt(sizeOf(shape.slice(1)));
  const biased = checkBoolean(where, "bias", options.bias, true);
  return { weight, bias: biased ? uniformParameter([outputs], bound, dtype) : null };
}
