/** The embedding layer: a learned row of numbers for each of a number of things. */

import { checkNumber, checkOptions } from "../check";
import type { DType } from "../dtype";
import { constantOf } from "../ops/constant";
import { checkPadding, embedding } from "../ops/embedding";
import { where } from "../ops/compare";
import { arange } from "../ops/create";
import { Parameter } from "../tensor/parameter";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { normal } from "./init";
import type { Initializer } from "./initializer";
import { Module } from "./module";
import { checkWeightDType, initialised, unusual } from "./weights";

/** The settings of {@link Embedding}. */
export interface EmbeddingLayerOptions {
  /** The number that fills up short sequences: its row begins as zeros and learns nothing. Negative: from the end. */
  paddingIndex?: number;
  /** Makes the first rows; default N(0, 1), PyTorch's. */
  init?: Initializer;
  /** Element type of the rows, "float32" (default) or "float64". */
  dtype?: DType;
}

/**
 * y[…] = weight[x[…]]: each whole number becomes the row of that number; see {@link embedding}.
 *
 * Shapes: x [...] of whole numbers from 0 to count − 1, int32 or float, gives [..., width]; `weight` [count, width].
 * Default: rows from N(0, 1), no padding index.
 *
 * @throws OptionError if a size is not a whole number > 0 or the padding index out of range; ShapeError for an index
 * out of range, DTypeError for a fraction.
 *
 * @example
 * ```ts
 * import { Embedding } from "gradkit";
 * const layer = new Embedding(10, 4, { paddingIndex: 0 });
 * layer.forward([[1, 5, 0]]).shape; // → [1, 3, 4]
 * layer.forward(0).toArray(); // → [0, 0, 0, 0]
 * ```
 */
export class Embedding<Count extends number = number, Width extends number = number> extends Module<[], [Width]> {
  /** How many rows there are. */
  readonly count: number;
  /** How long each row is. */
  readonly width: number;
  /** Which row learns nothing, or null. */
  readonly paddingIndex: number | null;
  /** [count, width]. Another parameter may take its place, to share it. */
  weight: Parameter<[Count, Width]>;

  constructor(count: Count, width: Width, options: EmbeddingLayerOptions = {}) {
    super();
    checkOptions("Embedding", options, ["paddingIndex", "init", "dtype"]);
    this.count = checkNumber("Embedding", "count", count, { integer: true, min: 1 });
    this.width = checkNumber("Embedding", "width", width, { integer: true, min: 1 });
    this.paddingIndex = checkPadding("Embedding", options.paddingIndex, count);
    const dtype = checkWeightDType("Embedding", options.dtype);
    const rows = initialised("Embedding", options.init ?? normal(0, 1), [count, width], dtype);
    this.weight = new Parameter(this.paddingIndex === null ? rows : withoutRow(rows, this.paddingIndex));
  }

  forward(x: TensorLike): Tensor {
    const { weight, paddingIndex } = this;
    return embedding(weight, x, paddingIndex === null ? {} : { paddingIndex });
  }

  override settings(): string {
    return `${this.count}, ${this.width}${unusual({ paddingIndex: this.paddingIndex }, { paddingIndex: null })}`;
  }
}

/** The rows with zeros in place of one. */
function withoutRow(rows: Tensor, row: number): Tensor {
  const here = arange(rows.shape[0]!).equal(row).unsqueeze(1);
  return where(here, constantOf(0, rows.shape, rows.dtype), rows);
}
