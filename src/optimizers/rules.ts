/** The few phrases that update rules are written in, and the settings that Adam's relatives share. */

import { checkNumber, show } from "../check";
import { OptionError } from "../errors";
import type { Tensor } from "../tensor/tensor";

/** What Adam and its relatives are told of their running means. */
export interface MomentSettings {
  /** β₁ and β₂, how much of the running means of g and g² is kept, each in [0, 1); default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** ε ≥ 0, which keeps the division from 0; default 1e-8. */
  eps: number;
  /** λ ≥ 0, added to the gradient as λp; default 0. */
  weightDecay: number;
}

/** Refuses what is out of range among them. */
export function checkMoments(where: string, { betas, eps, weightDecay }: MomentSettings): void {
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new OptionError(`${where}: betas is not a pair: ${show(betas)}; give [β₁, β₂], such as [0.9, 0.999]`, { betas });
  }
  betas.forEach((beta, i) => checkNumber(where, `betas[${i}]`, beta, { min: 0, below: 1 }));
  checkNumber(where, "eps", eps, { min: 0 });
  checkNumber(where, "weightDecay", weightDecay, { min: 0 });
}

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
