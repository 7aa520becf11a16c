/** The plane as a classifier divides it, with the points that it learned from. */

import { checkNumber, checkOneOf, show } from "../check";
import type { Dataset } from "../data/dataset";
import { OptionError } from "../errors";
import { asIndices } from "../ops/indices";
import { asTensor } from "../tensor/create";
import type { TensorLike } from "../tensor/tensor";
import { type Classifier, type Verdict, classify } from "./classifier";
import { contourLines } from "./contours";
import type { AxesOptions, Chart, ChartPart } from "./grammar";
import { edgesOf, fieldLayer, lineRows, planeAxis, withOpacity } from "./plane";
import type { Rgba } from "./png";
import { chart, checkChartOptions, sizeOf } from "./spec";
import { chartColors } from "./theme";
import { cell, checkAllFinite, checkSameLength, count, extentOf, labelsFor, rowsOf, say } from "./values";

/** Points and their classes. */
export type LabelledPoints = Dataset | { readonly x: TensorLike; readonly y: TensorLike };

/** Settings of {@link decisionBoundary}. */
export interface DecisionBoundaryOptions extends AxesOptions {
  /** Distance of the places that are classified, in the units of x; default a 120th of each axis. */
  step?: number;
  /** How far the picture goes beyond the points, in the units of x; default a tenth of each axis' range. */
  margin?: number;
  /** "class" (the default) colours regions evenly, "probability" the stronger, the surer the model is. */
  show?: "class" | "probability";
  /** For one score per point: class 1 above it. Default 0, for logits; use 0.5 for probabilities. */
  threshold?: number;
  /** Names of the classes; default their numbers. */
  labels?: readonly string[];
}

const OWN = ["step", "margin", "show", "threshold", "labels"];
const LARGEST = 1_000_000;

/**
 * The regions into which a classifier divides the plane, the lines between them, and the points on top.
 *
 * Shapes: data x [N, 2], y [N] or [N, 1] classes or [N, C] (one-hot: the largest entry counts). The model is asked
 * about points [M, 2] (float32, in eval mode) and answers with scores [M, C], one score [M] or [M, 1], or int32 classes
 * [M]. Probabilities are the scores themselves where each row has none below 0 and sums to 1, else their softmax; of
 * one score, its sigmoid, or with a threshold other than 0 the score itself. Scores that are not finite leave the plane
 * empty there.
 *
 * @throws ShapeError for data that are no points of a plane or answers of other shapes; OptionError for no points,
 * points that are not finite, or a step that asks for more than a million places.
 *
 * @example
 * ```ts
 * import { decisionBoundary } from "gradkit";
 * const data = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 1] };
 * const picture = decisionBoundary((x) => x.sum({ axes: 1 }).sub(0.5), data);
 * picture["title"]; // → "4 of 4 points right"
 * ```
 */
export function decisionBoundary(
  model: Classifier,
  data: LabelledPoints,
  options: DecisionBoundaryOptions = {},
): Chart {
  const where = "decisionBoundary";
  checkChartOptions(where, options, OWN);
  const shown = checkOneOf(where, "show", options.show ?? "class", ["class", "probability"]);
  const threshold = checkNumber(where, "threshold", options.threshold ?? 0);
  const { points, classes } = pointsOf(where, data);
  const [xEdges, yEdges] = ([0, 1] as const).map((axis) =>
    axisOf(
      where,
      points.map((point) => point[axis]!),
      options,
    ),
  ) as [number[], number[]];
  const columns = xEdges.length - 1;
  if (columns * (yEdges.length - 1) > LARGEST) {
    throw new OptionError(
      `${where}: step is too small: ${show(options.step)} (${columns} × ${yEdges.length - 1} places, more than a million); give a larger one`,
      { step: options.step },
    );
  }
  const centres = { xs: middles(xEdges), ys: middles(yEdges) };
  const places = Float32Array.from(centres.ys.flatMap((y) => centres.xs.flatMap((x) => [x, y])));
  const verdict = classify(where, model, places, threshold);
  const own = classify(where, model, Float32Array.from(points.flat()), threshold);
  const number = Math.max(verdict.classes, own.classes, ...classes.map((c) => c + 1));
  const names = labelsFor(where, options.labels, number).slice(0, Math.max(number, options.labels?.length ?? 0));
  const right = classes.filter((c, i) => c === own.winner[i]).length;
  const title = options.title ?? `${say(right, 7)} of ${count(classes.length, "point")} right`;
  const size = sizeOf(where, options, 300, 300);
  const strength = shown === "class" ? 0.3 : 0.6;
  const field = fieldLayer(kindsOf(verdict, shown), columns, paletteOf(verdict.classes, strength), size);
  const lines = boundaries(verdict).flatMap((values) => contourLines({ ...centres, values }, 0));
  const rows = points.map(([x, y], i) => ({ x: cell(x), y: cell(y), class: names[classes[i]!]! }));
  return chart(title, {
    ...size,
    layer: [field, ...layers(lineRows(lines), rows, names, [xEdges, yEdges], options)],
  });
}

