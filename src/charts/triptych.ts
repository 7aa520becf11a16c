/** One moment of training in three pictures: accuracy, the divided plane, loss. */

import { checkNumber } from "../check";
import type { Classifier } from "./classifier";
import { type DecisionBoundaryOptions, type LabelledPoints, decisionBoundary } from "./decisionBoundary";
import type { Chart, ChartPart } from "./grammar";
import { type Curves, lossCurves } from "./lossCurves";
import { sideBySide } from "./spec";
import { say } from "./values";

/** Settings of {@link triptych}: those of the plane, and where the curves end. */
export interface TriptychOptions extends Omit<DecisionBoundaryOptions, "width" | "height"> {
  /** The last epoch or step of the whole training, so that the curves of all frames share one axis. */
  until?: number;
  /** The largest loss that the axis shows; default what the history needs. */
  lossUpTo?: number;
}

/**
 * Accuracy so far, the plane as the model divides it now, and loss so far, side by side: one frame of a film that
 * `saveReplay` of `gradkit/node` shows.
 *
 * Rows of the history have `epoch` or `step`, `loss` and `accuracy`, and may have both for validation.
 *
 * @throws what {@link lossCurves} and {@link decisionBoundary} throw.
 *
 * @example
 * ```ts
 * import { triptych } from "gradkit";
 * const data = { x: [[0, 0], [1, 1]], y: [0, 1] };
 * const history = [{ step: 0, loss: 0.7, accuracy: 0.5 }, { step: 10, loss: 0.4, accuracy: 1 }];
 * const frame = triptych(history, (x) => x.sum({ axes: 1 }).sub(1), data, { until: 100, title: "After 10 updates" });
 * (frame["concat"] as unknown[]).length; // → 3
 * ```
 */
export function triptych(
  history: Curves,
  model: Classifier,
  data: LabelledPoints,
  options: TriptychOptions = {},
): Chart {
  const where = "triptych";
  const { until, lossUpTo, title, ...plane } = options ?? {};
  if (until !== undefined) checkNumber(where, "until", until, { above: 0 });
  if (lossUpTo !== undefined) checkNumber(where, "lossUpTo", lossUpTo, { above: 0 });
  const size = { width: 230, height: 230 };
  const last = (metric: string): number => history[history.length - 1]?.[metric] ?? NaN;
  const curve = (metric: string, name: string, domain: readonly [number, number] | null, format: string): Chart =>
    framed(lossCurves(history, { metric, title: name, ...size }), domain, format, { until, dot: history.length === 1 });
  const accuracy = curve("accuracy", `Accuracy ${say(100 * last("accuracy"))} %`, [0, 1], ".0%");
  const loss = curve("loss", `Loss ${say(last("loss"))}`, lossUpTo === undefined ? null : [0, lossUpTo], "~g");
  const divided = decisionBoundary(model, data, { ...plane, ...size });
  return sideBySide([accuracy, legendBelow(divided), loss], title === undefined ? {} : { title });
}

/** The plane with its legend below, so that the tops of all three stand level. */
function legendBelow(plane: Chart): Chart {
  const layers = (plane["layer"] as readonly (ChartPart & { readonly encoding: ChartPart })[]).map((layer) => {
    const color = layer.encoding["color"] as (ChartPart & { readonly legend: ChartPart }) | undefined;
    if (color === undefined) return layer;
    return {
      ...layer,
      encoding: { ...layer.encoding, color: { ...color, legend: { ...color.legend, orient: "bottom" } } },
    };
  });
  // The labels at the tops of the other two axes lift their titles by as much.
  return { ...plane, layer: layers, title: { text: plane["title"] as string, offset: 18 } };
}

/** The same curve on axes that do not move from frame to frame. */
function framed(
  curve: Chart,
  domain: readonly [number, number] | null,
  format: string,
  { until, dot }: { readonly until: number | undefined; readonly dot: boolean },
): Chart {
  const encoding = curve["encoding"] as Readonly<Record<"x" | "y", ChartPart>> & ChartPart;
  const x = {
    ...encoding.x,
    scale: { nice: false, ...(until === undefined ? { zero: false } : { domain: [0, until] }) },
  };
  const y = {
    ...encoding.y,
    axis: { format },
    scale: domain === null ? { zero: true } : { domain: [...domain], clamp: true },
  };
  const mark = { type: "line", tooltip: true, ...(dot ? { point: { size: 36 } } : {}) };
  return { ...curve, mark, encoding: { ...encoding, x, y } };
}
