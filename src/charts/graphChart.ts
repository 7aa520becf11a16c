/** A small computation graph, with the numbers that flow forward and the gradients that flow back. */

import { Graph } from "../autograd/graph";
import type { GraphVertex } from "../autograd/structure";
import { checkOptions, show } from "../check";
import { OptionError } from "../errors";
import { showShape, sizeOf as elementsOf } from "../shape";
import type { Tensor } from "../tensor/tensor";
import type { Chart, ChartOptions, ChartPart } from "./grammar";
import { lineRows } from "./plane";
import { chart, checkText, sizeOf } from "./spec";
import { chartColors } from "./theme";
import { extentOf, say } from "./values";

const MOST = 60;

/**
 * The graph of a result, as `graph` gives it: what it was computed from to the left, the result to the right. Ops are
 * round, tensors that no op made have corners, those that want a gradient a blue rim. Above an op stands what it gave,
 * below each box the gradient of the result with respect to it; of tensors with several elements, the shape.
 *
 * A result with several elements has no gradient to show. For larger graphs there are `toDot` and `toMermaid`.
 *
 * @throws OptionError for something else than a graph, or one of more than 60 nodes; GradError if it was freed.
 *
 * @example
 * ```ts
 * import { graph, graphChart, tensor } from "gradkit";
 * const w = tensor(3, { requiresGrad: true });
 * const loss = w.mul(2).sub(1).square();
 * const picture = graphChart(graph(loss, { names: { "w = 3": w, loss } }));
 * (picture["layer"] as unknown[]).length; // → 7
 * ```
 */
export function graphChart(graph: Graph, options: ChartOptions = {}): Chart {
  const where = "graphChart";
  checkOptions(where, options, ["title", "width", "height"]);
  checkText(where, "title", options.title);
  if (!(graph instanceof Graph)) {
    throw new OptionError(`${where}: not a graph: ${show(graph)}; give what graph(tensor) returns`, { graph });
  }
  if (graph.nodes.length > MOST) {
    throw new OptionError(
      `${where}: the graph is too large for a picture: ${graph.nodes.length} nodes (more than ${MOST}); draw a part of it, or use toDot()`,
      { nodes: graph.nodes.length },
    );
  }
  const places = placesOf(graph);
  const lines = linesOf(graph, places);
  const all = [...places.values(), ...lines.flat()];
  const extents = [extentOf(all.map(([column]) => column)), extentOf(all.map(([, row]) => row))] as const;
  const [columns, rows] = extents;
  const across = 104 * (columns[1] + 1);
  const size = sizeOf(where, options, Math.max(200, across), 74 * (rows[1] - rows[0] + 1));
  const { values, gradients } = numbersOf(graph);
  const boxes = graph.nodes.map(({ id, kind, name, label }) => ({
    x: places.get(id)![0],
    y: places.get(id)![1],
    kind,
    name: kind === "op" ? name : label,
    value: values.get(id) ?? "",
    gradient: gradients.get(id) ?? "",
  }));
  const { label } = graph.nodes[graph.nodes.length - 1]!;
  const words = ["above: the value", ...(gradients.size > 0 ? [`below: the gradient of ${label}`] : [])];
  return chart(options.title ?? "", {
    ...size,
    layer: layers(boxes, lines, words, extents, size["height"] as number),
  });
}

/** A column and a row; rows go down. */
type Place = readonly [column: number, row: number];
type Extents = readonly [columns: readonly [number, number], rows: readonly [number, number]];

function placesOf({ nodes, edges }: Graph): Map<string, Place> {
  const inputs = new Map(nodes.map(({ id }) => [id, edges.filter(({ to }) => to === id).map(({ from }) => from)]));
  const columns = new Map<string, number>();
  const ops = nodes.filter(({ kind }) => kind === "op");
  for (const { id } of ops) columns.set(id, 1 + Math.max(0, ...inputs.get(id)!.map((from) => columns.get(from) ?? 0)));
  for (const { id, kind } of nodes) {
    const readers = edges.filter(({ from }) => from === id).map(({ to }) => columns.get(to)!);
    if (kind !== "op") columns.set(id, readers.length === 0 ? 0 : Math.min(...readers) - 1);
  }
  const rows = new Map<string, number>();
  let next = 0;
  const place = (id: string): number => {
    const read = inputs.get(id)!;
    const mean = (): number => read.reduce((sum, from) => sum + place(from), 0) / read.length;
    const row = rows.get(id) ?? (read.length === 0 ? next++ : mean());
    rows.set(id, row);
    return row;
  };
  place(nodes[nodes.length - 1]!.id);
  for (const column of new Set(columns.values())) {
    const here = nodes.map(({ id }) => id).filter((id) => columns.get(id) === column);
    here.sort((a, b) => rows.get(a)! - rows.get(b)!);
    here.forEach((id, i) => {
      if (i > 0) rows.set(id, Math.max(rows.get(id)!, rows.get(here[i - 1]!)! + 1));
    });
  }
  return new Map(nodes.map(({ id }) => [id, [columns.get(id)!, rows.get(id)!] as const]));
}

