/** Graphs as text: for Graphviz, for Mermaid, and as a tree to read. */

import { showShape } from "../shape";
import type { GraphEdge, GraphVertex, Structure } from "./structure";

/** The lines of a box: what it is, and its shape. */
function linesOf({ kind, name, label, shape }: GraphVertex): string[] {
  const title = kind === "op" && !label.startsWith("#") ? `${label}: ${name}` : name;
  const size = showShape(shape);
  return title === size ? [size] : [title, size];
}

/** A graph in DOT, the language of Graphviz. */
export function toDot({ vertices, edges }: Structure): string {
  const quote = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&").replace(/\r?\n/g, "\\n")}"`;
  const style = { op: "shape=ellipse", leaf: 'shape=box, style=filled, fillcolor="#dbeafe"', constant: "shape=box" };
  return [
    "digraph {",
    "  rankdir=LR;",
    ...vertices.map((vertex) => {
      const label = quote(linesOf(vertex).join("\n"));
      return `  ${vertex.id} [label=${label}, tooltip=${quote(vertex.formula)}, ${style[vertex.kind]}];`;
    }),
    ...edges.map(({ from, to }) => `  ${from} -> ${to};`),
    "}",
    "",
  ].join("\n");
}

/** A graph as a Mermaid flowchart. */
export function toMermaid({ vertices, edges }: Structure): string {
  const quote = (text: string): string =>
    `"${text.replace(/["#&<>`\\]/g, (sign) => `#${sign.charCodeAt(0)};`).replace(/\r?\n/g, "<br/>")}"`;
  return [
    "flowchart LR",
    ...vertices.map((vertex) => {
      const label = quote(linesOf(vertex).join("\n"));
      if (vertex.kind === "op") return `  ${vertex.id}([${label}])`;
      return `  ${vertex.id}[${label}]${vertex.kind === "leaf" ? ":::leaf" : ""}`;
    }),
    ...edges.map(({ from, to }) => `  ${from} --> ${to}`),
    "  classDef leaf fill:#dbeafe",
    "",
  ].join("\n");
}

/** Deeper branches than this continue at the left margin, so that a long chain does not run off the page. */
const DEPTH = 24;

interface Place {
  readonly vertex: GraphVertex;
  /** What stands before the branch, and before what hangs below it. */
  readonly before: string;
  readonly below: string;
  readonly depth: number;
}

/** A graph as a tree: the result first, below each op what it was computed from. What is used again is not repeated. */
export function toText({ vertices, edges }: Structure): string {
  const byId = new Map(vertices.map((vertex) => [vertex.id, vertex]));
  const inputs = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const before = inputs.get(edge.to);
    if (before === undefined) inputs.set(edge.to, [edge]);
    else before.push(edge);
  }
  const lines: string[] = [];
  const written = new Set<GraphVertex>();
  const stack: Place[] = [];
  const later: GraphVertex[] = [vertices[vertices.length - 1]!];
  for (const top of later) {
    if (!written.has(top)) stack.push({ vertex: top, before: "", below: "", depth: 0 });
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      const { vertex, before, below, depth } = place;
      if (vertex.kind !== "op") {
        lines.push(before + describe(vertex));
      } else if (written.has(vertex)) {
        lines.push(`${before}${vertex.label}, above`);
      } else if (depth === DEPTH) {
        lines.push(`${before}${vertex.label}, below`);
        later.push(vertex);
      } else {
        written.add(vertex);
        lines.push(before + describe(vertex));
        const from = (inputs.get(vertex.id) ?? []).map((edge) => byId.get(edge.from)!);
        stack.push(...from.map((source, i) => branch(source, below, depth + 1, i === from.length - 1)).reverse());
      }
    }
  }
  return lines.join("\n");
}

function branch(vertex: GraphVertex, indent: string, depth: number, last: boolean): Place {
  const [before, below] = last ? ["└─ ", "   "] : ["├─ ", "│  "];
  return { vertex, before: indent + before, below: indent + below, depth };
}

function describe({ kind, label, formula, shape, dtype }: GraphVertex): string {
  const type = label === showShape(shape) ? dtype : `${dtype} ${showShape(shape)}`;
  if (kind === "op") return `${label} = ${formula}  ${type}`;
  return `${label}  ${type}${kind === "leaf" ? ", requiresGrad" : ""}`;
}
