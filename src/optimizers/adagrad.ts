/** AdaGrad: steps divided by the root of all squared gradients so far. */

import { checkNumber } from "../check";
import type { OptimizerOptions, RuleSettings } from "./group";
import { Optimizer, type Slots, type Updated } from "./optimizer";
import { times, withDecay } from "./rules";

/** Settings of {@link AdaGrad}. */
export interface AdaGradOptions extends OptimizerOptions {
  /** Learning rate, ≥ 0; default 0.01. */
  lr?: number;
  /** d ≥ 0: step k uses lr/(1 + (k − 1)·d); default 0. */
  lrDecay?: number;
  /** λ ≥ 0, added to the gradient as λp; default 0. */
  weightDecay?: number;
  /** Where the sum of squares starts, ≥ 0; default 0. */
  initialAccumulatorValue?: number;
  /** ε ≥ 0, added after the root; default 1e-10. */
  eps?: number;
}

/**
 * AdaGrad: s ← s + g², p ← p − lr·g/(√s + ε), with lr/(1 + (k − 1)·lrDecay) in step k.
 *
 * Steps only ever shrink: good guarantees where the loss is convex, and it can stall where it is not. With a constant
 * gradient, step k is lr/√k. Lectures leave ε out, which divides by 0 until the first gradient that is not 0.
 *
 * @throws OptionError for options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { AdaGrad, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * w.grad = tensor([5]);
 * new AdaGrad([w], { lr: 0.1 }).step();
 * w.toArray(); // → [0.9]
 * ```
 *
 * Source: Duchi, Hazan and Singer 2011 (diagonal form). PyTorch's conventions.
 */
export class AdaGrad extends Optimizer<AdaGradOptions, "sum", "step"> {
  protected get name(): string {
    return "AdaGrad";
  }

  protected get defaults(): Required<AdaGradOptions> {
    return { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10 };
  }

  protected override check({ lrDecay, weightDecay, initialAccumulatorValue, eps }: Required<AdaGradOptions>): void {
    checkNumber(this.name, "lrDecay", lrDecay, { min: 0 });
    checkNumber(this.name, "weightDecay", weightDecay, { min: 0 });
    checkNumber(this.name, "initialAccumulatorValue", initialAccumulatorValue, { min: 0 });
    checkNumber(this.name, "eps", eps, { min: 0 });
  }

  protected override slots({ lrDecay, initialAccumulatorValue }: RuleSettings<AdaGradOptions>): Record<string, number> {
    return { sum: initialAccumulatorValue, ...(lrDecay > 0 ? { step: 0 } : {}) };
  }

  protected rule(
    slots: Slots<"sum", "step">,
    { lr, lrDecay, weightDecay, eps }: RuleSettings<AdaGradOptions>,
  ): Updated<"sum"> {
    const { p, step } = slots;
    const g = withDecay(slots.g, p, weightDecay);
    const sum = slots.sum.add(g.square());
    const rate = step === undefined ? lr : lr.div(step.sub(1).mul(lrDecay).add(1));
    return { p: p.sub(times(g.div(sum.sqrt().add(eps)), rate)), sum };
  }
}
