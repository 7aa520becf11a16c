/** Batch normalisation as layers, which keep running statistics for the time after training. */

import { checkBoolean, checkNumber, checkOptions } from "../check";
import type { DType } from "../dtype";
import { ShapeError } from "../errors";
import { batchNorm } from "../ops/batchNorm";
import { ones, zeros } from "../ops/create";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Buffer, Parameter } from "../tensor/parameter";
import { withGradMode } from "../tensor/tape";
import { type Tensor, type TensorLike, assign } from "../tensor/tensor";
import { Module } from "./module";
import { checkWeightDType, snakeCase, unusual } from "./weights";

/** The settings of {@link BatchNorm1d} and {@link BatchNorm2d}. */
export interface BatchNormLayerOptions {
  /** Added to the variance under the root, ≥ 0; default 1e-5. */
  eps?: number;
  /** How far the running statistics move, from 0 to 1; default 0.1. null takes the plain mean over all batches. */
  momentum?: number | null;
  /** Whether there are a weight γ and a bias β; default true. */
  affine?: boolean;
  /** Whether running statistics are kept; default true. Without them the batch's are used when evaluating, too. */
  trackRunningStats?: boolean;
  /** Element type of weights and statistics, "float32" (default) or "float64". */
  dtype?: DType;
}

const USUAL = { eps: 1e-5, momentum: 0.1, affine: true, trackRunningStats: true };

/** What the layers share; each names the ranks it takes. */
abstract class BatchNorm extends Module<[], []> {
  /** The number of channels, the size of axis 1. */
  readonly channels: number;
  /** Added to the variance under the root. */
  readonly eps: number;
  /** How far the running statistics move; null: 1 / (number of batches so far). */
  readonly momentum: number | null;
  /** γ [channels], or null. */
  readonly weight: Parameter | null;
  /** β [channels], or null. */
  readonly bias: Parameter | null;
  /** [channels], or null without tracking. */
  readonly runningMean: Buffer | null;
  /** [channels], or null without tracking. */
  readonly runningVar: Buffer | null;
  /** How many batches have been seen in training, an int32 scalar, or null without tracking. */
  readonly numBatchesTracked: Buffer | null;

  constructor(
    private readonly kind: string,
    channels: number,
    options: BatchNormLayerOptions,
  ) {
    super();
    checkOptions(kind, options, ["eps", "momentum", "affine", "trackRunningStats", "dtype"]);
    this.channels = checkNumber(kind, "channels", channels, { integer: true, min: 1 });
    this.eps = checkNumber(kind, "eps", options.eps ?? USUAL.eps, { min: 0 });
    const { momentum = USUAL.momentum } = options;
    this.momentum = momentum === null ? null : checkNumber(kind, "momentum", momentum, { min: 0, max: 1 });
    const dtype = checkWeightDType(kind, options.dtype);
    const affine = checkBoolean(kind, "affine", options.affine, true);
    const tracked = checkBoolean(kind, "trackRunningStats", options.trackRunningStats, true);
    this.weight = affine ? new Parameter(ones([channels], { dtype })) : null;
    this.bias = affine ? new Parameter(zeros([channels], { dtype })) : null;
    this.runningMean = tracked ? new Buffer(zeros([channels], { dtype })) : null;
    this.runningVar = tracked ? new Buffer(ones([channels], { dtype })) : null;
    this.numBatchesTracked = tracked ? new Buffer(zeros([], { dtype: "int32" })) : null;
  }

  /** Refuses inputs of the wrong rank. */
  protected abstract checkRank(x: Tensor): void;

  forward(x: TensorLike): Tensor {
    const input = asTensor(this.kind, x, this.weight?.dtype ?? this.runningMean?.dtype);
    this.checkRank(input);
    if (input.shape[1] !== this.channels) throw this.wrongInput(input);
    const { weight, bias, runningMean, runningVar, eps } = this;
    const training = this.training || runningMean === null;
    const common = { weight, bias, runningMean, runningVar, training, eps };
    return batchNorm(input, training ? { ...common, momentum: this.counted() } : common);
  }

