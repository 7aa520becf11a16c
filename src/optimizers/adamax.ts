/** AdaMax: Adam with the largest gradient of late in the place of the root mean square. */

import type { OptimizerOptions, RuleSettings } from "./group";
import { Optimizer, type Slots, type Updated } from "./optimizer";
import { type MomentSettings, bias, checkMoments, lerp, times, withDecay } from "./rules";

/** Settings of {@link AdaMax}. */
export interface AdaMaxOptions extends OptimizerOptions, Partial<MomentSettings> {
  /** Learning rate, ≥ 0; default 0.002. */
  lr?: number;
}

/**
 * AdaMax: m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g| + ε), p ← p − lr/(1 − β₁ᵏ)·m/u in step k (counted per parameter, from
 * 1).
 *
 * With the defaults no step is longer than lr by more than 1 %; β₁ nearer to β₂ allows longer ones. `weightDecay` λ
 * adds λp to g. ε, 1e-8 by default, stands beside |g| and not beside u.
 *
 * @throws OptionError for options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { AdaMax, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * w.grad = tensor([5]);
 * new AdaMax([w], { lr: 0.1 }).step();
 * w.toArray(); // → [0.9]
 * ```
 *
 * Source: Kingma and Ba 2015, algorithm 2. PyTorch's Adamax.
 */
export class AdaMax extends Optimizer<AdaMaxOptions, "m" | "u" | "step"> {
  protected get name(): string {
    return "AdaMax";
  }

  protected get defaults(): Required<AdaMaxOptions> {
    return { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 };
  }

  protected override check(settings: Required<AdaMaxOptions>): void {
    checkMoments(this.name, settings);
  }

  protected override slots(): Record<string, number> {
    return { step: 0, m: 0, u: 0 };
  }

  protected rule(
    slots: Slots<"m" | "u" | "step">,
    { lr, betas, eps, weightDecay }: RuleSettings<AdaMaxOptions>,
  ): Updated<"m" | "u"> {
    const { p, step } = slots;
    const g = withDecay(slots.g, p, weightDecay);
    const m = lerp(g, slots.m, betas[0]);
    const u = slots.u.mul(betas[1]).maximum(g.abs().add(eps));
    return { p: p.sub(times(m.div(u), lr.div(bias(betas[0], step)))), m, u };
  }
}
