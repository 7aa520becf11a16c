/** The Dataset: inputs x and targets y, row by row, to be divided, mapped and drawn in batches. */

import { checkBoolean, checkNumber, checkOptions, show } from "../check";
import { DTypeError, OptionError, ShapeError } from "../errors";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { checkFinite } from "../tensor/finite";
import { noGrad } from "../tensor/tape";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { type Batch, type BatchPlace, Batches, type BatchesOptions } from "./batches";
import { type Rows, allRows, selectRows } from "./bytes";
import { type RecordsOptions, fromRecords } from "./records";
import { type ShuffleOptions, type SplitOptions, foldRows, splitRows } from "./split";

/** Settings of {@link Dataset.from}. */
export interface DatasetOptions {
  /** Whether NaN and Infinity may stand in x and y; default false. */
  allowNonFinite?: boolean;
}

/** The parts of a split: a fraction or a count of rows for each name, and how to divide. */
export type SplitSpec = SplitOptions & Readonly<Record<string, number | boolean | undefined>>;

/** A function on a batch, told where its rows come from: the same number of rows out as in. */
export type BatchMap = (batch: Batch, place: BatchPlace) => { readonly x: TensorLike; readonly y: TensorLike };

/**
 * Inputs x and targets y: row i of one belongs to row i of the other.
 *
 * Shapes: x [N, …], y [N] or [N, …]. Parts (`split`, `kFold`, `subset`, `take`) share the data and hold row numbers
 * only.
 *
 * @example
 * ```ts
 * import { Dataset } from "gradkit";
 * const data = Dataset.from({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0] });
 * data.length; // → 4
 * data.at(1).x.toArray(); // → [0, 1]
 * ```
 */
export class Dataset {
  private readonly source: Batch;
  /** Which rows of the source, in which order; null for all. */
  private readonly rows: Rows | null;
  private readonly apply: (batch: Batch, place: BatchPlace) => Batch;

  private constructor(source: Batch, rows: Rows | null, apply: (batch: Batch, place: BatchPlace) => Batch) {
    this.source = source;
    this.rows = rows;
    this.apply = apply;
  }

  /**
   * A dataset of tensors, nested arrays or typed arrays; plain numbers become float32, tensors stay as they are.
   *
   * @throws ShapeError if x and y differ in their number of rows or there are none; OptionError for NaN and Infinity
   * (the row and column are named) unless `allowNonFinite`, and for unknown options.
   */
  static from(data: { readonly x: TensorLike; readonly y: TensorLike }, options: DatasetOptions = {}): Dataset {
    const where = "Dataset.from";
    checkOptions(where, data, ["x", "y"]);
    checkOptions(where, options, ["allowNonFinite"]);
    const keep = checkBoolean(where, "allowNonFinite", options.allowNonFinite, false);
    const [x, y] = [rowsOf(where, "x", data?.x), rowsOf(where, "y", data?.y)];
    if (x.shape[0] !== y.shape[0]) {
      throw new ShapeError(
        `${where}: x and y differ in rows: ${showShape(x.shape)} and ${showShape(y.shape)} (${x.shape[0]} ≠ ${y.shape[0]}); ` +
          "give one target for each input",
        { x: x.shape, y: y.shape },
      );
    }
    if (x.shape[0] === 0) {
      throw new ShapeError(`${where}: the dataset is empty: x is ${showShape(x.shape)} (no rows); give at least one row`, {
        x: x.shape,
        y: y.shape,
      });
    }
    const mend = "drop or fill such rows, or pass { allowNonFinite: true } to keep them";
    if (!keep) for (const [name, tensor] of [["x", x], ["y", y]] as const) checkFinite(where, name, tensor, mend);
    return new Dataset({ x, y }, null, (batch) => batch);
  }

  /**
   * A dataset of records, such as the rows that any CSV parser gives: numbers, booleans (0 and 1) and decimal text.
   *
   * Shapes: x [N, features]; y [N] for one target name, [N, names] for a list of them.
   *
   * @throws OptionError for a missing column (the nearest is named); DTypeError for a cell that is no number and
   * ShapeError without rows; what {@link Dataset.from} throws.
   *
   * @example
   * ```ts
   * import { Dataset } from "gradkit";
   * const rows = [{ size: "50", rooms: "2", price: "200" }, { size: "80", rooms: "3", price: "310" }];
   * const data = Dataset.fromRecords(rows, { features: ["size", "rooms"], target: "price" });
   * data.y.toArray(); // → [200, 310]
   * ```
   */
  static fromRecords(rows: readonly object[], options: RecordsOptions): Dataset {
    return Dataset.from(fromRecords(rows, options));
  }

