/** K nearest neighbours: no training, only looking up the most similar rows; the baseline without parameters. */

import { checkFunction, checkNumber, checkOneOf, checkOptions } from "../check";
import { toFloat } from "../dtype";
import { OptionError, ShapeError } from "../errors";
import { asIndices } from "../ops/indices";
import { type Shape, sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { checkFinite } from "../tensor/finite";
import type { ProgramDevice } from "../tensor/program";
import { readView, storageOf } from "../tensor/storage";
import { type Tensor, type TensorLike, fromStorage } from "../tensor/tensor";
import { type Nearest, NearestRows } from "./nearestRows";

/** Settings of {@link KNearestNeighbors}. */
export interface KNearestNeighborsOptions {
  /** How many neighbours are asked: whole, ≥ 1. */
  k: number;
  /** `euclidean`, √Σ(aᵢ − bᵢ)² (default), or `manhattan`, Σ|aᵢ − bᵢ|, which is many times slower. */
  metric?: "euclidean" | "manhattan";
  /** What is made of the neighbours' targets: the `majority` of classes (default), or the `mean` of quantities. */
  combine?: "majority" | "mean";
}

/** Settings of the predictions of {@link KNearestNeighbors}. */
export interface NeighborsOptions {
  /** What computes the products, such as `wasm({ threads: 2 })`; default: WebAssembly where it is to be had. */
  device?: ProgramDevice;
  /** Told after each block how many of the rows are done. */
  onProgress?: (done: number, total: number) => void;
}

/** The nearest training rows of each row: see {@link KNearestNeighbors.neighbors}. */
export interface Neighbors {
  /** Their positions in the training rows, [M, k] int32, the nearest first. */
  readonly indices: Tensor;
  /** Their distances, [M, k] float64. */
  readonly distances: Tensor;
}

interface Known {
  readonly rows: NearestRows;
  /** Shape of one row. */
  readonly columns: Shape;
  readonly y: Tensor;
  readonly classes: number;
}

/**
 * k nearest neighbours: ŷ(x) is the majority of the classes of the k training rows nearest to x, or their mean.
 *
 * Shapes: `fit(x [N, …], y [N])`, with classes 0 … C−1, or with `combine: "mean"` quantities [N, …out]; k ≤ N. Ties
 * between classes go to the nearest neighbour of a tied class, ties between distances to the row that comes first.
 * Distances are those of float64; blocks of float32 products only rule out rows that are too far. Each prediction costs
 * N·columns multiplications. Beyond the training rows it takes some megabytes for blocks, and k numbers a row. Columns
 * count by their spread: scale them first where they have different units.
 *
 * @throws OptionError for unknown options, a k out of range, values that are not finite, or predictions before `fit`;
 * ShapeError for rows that do not belong together; DTypeError for a class that is not a whole number.
 *
 * @example
 * ```ts
 * import { KNearestNeighbors } from "gradkit";
 * const model = new KNearestNeighbors({ k: 3 }).fit([[0], [1], [2], [10], [11]], [0, 0, 0, 1, 1]);
 * model.predict([[1.4], [12]]).toArray(); // → [0, 1]
 * model.predictProbabilities([[12]]).toArray(); // → ≈ [[0.333333, 0.666667]]
 * ```
 *
 * Source: Cover and Hart 1967, "Nearest neighbor pattern classification".
 */
export class KNearestNeighbors {
  /** How many neighbours are asked. */
  readonly k: number;
  /** How distances are measured. */
  readonly metric: "euclidean" | "manhattan";
  /** What is made of the neighbours' targets. */
  readonly combine: "majority" | "mean";
  private known: Known | null = null;

  constructor(options: KNearestNeighborsOptions) {
    const where = "KNearestNeighbors";
    checkOptions(where, options, ["k", "metric", "combine"]);
    this.k = checkNumber(where, "k", options?.k, { integer: true, min: 1 });
    this.metric = checkOneOf(where, "metric", options.metric ?? "euclidean", ["euclidean", "manhattan"]);
    this.combine = checkOneOf(where, "combine", options.combine ?? "majority", ["majority", "mean"]);
  }

  /** Keeps a copy of the training rows x [N, …] and their targets y. Returns itself. */
  fit(x: TensorLike, y: TensorLike): this {
    const where = "KNearestNeighbors.fit";
    const rows = rowsOf(where, "x", x);
    const count = rows.shape[0]!;
    checkNumber(where, "k", this.k, { max: count });
    const targets = this.combine === "mean" ? rowsOf(where, "y", y) : asIndices(where, y, "class");
    const fits = targets.shape[0] === count && (this.combine === "mean" || targets.rank === 1);
    if (!fits) {
      const mend = this.combine === "mean" ? "give one target for each row" : "give one class for each row, [N]";
      throw new ShapeError(
        `${where}: x and y do not belong together: ${showShape(rows.shape)} and ${showShape(targets.shape)}; ${mend}`,
        { x: rows.shape, y: targets.shape },
      );
    }
    const classes = this.combine === "mean" ? 0 : classCount(where, targets);
    const columns = rows.shape.slice(1);
    this.known = { rows: new NearestRows(rows, this.metric), columns, y: targets.detach(), classes };
    return this;
  }

  /**
   * The predictions for x [M, …]: classes [M] as int32, or means [M, …out] in y's float dtype.
   *
   * The metric `accuracy` wants scores: give it what {@link KNearestNeighbors.predictProbabilities} gives, or use
   * {@link KNearestNeighbors.score}.
   */
  predict(x: TensorLike, options: NeighborsOptions = {}): Tensor {
    const { known, nearest } = this.find("predict", x, options);
    if (this.combine === "mean") return meansOf(known.y, nearest);
    return fromStorage(storageOf("int32", majorities(known, nearest)), [nearest.rows.length / this.k]);
  }

  /**
   * The share of each class among the k neighbours of x [M, …]: [M, C], float32, with C one more than the largest
   * class.
   *
   * @throws OptionError with `combine: "mean"`, which knows no classes.
   */
  predictProbabilities(x: TensorLike, options: NeighborsOptions = {}): Tensor {
    if (this.combine === "mean") {
      throw new OptionError(
        'KNearestNeighbors.predictProbabilities: there are no classes: combine is "mean" (targets are quantities); ' +
          "use predict",
        { combine: this.combine },
      );
    }
    const { known, nearest } = this.find("predictProbabilities", x, options);
    const labels = readView(known.y, false);
    const { k } = this;
    const count = nearest.rows.length / k;
    const shares = new Float64Array(count * known.classes);
    nearest.rows.forEach((row, i) => shares[Math.floor(i / k) * known.classes + labels[row]!]!++);
    const scores = Float32Array.from(shares, (votes) => votes / k);
    return fromStorage(storageOf("float32", scores), [count, known.classes]);
  }

  /** The fraction of x [M, …] whose class is predicted; with `combine: "mean"`, R² = 1 − Σ(ŷ − y)²/Σ(y − ȳ)². */
  score(x: TensorLike, y: TensorLike, options: NeighborsOptions = {}): number {
    const where = "KNearestNeighbors.score";
    const predicted = this.predict(x, options);
    const truth = asTensor(where, y);
    if (!sameShape(predicted.shape, truth.shape)) {
      throw new ShapeError(
        `${where}: x and y do not belong together: predictions ${showShape(predicted.shape)}, y ${showShape(truth.shape)}; ` +
          "give one target for each row",
        { prediction: predicted.shape, target: truth.shape },
      );
    }
    const wide = truth.to("float64").detach();
    if (this.combine === "majority") return predicted.equal(wide).to("float64").mean().item();
    return 1 - predicted.sub(wide).square().sum().item() / wide.sub(wide.mean()).square().sum().item();
  }

  /**
   * The k training rows nearest to each row of x [M, …], and how far away they are.
   *
   * @example
   * ```ts
   * import { KNearestNeighbors } from "gradkit";
   * const model = new KNearestNeighbors({ k: 2 }).fit([[0, 0], [3, 4], [9, 9]], [0, 1, 1]);
   * const { indices, distances } = model.neighbors([[0, 0]]);
   * indices.toArray(); // → [[0, 1]]
   * distances.toArray(); // → [[0, 5]]
   * ```
   */
  neighbors(x: TensorLike, options: NeighborsOptions = {}): Neighbors {
    const { nearest } = this.find("neighbors", x, options);
    const shape = [nearest.rows.length / this.k, this.k];
    const distances = this.metric === "euclidean" ? nearest.distances.map(Math.sqrt) : nearest.distances;
    return {
      indices: fromStorage(storageOf("int32", nearest.rows), shape),
      distances: fromStorage(storageOf("float64", distances), shape),
    };
  }

  private find(method: string, x: TensorLike, options: NeighborsOptions): { known: Known; nearest: Nearest } {
    const where = `KNearestNeighbors.${method}`;
    checkOptions(where, options, ["device", "onProgress"]);
    if (options.onProgress !== undefined) checkFunction(where, "onProgress", options.onProgress);
    const { known } = this;
    if (known === null) {
      throw new OptionError(`${where}: no rows to compare with: fit was not called; call .fit(x, y) first`);
    }
    const queries = rowsOf(where, "x", x);
    if (!sameShape(queries.shape.slice(1), known.columns)) {
      throw new ShapeError(
        `${where}: other columns than fitted: ${showShape(queries.shape)} for [M${known.columns.map((n) => `, ${n}`).join("")}]; ` +
          "give rows like those that were fitted",
        { shape: queries.shape, columns: known.columns },
      );
    }
    return { known, nearest: known.rows.find(queries, this.k, options) };
  }
}

/** A tensor with at least one row and one column, all finite. */
function rowsOf(where: string, name: string, value: TensorLike): Tensor {
  const rows = asTensor(where, value);
  if (rows.rank === 0 || rows.size === 0) {
    throw new ShapeError(`${where}: ${name} has no rows: ${showShape(rows.shape)}; give one row per sample, such as [[1, 2]]`, {
      [name]: rows.shape,
    });
  }
  checkFinite(where, name, rows, "drop or fill such rows first");
  return rows;
}

function classCount(where: string, classes: Tensor): number {
  const data = readView(classes, false);
  let largest = 0;
  data.forEach((label, row) => {
    checkNumber(where, `class in row ${row}`, label, { min: 0 });
    largest = Math.max(largest, label);
  });
  return largest + 1;
}

/** The commonest class of each query; of tied ones that whose member is nearest. */
function majorities({ y, classes }: Known, { k, rows }: Nearest): Int32Array {
  const labels = readView(y, false);
  const counts = new Int32Array(classes);
  const out = new Int32Array(rows.length / k);
  for (let query = 0; query < out.length; query++) {
    const near = rows.subarray(query * k, (query + 1) * k);
    for (const row of near) counts[labels[row]!]!++;
    let winner = labels[near[0]!]!;
    for (const row of near) if (counts[labels[row]!]! > counts[winner]!) winner = labels[row]!;
    for (const row of near) counts[labels[row]!] = 0;
    out[query] = winner;
  }
  return out;
}

/** The mean target of the neighbours of each query. */
function meansOf(y: Tensor, { k, rows }: Nearest): Tensor {
  const targets = readView(y, false);
  const width = y.size / y.shape[0]!;
  const count = rows.length / k;
  const sums = new Float64Array(count * width);
  rows.forEach((row, i) => {
    const to = Math.floor(i / k) * width;
    for (let c = 0; c < width; c++) sums[to + c]! += targets[row * width + c]! / k;
  });
  return fromStorage(storageOf("float64", sums), [count, ...y.shape.slice(1)]).to(toFloat(y.dtype));
}