  /** Counts the batch, and says how far to move. */
  private counted(): number | Tensor {
    const count = this.numBatchesTracked;
    if (count === null) return this.momentum ?? 0;
    return withGradMode(false, () => {
      assign(count, count.add(1));
      return this.momentum ?? count.detach().to("float64").reciprocal();
    });
  }

  /** The error for an input of the wrong rank. */
  protected wrongRank(x: Tensor, mend: string): ShapeError {
    return new ShapeError(
      `${this.kind}: bad rank: ${showShape(x.shape)} (rank ${x.rank}; channels are axis 1); ${mend}`,
      { shape: x.shape },
    );
  }

  private wrongInput({ shape }: Tensor): ShapeError {
    return new ShapeError(
      `${this.kind}: input has ${shape[1]} channels, expects ${this.channels}: ${showShape(shape)} ` +
        `(axis 1 counts); give [batch, ${this.channels}, …] or build ${this.kind}(${shape[1]})`,
      { shape, channels: this.channels },
    );
  }

  override settings(): string {
    const { eps, momentum } = this;
    const [affine, trackRunningStats] = [this.weight !== null, this.runningMean !== null];
    return `${this.channels}${unusual({ eps, momentum, affine, trackRunningStats }, USUAL)}`;
  }

  override stateName(field: string): string {
    return snakeCase(field);
  }
}

/**
 * y = (x − μ) / √(σ² + eps) · γ + β for each channel of rows or sequences; see {@link batchNorm}.
 *
 * Shapes: x [batch, channels] or [batch, channels, length] gives the same. In training μ and σ² are the batch's, and
 * the running statistics move towards them; in evaluation they are the running ones. Defaults: eps 1e-5, momentum 0.1,
 * γ = 1, β = 0. State names are PyTorch's: `weight`, `bias`, `running_mean`, `running_var`, `num_batches_tracked`.
 *
 * @throws ShapeError for another rank or number of channels, or in training for a single value per channel; OptionError
 * for settings out of range.
 *
 * @example
 * ```ts
 * import { BatchNorm1d } from "gradkit";
 * const layer = new BatchNorm1d(1, { eps: 0 });
 * layer.forward([[1], [3]]).toArray(); // → [[-1], [1]]
 * layer.eval().forward([[0.2]]).toArray(); // → [[0]]
 * ```
 *
 * Source: Ioffe and Szegedy 2015, "Batch normalization".
 */
export class BatchNorm1d extends BatchNorm {
  constructor(channels: number, options: BatchNormLayerOptions = {}) {
    super("BatchNorm1d", channels, options);
  }

  protected checkRank(x: Tensor): void {
    if (x.rank === 2 || x.rank === 3) return;
    throw this.wrongRank(x, "give [batch, channels] or [batch, channels, length], and BatchNorm2d pictures");
  }
}

/**
 * y = (x − μ) / √(σ² + eps) · γ + β for each channel of pictures; see {@link batchNorm}.
 *
 * Shapes: x [batch, channels, height, width] gives the same. Everything else is as in {@link BatchNorm1d}.
 *
 * @throws ShapeError for another rank or number of channels, or in training for a single value per channel; OptionError
 * for settings out of range.
 *
 * @example
 * ```ts
 * import { BatchNorm2d, ones } from "gradkit";
 * new BatchNorm2d(3).forward(ones([2, 3, 4, 4])).shape; // → [2, 3, 4, 4]
 * ```
 *
 * Source: Ioffe and Szegedy 2015, "Batch normalization".
 */
export class BatchNorm2d extends BatchNorm {
  constructor(channels: number, options: BatchNormLayerOptions = {}) {
    super("BatchNorm2d", channels, options);
  }

  protected checkRank(x: Tensor): void {
    if (x.rank === 4) return;
    throw this.wrongRank(x, "give [batch, channels, height, width], and BatchNorm1d rows or sequences");
  }
}