  /** The number of rows. */
  get length(): number {
    return this.rows?.length ?? this.source.x.shape[0]!;
  }

  /** All inputs. Of a part or a mapped dataset they are gathered at each reading: keep them in a variable. */
  get x(): Tensor {
    return this.all().x;
  }

  /** All targets; gathered at each reading as x is. */
  get y(): Tensor {
    return this.all().y;
  }

  /** Row i, without the row axis; negative i counts from the end. */
  at(i: number): Batch {
    checkNumber("at", "row", i, { integer: true, min: -this.length, max: this.length - 1 });
    const { x, y } = this.draw(Int32Array.of(i < 0 ? i + this.length : i));
    return { x: x.squeeze(0), y: y.squeeze(0) };
  }

  /**
   * The same rows with a function applied whenever some are drawn: to each batch, or to all rows where x or y is read.
   *
   * The function gets and gives `{ x, y }` with a leading row axis, so it scales, reshapes or augments (such as
   * {@link randomAffine}) without a copy of the whole data. It is also told the epoch and the rows' positions.
   *
   * @example
   * ```ts
   * import { Dataset } from "gradkit";
   * const bytes = Dataset.from({ x: [[0, 255]], y: [1] });
   * bytes.map(({ x, y }) => ({ x: x.div(255), y })).x.toArray(); // → [[0, 1]]
   * ```
   */
  map(fn: BatchMap): Dataset {
    if (typeof fn !== "function") {
      throw new OptionError(`map: not a function: ${show(fn)}; give one from { x, y } to { x, y }`, { fn });
    }
    const { apply } = this;
    return new Dataset(this.source, this.rows, (batch, place) => mapped(fn, apply(batch, place), place));
  }

  /** The first n rows; 1 ≤ n ≤ length. */
  take(n: number): Dataset {
    checkNumber("take", "n", n, { integer: true, min: 1, max: this.length });
    return this.part(allRows(n));
  }

  /**
   * The rows at these positions, in this order; repeats are kept.
   *
   * @throws OptionError for a position out of range or no whole number; ShapeError for what is no list of them, and
   * DTypeError for booleans.
   */
  subset(indices: TensorLike): Dataset {
    const list = asTensor("subset", indices);
    if (list.dtype === "bool") {
      throw new DTypeError(
        `subset: rows are not booleans: ${show(indices)} (positions are counted from 0); give the positions of the true ones`,
        { indices },
      );
    }
    if (list.rank !== 1 || list.size === 0) {
      throw new ShapeError(`subset: not a list of rows: ${showShape(list.shape)}; give positions such as [0, 2, 5]`, {
        shape: list.shape,
      });
    }
    const positions = list.toTypedArray();
    positions.forEach((row, i) => checkNumber("subset", `row ${i}`, row, { integer: true, min: 0, max: this.length - 1 }));
    return this.part(Int32Array.from(positions));
  }

  /**
   * Disjoint parts, by fractions that add up to 1 or counts that add up to the length; a record with the names given.
   *
   * Rows are mixed first (`seed` fixes how) unless `shuffle: false`, which cuts in the order of the names as time
   * series need. `stratify` gives each part every class of y in its share, up to one row. Every count is its share
   * rounded.
   *
   * @throws OptionError for parts that do not add up, a part without rows, or `stratify` with a y that holds no
   * classes.
   *
   * @example
   * ```ts
   * import { Dataset } from "gradkit";
   * const data = Dataset.from({ x: [[1], [2], [3], [4], [5]], y: [1, 2, 3, 4, 5] });
   * const { train, test } = data.split({ train: 0.6, test: 0.4, shuffle: false });
   * [train.length, test.length]; // → [3, 2]
   * test.y.toArray(); // → [4, 5]
   * ```
   */
  split<const P extends SplitSpec>(parts: P): { readonly [K in Exclude<keyof P, keyof SplitOptions>]: Dataset } {
    const rows = splitRows(() => this.y, this.length, parts);
    const entries = Object.entries(rows).map(([name, part]) => [name, this.part(part)]);
    return Object.fromEntries(entries) as { [K in Exclude<keyof P, keyof SplitOptions>]: Dataset };
  }