/** A line for each input of each op; several between the same two lie side by side, and none runs behind a box. */
function linesOf({ edges }: Graph, places: ReadonlyMap<string, Place>): Place[][] {
  const taken = Array.from(places.values());
  return edges.map(({ from, to, position }) => {
    const same = edges.filter((edge) => edge.from === from && edge.to === to);
    const aside = 0.2 * (same.findIndex((edge) => edge.position === position) - (same.length - 1) / 2);
    const [[x, y], [x2, y2]] = [places.get(from)!, places.get(to)!];
    const ends = [[x, y + aside], [x2, y2 + aside]] as const;
    const between = Array.from({ length: x2 - x - 1 }, (_, i) => x + 1 + i);
    const free = (at: (column: number) => number): boolean =>
      between.every((column) => taken.every(([c, row]) => c !== column || Math.abs(row - at(column)) > 0.45));
    if (free((column) => y + ((y2 - y) * (column - x)) / (x2 - x))) return [...ends];
    // Lanes half a row apart, the nearest first.
    const middle = Math.round(y + y2) / 2;
    const lane = Array.from({ length: 2 * MOST }, (_, i) => middle + (i % 2 === 0 ? -0.25 : 0.25) * (i + (i % 2)));
    const row = lane.find((height) => free(() => height))!;
    const bend = between.map((column) => [column, row] as const);
    taken.push(...bend);
    return [ends[0], ...bend, ends[1]];
  });
}

/** What each op gave, and the gradients in all, as texts by the id of the node. */
function numbersOf(graph: Graph): Record<"values" | "gradients", Map<string, string>> {
  const [values, gradients] = [new Map<string, string>(), new Map<string, string>()];
  const text = (of: Tensor): string => (of.size === 1 ? say(of.item()) : showShape(of.shape));
  const root: GraphVertex = graph.nodes[graph.nodes.length - 1]!;
  if (elementsOf(root.shape) !== 1) {
    for (const { id, kind, shape } of graph.nodes) if (kind === "op") values.set(id, showShape(shape));
    return { values, gradients };
  }
  for (const step of graph.steps()) {
    if (step.pass === "forward") values.set(step.vertex.id, text(step.value));
    else gradients.set(step.to.id, text(step.total));
  }
  return { values, gradients };
}

/** Boxes 64 pixels wide: round for ops, with corners for the others. */
const ROUND = "M-0.6,-0.4H0.6A0.4,0.4,0,0,1,0.6,0.4H-0.6A0.4,0.4,0,0,1,-0.6,-0.4Z";
const CORNERS = "M-1,-0.4H1V0.4H-1Z";

function layers(
  boxes: ChartPart[],
  lines: readonly (readonly Place[])[],
  words: readonly string[],
  [columns, rows]: Extents,
  height: number,
): ChartPart[] {
  const { ink, muted, line, surface, categories } = chartColors.light;
  const colors = [muted, categories[4]!] as const;
  const axis = (field: string, domain: readonly number[]): ChartPart => {
    return { field, type: "quantitative", axis: null, scale: { domain, nice: false, zero: false } };
  };
  const [x, y] = [axis("x", [-0.5, columns[1] + 0.5]), axis("y", [rows[1] + 0.5, rows[0] - 0.5])];
  const data = { values: boxes };
  const text = (field: string, color: string, dy: number): ChartPart => ({
    data,
    mark: { type: "text", fontSize: 11, color, dy },
    encoding: { x, y, text: { field } },
  });
  return [
    {
      data: { values: lineRows(lines) },
      mark: { type: "line", color: line, strokeWidth: 1.5, interpolate: "monotone" },
      encoding: { x, y, order: { field: "at" }, detail: { field: "line" } },
    },
    {
      data,
      mark: { type: "point", filled: true, size: 4096, color: surface, strokeWidth: 1.5, opacity: 1, tooltip: true },
      encoding: {
        x,
        y,
        shape: {
          field: "kind",
          type: "nominal",
          scale: { domain: ["op", "leaf", "constant"], range: [ROUND, CORNERS, CORNERS] },
          legend: null,
        },
        stroke: { condition: { test: "datum.kind === 'leaf'", value: categories[0]! }, value: line },
      },
    },
    text("name", ink, 0),
    text("value", colors[0], -21),
    text("gradient", colors[1], 21),
    ...words.map((word, i) => ({
      data: { values: [{ word }] },
      mark: { type: "text", align: "left", baseline: "top", fontSize: 11, x: 0, y: height + 4 + 16 * i, color: colors[i]! },
      encoding: { text: { field: "word" } },
    })),
  ];
}
