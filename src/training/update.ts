/** One update of the weights: loss, penalty, backward, clip, step; nothing is changed where a number is not finite. */

import { backward } from "../autograd/backward";
import type { Batch } from "../data/batches";
import type { Module } from "../layers/module";
import { l1Penalty, l2Penalty } from "../losses/penalties";
import { isFinite, logicalAnd, where } from "../ops/compare";
import { clipGradNorm } from "../optimizers/clip";
import type { Optimizer } from "../optimizers/optimizer";
import { defaultGenerator } from "../tensor/generator";
import { withGradMode } from "../tensor/tape";
import { type Tensor, assign } from "../tensor/tensor";
import { checkLoss } from "./checks";
import type { Loss } from "./evaluate";
import { type NonFinite, findNonFinite } from "./nonFinite";
import { type CompileChoice, type Traced, traced } from "./traced";

/** What is minimised, and how. */
export interface UpdatePlan extends CompileChoice {
  readonly model: Module;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly clipNorm: number | undefined;
  readonly l1: number;
  readonly l2: number;
}

/** What came of one update. */
export type Update = { readonly loss: number; readonly prediction: Tensor | null } | { readonly nonFinite: NonFinite };

interface Outcome {
  readonly loss: Tensor;
  readonly finite: Tensor;
  readonly prediction: Tensor | null;
}

/** Updates the weights batch by batch, as one compiled program where that works. */
export class Updater {
  private readonly step: Traced<[Tensor, Tensor], Outcome>;

  /** `predictions` says whether they are wanted, `where` who asks. */
  constructor(
    private readonly plan: UpdatePlan,
    predictions: boolean,
    private readonly where = "fit",
  ) {
    const step = (x: Tensor, y: Tensor): Outcome => {
      const { loss, finite, prediction } = this.attempt(x, y);
      return { loss, finite, prediction: predictions ? prediction.detach() : null };
    };
    this.step = traced(where, step, plan);
  }

  /** Learns from one batch; `epoch` and `batch` tell where in reports. */
  update({ x, y }: Batch, epoch: number, batch: number): Update {
    const random = defaultGenerator.state;
    const { loss, finite, prediction } = this.step(x, y);
    if (finite.item() === 1) return { loss: loss.item(), prediction };
    this.plan.optimizer.zeroGrad();
    const putBack = remembered(this.plan.model.buffers());
    const objective = (): Tensor => {
      defaultGenerator.load(random);
      return withGradMode(true, () => this.objective(x, y).total);
    };
    const nonFinite = findNonFinite({ model: this.plan.model, x, y, objective, epoch, batch });
    putBack((_, before) => before);
    return { nonFinite };
  }

  /** Gives the memory of the program back. */
  release(): void {
    this.step.release();
  }

  private attempt(x: Tensor, y: Tensor): Outcome & { readonly prediction: Tensor } {
    const { optimizer, clipNorm } = this.plan;
    optimizer.zeroGrad();
    const putBack = remembered(this.plan.model.buffers());
    const { loss, total, prediction } = withGradMode(true, () => this.objective(x, y));
    backward(total);
    const params = optimizer.groups.flatMap((group) => group.params).filter((parameter) => parameter.grad !== null);
    const norm = clipGradNorm(params, clipNorm ?? Infinity);
    const finite = logicalAnd(isFinite(total.detach()).reshape([]), isFinite(norm));
    optimizer.step(finite);
    putBack((after, before) => where(finite, after, before));
    return { loss, finite, prediction };
  }

  private objective(x: Tensor, y: Tensor): { loss: Tensor; total: Tensor; prediction: Tensor } {
    const { model, l1, l2 } = this.plan;
    const prediction = model.forward(x);
    const loss = checkLoss(this.where, this.plan.loss(prediction, y));
    let total = loss;
    if (l1 > 0) total = total.add(l1Penalty(model, l1));
    if (l2 > 0) total = total.add(l2Penalty(model, l2));
    return { loss, total, prediction };
  }
}

/** Remembers what buffers hold; the function it gives chooses for each that was changed since. */
function remembered(buffers: readonly Tensor[]): (choose: (after: Tensor, before: Tensor) => Tensor) => void {
  const all = buffers.map((buffer) => ({ buffer, before: buffer.detach(), version: buffer.version }));
  return (choose) => {
    for (const { buffer, before, version } of all) {
      if (buffer.version !== version) assign(buffer, choose(buffer.detach(), before));
    }
  };
}