  /**
   * k pairs of datasets for cross-validation: each row is in the validation part of exactly one.
   *
   * Rows are mixed first unless `shuffle: false`; 2 ≤ k ≤ length; the parts' sizes differ by one at most.
   *
   * @throws OptionError if k is out of range.
   *
   * @example
   * ```ts
   * import { Dataset } from "gradkit";
   * const folds = Dataset.from({ x: [[1], [2], [3]], y: [1, 2, 3] }).kFold(3, { shuffle: false });
   * folds.map(({ validation }) => validation.y.item()); // → [1, 2, 3]
   * ```
   */
  kFold(k: number, options: ShuffleOptions = {}): { readonly train: Dataset; readonly validation: Dataset }[] {
    return foldRows(this.length, k, options).map(({ train, validation }) => ({
      train: this.part(train),
      validation: this.part(validation),
    }));
  }

  /**
   * The rows in batches, in an order drawn up front; each iteration is one epoch of ⌈N / size⌉ batches `{ x, y }`.
   *
   * @throws OptionError for a size that is not a whole number ≥ 1, or unknown options.
   *
   * @example
   * ```ts
   * import { Dataset } from "gradkit";
   * const data = Dataset.from({ x: [[1], [2], [3], [4]], y: [1, 2, 3, 4] });
   * for (const { x, y } of data.batches({ size: 2, shuffle: "epoch", seed: 1 })) console.log(x.shape, y.shape);
   * // → [2, 1] [2]
   * // → [2, 1] [2]
   * ```
   */
  batches(options: BatchesOptions): Batches {
    return new Batches(this.length, (rows, epoch) => this.draw(rows, epoch), options);
  }

  private all(): Batch {
    const rows = allRows(this.length);
    return this.rows === null ? this.apply(this.source, { epoch: 0, rows }) : this.draw(rows);
  }

  /** The rows at these positions of this dataset. */
  private draw(positions: Rows, epoch = 0): Batch {
    const { rows } = this;
    const chosen = rows === null ? positions : positions.map((i) => rows[i]!);
    const batch = { x: selectRows(this.source.x, chosen), y: selectRows(this.source.y, chosen) };
    return this.apply(batch, { epoch, rows: chosen });
  }

  private part(positions: Rows): Dataset {
    const { rows } = this;
    return new Dataset(this.source, rows === null ? positions : positions.map((i) => rows[i]!), this.apply);
  }
}

function rowsOf(where: string, name: string, value: TensorLike): Tensor {
  if (value === undefined) {
    throw new OptionError(`${where}: ${name} is missing: undefined; pass { x, y }, one row of each per sample`, { [name]: value });
  }
  const made = asTensor(where, value);
  if (made.rank === 0) {
    throw new ShapeError(`${where}: ${name} has no rows: a scalar; give one row per sample, such as [[1, 2], [3, 4]]`, {
      [name]: made.shape,
    });
  }
  return value instanceof Tensor ? noGrad(() => made.detach()) : made;
}

/** The answer of a user's function on a batch, with changed row counts refused. */
function mapped(fn: BatchMap, batch: Batch, place: BatchPlace): Batch {
  const answer: unknown = fn(batch, place);
  if (typeof answer !== "object" || answer === null || !("x" in answer) || !("y" in answer)) {
    throw new OptionError(`map: the function does not give { x, y }: ${show(answer)}; return both`, { answer });
  }
  const [x, y] = [asTensor("map", answer.x as TensorLike), asTensor("map", answer.y as TensorLike)];
  const rows = batch.x.shape.slice(0, 1);
  if (!sameShape(x.shape.slice(0, 1), rows) || !sameShape(y.shape.slice(0, 1), rows)) {
    throw new ShapeError(
      `map: the function changes the number of rows: x ${showShape(x.shape)}, y ${showShape(y.shape)} ` +
        `(${rows[0]} rows were given); give as many rows as you get`,
      { x: x.shape, y: y.shape, rows: rows[0] },
    );
  }
  return { x, y };
}
