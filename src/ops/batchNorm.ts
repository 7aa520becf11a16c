/** Batch normalisation: each channel by the mean and variance of the batch, or by those kept from training. */

import { checkBoolean, checkNumber, checkOptions, show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { sameShape, showShape, sizeOf } from "../shape";
import type { ShapeOf } from "../types";
import { withGradMode } from "../tensor/tape";
import { Tensor, type TensorLike, assign } from "../tensor/tensor";
import { detach, to } from "./cast";
import { add, mul, sub } from "./elementwise";
import { type Moments, channelsOf, checkScale, floats, momentsOf, perChannel, scaled } from "./normalize";
import { reshape } from "./reshape";
import { rsqrt } from "./transcendental";

/** How {@link batchNorm} normalises. */
export interface BatchNormOptions {
  /** γ `[channels]`; default none. */
  weight?: TensorLike | null;
  /** β `[channels]`; default none. */
  bias?: TensorLike | null;
  /** `[channels]`: moved towards the batch's mean in training, used when evaluating. */
  runningMean?: Tensor | null;
  /** `[channels]`: moved towards the batch's unbiased variance in training, used when evaluating. */
  runningVar?: Tensor | null;
  /** Whether to normalise by the batch and move the running statistics; default false. */
  training?: boolean;
  /** How far the running statistics move, from 0 to 1; a scalar tensor may change from call to call. Default 0.1. */
  momentum?: number | Tensor;
  /** Added under the root, ≥ 0; default 1e-5. */
  eps?: number;
}

const KEYS = ["weight", "bias", "runningMean", "runningVar", "training", "momentum", "eps"];

interface Running {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * y = (x − μ) / √(σ² + eps) · γ + β for each channel, axis 1.
 *
 * Shapes: x `[batch, channels, …]` of any rank ≥ 2 → the same; `weight` γ, `bias` β, `runningMean` and `runningVar`
 * `[channels]`. In training μ and σ² (divided by n) are those of the batch, over all axes but the channels', and the
 * running tensors are assigned to: running ← (1 − momentum) · running + momentum · batch's, the variance there divided
 * by n − 1. Otherwise μ and σ² are the running ones. Defaults: training false, momentum 0.1, eps 1e-5. Integers give
 * float32. An empty batch gives an empty result and leaves the running tensors alone.
 *
 * @throws ShapeError if x has no channels or others have not one number per channel, or in training if there is but one
 * value per channel; OptionError without running tensors where they are needed, or for numbers out of range.
 *
 * @example
 * ```ts
 * import { batchNorm, tensor } from "gradkit";
 * const [runningMean, runningVar] = [tensor([0]), tensor([1])];
 * batchNorm([[1], [3]], { runningMean, runningVar, training: true, eps: 0 }).toArray(); // → [[-1], [1]]
 * runningMean.toArray(); // → [0.2]
 * runningVar.toArray(); // → [1.1]
 * ```
 *
 * Source: Ioffe and Szegedy 2015, "Batch normalization"; PyTorch's batch_norm.
 */
export function batchNorm<X extends TensorLike>(x: X, options: BatchNormOptions = {}): Tensor<ShapeOf<X>> {
  checkOptions("batchNorm", options, KEYS);
  const input = floats("batchNorm", x);
  const channels = channelsOf("batchNorm", input);
  const training = checkBoolean("batchNorm", "training", options.training, false);
  const eps = checkNumber("batchNorm", "eps", options.eps ?? 1e-5, { min: 0 });
  const momentum = checkMomentum(options.momentum ?? 0.1);
  const weight = checkScale("batchNorm", "weight", options.weight, [channels], input);
  const bias = checkScale("batchNorm", "bias", options.bias, [channels], input);
  const running = checkRunning(options, channels);
  const shape = perChannel(input);
  if (!training) {
    if (running === null) throw noStatistics();
    const centred = sub(input, reshape(to(running.mean, input.dtype), shape));
    const root = rsqrt(add(reshape(to(running.variance, input.dtype), shape), eps));
    return scaled(mul(centred, root), weight, bias, shape);
  }
  const axes = input.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const count = sizeOf(axes.map((axis) => input.shape[axis]!));
  if (count === 1) throw oneValue(input);
  const moments = momentsOf(input, axes);
  if (running !== null && count > 0) withGradMode(false, () => move(running, moments, count, momentum));
  return scaled(mul(moments.centred, rsqrt(add(moments.variance, eps))), weight, bias, shape);
}

/** running ← running + momentum · (batch's − running), the variance unbiased. */
function move(running: Running, { mean, variance }: Moments, count: number, momentum: number | Tensor): void {
  const rest = typeof momentum === "number" ? 1 - momentum : sub(1, momentum);
  const toward = (target: Tensor, batch: Tensor): void => {
    const own = to(reshape(detach(batch), target.shape), target.dtype);
    const kept = mul(detach(target), rest);
    assign(target, to(add(kept, mul(own, momentum)), target.dtype));
  };
  toward(running.mean, mean);
  toward(running.variance, mul(detach(variance), count / (count - 1)));
}

function checkMomentum(momentum: unknown): number | Tensor {
  if (momentum instanceof Tensor && momentum.size === 1) return detach(reshape(momentum, []));
  return checkNumber("batchNorm", "momentum", momentum, { min: 0, max: 1 });
}

function checkRunning({ runningMean, runningVar }: BatchNormOptions, channels: number): Running | null {
  const [mean, variance] = [runningMean ?? null, runningVar ?? null];
  if (mean === null && variance === null) return null;
  for (const [name, value] of [["runningMean", mean], ["runningVar", variance]] as const) {
    if (!(value instanceof Tensor)) {
      throw new OptionError(
        `batchNorm: ${name} is not a tensor: ${show(value)} (it is assigned to); give zeros([${channels}]) and ` +
          `ones([${channels}]) as runningMean and runningVar`,
        { [name]: value },
      );
    }
    if (sameShape(value.shape, [channels])) continue;
    throw new ShapeError(
      `batchNorm: ${name} does not fit: ${showShape(value.shape)} for ${channels} channels ` +
        `(one number per channel); give [${channels}]`,
      { [name]: value.shape, channels },
    );
  }
  return { mean: mean!, variance: variance! };
}

function noStatistics(): OptionError {
  return new OptionError(
    "batchNorm: no statistics: runningMean and runningVar are missing (outside of training they are what x is " +
      "normalised by); give both, or training: true",
  );
}

function oneValue(x: Tensor): ShapeError {
  return new ShapeError(
    `batchNorm: expected more than 1 value per channel when training: ${showShape(x.shape)} (a single value has no ` +
      "variance); give larger batches (dropLast leaves the odd row out), or evaluate with model.eval()",
    { x: x.shape },
  );
}
