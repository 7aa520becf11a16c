/** The loss as a surface: over a grid of one or two numbers, or along directions through a model's parameters. */

import { checkNumber, checkOptions, show } from "../check";
import type { Dataset } from "../data/dataset";
import { checkDataset } from "../data/given";
import { OptionError } from "../errors";
import { checkModel, inEvalMode } from "../layers/given";
import type { Module } from "../layers/module";
import { type Loss, checkLoss, checkLossFunction } from "../losses/given";
import { concat } from "../ops/concat";
import { assign, type Tensor } from "../tensor/tensor";
import { noGrad } from "../tensor/tape";
import { type DirectionChoice, type Weight, directionsOf } from "./directions";
import { numberOf } from "./numberOf";

/** Where a surface is measured. */
export interface LandscapeGrid {
  /** First and last value on the first axis; default [−1, 1], and [−0.5, 1.5] with `towards`. */
  x?: readonly [from: number, to: number];
  /** The same on the second axis; left out, there is one axis only. */
  y?: readonly [from: number, to: number];
  /** Values on each axis, or [on x, on y]; ≥ 2, default 25. */
  points?: number | readonly [x: number, y: number];
}

/** How the surface of a model is measured. */
export interface ModelLandscapeOptions extends LandscapeGrid, DirectionChoice {
  /** The loss, called once on all predictions. */
  loss: Loss;
  /** Rows per forward pass; default 1024. */
  batchSize?: number;
}

/** A surface in plain numbers, as charts take it. */
export interface LossLandscape {
  /** The values on the first axis. */
  readonly xs: number[];
  /** The values on the second axis; [0] where there is one axis only. */
  readonly ys: number[];
  /** `losses[i][j]` is the loss at (xs[j], ys[i]). */
  readonly losses: number[][];
}

const GRID = ["x", "y", "points"];

/**
 * The loss of a function or a model on a grid: `losses[i][j]` at (xs[j], ys[i]), plain numbers ready for a chart.
 *
 * Of a function of one or two numbers: `lossLandscape(f, { x: [-2, 2], y: [-2, 2] })`. The result of `f` is a number or
 * a tensor of one element.
 *
 * Of a model on a dataset: its parameters θ are moved to θ + x·d₁ + y·d₂ and put back afterwards, also when something
 * throws. What d₁ and d₂ are:
 * - `directions: "filter"` (default): random normal, each row of a weight (a filter) as long as the model's own row,
 *   and 0 for biases and other vectors; then sharpness can be compared between models.
 * - `directions: "random"`: random normal over all parameters, of length 1, so that x and y are distances.
 * - `directions: [d₁, d₂]`: your own, as records of tensors by parameter name; parameters left out stay.
 * - `towards: [b, c]`: towards other state dicts: (1, 0) is b, (0, 1) is c, (0, 0) the model itself.
 *
 * With a `y` there are two axes, without one. The model runs in eval mode and nothing is recorded; buffers, such as
 * running means, stay as they are. The same `seed` gives the same directions.
 *
 * @throws OptionError for unknown options or values out of range, a function of two numbers without `y`, or directions
 * and states that do not name the model's parameters; ShapeError if a direction does not fit its parameter.
 *
 * @example
 * ```ts
 * import { lossLandscape } from "gradkit";
 * const { xs, ys, losses } = lossLandscape((w, b) => w * w + 2 * b, { x: [-1, 1], y: [0, 1], points: [3, 2] });
 * xs; // → [-1, 0, 1]
 * ys; // → [0, 1]
 * losses; // → [[1, 0, 1], [3, 2, 3]]
 * ```
 *
 * Source: Goodfellow, Vinyals and Saxe 2015 (one direction); Li et al. 2018, "Visualizing the loss landscape of neural
 * nets" (filter normalisation).
 */
