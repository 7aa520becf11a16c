/** Mini-batches: the rows of a dataset in a seeded order, a few at a time, as often as they are asked for. */

import { checkNumber, checkOneOf, checkOptions } from "../check";
import { OptionError } from "../errors";
import { permutation, randint } from "../ops/random";
import { Generator } from "../tensor/generator";
import type { Tensor } from "../tensor/tensor";
import { type Rows, allRows } from "./bytes";

/** Some rows of a dataset: inputs and targets, first axis alike. */
export interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Where the rows of a batch come from. */
export interface BatchPlace {
  /** The epoch, counted from 0; 0 where all rows are read at once. */
  readonly epoch: number;
  /** The position of each row in the data that the dataset was made from. */
  readonly rows: Int32Array;
}

/** Settings of {@link Dataset.batches}. */
export interface BatchesOptions {
  /** Rows per batch, ≥ 1; the last batch may have fewer. */
  size: number;
  /** `"epoch"`: a new order in every epoch; `"once"`: one random order for all; false (the default): as they are. */
  shuffle?: "epoch" | "once" | false;
  /** Fixes the orders; by default a seed is drawn from the stream that {@link manualSeed} seeds. */
  seed?: number;
  /** Whether to leave out a last batch that is smaller; default false. */
  dropLast?: boolean;
}

/**
 * The batches of a dataset, made by {@link Dataset.batches}. Iterating over it is one epoch, and can be done again.
 *
 * @example
 * ```ts
 * import { Dataset } from "gradkit";
 * const batches = Dataset.from({ x: [[1], [2], [3]], y: [1, 2, 3] }).batches({ size: 2 });
 * batches.length; // → 2
 * [...batches].map(({ y }) => y.toArray()); // → [[1, 2], [3]]
 * ```
 */
export class Batches implements Iterable<Batch> {
  /** How many batches an epoch has. */
  readonly length: number;
  /** The number of the epoch that the next iteration goes through, from 0. Set it to go on from an earlier run. */
  epoch = 0;
  private readonly rows: number;
  private readonly draw: (rows: Rows, epoch: number) => Batch;
  private readonly size: number;
  private readonly shuffle: "epoch" | "once" | false;
  private readonly seed: number;

  /** Made by {@link Dataset.batches}. @internal */
  constructor(rows: number, draw: (rows: Rows, epoch: number) => Batch, options: BatchesOptions) {
    const where = "batches";
    checkOptions(where, options, ["size", "shuffle", "seed", "dropLast"]);
    this.rows = rows;
    this.draw = draw;
    this.size = checkNumber(where, "size", options?.size, { integer: true, min: 1 });
    this.shuffle = checkOneOf(where, "shuffle", options.shuffle ?? false, ["epoch", "once", false]);
    const dropLast = checkOneOf(where, "dropLast", options.dropLast ?? false, [true, false]);
    this.seed = this.shuffle === false ? 0 : seedOf(where, options.seed);
    this.length = dropLast ? Math.floor(rows / this.size) : Math.ceil(rows / this.size);
    if (this.length > 0) return;
    throw new OptionError(
      `${where}: not a single batch: ${rows} rows, size ${this.size} with dropLast; choose a size ≤ ${rows}`,
      { rows, size: this.size },
    );
  }

  /** The rows of the dataset in the order of an epoch; `i` in the list is the i-th row that the epoch shows. */
  order(epoch: number): Int32Array {
    checkNumber("batches", "epoch", epoch, { integer: true, min: 0, max: 2 ** 31 - 1 });
    if (this.shuffle === false) return allRows(this.rows);
    // The epoch stands in the high word of the call count, so that no two epochs share random numbers.
    const generator = new Generator(this.seed);
    const [low = 0, high = 0] = generator.state;
    generator.load([low, high, 0, this.shuffle === "once" ? 0 : epoch]);
    return permutation(this.rows, { generator }).toTypedArray() as Int32Array;
  }

  /** Goes through one epoch, and counts it. */
  *[Symbol.iterator](): IterableIterator<Batch> {
    const epoch = this.epoch++;
    const order = this.order(epoch);
    for (let i = 0; i < this.length; i++) yield this.draw(order.subarray(i * this.size, (i + 1) * this.size), epoch);
  }
}

/** A seed that was given, or one from the default stream. */
export function seedOf(where: string, seed: number | undefined): number {
  if (seed === undefined) return randint(0, 2 ** 31 - 1, []).item();
  return checkNumber(where, "seed", seed, { integer: true, min: 0, max: 2 ** 53 });
}
