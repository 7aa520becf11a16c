/** Gradient descent, plain and with momentum. */

import { checkBoolean, checkNumber } from "../check";
import { OptionError } from "../errors";
import type { Tensor } from "../tensor/tensor";
import type { OptimizerOptions, RuleSettings } from "./group";
import { Optimizer, type Slots, type Updated } from "./optimizer";
import { times, withDecay } from "./rules";

/** Settings of {@link SGD} and {@link Momentum}. */
export interface SGDOptions extends OptimizerOptions {
  /** Learning rate, ≥ 0; default 0.001. */
  lr?: number;
  /** μ, how much of the last update is kept, in [0, 1); default 0 (0.9 in {@link Momentum}). */
  momentum?: number;
  /** How much the gradient is weakened when it enters the momentum, in [0, 1]; default 0. */
  dampening?: number;
  /** Nesterov's variant: look ahead along the momentum; default false. */
  nesterov?: boolean;
  /** λ ≥ 0, added to the gradient as λp; default 0. */
  weightDecay?: number;
}

/**
 * Gradient descent: p ← p − lr·g; with momentum v ← μv + (1 − dampening)·g, p ← p − lr·v, and with `nesterov`
 * p ← p − lr·(g + μv). The first v is g itself. `weightDecay` λ adds λp to g beforehand.
 *
 * Textbooks that average, v ← μv + (1 − μ)g, take `dampening: μ` (but for the first step). PyTorch's convention
 * throughout: the learning rate multiplies v and is not part of it.
 *
 * @throws OptionError for options that are unknown or out of range, and for `nesterov` without momentum or with
 * dampening.
 *
 * @example
 * ```ts
 * import { SGD, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * const optimizer = new SGD([w], { lr: 0.1 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // → [0.8]
 * ```
 *
 * Source: Polyak 1964 (momentum); Sutskever et al. 2013 (Nesterov's, in this form).
 */
export class SGD extends Optimizer<SGDOptions, never, "v" | "step"> {
  protected get name(): string {
    return "SGD";
  }

  protected get defaults(): Required<SGDOptions> {
    return { lr: 1e-3, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 };
  }

  protected override check({ momentum, dampening, nesterov, weightDecay }: Required<SGDOptions>): void {
    checkNumber(this.name, "momentum", momentum, { min: 0, below: 1 });
    checkNumber(this.name, "dampening", dampening, { min: 0, max: 1 });
    checkNumber(this.name, "weightDecay", weightDecay, { min: 0 });
    if (checkBoolean(this.name, "nesterov", nesterov, false) && (momentum === 0 || dampening !== 0)) {
      throw new OptionError(
        `${this.name}: nesterov needs momentum and no dampening: momentum ${momentum}, dampening ${dampening}; ` +
          "set momentum to 0.9 and dampening to 0",
        { momentum, dampening },
      );
    }
  }

  protected override slots({ momentum, dampening }: RuleSettings<SGDOptions>): Record<string, number> {
    if (momentum === 0) return {};
    return dampening === 0 ? { v: 0 } : { v: 0, step: 0 };
  }

  protected rule(
    { p, g, v, step }: Slots<never, "v" | "step">,
    { lr, momentum, dampening, nesterov, weightDecay }: RuleSettings<SGDOptions>,
  ): Updated<"v"> {
    const d = withDecay(g, p, weightDecay);
    if (v === undefined) return { p: p.sub(times(d, lr)) };
    const next = v.mul(momentum).add(step === undefined ? d : times(d, weaken(step, dampening)));
    return { p: p.sub(times(nesterov ? d.add(next.mul(momentum)) : next, lr)), v: next };
  }
}

/** 1 in the first step, 1 − dampening afterwards. */
function weaken(step: Tensor, dampening: number): Tensor {
  return step.minimum(2).sub(1).mul(-dampening).add(1);
}

/**
 * Gradient descent with momentum: {@link SGD} with `momentum` 0.9. v ← 0.9·v + g, p ← p − lr·v.
 *
 * @throws OptionError for options that are unknown or out of range.
 *
 * @example
 * ```ts
 * import { Momentum, tensor } from "gradkit";
 * const w = tensor([1], { requiresGrad: true });
 * const optimizer = new Momentum([w], { lr: 0.1 });
 * for (const slope of [1, 0.1]) {
 *   w.grad = tensor([slope]);
 *   optimizer.step();
 * }
 * w.toArray(); // → [0.8]
 * ```
 *
 * Source: Polyak 1964.
 */
export class Momentum extends SGD {
  protected override get name(): string {
    return "Momentum";
  }

  protected override get defaults(): Required<SGDOptions> {
    return { ...super.defaults, momentum: 0.9 };
  }
}