export function lossLandscape(f: (x: number, y: number) => number | Tensor, grid?: LandscapeGrid): LossLandscape;
export function lossLandscape(model: Module, data: Dataset, options: ModelLandscapeOptions): LossLandscape;
export function lossLandscape(
  subject: ((x: number, y: number) => number | Tensor) | Module,
  second?: LandscapeGrid | Dataset,
  options?: ModelLandscapeOptions,
): LossLandscape {
  if (typeof subject === "function") return ofFunction(subject, (second ?? {}) as LandscapeGrid);
  const model = checkModel("lossLandscape", subject);
  return ofModel(model, checkDataset("lossLandscape", "data", second), options as ModelLandscapeOptions);
}

function ofFunction(f: (x: number, y: number) => number | Tensor, grid: LandscapeGrid): LossLandscape {
  checkOptions("lossLandscape", grid, GRID);
  if (f.length > 1 && grid.y === undefined) {
    throw new OptionError(
      `lossLandscape: no values for the second axis: f takes ${f.length} numbers; give { y: [-1, 1] } besides x`,
      { arguments: f.length },
    );
  }
  const axes = axesOf(grid, [-1, 1]);
  return measured(axes, (x, y) => noGrad(() => numberOf("lossLandscape", "f", f(x, y))));
}

function ofModel(model: Module, data: Dataset, options: ModelLandscapeOptions): LossLandscape {
  const where = "lossLandscape";
  checkOptions(where, options, [...GRID, "loss", "batchSize", "directions", "towards", "seed"]);
  const { loss, batchSize = 1024, towards } = options ?? {};
  checkLossFunction(where, loss);
  const size = checkNumber(where, "batchSize", batchSize, { integer: true, min: 1 });
  const axes = axesOf(options, towards === undefined ? [-1, 1] : [-0.5, 1.5]);
  const weights: Weight[] = model.namedParameters().map(([name, weight]) => {
    return { name, weight, origin: weight.detach() };
  });
  const directions = noGrad(() => directionsOf(weights, options, options.y === undefined ? 1 : 2));
  const batches = [...data.batches({ size, shuffle: false })];
  const targets = noGrad(() => joined(batches.map(({ y }) => y)));
  return inEvalMode(model, () => {
    try {
      return measured(axes, (x, y) => {
        weights.forEach(({ weight, origin }, i) => {
          const shift = directions.map((direction, axis) => direction[i]?.mul(axis === 0 ? x : y));
          assign(weight, shift.reduce<Tensor>((sum, part) => (part === undefined ? sum : sum.add(part)), origin));
        });
        return checkLoss(where, loss(joined(batches.map((batch) => model.forward(batch.x))), targets)).item();
      });
    } finally {
      for (const { weight, origin } of weights) assign(weight, origin);
    }
  });
}

function joined(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? parts[0]! : concat(parts, { axis: 0 });
}

interface Axes {
  readonly xs: number[];
  readonly ys: number[];
}

function axesOf(grid: LandscapeGrid, usual: readonly [number, number]): Axes {
  const [onX, onY] = typeof grid.points === "object" ? grid.points : [grid.points ?? 25, grid.points ?? 25];
  return { xs: values("x", grid.x ?? usual, onX), ys: grid.y === undefined ? [0] : values("y", grid.y, onY) };
}

function values(name: string, range: readonly [number, number], points: number): number[] {
  const count = checkNumber("lossLandscape", "points", points, { integer: true, min: 2 });
  if (!Array.isArray(range) || range.length !== 2) {
    throw new OptionError(`lossLandscape: ${name} is no range: ${show(range)}; give its ends, such as [-1, 1]`, {
      [name]: range,
    });
  }
  const [from, to] = range.map((end) => checkNumber("lossLandscape", name, end)) as [number, number];
  // Weighted so that both ends, and 0 in the middle of equal ones, come out exactly.
  return Array.from({ length: count }, (_, i) => (from * (count - 1 - i) + to * i) / (count - 1));
}

function measured({ xs, ys }: Axes, at: (x: number, y: number) => number): LossLandscape {
  return { xs, ys, losses: ys.map((y) => xs.map((x) => at(x, y))) };
}
