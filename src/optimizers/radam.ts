/** RAdam: Adam that does without its division until it has seen enough gradients to divide by. */

import { where } from "../ops/compare";
import type { OptimizerOptions, RuleSettings } from "./group";
import { Optimizer, type Slots, type Updated } from "./optimizer";
import { type MomentSettings, bias, checkMoments, lerp, times, withDecay } from "./rules";

/** Settings of {@link RAdam}. */
export interface RAdamOptions extends OptimizerOptions, Partial<MomentSettings> {
  /** Learning rate, ≥ 0; default 0.001. */
  lr?: number;
}

/**
 * RAdam: p ← p − lr·m̂·r·√(1 − β₂ᵏ)/(√v + ε) once ρₖ > 5, and p ← p − lr·m̂ before, with m̂ and v as in {@link Adam};
 * ρₖ = ρ − 2kβ₂ᵏ/(1 − β₂ᵏ), ρ = 2/(1 − β₂) − 1, r² = (ρₖ − 4)(ρₖ − 2)ρ/((ρ − 4)(ρ − 2)ρₖ) in step k (counted per
 * parameter, from 1).
 *
 * r rises from 0 to 1, a warmup without settings; with β₂ = 0.999 the first five steps do without the division. For β₂
 * ≤ 2/3 all do. `weightDecay` λ adds λp to g.
 *
 * @throws OptionError for options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { RAdam, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * w.grad = tensor([5]);
 * new RAdam([w], { lr: 0.1 }).step();
 * w.toArray(); // → [0.5]
 * ```
 *
 * Source: Liu et al. 2020, "On the variance of the adaptive learning rate and beyond", algorithm 2, with PyTorch's
 * bound of 5 in the place of 4.
 */
export class RAdam extends Optimizer<RAdamOptions, "m" | "v" | "step"> {
  protected get name(): string {
    return "RAdam";
  }

  protected get defaults(): Required<RAdamOptions> {
    return { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 };
  }

  protected override check(settings: Required<RAdamOptions>): void {
    checkMoments(this.name, settings);
  }

  protected override slots(): Record<string, number> {
    return { step: 0, m: 0, v: 0 };
  }

  protected rule(
    slots: Slots<"m" | "v" | "step">,
    { lr, betas, eps, weightDecay }: RuleSettings<RAdamOptions>,
  ): Updated<"m" | "v"> {
    const { p, step } = slots;
    const g = withDecay(slots.g, p, weightDecay);
    const m = lerp(g, slots.m, betas[0]);
    const v = lerp(g.square(), slots.v, betas[1]);
    const end = 2 / (1 - betas[1]) - 1;
    const missing = bias(betas[1], step);
    const length = missing.neg().add(1).mul(step).mul(2).div(missing).neg().add(end);
    const known = length.greater(5);
    const factor = end / ((end - 4) * (end - 2));
    const rectified = length.sub(4).mul(length.sub(2)).div(length).mul(factor).mul(missing).sqrt();
    const scale = where(known, times(v.sqrt().add(eps).reciprocal(), rectified), 1);
    return { p: p.sub(times(m, lr.div(bias(betas[0], step))).mul(scale)), m, v };
  }
}
