/** The graph behind a tensor, to be drawn, read and stepped through. */

import { checkOptions, show } from "../check";
import { GradError, OptionError } from "../errors";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { seedOf } from "./backward";
import { toDot, toMermaid, toText } from "./draw";
import { type GraphStep, stepsOf } from "./steps";
import { type GraphEdge, type GraphVertex, type Structure, structureOf } from "./structure";

/** How {@link graph} is to look. */
export interface GraphOptions {
  /** What tensors are to be called: leaves, constants or results; those that are not in the graph do not matter. */
  names?: Readonly<Record<string, Tensor>>;
}

/** The graph of a tensor, as {@link graph} gives it. */
export class Graph {
  /** Every op and tensor that the result was computed from, each after its inputs; the result last. */
  readonly nodes: readonly GraphVertex[];
  /** From each input to the op that reads it. */
  readonly edges: readonly GraphEdge[];
  private readonly structure: Structure;

  /** Made by {@link graph}. @internal */
  constructor(structure: Structure) {
    this.structure = structure;
    this.nodes = structure.vertices;
    this.edges = structure.edges;
    // What Node's console.log shows; a method named by a symbol would keep bundlers from leaving the class out.
    Object.defineProperty(this, Symbol.for("nodejs.util.inspect.custom"), { value: () => this.toString() });
  }

  /** The graph in DOT, for Graphviz: `dot -Tsvg`. */
  toDot(): string {
    return toDot(this.structure);
  }

  /** The graph as a Mermaid flowchart, which GitHub shows in Markdown. */
  toMermaid(): string {
    return toMermaid(this.structure);
  }

  /** The graph as a tree of formulas, the result first. */
  toString(): string {
    return toText(this.structure);
  }

  /** Nodes and edges as plain data. */
  toJSON(): { nodes: readonly GraphVertex[]; edges: readonly GraphEdge[] } {
    return { nodes: this.nodes, edges: this.edges };
  }

  /**
   * The forward pass op by op, then the backward pass edge by edge, with the numbers; no `.grad` is touched.
   *
   * Shapes: `gradient`, as for `backward`, is needed where the tensor has several elements. Nothing is freed.
   *
   * @throws GradError if the graph was freed, or an input was changed since the forward pass.
   *
   * @example
   * ```ts
   * import { graph, tensor } from "gradkit";
   * const w = tensor(3, { requiresGrad: true });
   * const y = w.mul(2).square();
   * const steps = graph(y, { names: { w, y } }).steps();
   * steps.map((step) => step.text);
   * // → ["#1 = w · 2 = 6", "y = square(#1) = 36", "∂y/∂y = 1", "∂y/∂#1 = 12, through y", "∂y/∂w = 24, through #1"]
   * ```
   */
  steps(gradient?: TensorLike): GraphStep[] {
    const { root } = this.structure;
    return stepsOf(this.structure, seedOf("graph.steps", root, gradient, false));
  }
}

/**
 * The graph behind a tensor: what it was computed from, back to the leaves.
 *
 * Ops whose result wants no gradient are not recorded, so their results stand as constants. Unnamed results are
 * called `#1`, `#2`, …; unnamed tensors show their value if they are scalars, else their shape. It can be drawn after
 * `backward` too, but then constants have lost their values and names.
 *
 * @throws GradError if it is given something else than a tensor; OptionError if a name does not stand for a tensor.
 *
 * @example
 * ```ts
 * import { graph, tensor } from "gradkit";
 * const w = tensor([1, 2], { requiresGrad: true });
 * const x = tensor([3, 4]);
 * String(graph(w.mul(x).sum(), { names: { w, x } }));
 * // → "#2 = sum(#1)  float32 []\n└─ #1 = w · x  float32 [2]\n   ├─ w  float32 [2], requiresGrad\n   └─ x  float32 [2]"
 * ```
 */
export function graph(tensor: Tensor, options: GraphOptions = {}): Graph {
  checkOptions("graph", options, ["names"]);
  if (!(tensor instanceof Tensor)) {
    throw new GradError(`graph: not a tensor: ${show(tensor)} (only tensors have a graph); give the result itself`, { tensor });
  }
  const names = options.names ?? {};
  for (const [name, value] of Object.entries(names)) {
    if (value instanceof Tensor) continue;
    throw new OptionError(`graph: a name does not stand for a tensor: ${name} is ${show(value)}; write { ${name}: tensor }`, {
      name,
      value,
    });
  }
  return new Graph(structureOf(tensor, names));
}
