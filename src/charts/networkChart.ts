/** A small network as circles and lines, with the numbers of one input on them. */

import { checkBoolean, checkNumber, checkOptions, show } from "../check";
import { OptionError, ShapeError } from "../errors";
import { Linear } from "../layers/linear";
import type { Module } from "../layers/module";
import { Sequential } from "../layers/sequential";
import { withGradMode } from "../tensor/tape";
import { tensor } from "../tensor/create";
import type { TensorLike } from "../tensor/tensor";
import type { Chart, ChartOptions, ChartPart, ChartValue } from "./grammar";
import { chart, checkText, sizeOf } from "./spec";
import { NEGATIVE, POSITIVE, chartColors } from "./theme";
import { cell, say, vectorOf } from "./values";

/** Settings of {@link networkChart}. */
export interface NetworkChartOptions extends ChartOptions {
  /** The most circles of a layer, default 10; a larger one says below how many more it has. */
  most?: number;
  /** Whether each line bears its weight as a number; default false. */
  weights?: boolean;
}

interface Column {
  name: string;
  values: number[];
}

interface Connection {
  /** The column it leads to. */
  readonly to: number;
  /** [out][in]. */
  readonly weights: number[][];
}

/**
 * A Sequential of Linear layers and activations, drawn for one input: a circle for each value, and a line for each
 * weight, blue below 0 and orange above, the wider, the larger; `weights` writes the numbers on the lines. A Linear
 * layer makes a column of circles; what follows it, such as a Sigmoid, changes the values in them. The model answers in
 * eval mode.
 *
 * Shapes: input [in].
 *
 * @throws OptionError for a model that is no Sequential or has no Linear layer; ShapeError for an input of another
 * size, or a layer other than Linear that changes the number of values.
 *
 * @example
 * ```ts
 * import { Linear, Sequential, Sigmoid, networkChart } from "gradkit";
 * const picture = networkChart(new Sequential(new Linear(2, 3), new Sigmoid(), new Linear(3, 1)), [1, 0]);
 * (picture["layer"] as unknown[]).length; // → 4
 * ```
 */
export function networkChart(model: Sequential, input: TensorLike, options: NetworkChartOptions = {}): Chart {
  const where = "networkChart";
  checkOptions(where, options, ["title", "width", "height", "most", "weights"]);
  checkText(where, "title", options.title);
  const most = checkNumber(where, "most", options.most ?? 10, { integer: true, min: 1, max: 64 });
  const written = checkBoolean(where, "weights", options.weights, false);
  if (!(model instanceof Sequential)) {
    throw new OptionError(`${where}: not a Sequential: ${show(model)}; give one of Linear layers and activations`, {
      model,
    });
  }
  const { columns, connections } = walk(where, model, vectorOf(where, "input", input));
  if (connections.length === 0) {
    throw new OptionError(`${where}: the model has no Linear layer; there is nothing to draw`, { model });
  }
  const shown = columns.map(({ values }) => Math.min(values.length, most));
  const tallest = Math.max(...shown);
  const size = sizeOf(where, options, (written ? 190 : 150) * (columns.length - 1) + 60, Math.max(120, tallest * 52));
  const place = (column: number, i: number): [number, number] => [column, tallest / 2 + shown[column]! / 2 - i - 0.5];
  const nodes = columns.flatMap(({ values, name }, c) =>
    values
      .slice(0, most)
      .map((value, i) => ({
        x: place(c, i)[0],
        y: place(c, i)[1],
        value: cell(value),
        text: say(value, 2),
        layer: name,
      })),
  );
  const edges = connections.flatMap(({ to, weights }) =>
    weights.slice(0, most).flatMap((row, o) =>
      row.slice(0, most).map((weight, i) => ({
        x: to - 1,
        y: place(to - 1, i)[1],
        x2: to,
        y2: place(to, o)[1],
        weight: cell(weight),
      })),
    ),
  );
  const captions = columns.map(({ name, values }, c) => ({
    x: c,
    name: values.length > most ? `${name} (+ ${values.length - most} more)` : name,
  }));
  return chart(options.title ?? "", {
    ...size,
    layer: layers(nodes, edges, captions, [columns.length, tallest], size["height"] as number, written),
  });
}

