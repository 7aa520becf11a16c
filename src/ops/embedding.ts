/** Rows of a table by their numbers: what words, users or products are to a network. */

import { checkNumber, checkOptions } from "../check";
import { OptionError, ShapeError } from "../errors";
import { showShape } from "../shape";
import type { Embedded } from "../rules";
import type { ShapeOf } from "../types";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { detach } from "./cast";
import { equal, where } from "./compare";
import { asIndices, checkRange } from "./indices";
import { indexSelect } from "./indexSelect";
import { reshape, unsqueeze } from "./reshape";

/** Which row of {@link embedding} learns nothing. */
export interface EmbeddingOptions {
  /** The number that fills up short sequences: its row gets no gradient. Negative ones count from the end. */
  paddingIndex?: number;
}

/**
 * The rows of `weight` at `indices`: y[…] = weight[indices[…]].
 *
 * Shapes: weight `[count, width]`, indices of any shape `[...]` → `[..., width]`. Indices are whole numbers from 0 to
 * count − 1, int32 or float. A row's gradients add up over its occurrences; that of `paddingIndex` gets none, while its
 * values come out as they are.
 *
 * @throws ShapeError if weight is not a matrix or an index is out of range, DTypeError for a fraction, OptionError for
 * a padding index out of range or an unknown option.
 *
 * @example
 * ```ts
 * import { embedding } from "gradkit";
 * embedding([[0, 0], [1, 2], [3, 4]], [2, 1, 2]).toArray(); // → [[3, 4], [1, 2], [3, 4]]
 * ```
 */
export function embedding<W extends TensorLike, I extends TensorLike>(
  weight: W,
  indices: I,
  options?: EmbeddingOptions,
): Tensor<Embedded<ShapeOf<W>, ShapeOf<I>>>;
export function embedding(weight: TensorLike, indices: TensorLike, options: EmbeddingOptions = {}): Tensor {
  checkOptions("embedding", options, ["paddingIndex"]);
  const table = asTensor("embedding", weight);
  if (table.rank !== 2) {
    throw new ShapeError(
      `embedding: the weight is not a table: ${showShape(table.shape)} (rank ${table.rank}); give [count, width]`,
      { weight: table.shape },
    );
  }
  const [count, width] = table.shape as readonly [number, number];
  const index = asIndices("embedding", indices);
  checkRange("embedding", index, count, { name: "index", of: `${count} rows` });
  const flat = reshape(index, [index.size]);
  const rows = indexSelect(table, flat, { axis: 0 });
  const padding = checkPadding("embedding", options.paddingIndex, count);
  const learning = padding === null ? rows : where(unsqueeze(equal(flat, padding), 1), detach(rows), rows);
  return reshape(learning, [...index.shape, width]);
}

/** A padding index counted from the front, or null where none is given. @internal */
export function checkPadding(where: string, padding: number | undefined, count: number): number | null {
  if (padding === undefined) return null;
  checkNumber(where, "paddingIndex", padding, { integer: true });
  if (padding >= -count && padding < count) return padding < 0 ? padding + count : padding;
  throw new OptionError(
    `${where}: paddingIndex is out of range: ${padding} (${count} rows); give a whole number from ${-count} to ${count - 1}`,
    { paddingIndex: padding, count },
  );
}
