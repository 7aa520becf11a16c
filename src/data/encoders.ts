/** Encoders: names of categories turned into numbers that a network takes, and back. */

import { show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { storageOf } from "../tensor/storage";
import { Tensor, type TensorLike, fromStorage } from "../tensor/tensor";

/** A category: a name, a number or a truth value. */
export type Category = string | number | boolean;

/** The distinct values of a column in order (numbers by size, text by code unit) and their positions. */
class Categories {
  readonly list: readonly Category[];
  private readonly places: ReadonlyMap<Category, number>;

  constructor(where: string, values: readonly unknown[]) {
    values.forEach((value, row) => checkCategory(where, value, row));
    const distinct = [...new Set(values as readonly Category[])];
    const types = [...new Set(distinct.map((value) => typeof value))];
    if (types.length > 1) {
      throw new OptionError(`${where}: categories of several types: ${types.join(" and ")} (1 is not "1"); make them one type`, { types });
    }
    this.list = distinct.sort((a, b) => (a < b ? -1 : 1));
    this.places = new Map(this.list.map((value, i) => [value, i]));
  }

  placeOf(where: string, value: unknown, row: number): number {
    const place = this.places.get(value as Category);
    if (place !== undefined) return place;
    throw new OptionError(
      `${where}: unknown category: ${show(value)} (row ${row}; known are ${this.list.slice(0, 8).map(show).join(", ")}` +
        `${this.list.length > 8 ? ", …" : ""}); fit on rows that have it, or drop the row`,
      { value, row, known: this.list },
    );
  }
}

function checkCategory(where: string, value: unknown, row: number): void {
  if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return;
  throw new OptionError(`${where}: not a category: ${show(value)} (row ${row}); give text, finite numbers or booleans`, {
    value,
    row,
  });
}

/** Values as a plain list, a tensor's included. */
function listOf(where: string, values: unknown): readonly unknown[] {
  const plain: unknown = values instanceof Tensor ? values.toArray() : values;
  const list: unknown = ArrayBuffer.isView(plain) ? Array.from(plain as Int32Array) : plain;
  if (Array.isArray(list) && list.length > 0) return list;
  throw new ShapeError(`${where}: no rows: ${show(values)}; give a list with one entry per row`, { values });
}

/** Categories as a tensor, since a state holds tensors only: the UTF-8 bytes of their JSON text. */
function toBytes(value: unknown): Tensor {
  const bytes = Int32Array.from(new TextEncoder().encode(JSON.stringify(value)));
  return fromStorage(storageOf("int32", bytes), [bytes.length]);
}

function fromBytes(where: string, dict: unknown): unknown {
  const value: unknown = typeof dict === "object" && dict !== null && "categories" in dict ? dict.categories : undefined;
  try {
    if (value instanceof Tensor) return JSON.parse(new TextDecoder().decode(Uint8Array.from(value.toTypedArray())));
  } catch {
    // Not JSON: refused below, as anything else that is not a state.
  }
  throw new OptionError(`${where}: not a state: ${show(dict)} (its key "categories" holds no list); pass what stateDict() gave`, { dict });
}

function notFitted(where: string): OptionError {
  return new OptionError(`${where}: the categories are not known: fit was not called; call .fit(trainingRows) first`);
}

/**
 * Class names as class indices 0 … K − 1, in sorted order.
 *
 * Shapes: a list of N names gives an int32 tensor [N], as {@link crossEntropy} takes it. State key: `categories`.
 *
 * @throws OptionError for a name that `fit` has not seen, and before `fit`.
 *
 * @example
 * ```ts
 * import { LabelEncoder } from "gradkit";
 * const encoder = new LabelEncoder().fit(["cat", "dog", "cat"]);
 * encoder.transform(["dog", "cat"]).toArray(); // → [1, 0]
 * encoder.inverse([0, 1]); // → ["cat", "dog"]
 * ```
 */
export class LabelEncoder {
  private known: Categories | null = null;

  /** The class names; the index of each is its class. */
  get classes(): readonly Category[] {
    return this.fitted("classes").list;
  }

  /** Learns the names. Returns itself. */
  fit(labels: readonly Category[] | TensorLike): this {
    this.known = new Categories("LabelEncoder.fit", listOf("LabelEncoder.fit", labels));
    return this;
  }

  /** The class index of each name, int32. */
  transform(labels: readonly Category[] | TensorLike): Tensor {
    const where = "LabelEncoder.transform";
    const known = this.fitted("transform");
    const places = Int32Array.from(listOf(where, labels), (label, row) => known.placeOf(where, label, row));
    return fromStorage(storageOf("int32", places), [places.length]);
  }

  /** The name of each class index. */
  inverse(indices: TensorLike): Category[] {
    const where = "LabelEncoder.inverse";
    const { list } = this.fitted("inverse");
    return Array.from(asTensor(where, indices).toTypedArray(), (index, row) => {
      const label = list[index];
      if (label !== undefined) return label;
      throw new OptionError(`${where}: no such class: ${index} (row ${row}; classes are 0 … ${list.length - 1}); give class indices`, {
        index,
        row,
      });
    });
  }

  /** The names, as a state to be saved. */
  stateDict(): Record<string, Tensor> {
    return { categories: toBytes(this.fitted("stateDict").list) };
  }

  /** Goes on from a state that `stateDict` gave. */
  loadStateDict(dict: Readonly<Record<string, Tensor>>): void {
    const where = "LabelEncoder.loadStateDict";
    this.known = new Categories(where, listOf(where, fromBytes(where, dict)));
  }

  private fitted(method: string): Categories {
    if (this.known === null) throw notFitted(`LabelEncoder.${method}`);
    return this.known;
  }
}

/**
 * Categories as rows of zeros with a single one: a column with K distinct values becomes K columns, in sorted order.
 *
 * Shapes: a list of N values (one column) or of N rows of C values gives float32 [N, Σ K]. State key: `categories`.
 *
 * @throws OptionError for a value that `fit` has not seen, and before `fit`; ShapeError for rows of another length.
 *
 * @example
 * ```ts
 * import { OneHotEncoder } from "gradkit";
 * const encoder = new OneHotEncoder().fit([["red", 1], ["blue", 2]]);
 * encoder.transform([["red", 2]]).toArray(); // → [[0, 1, 0, 1]]
 * encoder.inverse([[0, 1, 0, 1]]); // → [["red", 2]]
 * ```
 */
export class OneHotEncoder {
  private known: readonly Categories[] | null = null;

  /** The distinct values of each column, in the order of the new columns. */
  get categories(): readonly (readonly Category[])[] {
    return this.fitted("categories").map(({ list }) => list);
  }

  /** Learns the distinct values of each column. Returns itself. */
  fit(rows: readonly Category[] | readonly (readonly Category[])[] | TensorLike): this {
    const where = "OneHotEncoder.fit";
    const table = tableOf(where, rows, null);
    this.known = table[0]!.map((_, c) => new Categories(where, table.map((row) => row[c])));
    return this;
  }

  /** Each row as zeros and, for each of its values, a one. */
  transform(rows: readonly Category[] | readonly (readonly Category[])[] | TensorLike): Tensor {
    const where = "OneHotEncoder.transform";
    const known = this.fitted("transform");
    const table = tableOf(where, rows, known.length);
    const width = known.reduce((sum, { list }) => sum + list.length, 0);
    const data = new Float32Array(table.length * width);
    table.forEach((row, r) => {
      let begin = r * width;
      known.forEach((column, c) => {
        data[begin + column.placeOf(where, row[c], r)] = 1;
        begin += column.list.length;
      });
    });
    return fromStorage(storageOf("float32", data), [table.length, width]);
  }

  /** The values of each row: of each column the one with the largest number, so probabilities are fine too. */
  inverse(encoded: TensorLike): Category[][] {
    const where = "OneHotEncoder.inverse";
    const known = this.fitted("inverse");
    const made = asTensor(where, encoded);
    const width = known.reduce((sum, { list }) => sum + list.length, 0);
    if (made.rank !== 2 || made.shape[1] !== width) {
      throw new ShapeError(`${where}: not encoded rows: ${showShape(made.shape)} for [N, ${width}]; give what transform gives`, {
        shape: made.shape,
        width,
      });
    }
    const data = made.toTypedArray();
    return Array.from({ length: made.shape[0]! }, (_, r) => {
      let begin = r * width;
      return known.map(({ list }) => {
        let best = 0;
        for (let i = 1; i < list.length; i++) if (data[begin + i]! > data[begin + best]!) best = i;
        begin += list.length;
        return list[best]!;
      });
    });
  }

  /** The categories, as a state to be saved. */
  stateDict(): Record<string, Tensor> {
    return { categories: toBytes(this.fitted("stateDict").map(({ list }) => list)) };
  }

  /** Goes on from a state that `stateDict` gave. */
  loadStateDict(dict: Readonly<Record<string, Tensor>>): void {
    const where = "OneHotEncoder.loadStateDict";
    const lists = listOf(where, fromBytes(where, dict));
    this.known = lists.map((list) => new Categories(where, listOf(where, list)));
  }

  private fitted(method: string): readonly Categories[] {
    if (this.known === null) throw notFitted(`OneHotEncoder.${method}`);
    return this.known;
  }
}

/** Rows of values, a flat list being one column; all rows as long as the first, or as the fitted ones. */
function tableOf(where: string, rows: unknown, columns: number | null): readonly (readonly unknown[])[] {
  const table = listOf(where, rows).map((row): readonly unknown[] => (Array.isArray(row) ? row : [row]));
  const width = columns ?? table[0]!.length;
  const wrong = table.findIndex((row) => row.length !== width);
  if (wrong < 0 && width > 0) return table;
  throw new ShapeError(
    `${where}: a row has another number of columns: ${table[wrong]?.length ?? 0} for ${width} (row ${Math.max(wrong, 0)}); ` +
      "give each row one value per column",
    { row: wrong, found: table[wrong]?.length, expected: width },
  );
}
