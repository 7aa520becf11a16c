/** What a graph consists of, to be drawn and stepped through: every op and tensor behind a result, and their links. */

import type { DType } from "../dtype";
import { type Shape, showShape } from "../shape";
import type { Edge, GraphNode, Tensor } from "../tensor/tensor";
import { type Target, reachable, targetOf } from "./walk";

/** One box of a graph: the result of an op, or a tensor that no op made. */
export interface GraphVertex {
  /** A word that is unique in its graph: `op1`, `leaf2`, `constant1`. */
  readonly id: string;
  /** `leaf`: a tensor that wants a gradient; `constant`: one that does not; `op`: whatever was computed from a leaf. */
  readonly kind: "op" | "leaf" | "constant";
  /** The op's name, such as `matmul`; for other tensors, their label. */
  readonly name: string;
  /**
   * How formulas write it: the name it was given; else `#1` for ops, the value for scalars, the shape for other
   * tensors.
   */
  readonly label: string;
  /** How it was computed, such as `#1 − y`; for tensors that no op made, their label. */
  readonly formula: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One arrow of a graph: a vertex is an input of an op. */
export interface GraphEdge {
  /** The vertex that is read. */
  readonly from: string;
  /** The op that reads it. */
  readonly to: string;
  /** Which input of the op it is, counted from 0. */
  readonly position: number;
}

/** A graph and where its boxes came from; vertices stand after all they were computed from, the result last. */
export interface Structure {
  readonly root: Tensor;
  readonly vertices: readonly GraphVertex[];
  readonly edges: readonly GraphEdge[];
  /** The recorded ops, earliest first. */
  readonly nodes: readonly GraphNode[];
  /** The vertex of a node, or of what enters an op along an edge. */
  readonly vertexOf: (from: GraphNode | Edge) => GraphVertex;
}

/** The graph behind a tensor; `names` are used where they fit. */
export function structureOf(root: Tensor, names: Readonly<Record<string, Tensor>>): Structure {
  const vertices: GraphVertex[] = [];
  const edges: GraphEdge[] = [];
  const known = new Map<Target | Edge, GraphVertex>();
  const counts = { op: 0, leaf: 0, constant: 0 };
  const given = new Map(Object.entries(names).map(([name, tensor]) => [targetOf(tensor), name]));

  const add = (key: Target | Edge, vertex: Omit<GraphVertex, "id">): GraphVertex => {
    const made = { id: `${vertex.kind}${++counts[vertex.kind]}`, ...vertex };
    vertices.push(made);
    known.set(key, made);
    return made;
  };
  const addTensor = (key: Tensor | Edge, tensor: Tensor | null, kind: "leaf" | "constant"): GraphVertex => {
    const { shape, dtype } = key;
    const label = (tensor === null ? undefined : given.get(tensor)) ?? labelOf(key, tensor);
    return add(key, { kind, name: label, label, formula: label, shape: [...shape], dtype });
  };
  const sourceOf = (edge: Edge): GraphVertex => {
    const key = edge.node ?? edge.tensor ?? edge;
    return known.get(key) ?? addTensor(edge.tensor ?? edge, edge.tensor, edge.tracked ? "leaf" : "constant");
  };

  const nodes = reachable(root.gradFn, 0).sort((a, b) => a.id - b.id);
  for (const node of nodes) {
    const sources = node.edges.map(sourceOf);
    const label = given.get(node) ?? `#${counts.op + 1}`;
    const formula = node.formula(sources.map((source) => source.label));
    const vertex = add(node, { kind: "op", name: node.name, label, formula, shape: [...node.shape], dtype: node.dtype });
    sources.forEach((source, position) => edges.push({ from: source.id, to: vertex.id, position }));
  }
  if (root.gradFn === null) addTensor(root, root, root.requiresGrad ? "leaf" : "constant");
  return { root, vertices, edges, nodes, vertexOf: (from) => ("edges" in from ? known.get(from)! : sourceOf(from)) };
}

/** What an unnamed tensor is called: by its value if it has a single one, else by its shape. */
function labelOf({ shape }: { readonly shape: Shape }, tensor: Tensor | null): string {
  return tensor !== null && shape.length === 0 ? showNumber(tensor.item()) : showShape(shape);
}

/** A number to six digits. */
export function showNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
