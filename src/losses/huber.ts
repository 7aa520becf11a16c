/** Losses that are square near the target and linear far from it: smooth, and yet unmoved by outliers. */

import { checkNumber } from "../check";
import { type Expr, abs, constant, div, lessEqual, mul, select, square, sub } from "../scalar/expr";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { mae } from "./mae";
import { type LossOptions, type Reduction, pointwise, reductionOf } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike } from "./targets";

/** The settings of {@link huber}. */
export interface HuberOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Where the parabola ends and the line begins, > 0; default 1. */
  delta?: number;
}

/** The settings of {@link smoothL1}. */
export interface SmoothL1Options<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Where the parabola ends and the line begins, ≥ 0; default 1. */
  beta?: number;
}

/** ½e² where |e| ≤ δ, else δ(|e| − ½δ): both meet at δ in value and slope. */
function bowl(p: Expr, t: Expr, delta: number): Expr {
  const half = constant(0.5 * delta);
  const error = sub(p, t);
  const size = abs(error);
  const near = mul(constant(0.5), square(error));
  return select(lessEqual(size, constant(delta)), near, mul(constant(delta), sub(size, half)));
}

type Loss = (inputs: readonly Tensor[], reduction: Reduction) => Tensor;

const REMEMBERED = 64;

/** One loss per setting, so that each formula is derived once. */
function remembered(make: (setting: number) => Loss): (setting: number) => Loss {
  const known = new Map<number, Loss>();
  return (setting) => {
    const found = known.get(setting) ?? make(setting);
    if (known.size < REMEMBERED) known.set(setting, found);
    return found;
  };
}

const hubers = /* @__PURE__ */ remembered((delta) => pointwise("huber", (p, t) => bowl(p, t, delta)));
const smooth = /* @__PURE__ */ remembered((beta) =>
  pointwise("smoothL1", (p, t) => div(bowl(p, t, beta), constant(beta))),
);

/**
 * ½e² where |e| ≤ δ, else δ(|e| − ½δ), for the error e = ŷ − y; by default the mean over all elements.
 *
 * Shapes: prediction ŷ and target y equal; the result is a scalar, or has their shape with `reduction: "none"`.
 * Nothing broadcasts. Default δ = 1. The gradient is e, clipped to [−δ, δ].
 *
 * @throws ShapeError if the shapes differ; OptionError if delta is not a number > 0.
 *
 * @example
 * ```ts
 * import { huber } from "gradkit";
 * huber([1, 5], [0, 0], { reduction: "none" }).toArray(); // → [0.5, 4.5]
 * ```
 *
 * Source: Huber 1964, "Robust estimation of a location parameter"; PyTorch's HuberLoss.
 */
export function huber<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  prediction: P,
  target: Checked<Target<P, T>, T>,
  options?: HuberOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function huber(prediction: TensorLike, target: TensorLike, options: HuberOptions = {}): Tensor {
  const reduction = reductionOf("huber", options, "delta");
  const delta = checkNumber("huber", "delta", options.delta ?? 1, { above: 0 });
  return hubers(delta)(alike("huber", prediction, target), reduction);
}

/**
 * ½e²/β where |e| ≤ β, else |e| − ½β, for the error e = ŷ − y: {@link huber} divided by β.
 *
 * Shapes: prediction ŷ and target y equal; the result is a scalar, or has their shape with `reduction: "none"`.
 * Nothing broadcasts. Default β = 1; β = 0 is {@link mae}.
 *
 * @throws ShapeError if the shapes differ; OptionError if beta is not a number ≥ 0.
 *
 * @example
 * ```ts
 * import { smoothL1 } from "gradkit";
 * smoothL1([1, 5], [0, 0], { beta: 2, reduction: "none" }).toArray(); // → [0.25, 4]
 * ```
 *
 * Source: Girshick 2015, "Fast R-CNN", eq. 3; PyTorch's SmoothL1Loss.
 */
export function smoothL1<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  prediction: P,
  target: Checked<Target<P, T>, T>,
  options?: SmoothL1Options<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function smoothL1(prediction: TensorLike, target: TensorLike, options: SmoothL1Options = {}): Tensor {
  const reduction = reductionOf("smoothL1", options, "beta");
  const beta = checkNumber("smoothL1", "beta", options.beta ?? 1, { min: 0 });
  const pair = alike("smoothL1", prediction, target);
  return beta === 0 ? mae(...pair, { reduction }) : smooth(beta)(pair, reduction);
}
