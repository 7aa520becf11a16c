/** Positional encoding: where in a sequence a row stands, as waves added to it. */

import { checkBoolean, checkNumber, checkOptions } from "../check";
import { type DType, allocate } from "../dtype";
import { ShapeError } from "../errors";
import { add } from "../ops/elementwise";
import { dropout } from "../ops/random";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { storageOf } from "../tensor/storage";
import { type Tensor, type TensorLike, fromStorage } from "../tensor/tensor";
import { floats } from "../ops/normalize";
import { Module } from "./module";
import { unusual } from "./weights";

/** The settings of {@link PositionalEncoding}. */
export interface PositionalEncodingOptions {
  /** With which probability values are left out in training, after the sum, from 0 to 1; default 0. */
  dropout?: number;
  /** Whether inputs are [batch, length, width], the default as everywhere in gradkit, or [length, batch, width]. */
  batchFirst?: boolean;
}

/**
 * y[t] = x[t] + p[t], where p[t, 2i] = sin(t/10000^(2i/width)) and p[t, 2i + 1] = cos(t/10000^(2i/width)): without it,
 * attention does not know the order of a sequence.
 *
 * Shapes: x [batch, length, width] gives the same, for any length; [length, width] is one sequence. Nothing is learned
 * and nothing saved. An odd width ends with a sine. Defaults: no dropout, batch first. PyTorch has the layer in its
 * tutorials alone.
 *
 * @throws ShapeError for another rank or width; OptionError for settings out of range.
 *
 * @example
 * ```ts
 * import { PositionalEncoding, zeros } from "gradkit";
 * new PositionalEncoding(2).forward(zeros([1, 1, 2])).toArray(); // → [[[0, 1]]]
 * ```
 *
 * Source: Vaswani et al. 2017, "Attention is all you need", section 3.5.
 */
export class PositionalEncoding extends Module {
  /** The size of the last axis. */
  readonly width: number;
  /** The probability of leaving out a value in training. */
  readonly dropout: number;
  /** Whether inputs are [batch, length, width]. */
  readonly batchFirst: boolean;

  constructor(width: number, options: PositionalEncodingOptions = {}) {
    super();
    checkOptions("PositionalEncoding", options, ["dropout", "batchFirst"]);
    this.width = checkNumber("PositionalEncoding", "width", width, { integer: true, min: 1 });
    this.dropout = checkNumber("PositionalEncoding", "dropout", options.dropout ?? 0, { min: 0, max: 1 });
    this.batchFirst = checkBoolean("PositionalEncoding", "batchFirst", options.batchFirst, true);
  }

  forward(x: TensorLike): Tensor {
    const { width, batchFirst } = this;
    const input = floats("PositionalEncoding", asTensor("PositionalEncoding", x));
    const { shape, rank } = input;
    if ((rank !== 2 && rank !== 3) || shape.at(-1) !== width) {
      const layout = batchFirst ? `[batch, length, ${width}]` : `[length, batch, ${width}]`;
      throw new ShapeError(
        `PositionalEncoding: input does not fit: ${showShape(shape)} (rank ${rank}, width ${shape.at(-1)} for ${width}); ` +
          `give ${layout}, or [length, ${width}] for one sequence`,
        { shape, width },
      );
    }
    const lengthFirst = rank === 3 && !batchFirst;
    const waves = wavesOf(shape[rank === 3 && batchFirst ? 1 : 0]!, width, input.dtype);
    const sum = add(input, lengthFirst ? waves.unsqueeze(1) : waves);
    return dropout(sum, this.dropout, { training: this.training });
  }

  override settings(): string {
    const { dropout: p, batchFirst } = this;
    return `${this.width}${unusual({ dropout: p, batchFirst }, { dropout: 0, batchFirst: true })}`;
  }
}

/** [length, width]: for each position its waves. */
function wavesOf(length: number, width: number, dtype: DType): Tensor {
  const data = allocate(dtype, length * width);
  for (let t = 0; t < length; t++) {
    for (let i = 0; i < width; i++) {
      const angle = t / 10000 ** ((i - (i % 2)) / width);
      data[t * width + i] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return fromStorage(storageOf(dtype, data), [length, width]);
}
