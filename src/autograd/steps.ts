/** A graph worked through with its numbers: forward op by op, backward edge by edge. */

import { withGradMode } from "../tensor/tape";
import type { GraphNode, Tensor } from "../tensor/tensor";
import { showShape } from "../shape";
import { type GraphVertex, type Structure, showNumber } from "./structure";
import { checkUsable, walk } from "./walk";

/** One op of the forward pass. */
export interface ForwardStep {
  readonly pass: "forward";
  /** The op, and what it gave. */
  readonly vertex: GraphVertex;
  readonly value: Tensor;
  /** The step in a line: `#2 = #1 − y = 2.1`. */
  readonly text: string;
}

/** One edge of the backward pass: a gradient goes from an op's result to one of its inputs. */
export interface BackwardStep {
  readonly pass: "backward";
  /** The op whose derivative is taken; null at the start, where the gradient comes from outside. */
  readonly from: GraphVertex | null;
  /** The input that receives the gradient. */
  readonly to: GraphVertex;
  /** Which input of the op it is, counted from 0. */
  readonly position: number;
  /** What arrives along this edge. */
  readonly gradient: Tensor;
  /** What has arrived so far, along all edges, this one included. */
  readonly total: Tensor;
  /** The step in a line: `∂loss/∂w = 4.2, through #1`. */
  readonly text: string;
}

/** One step through a graph. */
export type GraphStep = ForwardStep | BackwardStep;

/** All steps: the forward pass computed again from the leaves, then the backward pass from `seed`. */
export function stepsOf(structure: Structure, seed: Tensor): GraphStep[] {
  for (const node of structure.nodes) checkUsable(node, "graph.steps");
  return [...forward(structure), ...backward(structure, seed)];
}

function forward({ nodes, vertexOf }: Structure): ForwardStep[] {
  const values = new Map<GraphNode, Tensor>();
  return nodes.map((node) => {
    const inputs = node.edges.map((edge) => (edge.node === null ? edge.tensor! : values.get(edge.node)!));
    const value = withGradMode(false, () => node.recompute(inputs));
    values.set(node, value);
    const vertex = vertexOf(node);
    return { pass: "forward", vertex, value, text: `${vertex.label} = ${vertex.formula} = ${showValue(value)}` };
  });
}

function backward({ root, nodes, vertices, vertexOf }: Structure, seed: Tensor): BackwardStep[] {
  const top = vertices[vertices.length - 1]!;
  const slope = (to: GraphVertex): string => `∂${top.label}/∂${to.label}`;
  const start = { from: null, to: top, position: 0, gradient: seed, total: seed };
  const steps: BackwardStep[] = [{ pass: "backward", ...start, text: `${slope(top)} = ${showValue(seed)}` }];
  const watch = (node: GraphNode, position: number, gradient: Tensor, total: Tensor): void => {
    const [from, to] = [vertexOf(node), vertexOf(node.edges[position]!)];
    const sum = gradient === total ? "" : `, in all ${showValue(total)}`;
    const text = `${slope(to)} ${sum === "" ? "=" : "+="} ${showValue(gradient)}, through ${from.label}${sum}`;
    steps.push({ pass: "backward", from, to, position, gradient, total, text });
  };
  if (nodes.length > 0) walk(root, seed, null, { where: "graph.steps", retainGraph: true, createGraph: false, watch });
  return steps;
}

const SHOWN = 16; // larger tensors are shown by their shape

function showValue(tensor: Tensor): string {
  if (tensor.size > SHOWN || tensor.size === 0) return `${tensor.dtype} ${showShape(tensor.shape)}`;
  const write = (value: unknown): string =>
    Array.isArray(value) ? `[${value.map(write).join(", ")}]` : showNumber(Number(value));
  return write(tensor.toArray());
}
