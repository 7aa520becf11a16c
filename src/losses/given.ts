/** What is asked of a loss by whatever is given one. */

import { show } from "../check";
import { OptionError } from "../errors";
import { showShape } from "../shape";
import { Tensor } from "../tensor/tensor";

/** A loss as training calls it: predictions and targets of a batch to one scalar. */
export type Loss = (prediction: Tensor, target: Tensor) => Tensor;

/** Refuses a loss that cannot be called. */
export function checkLossFunction(where: string, loss: unknown): void {
  if (typeof loss === "function") return;
  throw new OptionError(`${where}: the loss is not a function: ${show(loss)}; give one, such as mse or crossEntropy`, {
    loss,
  });
}

/** Refuses a loss that is no tensor of one element, which is all that can be minimised; returns it. */
export function checkLoss(where: string, loss: unknown): Tensor {
  if (!(loss instanceof Tensor)) {
    throw new OptionError(
      `${where}: the loss is not a tensor: ${show(loss)} (it has no gradient); return what tensor operations compute`,
      { loss },
    );
  }
  if (loss.size === 1) return loss;
  throw new OptionError(
    `${where}: the loss is not a single number: ${showShape(loss.shape)}; reduce it, such as with { reduction: "mean" }`,
    { shape: loss.shape },
  );
}