function layers(
  lines: ChartPart[],
  points: ChartPart[],
  names: readonly string[],
  [xEdges, yEdges]: readonly [readonly number[], readonly number[]],
  options: AxesOptions,
): ChartPart[] {
  const ends = (edges: readonly number[]): [number, number] => [edges[0]!, edges[edges.length - 1]!];
  const x = planeAxis("x", options.xTitle ?? "x\u2081", ...ends(xEdges));
  const y = planeAxis("y", options.yTitle ?? "x\u2082", ...ends(yEdges));
  const color = {
    field: "class",
    type: "nominal",
    scale: { domain: [...names] },
    legend: { orient: "top", title: "class", titleOrient: "left", columns: 5 },
  };
  const { ink, surface } = chartColors.light;
  return [
    {
      data: { values: lines },
      mark: { type: "line", color: ink, strokeWidth: 1.5, clip: true },
      encoding: { x, y, detail: { field: "line" }, order: { field: "at" } },
    },
    {
      data: { values: points },
      mark: { type: "point", filled: true, opacity: 1, size: 40, stroke: surface, strokeWidth: 0.8, tooltip: true },
      encoding: { x, y, color },
    },
  ];
}

function pointsOf(where: string, data: LabelledPoints): { points: number[][]; classes: number[] } {
  if (typeof data !== "object" || data === null || !("x" in data) || !("y" in data)) {
    throw new OptionError(`${where}: data has no x and y: ${show(data)}; give a Dataset or { x, y }`, { data });
  }
  const points = rowsOf(where, "x", data.x, 2);
  checkAllFinite(where, "x", points.flat());
  const y = asTensor(where, data.y);
  const single = y.rank === 2 && y.shape[1] === 1 ? y.flatten() : y;
  const chosen = single.rank === 2 ? single.argmax({ axes: 1 }) : single;
  const classes = Array.from(
    asIndices(where, chosen.dtype === "bool" ? chosen.to("int32") : chosen, "class").toTypedArray(),
  );
  checkSameLength(where, ["x", "y"], [points.length, classes.length]);
  const below = classes.find((c) => c < 0);
  if (below !== undefined) {
    throw new OptionError(`${where}: a class is below 0: ${below}; number classes from 0, such as with LabelEncoder`, {
      class: below,
    });
  }
  return { points, classes };
}

function axisOf(where: string, values: readonly number[], { step, margin }: DecisionBoundaryOptions): number[] {
  const [low, high] = extentOf(values);
  const beyond = checkNumber(where, "margin", margin ?? (high > low ? (high - low) / 10 : 0.5), { min: 0 });
  const width = high - low + 2 * beyond || 1;
  const distance = checkNumber(where, "step", step ?? width / 120, { above: 0 });
  const cells = Math.min(Math.max(1, Math.round(width / distance)), LARGEST + 1);
  const centre = (low + high) / 2;
  return edgesOf(centre - width / 2, centre + width / 2, cells);
}

const middles = (edges: readonly number[]): number[] => edges.slice(1).map((edge, i) => (edge + edges[i]!) / 2);

/** Probabilities are shown in so many steps, from mere chance to certainty. */
const STEPS = 10;

/** Of each place, its class and the step of its probability as one number; -1 where there is no finite answer. */
function kindsOf({ classes, winner, confidence }: Verdict, shown: "class" | "probability"): Int32Array {
  const chance = 1 / Math.max(classes, 2);
  return Int32Array.from(winner, (c, n) => {
    const sure = confidence === null ? 1 : confidence[n]!;
    if (!Number.isFinite(sure)) return -1;
    const step = shown === "class" ? STEPS - 1 : Math.floor(((sure - chance) / (1 - chance)) * STEPS);
    return (c % chartColors.light.categories.length) * STEPS + Math.max(0, Math.min(STEPS - 1, step));
  });
}

/** A colour for each class and step, the stronger, the surer; classes beyond the tenth begin again. */
function paletteOf(classes: number, strongest: number): Rgba[] {
  const shades = chartColors.light.categories.slice(0, classes);
  return shades.flatMap((hex) =>
    Array.from({ length: STEPS }, (_, step) => withOpacity(hex, (strongest * (step + 1)) / STEPS)),
  );
}

/** For each class but the last (whose boundaries are the others'), how far each place is within it. */
function boundaries(verdict: Verdict): Float64Array[] {
  const rings = Array.from({ length: Math.max(1, verdict.classes - 1) }, (_, c) => verdict.margin(c));
  return rings.filter((values) => values !== null);
}
