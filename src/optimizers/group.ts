/** A parameter group: tensors that share their settings, with a learning rate that may change from step to step. */

import { checkNumber } from "../check";
import { storageOf } from "../tensor/storage";
import { type Tensor, assign, fromStorage } from "../tensor/tensor";

/** Settings that every optimizer has. */
export interface OptimizerOptions {
  /** Learning rate, ≥ 0. */
  lr?: number;
}

/** Settings as a rule sees them: all given; lr is a float64 scalar tensor, since it changes between steps. */
export type RuleSettings<O extends OptimizerOptions> = Readonly<Required<Omit<O, "lr">>> & { readonly lr: Tensor };

/** A float64 scalar. @internal */
export function scalar(value: number): Tensor {
  return fromStorage(storageOf("float64", Float64Array.of(value)), []);
}

/** Parameters that share their settings. */
export class ParameterGroup<O extends OptimizerOptions = OptimizerOptions> {
  /** The tensors that this group updates. */
  readonly params: readonly Tensor[];
  /** The settings; `lr` as a tensor. */
  readonly settings: RuleSettings<O>;
  private readonly where: string;

  /** Made by the optimizer. @internal */
  constructor(where: string, params: readonly Tensor[], settings: Required<O>) {
    this.where = where;
    this.params = params;
    this.settings = { ...settings, lr: scalar(checkRate(where, settings.lr)) };
  }

  /** The learning rate of this group. */
  get lr(): number {
    return this.settings.lr.item();
  }

  set lr(value: number) {
    assign(this.settings.lr, scalar(checkRate(this.where, value)));
  }
}

function checkRate(where: string, value: unknown): number {
  return checkNumber(where, "lr", value, { min: 0 });
}
