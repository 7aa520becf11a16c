/** What neurons look for: the weights of each as a small picture. */

import { checkNumber, checkOneOf, checkOptions, show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { showShape } from "../shape";
import type { TensorLike } from "../tensor/tensor";
import type { Chart, ChartPart } from "./grammar";
import { type Rgba, pngAddress } from "./png";
import { chart, checkText } from "./spec";
import { NEGATIVE, POSITIVE } from "./theme";
import { cell, checkAllFinite, rowsOf } from "./values";

/** Settings of {@link weightImages}. */
export interface WeightImagesOptions {
  /** Height and width of each picture, such as [28, 28]; default a square where the weights fill one. */
  shape?: readonly [number, number];
  /** A word above each picture; default the number of its row. */
  labels?: readonly string[];
  /** Pictures in one row; default as many as fit 600 pixels. */
  columns?: number;
  /** Whether all share one range of colours (the default), or each has its "own". */
  scale?: "shared" | "own";
  /** Width of each picture in pixels; default about 90. */
  size?: number;
  /** The title; by default none. */
  title?: string;
  /** What the colours mean: the title of their legend. Default "weight", or what part of a row's largest it is. */
  colorTitle?: string;
}

const OWN = ["shape", "labels", "columns", "scale", "size", "title", "colorTitle"];
const OWN_TITLE = ["share of the", "row's largest"];
const GAP = 14;
const LABEL = 20;

/**
 * The weights of each neuron as a picture: blue below 0, orange above, and nothing at 0.
 *
 * Shapes: weights [N, H · W], such as `layer.weight` of a Linear on pictures: a row for each neuron. Each picture is
 * a PNG in a `data:` address within the specification.
 *
 * @throws ShapeError if rows do not have H · W weights; OptionError if there are none or one is not finite.
 *
 * @example
 * ```ts
 * import { Linear, weightImages } from "gradkit";
 * const picture = weightImages(new Linear(784, 10).weight, { shape: [28, 28] });
 * (picture["width"] as number) > 400; // → true
 * ```
 */
export function weightImages(weights: TensorLike, options: WeightImagesOptions = {}): Chart {
  const where = "weightImages";
  checkOptions(where, options, OWN);
  checkText(where, "title", options.title);
  checkText(where, "colorTitle", options.colorTitle);
  const rows = rowsOf(where, "weights", weights);
  const [height, width] = shapeOf(where, rows[0]!.length, options.shape);
  const shared = checkOneOf(where, "scale", options.scale ?? "shared", ["shared", "own"]) === "shared";
  const size = checkNumber(where, "size", options.size ?? Math.max(1, Math.round(90 / width)) * width, {
    min: 4,
    max: 2000,
  });
  const fitting = Math.max(1, Math.floor((600 + GAP) / (size + GAP)));
  const columns = checkNumber(where, "columns", options.columns ?? Math.min(rows.length, fitting), {
    integer: true,
    min: 1,
  });
  const { labels } = options;
  if (labels !== undefined && (!Array.isArray(labels) || labels.length !== rows.length)) {
    throw new OptionError(
      `${where}: labels do not name the rows: ${show(labels)} for ${rows.length}; give each row one text`,
      { labels },
    );
  }
  checkAllFinite(where, "weights", rows.flat());
  const sizes = rows.map((row) => row.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0));
  const most = sizes.reduce((a, b) => Math.max(a, b), 0) || 1;
  const tall = (size * height) / width;
  const colors = palette();
  const values = rows.map((row, i) => ({
    url: pngAddress(indices(row, shared ? most : sizes[i]! || 1), width, colors),
    x: (i % columns) * (size + GAP) + size / 2,
    y: Math.floor(i / columns) * (tall + LABEL + GAP) + LABEL + tall / 2,
    label: labels?.[i] ?? String(i),
  }));
  const lines = Math.ceil(rows.length / columns);
  const below = rows.flat().some((weight) => weight < 0);
  const title = options.colorTitle ?? (shared ? "weight" : OWN_TITLE);
  return chart(options.title ?? "", {
    width: Math.min(columns, rows.length) * (size + GAP) - GAP,
    height: lines * (tall + LABEL + GAP) - GAP,
    layer: [...pictures(values, size, tall), legend(shared ? cell(most)! : 1, below, title)],
  });
}

function pictures(values: ChartPart[], width: number, height: number): ChartPart[] {
  const data = { values };
  const x = { field: "x", type: "quantitative", scale: null, axis: null };
  const y = { field: "y", type: "quantitative", scale: null, axis: null };
  return [
    {
      data,
      mark: { type: "image", width, height, aspect: false },
      encoding: { x, y, url: { field: "url", type: "nominal" } },
    },
    {
      data,
      transform: [{ calculate: `datum.y - ${height / 2 + 6}`, as: "above" }],
      mark: { type: "text", baseline: "bottom" },
      encoding: { x, y: { ...y, field: "above" }, text: { field: "label" } },
    },
  ];
}

/** Points that nobody sees give the colours their legend; it begins at 0 where no weight lies below. */
function legend(most: number, below: boolean, title: string | readonly string[]): ChartPart {
  const nearly = most * 1e-6;
  const range = [`rgba(${NEGATIVE}, 1)`, `rgba(${NEGATIVE}, 0)`, `rgba(${POSITIVE}, 0)`, `rgba(${POSITIVE}, 1)`];
  return {
    data: { values: [{ weight: below ? -most : 0 }, { weight: most }] },
    mark: { type: "point", opacity: 0 },
    encoding: {
      color: {
        field: "weight",
        type: "quantitative",
        scale: below
          ? { domain: [-most, -nearly, nearly, most], range }
          : { domain: [0, most], range: range.slice(2) },
        legend: {
          title,
          gradientLength: 120,
          format: ".2~g",
          gradientOpacity: 1,
          values: below ? [-most, 0, most] : [0, most],
        },
      },
    },
  };
}

function shapeOf(where: string, size: number, shape: readonly [number, number] | undefined): readonly [number, number] {
  const side = Math.sqrt(size);
  const [height, width] = shape ?? (Number.isInteger(side) ? [side, side] : [0, 0]);
  if (Number.isInteger(height) && Number.isInteger(width) && height * width === size) return [height, width];
  const what = shape === undefined ? `${size} a row (no square)` : `${size} a row for ${showShape([height, width])}`;
  throw new ShapeError(`${where}: the weights do not fill a picture: ${what}; give { shape: [height, width] }`, {
    size,
    shape,
  });
}

const STEPS = 127;

/** From the strongest blue over nothing to the strongest orange. */
function palette(): Rgba[] {
  return Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
    const [r, g, b] = (i < STEPS ? NEGATIVE : POSITIVE).split(", ").map(Number) as [number, number, number];
    return [r, g, b, Math.round((255 * Math.abs(i - STEPS)) / STEPS)];
  });
}

function indices(row: readonly number[], most: number): Uint8Array {
  return Uint8Array.from(row, (weight) => STEPS + Math.round((STEPS * weight) / most));
}
