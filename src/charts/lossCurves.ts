/** Curves of training: the loss, or a metric, of training and validation on one axis. */

import { checkBoolean, show } from "../check";
import { OptionError } from "../errors";
import { LOG_AXIS, colorOf } from "./lineChart";
import type { AxesOptions, Chart, ChartPart } from "./grammar";
import { chart, checkChartOptions, checkText, sizeOf } from "./spec";
import { cell, checkSomeFinite, say } from "./values";

/** One row of a history: `epoch` (or `step`), `loss`, metrics, and the same for validation, as in `run.history`. */
export type CurveRecord = Readonly<Record<string, number | undefined>>;

/** Rows in the order of time. */
export type Curves = readonly CurveRecord[];

/** Settings of {@link lossCurves}. */
export interface LossCurvesOptions extends AxesOptions {
  /** What to draw: "loss" (the default) or the name of a metric; `validation<Name>` belongs to it. */
  metric?: string;
  /** Whether the vertical axis is logarithmic; default false. Values that are not above 0 leave gaps. */
  log?: boolean;
}

/**
 * The loss after each epoch, training and validation on one axis; with a record of histories, one colour for each run.
 *
 * Rows are those of `run.history`; a loop of your own may write `{ step, loss }` instead of `{ epoch, loss }`. Values
 * that are missing or not finite leave gaps.
 *
 * @throws OptionError if there is no row, no finite value, or a row has neither `epoch` nor `step`.
 *
 * @example
 * ```ts
 * import { lossCurves } from "gradkit";
 * const history = [{ epoch: 1, loss: 0.9, validationLoss: 1 }, { epoch: 2, loss: 0.5, validationLoss: 0.8 }];
 * lossCurves(history)["title"]; // → "Validation loss is lowest after epoch 2: 0.8"
 * ```
 */
export function lossCurves(history: Curves | Readonly<Record<string, Curves>>, options: LossCurvesOptions = {}): Chart {
  const where = "lossCurves";
  checkChartOptions(where, options, ["metric", "log"]);
  checkText(where, "metric", options.metric);
  const metric = options.metric ?? "loss";
  const log = checkBoolean(where, "log", options.log, false);
  const runs = runsOf(where, history);
  const time = timeOf(
    where,
    runs.flatMap(({ rows }) => rows),
  );
  const points = runs.flatMap(({ name, rows }) =>
    partsOf(rows, time, metric, log).map((row) => ({ ...row, line: name ?? row.part })),
  );
  checkSomeFinite(
    where,
    metric,
    points.map(({ y }) => y),
  );
  const parts = ["training", "validation"].filter((part) =>
    points.some((point) => point.part === part && point.y !== null),
  );
  const named = runs[0]!.name !== null;
  const title = options.title ?? (named ? "" : verdict(points, time, metric));
  const longest = Math.max(...runs.map(({ rows }) => rows.length));
  return chart(title, {
    ...sizeOf(where, options, 420, 260),
    data: { values: points },
    mark: { type: "line", tooltip: true, ...(longest <= 12 ? { point: { size: 36 } } : {}) },
    encoding: curveEncoding(
      time,
      options.xTitle ?? time,
      `${options.yTitle ?? metric}${log ? " (log scale)" : ""}`,
      log,
      {
        color: colorOf(named ? runs.map(({ name }) => name!) : parts),
        ...(named && parts.length === 2
          ? {
              strokeDash: {
                field: "part",
                type: "nominal",
                scale: {
                  domain: parts,
                  range: [
                    [1, 0],
                    [5, 4],
                  ],
                },
                legend: { orient: "top", title: null, symbolType: "stroke", symbolStrokeWidth: 2 },
              },
            }
          : {}),
      },
    ),
  });
}

