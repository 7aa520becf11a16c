/** What came and what was predicted, day by day. */

import { checkNumber, show } from "../check";
import { OptionError } from "../errors";
import type { TensorLike } from "../tensor/tensor";
import type { AxesOptions, Chart, ChartPart } from "./grammar";
import { chart, checkChartOptions, sizeOf } from "./spec";
import { chartColors } from "./theme";
import { cell, checkSameLength, checkSomeFinite, say, vectorOf } from "./values";

/** A day: an ISO text such as "2021-03-01" (midnight UTC where it has no time), a Date, or milliseconds since 1970. */
export type Day = string | number | Date;

/** Settings of {@link predictionChart}. */
export interface PredictionChartOptions extends AxesOptions {
  /** The day of each value; without them values are numbered from 0. */
  dates?: readonly Day[];
  /** The first row that was not trained on; from there the ground is shaded. Default: none is. */
  unseenFrom?: number;
}

/**
 * Truth and prediction as two lines over time; the part that the model has not seen is shaded.
 *
 * Shapes: truth and predicted [N] or [N, 1], in the order of time. Values that are not finite leave gaps. Without a
 * title of yours, it tells the mean absolute error, of the unseen part where there is one.
 *
 * @throws ShapeError if lengths differ; OptionError if nothing is finite, a date is none, or `unseenFrom` is no row.
 *
 * @example
 * ```ts
 * import { predictionChart } from "gradkit";
 * const dates = ["2021-01-01", "2021-01-02", "2021-01-03", "2021-01-04"];
 * const picture = predictionChart([3, 4, 5, 4], [3, 3, 4, 5], { dates, unseenFrom: 2, yTitle: "views (thousands)" });
 * picture["title"]; // → "Predictions of unseen days are off by 1 on average"
 * ```
 */
export function predictionChart(truth: TensorLike, predicted: TensorLike, options: PredictionChartOptions = {}): Chart {
  const where = "predictionChart";
  checkChartOptions(where, options, ["dates", "unseenFrom"]);
  const [actual, guess] = [vectorOf(where, "truth", truth), vectorOf(where, "predicted", predicted)];
  checkSameLength(where, ["truth", "predicted"], [actual.length, guess.length]);
  for (const [name, values] of [
    ["truth", actual],
    ["predicted", guess],
  ] as const) {
    checkSomeFinite(
      where,
      name,
      values.map((value) => cell(value)),
    );
  }
  const times =
    options.dates === undefined ? actual.map((_, i) => i) : options.dates.map((day, i) => timeOf(where, day, i));
  checkSameLength(where, ["dates", "truth"], [times.length, actual.length]);
  const from = checkNumber(where, "unseenFrom", options.unseenFrom ?? actual.length, {
    integer: true,
    min: 0,
    max: actual.length,
  });
  const names = ["truth", "prediction"];
  const values = times.flatMap((t, i) => [
    { t, y: cell(actual[i]), line: names[0]! },
    { t, y: cell(guess[i]), line: names[1]! },
  ]);
  const { ink, categories } = chartColors.light;
  const x = {
    field: "t",
    title: options.xTitle ?? (options.dates === undefined ? "row" : "day"),
    ...(options.dates === undefined
      ? { type: "quantitative", scale: { nice: false, zero: false }, axis: { tickMinStep: 1, format: ",d" } }
      : { type: "temporal", scale: { type: "utc" }, axis: { labelOverlap: true } }),
  };
  return chart(options.title ?? verdict(actual, guess, from), {
    ...sizeOf(where, options, 640, 240),
    layer: [
      ...shade(x, times, from),
      {
        data: { values },
        mark: { type: "line", strokeWidth: 1.6, tooltip: true },
        encoding: {
          x,
          y: { field: "y", type: "quantitative", title: options.yTitle ?? "value", scale: { zero: false } },
          color: {
            field: "line",
            type: "nominal",
            scale: { domain: names, range: [ink, categories[1]!] },
            legend: { orient: "top", title: null, symbolType: "stroke", symbolStrokeWidth: 3 },
          },
        },
      },
    ],
  });
}

function shade(x: ChartPart, times: readonly number[], from: number): ChartPart[] {
  if (from >= times.length) return [];
  const values = [{ t: times[from]!, end: times[times.length - 1]!, word: "unseen" }];
  return [
    {
      data: { values },
      mark: { type: "rect", color: chartColors.light.line, opacity: 0.16 },
      encoding: { x, x2: { field: "end" } },
    },
    {
      data: { values },
      mark: { type: "text", align: "left", baseline: "bottom", y: -4, color: chartColors.light.muted },
      encoding: { x, text: { field: "word" } },
    },
  ];
}

function timeOf(where: string, day: Day, row: number): number {
  const time = typeof day === "number" ? day : day instanceof Date ? day.getTime() : Date.parse(day);
  if (Number.isFinite(time)) return time;
  throw new OptionError(`${where}: not a date: ${show(day)} (row ${row}); write it as "2021-03-01", or give a Date`, {
    day,
    row,
  });
}

function verdict(truth: readonly number[], predicted: readonly number[], from: number): string {
  const unseen = from < truth.length;
  const errors = truth.map((value, i) => Math.abs(value - predicted[i]!)).slice(unseen ? from : 0);
  const known = errors.filter(Number.isFinite);
  if (known.length === 0) return "";
  const off = say(known.reduce((a, b) => a + b, 0) / known.length);
  return `Predictions${unseen ? " of unseen days" : ""} are off by ${off} on average`;
}
