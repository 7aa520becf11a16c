/** Which classes are taken for which. */

import { show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { asIndices } from "../ops/indices";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Tensor, type TensorLike } from "../tensor/tensor";
import type { Chart, ChartOptions, ChartPart } from "./grammar";
import { chart, checkChartOptions } from "./spec";
import { chartColors } from "./theme";
import { cell, checkSameLength, labelsFor, rowsOf, say } from "./values";

/** True and predicted classes; predictions may be scores [N, C], of which the largest counts. */
export interface Judged {
  readonly truth: TensorLike;
  readonly prediction: TensorLike;
}

/** Settings of {@link confusionMatrixChart}; `width` and `height` are those of the whole square. */
export interface ConfusionMatrixChartOptions extends ChartOptions {
  /** Names of the classes; default their numbers. */
  labels?: readonly string[];
}

/**
 * How many rows of each true class are predicted as which: true classes down, predicted ones across. The stronger a
 * cell, the larger its share of the true class; right ones stand on the diagonal.
 *
 * Shapes: a matrix [C, C] of counts ≥ 0 (row = truth), or `{ truth: [N], prediction: [N] or [N, C] }`.
 *
 * @throws ShapeError if the matrix is not square or the lists differ in length; OptionError if it is empty, a count is
 * below 0 or not finite, or the labels do not fit; DTypeError for classes that are not whole.
 *
 * @example
 * ```ts
 * import { confusionMatrixChart } from "gradkit";
 * const picture = confusionMatrixChart({ truth: [0, 0, 1, 1], prediction: [0, 1, 1, 1] }, { labels: ["cat", "dog"] });
 * picture["title"]; // → "3 of 4 are right (75 %)"
 * ```
 */
export function confusionMatrixChart(counts: TensorLike | Judged, options: ConfusionMatrixChartOptions = {}): Chart {
  const where = "confusionMatrixChart";
  checkChartOptions(where, options, ["labels"], false);
  const matrix = isJudged(counts) ? counted(where, counts, options.labels?.length ?? 0) : checkedMatrix(where, counts);
  const classes = matrix.length;
  const names = labelsFor(where, options.labels, classes).slice(0, classes);
  const all = matrix.flat().reduce((a, b) => a + b, 0);
  const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
  const rows = matrix.flatMap((row, i) => {
    const total = row.reduce((a, b) => a + b, 0);
    return row.map((count, j) => ({
      truth: names[i]!,
      predicted: names[j]!,
      count: cell(count)!,
      share: total === 0 ? 0 : cell(count / total)!,
    }));
  });
  const side = Math.min(56, Math.max(16, 460 / classes)) * classes;
  const width = options.width ?? side;
  const title = `${say(right, 7)} of ${say(all, 7)} are right (${say((100 * right) / all)} %)`;
  return chart(options.title ?? title, {
    width,
    height: options.height ?? side,
    data: { values: rows },
    ...cells(names, width / classes),
  });
}

function cells(names: readonly string[], size: number): ChartPart {
  const longest = Math.max(...names.map((name) => name.length));
  const turned = longest * 7 > size;
  const axis = { domain: false, ticks: false, labelPadding: 6, grid: false };
  const position = (field: string, title: string, more: ChartPart): ChartPart => ({
    field,
    type: "ordinal",
    title,
    scale: { domain: [...names], paddingInner: 0.04, paddingOuter: 0 },
    axis: { ...axis, ...more },
  });
  const encoding = {
    x: position("predicted", "predicted class", { orient: "bottom", labelAngle: turned ? -45 : 0 }),
    y: position("truth", "true class", {}),
  };
  const text = {
    mark: { type: "text", fontSize: Math.min(13, Math.max(9, size / 3)) },
    transform: [{ filter: "datum.count > 0" }],
    encoding: {
      ...encoding,
      text: { field: "count", type: "quantitative", format: ",~f" },
      color: { condition: { test: "datum.share > 0.55", value: "white" }, value: chartColors.light.ink },
    },
  };
  const fill = {
    mark: {
      type: "rect",
      color: chartColors.light.categories[0]!,
      tooltip: true,
      stroke: chartColors.light.grid,
      strokeWidth: 0.5,
    },
    encoding: {
      ...encoding,
      fillOpacity: { field: "share", type: "quantitative", scale: { domain: [0, 1], range: [0, 1] }, legend: null },
    },
  };
  return { layer: size < 20 ? [fill] : [fill, text] };
}

function isJudged(value: TensorLike | Judged): value is Judged {
  return typeof value === "object" && !(value instanceof Tensor) && "truth" in value && "prediction" in value;
}

function counted(where: string, { truth, prediction }: Judged, least: number): number[][] {
  const scores = asTensor(where, prediction);
  const classesOf = (value: TensorLike): number[] => {
    const x = asTensor(where, value);
    const whole = asIndices(where, x.dtype === "bool" ? x.to("int32") : x, "class");
    return Array.from((whole.rank === 2 && whole.shape[1] === 1 ? whole.flatten() : whole).toTypedArray());
  };
  const known = scores.rank === 2 && scores.shape[1]! > 1 ? scores.shape[1]! : 0;
  const predicted = classesOf(known > 0 ? scores.argmax({ axes: 1 }) : scores);
  const actual = classesOf(truth);
  checkSameLength(where, ["truth", "prediction"], [actual.length, predicted.length]);
  if (actual.length === 0) {
    throw new OptionError(`${where}: there is nothing to draw: truth is empty; give at least one row`, { truth });
  }
  const wrong = [...actual, ...predicted].find((c) => c < 0);
  if (wrong !== undefined) {
    throw new OptionError(`${where}: a class is below 0: ${wrong}; number classes from 0, such as with LabelEncoder`, {
      class: wrong,
    });
  }
  const classes = [...actual, ...predicted].reduce((a, b) => Math.max(a, b + 1), Math.max(known, least, 1));
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  actual.forEach((c, i) => (matrix[c]![predicted[i]!]! += 1));
  return matrix;
}

function checkedMatrix(where: string, counts: TensorLike): number[][] {
  const matrix = rowsOf(where, "the matrix", counts);
  if (matrix.length !== matrix[0]!.length) {
    throw new ShapeError(
      `${where}: the matrix is not square: ${showShape([matrix.length, matrix[0]!.length])}; give [C, C], a row for each true class`,
      { shape: [matrix.length, matrix[0]!.length] },
    );
  }
  const wrong = matrix.flat().find((count) => !(count >= 0 && count < Infinity));
  const total = matrix.flat().reduce((a, b) => a + b, 0);
  if (wrong !== undefined || total === 0) {
    throw new OptionError(
      `${where}: the matrix holds no counts: ${wrong === undefined ? "all are 0" : show(wrong)}; give numbers ≥ 0, one of them above`,
      { count: wrong },
    );
  }
  return matrix;
}
