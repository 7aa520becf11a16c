/** NAdam: Adam that looks ahead along its momentum, as Nesterov's variant of gradient descent does. */

import { checkNumber } from "../check";
import type { Tensor } from "../tensor/tensor";
import type { OptimizerOptions, RuleSettings } from "./group";
import { Optimizer, type Slots, type Updated } from "./optimizer";
import { type MomentSettings, bias, checkMoments, lerp, times, withDecay } from "./rules";

/** Settings of {@link NAdam}. */
export interface NAdamOptions extends OptimizerOptions, Partial<MomentSettings> {
  /** Learning rate, ≥ 0; default 0.002. */
  lr?: number;
  /** ψ ≥ 0: how fast the momentum rises from ½β₁ to β₁; default 0.004. */
  momentumDecay?: number;
}

/**
 * NAdam: p ← p − lr·(μₖ₊₁·m/(1 − Πμ₁…μₖ₊₁) + (1 − μₖ)·g/(1 − Πμ₁…μₖ))/(√v̂ + ε), with m and v̂ as in {@link Adam} and
 * the momentum μₖ = β₁(1 − ½·0.96^(kψ)) of step k (counted per parameter, from 1).
 *
 * `weightDecay` λ adds λp to g. PyTorch before 2.0 has μₖ twice in the first product; the formula here is that of its
 * documentation and of later versions.
 *
 * @throws OptionError for options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { NAdam, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * w.grad = tensor([5]);
 * new NAdam([w], { lr: 0.1 }).step();
 * w.toArray(); // → [0.894355]
 * ```
 *
 * Source: Dozat 2016, "Incorporating Nesterov momentum into Adam". PyTorch's NAdam.
 */
export class NAdam extends Optimizer<NAdamOptions, "m" | "v" | "product" | "step"> {
  protected get name(): string {
    return "NAdam";
  }

  protected get defaults(): Required<NAdamOptions> {
    return { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, momentumDecay: 4e-3 };
  }

  protected override get scalars(): readonly string[] {
    return ["product"];
  }

  protected override check(settings: Required<NAdamOptions>): void {
    checkMoments(this.name, settings);
    checkNumber(this.name, "momentumDecay", settings.momentumDecay, { min: 0 });
  }

  protected override slots(): Record<string, number> {
    return { step: 0, m: 0, v: 0, product: 1 };
  }

  protected rule(
    slots: Slots<"m" | "v" | "product" | "step">,
    { lr, betas, eps, weightDecay, momentumDecay }: RuleSettings<NAdamOptions>,
  ): Updated<"m" | "v" | "product"> {
    const { p, step } = slots;
    const g = withDecay(slots.g, p, weightDecay);
    const m = lerp(g, slots.m, betas[0]);
    const v = lerp(g.square(), slots.v, betas[1]);
    const root = times(v.sqrt(), bias(betas[1], step).rsqrt()).add(eps);
    const momentum = (k: Tensor): Tensor =>
      k.mul(momentumDecay * Math.log(0.96)).exp().mul(-0.5).add(1).mul(betas[0]);
    const [now, next] = [momentum(step), momentum(step.add(1))];
    const product = slots.product.mul(now);
    const rest = (x: Tensor): Tensor => x.neg().add(1);
    const ofGradient = times(g, lr.mul(rest(now)).div(rest(product)));
    const ofMean = times(m, lr.mul(next).div(rest(product.mul(next))));
    return { p: p.sub(ofGradient.add(ofMean).div(root)), m, v, product };
  }
}