function layers(
  nodes: ChartPart[],
  edges: ({ weight: number | null } & ChartPart)[],
  captions: ChartPart[],
  [columns, tallest]: readonly [number, number],
  height: number,
  written: boolean,
): ChartPart[] {
  const x = { field: "x", type: "quantitative", axis: null, scale: { domain: [-0.25, columns - 0.75], nice: false } };
  const y = { field: "y", type: "quantitative", axis: null, scale: { domain: [0, tallest], nice: false } };
  const strongest = edges.reduce((a, { weight }) => Math.max(a, Math.abs(weight ?? 0)), 0) || 1;
  const { surface, line, muted } = chartColors.light;
  return [
    {
      data: { values: edges },
      transform: [{ calculate: "abs(datum.weight)", as: "size" }],
      mark: { type: "rule", opacity: 0.85, tooltip: true },
      encoding: {
        x,
        y,
        x2: { field: "x2" },
        y2: { field: "y2" },
        color: { condition: { test: "datum.weight < 0", value: `rgb(${NEGATIVE})` }, value: `rgb(${POSITIVE})` },
        strokeWidth: {
          field: "size",
          type: "quantitative",
          scale: { domain: [0, strongest], range: [0.3, 5] },
          legend: null,
        },
      },
    },
    ...(written ? numbers(edges, x, y) : []),
    {
      data: { values: nodes },
      mark: {
        type: "point",
        shape: "circle",
        filled: true,
        size: 1700,
        color: surface,
        stroke: line,
        strokeWidth: 1.5,
        opacity: 1,
        tooltip: true,
      },
      encoding: { x, y },
    },
    { data: { values: nodes }, mark: { type: "text", fontSize: 10 }, encoding: { x, y, text: { field: "text" } } },
    {
      data: { values: captions },
      mark: { type: "text", baseline: "top", fontSize: 11, color: muted, y: height + 6 },
      encoding: { x, text: { field: "name" } },
    },
  ];
}

/** The weights on their lines, near where these begin and still lie apart, each on a little ground of its own. */
function numbers(edges: Readonly<Record<string, ChartValue>>[], x: ChartPart, y: ChartPart): ChartPart[] {
  const between = (from: ChartValue, to: ChartValue): number => 0.75 * (from as number) + 0.25 * (to as number);
  const values = edges.map((edge) => ({
    x: between(edge["x"]!, edge["x2"]!),
    y: between(edge["y"]!, edge["y2"]!),
    text: say(edge["weight"] as number, 2),
  }));
  const { surface } = chartColors.light;
  const encoding = { x, y, text: { field: "text" } };
  return [
    { data: { values }, mark: { type: "text", fontSize: 10, stroke: surface, strokeWidth: 5 }, encoding },
    { data: { values }, mark: { type: "text", fontSize: 10 }, encoding },
  ];
}

function walk(where: string, model: Sequential, input: number[]): { columns: Column[]; connections: Connection[] } {
  const columns: Column[] = [{ name: "input", values: input }];
  const connections: Connection[] = [];
  const modes = [...model.modules()].map((module) => [module, module.training] as const);
  model.eval();
  try {
    withGradMode(false, () => {
      for (const layer of model) step(where, layer, columns, connections);
    });
  } finally {
    for (const [module, mode] of modes) module.training = mode;
  }
  return { columns, connections };
}

function step(where: string, layer: Module, columns: Column[], connections: Connection[]): void {
  const last = columns[columns.length - 1]!;
  const before = last.values;
  const values = Array.from((layer.forward(tensor([before])) as { toTypedArray(): ArrayLike<number> }).toTypedArray());
  const name = layer.constructor.name;
  if (layer instanceof Linear) {
    connections.push({ to: columns.length, weights: layer.weight.toArray() as number[][] });
    columns.push({ name, values });
  } else if (values.length === before.length) {
    columns[columns.length - 1] = { name: `${last.name}, ${name}`, values };
  } else {
    throw new ShapeError(
      `${where}: a layer that is no Linear changes the number of values: ${name}, ${before.length} to ${values.length}; draw the part without it`,
      { layer: name, before: before.length, after: values.length },
    );
  }
}