/** Axes of curves over epochs or steps. */
export function curveEncoding(time: string, xTitle: string, yTitle: string, log: boolean, more: ChartPart): ChartPart {
  return {
    x: {
      field: time,
      type: "quantitative",
      title: xTitle,
      axis: { tickMinStep: 1, format: ",d" },
      scale: { zero: false, nice: false },
    },
    y: {
      field: "y",
      type: "quantitative",
      title: yTitle,
      scale: log ? { type: "log", nice: false } : { zero: false },
      ...(log ? { axis: LOG_AXIS } : {}),
    },
    ...more,
  };
}

interface NamedRun {
  readonly name: string | null;
  readonly rows: Curves;
}

function runsOf(where: string, history: Curves | Readonly<Record<string, Curves>>): NamedRun[] {
  const runs: NamedRun[] = Array.isArray(history)
    ? [{ name: null, rows: history as Curves }]
    : Object.entries((history ?? {}) as Readonly<Record<string, Curves>>).map(([name, rows]) => ({ name, rows }));
  const wrong = runs.find(
    ({ rows }) => !Array.isArray(rows) || rows.some((row) => typeof row !== "object" || row === null),
  );
  if (wrong !== undefined) {
    const which = wrong.name === null ? "the history" : JSON.stringify(wrong.name);
    throw new OptionError(
      `${where}: ${which} is not a list of rows: ${show(wrong.rows)}; give run.history, or a record of such`,
      { history: wrong.rows },
    );
  }
  const idle = runs.find(({ rows }) => rows.length === 0);
  if (runs.length === 0 || idle !== undefined) {
    const which = idle === undefined || idle.name === null ? "the history" : JSON.stringify(idle.name);
    throw new OptionError(`${where}: there is nothing to draw: ${which} has no rows; train for an epoch first`, {
      history,
    });
  }
  return runs;
}

/** Whether rows count epochs or steps. */
export function timeOf(where: string, rows: Curves): "epoch" | "step" {
  for (const time of ["epoch", "step"] as const) {
    if (rows.every((row) => Number.isFinite(row[time]))) return time;
  }
  const at = rows.findIndex((row) => !Number.isFinite(row["epoch"]) && !Number.isFinite(row["step"]));
  throw new OptionError(
    `${where}: a row does not say when it was: ${show(Object.keys(rows[Math.max(at, 0)]!))}; give every row an epoch, or every row a step`,
    { row: rows[Math.max(at, 0)] },
  );
}

/** A point of a curve. */
export type CurvePoint = { readonly part: "training" | "validation"; readonly y: number | null } & ChartPart;

/** Training and validation values of a metric as points; the validation curve only where there is one. */
export function partsOf(rows: Curves, time: "epoch" | "step", metric: string, log: boolean): CurvePoint[] {
  const validation = `validation${metric[0]?.toUpperCase() ?? ""}${metric.slice(1)}`;
  const points = (part: CurvePoint["part"], key: string): CurvePoint[] =>
    rows.some((row) => row[key] !== undefined)
      ? rows.map((row) => ({ [time]: row[time]!, y: log && !(row[key]! > 0) ? null : cell(row[key]), part }))
      : [];
  return [...points("training", metric), ...points("validation", validation)];
}

function verdict(points: readonly CurvePoint[], time: string, metric: string): string {
  const real = (part: string): CurvePoint[] => points.filter((point) => point.part === part && point.y !== null);
  const validation = real("validation");
  if (metric === "loss" && validation.length > 0) {
    const best = validation.reduce((a, b) => (b.y! < a.y! ? b : a));
    return `Validation loss is lowest after ${time} ${say(best[time] as number, 7)}: ${say(best.y!)}`;
  }
  const training = validation.length > 0 ? validation : real("training");
  const [first, last] = [training[0]!, training[training.length - 1]!];
  const name = `${metric[0]!.toUpperCase()}${metric.slice(1)}`;
  const whose = validation.length > 0 ? `Validation ${metric}` : name;
  const verb = last.y! < first.y! ? "falls" : last.y! > first.y! ? "rises" : "stays";
  return verb === "stays"
    ? `${whose} stays at ${say(last.y!)}`
    : `${whose} ${verb} from ${say(first.y!)} to ${say(last.y!)}`;
}
