/** RMSProp: steps divided by a running root mean square of the gradient. */

import { checkBoolean, checkNumber } from "../check";
import type { OptimizerOptions, RuleSettings } from "./group";
import { Optimizer, type Slots, type Updated } from "./optimizer";
import { lerp, times, withDecay } from "./rules";

/** Settings of {@link RMSProp}. */
export interface RMSPropOptions extends OptimizerOptions {
  /** Learning rate, ≥ 0; default 0.01. */
  lr?: number;
  /** α, how much of the running mean square is kept, in [0, 1); default 0.99. */
  alpha?: number;
  /** ε ≥ 0, added after the root; default 1e-8. */
  eps?: number;
  /** λ ≥ 0, added to the gradient as λp; default 0. */
  weightDecay?: number;
  /** How much of the last update is kept, in [0, 1); default 0. */
  momentum?: number;
  /** Divide by the running standard deviation instead: subtract the squared running mean; default false. */
  centered?: boolean;
}

/**
 * RMSProp: v ← αv + (1 − α)g², p ← p − lr·g/(√v + ε).
 *
 * `centered` divides by √(v − m²) + ε with m ← αm + (1 − α)g; `momentum` μ collects b ← μb + g/(√v + ε) and steps by
 * lr·b. v starts at 0 and is not corrected, so the first step is lr/√(1 − α): 10·lr by default. Lectures often take α =
 * 0.9 and leave ε out, which divides by 0 where the gradient is 0.
 *
 * @throws OptionError for options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { RMSProp, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * w.grad = tensor([1]);
 * new RMSProp([w], { lr: 0.1, alpha: 0.9 }).step();
 * w.toArray(); // → [0.683772]
 * ```
 *
 * Source: Tieleman and Hinton 2012, lecture 6e; Graves 2013, equation 40 (centered). PyTorch's defaults.
 */
export class RMSProp extends Optimizer<RMSPropOptions, "v", "mean" | "buffer"> {
  protected get name(): string {
    return "RMSProp";
  }

  protected get defaults(): Required<RMSPropOptions> {
    return { lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false };
  }

  protected override check({ alpha, eps, weightDecay, momentum, centered }: Required<RMSPropOptions>): void {
    checkNumber(this.name, "alpha", alpha, { min: 0, below: 1 });
    checkNumber(this.name, "eps", eps, { min: 0 });
    checkNumber(this.name, "weightDecay", weightDecay, { min: 0 });
    checkNumber(this.name, "momentum", momentum, { min: 0, below: 1 });
    checkBoolean(this.name, "centered", centered, false);
  }

  protected override slots({ momentum, centered }: RuleSettings<RMSPropOptions>): Record<string, number> {
    return { v: 0, ...(centered ? { mean: 0 } : {}), ...(momentum > 0 ? { buffer: 0 } : {}) };
  }

  protected rule(
    slots: Slots<"v", "mean" | "buffer">,
    { lr, alpha, eps, weightDecay, momentum }: RuleSettings<RMSPropOptions>,
  ): Updated<"v" | "mean" | "buffer"> {
    const { p } = slots;
    const g = withDecay(slots.g, p, weightDecay);
    const v = lerp(g.square(), slots.v, alpha);
    const mean = slots.mean === undefined ? undefined : lerp(g, slots.mean, alpha);
    // Rounding may take the variance below 0, where the root would be NaN.
    const spread = mean === undefined ? v : v.sub(mean.square()).maximum(0);
    const scaled = g.div(spread.sqrt().add(eps));
    const buffer = slots.buffer?.mul(momentum).add(scaled);
    return { p: p.sub(times(buffer ?? scaled, lr)), v, mean, buffer };
  }
}
