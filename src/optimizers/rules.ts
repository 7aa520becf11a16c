/** The few phrases that update rules are written in. */

import type { Tensor } from "../tensor/tensor";

/** β·average + (1 − β)·value: an exponential moving average moved on by one value. */
export function lerp(value: Tensor, average: Tensor, beta: number): Tensor {
  return average.mul(beta).add(value.mul(1 - beta));
}

/** x times a float64 scalar, in x's dtype. */
export function times(x: Tensor, scalar: Tensor): Tensor {
  return x.mul(scalar.to(x.dtype));
}

/** g + λ·p: the gradient of the loss with λ/2·‖p‖² added. */
export function withDecay(g: Tensor, p: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? g : g.add(p.mul(weightDecay));
}

/** 1 − βᵏ: what is missing from the weights of a moving average that began at 0 and has seen k values. */
export function bias(beta: number, step: Tensor): Tensor {
  return step.mul(Math.log(beta)).expm1().neg();
}
