/** Adam and AdamW: momentum over a running root mean square, both corrected for having started at 0. */

import { checkBoolean } from "../check";
import type { Tensor } from "../tensor/tensor";
import type { OptimizerOptions, RuleSettings } from "./group";
import { Optimizer, type Slots, type Updated } from "./optimizer";
import { bias, checkMoments, lerp, times, withDecay } from "./rules";

/** Settings of {@link Adam} and {@link AdamW}. */
export interface AdamOptions extends OptimizerOptions {
  /** Learning rate, ≥ 0; default 0.001. */
  lr?: number;
  /** β₁ and β₂, how much of the running means of g and g² is kept, each in [0, 1); default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** ε ≥ 0, added after the root; default 1e-8. */
  eps?: number;
  /** λ ≥ 0; default 0 in Adam (added to the gradient as λp), 0.01 in AdamW (p shrinks by lr·λ·p apart from it). */
  weightDecay?: number;
  /** Divide by the largest running mean of g² so far instead of the present one; default false. */
  amsgrad?: boolean;
}

/**
 * Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − lr·m̂/(√v̂ + ε), with m̂ = m/(1 − β₁ᵏ), v̂ = v/(1 − β₂ᵏ) in
 * step k (counted per parameter, from 1).
 *
 * The first step is lr·sign(g). `weightDecay` is L2 regularisation, which the division then scales; {@link AdamW} keeps
 * the two apart. Some textbooks put ε under the root.
 *
 * @throws OptionError for options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { Adam, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * w.grad = tensor([5]);
 * new Adam([w], { lr: 0.1 }).step();
 * w.toArray(); // → [0.9]
 * ```
 *
 * Source: Kingma and Ba 2015, algorithm 1; Reddi, Kale and Kumar 2018 (amsgrad, of v before its correction as in
 * PyTorch).
 */
export class Adam extends Optimizer<AdamOptions, "m" | "v" | "step", "vMax"> {
  protected get name(): string {
    return "Adam";
  }

  protected get defaults(): Required<AdamOptions> {
    return { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, amsgrad: false };
  }

  protected override check(settings: Required<AdamOptions>): void {
    checkMoments(this.name, settings);
    checkBoolean(this.name, "amsgrad", settings.amsgrad, false);
  }

  protected override slots({ amsgrad }: RuleSettings<AdamOptions>): Record<string, number> {
    return { step: 0, m: 0, v: 0, ...(amsgrad ? { vMax: 0 } : {}) };
  }

  protected rule(
    slots: Slots<"m" | "v" | "step", "vMax">,
    settings: RuleSettings<AdamOptions>,
  ): Updated<"m" | "v" | "vMax"> {
    return this.move({ ...slots, g: withDecay(slots.g, slots.p, settings.weightDecay) }, settings);
  }

  /** The update without weight decay. */
  protected move(
    slots: Slots<"m" | "v" | "step", "vMax">,
    settings: RuleSettings<AdamOptions>,
  ): Updated<"m" | "v" | "vMax"> {
    const { p, g, step } = slots;
    const { lr, betas, eps } = settings;
    const m = lerp(g, slots.m, betas[0]);
    const v = lerp(g.square(), slots.v, betas[1]);
    const vMax = slots.vMax?.maximum(v);
    // The corrections are scalars in float64: in float32, 1 − 0.999 would have four digits only.
    const stepSize: Tensor = lr.div(bias(betas[0], step));
    const root = times((vMax ?? v).sqrt(), bias(betas[1], step).rsqrt());
    return { p: p.sub(times(m.div(root.add(eps)), stepSize)), m, v, vMax };
  }
}

/**
 * AdamW: {@link Adam} with decoupled weight decay: p ← p − lr·λ·p first, then Adam's update with the plain gradient.
 *
 * The decay is multiplied by lr (as in PyTorch; the paper has its own schedule η for both).
 *
 * @throws OptionError for options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { AdamW, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * w.grad = tensor([0]);
 * new AdamW([w], { lr: 0.1, weightDecay: 0.5 }).step();
 * w.toArray(); // → [0.95]
 * ```
 *
 * Source: Loshchilov and Hutter 2019, algorithm 2.
 */
export class AdamW extends Adam {
  protected override get name(): string {
    return "AdamW";
  }

  protected override get defaults(): Required<AdamOptions> {
    return { ...super.defaults, weightDecay: 1e-2 };
  }

  protected override rule(
    slots: Slots<"m" | "v" | "step", "vMax">,
    settings: RuleSettings<AdamOptions>,
  ): Updated<"m" | "v" | "vMax"> {
    const p = times(slots.p, settings.lr.mul(-settings.weightDecay).add(1));
    return this.move({ ...slots, p }, settings);
  }
}
