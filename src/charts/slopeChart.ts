/** Descent on a curve: where the slope is negative, to the right; where it is positive, to the left. */

import { checkFunction, checkNumber } from "../check";
import { grad } from "../autograd/functional";
import { OptionError, ShapeError } from "../errors";
import { sum } from "../ops/reduce";
import { sameShape, showShape } from "../shape";
import { tensor } from "../tensor/create";
import { withGradMode } from "../tensor/tape";
import { Tensor, type TensorLike } from "../tensor/tensor";
import type { AxesOptions, Chart, ChartPart } from "./grammar";
import { chart, checkChartOptions, sizeOf } from "./spec";
import { chartColors } from "./theme";
import { cell, checkAllFinite, extentOf, say, vectorOf } from "./values";

/** Settings of {@link slopeChart}. */
export interface SlopeChartOptions extends AxesOptions {
  /** Where the curve begins; default a little before the smallest point. */
  from?: number;
  /** Where the curve ends; default a little after the largest point. */
  to?: number;
}

/**
 * A function of one number, the points that an iteration visits, in their order, and the tangent at each.
 *
 * Shapes: f is called with all places at once, [N] float64, and works elementwise; points [T].
 *
 * @throws OptionError if points are not finite or `from` is not below `to`; ShapeError if f does not give [N].
 *
 * @example
 * ```ts
 * import { slopeChart } from "gradkit";
 * const picture = slopeChart((x) => x.square(), [2, 1.2, 0.72]);
 * picture["title"]; // → "The slope falls from 4 to 1.44"
 * ```
 */
export function slopeChart(f: (x: Tensor) => Tensor, points: TensorLike, options: SlopeChartOptions = {}): Chart {
  const where = "slopeChart";
  checkChartOptions(where, options, ["from", "to"]);
  checkFunction(where, "f", f);
  const visited = vectorOf(where, "points", points);
  checkAllFinite(where, "points", visited);
  const [low, high] = extentOf(visited);
  const beyond = high > low ? (high - low) / 4 : 1;
  const from = checkNumber(where, "from", options.from ?? low - beyond);
  const to = checkNumber(where, "to", options.to ?? high + beyond);
  if (!(from < to)) throw new OptionError(`${where}: from is not below to: ${from} and ${to}; swap them`, { from, to });
  const places = Array.from({ length: 201 }, (_, i) => from + ((to - from) * i) / 200);
  const curve = heightsAndSlopes(where, f, places).heights.map((y, i) => ({ x: cell(places[i])!, y: cell(y) }));
  const { heights, slopes } = heightsAndSlopes(where, f, visited);
  const half = (to - from) / 14;
  const path = visited.map((x, i) => ({ x: cell(x)!, y: cell(heights[i]), slope: cell(slopes[i]), iteration: i }));
  const tangents = visited.flatMap((x, i) =>
    [-half, half].map((d) => ({ x: cell(x + d)!, y: cell(heights[i]! + d * slopes[i]!), line: i })),
  );
  const title = options.title ?? verdict(slopes);
  const spread = extentOf([...curve.map(({ y }) => y), ...path.map(({ y }) => y)].filter((y) => y !== null));
  return chart(title, {
    ...sizeOf(where, options, 420, 280),
    layer: layers(curve, tangents, path, [from, to], spread, options),
  });
}

function layers(
  curve: ChartPart[],
  tangents: ChartPart[],
  path: ChartPart[],
  domain: readonly [number, number],
  [low, high]: readonly [number, number],
  options: AxesOptions,
): ChartPart[] {
  const room = (high - low) * 0.06 || 1;
  const x = {
    field: "x",
    type: "quantitative",
    title: options.xTitle ?? "x",
    scale: { domain: [...domain], nice: false },
  };
  const y = {
    field: "y",
    type: "quantitative",
    title: options.yTitle ?? "f(x)",
    scale: { domain: [low - room, high + room], zero: false },
  };
  const { line, categories, surface } = chartColors.light;
  return [
    { data: { values: curve }, mark: { type: "line", color: line, clip: true }, encoding: { x, y } },
    {
      data: { values: tangents },
      mark: { type: "line", color: categories[1]!, strokeWidth: 3, clip: true },
      encoding: { x, y, detail: { field: "line" } },
    },
    {
      data: { values: path },
      mark: { type: "line", color: categories[0]!, strokeDash: [3, 3], strokeWidth: 1.2, clip: true },
      encoding: { x, y, order: { field: "iteration" } },
    },
    {
      data: { values: path },
      mark: {
        type: "point",
        filled: true,
        opacity: 1,
        size: 60,
        color: categories[0]!,
        stroke: surface,
        strokeWidth: 1,
        clip: true,
        tooltip: true,
      },
      encoding: { x, y },
    },
    ...(path.length === 1
      ? []
      : [
          {
            data: { values: path.length > 12 ? [path[0]!, path[path.length - 1]!] : path },
            mark: { type: "text", dy: -13, fontSize: 11, clip: true },
            encoding: { x, y, text: { field: "iteration" } },
          },
        ]),
  ];
}

function heightsAndSlopes(
  where: string,
  f: (x: Tensor) => Tensor,
  places: readonly number[],
): { heights: number[]; slopes: number[] } {
  return withGradMode(true, () => {
    const x = tensor([...places], { dtype: "float64", requiresGrad: true });
    const y = f(x);
    if (!(y instanceof Tensor) || !sameShape(y.shape, x.shape)) {
      const got = y instanceof Tensor ? showShape(y.shape) : String(y);
      throw new ShapeError(
        `${where}: f does not give one number for each: ${got} for ${showShape(x.shape)}; write f elementwise`,
        {
          shape: y instanceof Tensor ? y.shape : null,
        },
      );
    }
    const [slope] = grad(sum(y), [x]);
    return { heights: Array.from(y.toTypedArray()), slopes: Array.from(slope!.toTypedArray()) };
  });
}

function verdict(slopes: readonly number[]): string {
  const [first, last] = [slopes[0]!, slopes[slopes.length - 1]!];
  if (slopes.length === 1) {
    const side = first > 0 ? "the left" : first < 0 ? "the right" : "neither side";
    return `The slope is ${say(first)}: downhill is to ${side}`;
  }
  return `The slope ${Math.abs(last) < Math.abs(first) ? "falls" : "goes"} from ${say(first)} to ${say(last)}`;
}
