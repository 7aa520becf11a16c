/** AdaDelta: steps as large as the last ones were, in units of the parameter. */

import { checkNumber } from "../check";
import type { OptimizerOptions, RuleSettings } from "./group";
import { Optimizer, type Slots, type Updated } from "./optimizer";
import { lerp, times, withDecay } from "./rules";

/** Settings of {@link AdaDelta}. */
export interface AdaDeltaOptions extends OptimizerOptions {
  /** Factor on each step, ≥ 0; default 1. */
  lr?: number;
  /** ρ, how much of the running mean squares is kept, in [0, 1); default 0.9. */
  rho?: number;
  /** ε > 0, added under both roots; it also gives the size of the first step. Default 1e-6. */
  eps?: number;
  /** λ ≥ 0, added to the gradient as λp; default 0. */
  weightDecay?: number;
}

/**
 * AdaDelta: v ← ρv + (1 − ρ)g², Δ = g·√(d + ε)/√(v + ε), p ← p − lr·Δ, d ← ρd + (1 − ρ)Δ².
 *
 * d starts at 0, so the first step is √(ε/(1 − ρ)) at most, 0.003 by default: it needs no learning rate and takes time
 * to gather speed.
 *
 * @throws OptionError for options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { AdaDelta, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * w.grad = tensor([5]);
 * new AdaDelta([w]).step();
 * w.toArray(); // → [0.996838]
 * ```
 *
 * Source: Zeiler 2012, algorithm 1. PyTorch's Adadelta.
 */
export class AdaDelta extends Optimizer<AdaDeltaOptions, "v" | "d"> {
  protected get name(): string {
    return "AdaDelta";
  }

  protected get defaults(): Required<AdaDeltaOptions> {
    return { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0 };
  }

  protected override check({ rho, eps, weightDecay }: Required<AdaDeltaOptions>): void {
    checkNumber(this.name, "rho", rho, { min: 0, below: 1 });
    checkNumber(this.name, "eps", eps, { above: 0 });
    checkNumber(this.name, "weightDecay", weightDecay, { min: 0 });
  }

  protected override slots(): Record<string, number> {
    return { v: 0, d: 0 };
  }

  protected rule(
    slots: Slots<"v" | "d">,
    { lr, rho, eps, weightDecay }: RuleSettings<AdaDeltaOptions>,
  ): Updated<"v" | "d"> {
    const g = withDecay(slots.g, slots.p, weightDecay);
    const v = lerp(g.square(), slots.v, rho);
    const delta = slots.d.add(eps).sqrt().div(v.add(eps).sqrt()).mul(g);
    return { p: slots.p.sub(times(delta, lr)), v, d: lerp(delta.square(), slots.d, rho) };
  }
}
