/** The walk: gradients flow from a result back to what it was computed from, through each node once. */

import { GradError } from "../errors";
import { to } from "../ops/cast";
import { add } from "../ops/elementwise";
import { sumTo } from "../ops/reduce";
import { showShape } from "../shape";
import { apply } from "../tensor/apply";
import type { Op } from "../tensor/op";
import { withGradMode } from "../tensor/tape";
import type { Edge, GraphNode, Tensor } from "../tensor/tensor";
import { watching } from "../tensor/watch";

/** Where gradients gather: the node of a computed tensor, or a leaf itself. */
export type Target = GraphNode | Tensor;

/** Where the gradients of a tensor gather. */
export function targetOf(tensor: Tensor): Target {
  return tensor.gradFn ?? tensor;
}

/** How a walk is to go. */
export interface Walk {
  /** The function that people called, for errors. */
  readonly where: string;
  /** Keep what the derivatives need. */
  readonly retainGraph: boolean;
  /** Record the walk itself. */
  readonly createGraph: boolean;
  /** Is shown each gradient as it arrives along an edge, and what has gathered there with it. */
  readonly watch?: (node: GraphNode, position: number, g: Tensor, gathered: Tensor) => void;
}

/**
 * The gradients of the targets (null: of every leaf that requires one), given `seed`, the gradient of `root`.
 *
 * Nodes are visited from the latest to the earliest, so that each has gathered all of its gradient when its turn comes;
 * only those on a path to a target are visited. A target that is not reached is not in the result. Nothing is freed
 * unless the whole walk succeeds.
 */
export function walk(root: Tensor, seed: Tensor, targets: ReadonlySet<Target> | null, how: Walk): Map<Target, Tensor> {
  const { order, wanted } = route(root, targets);
  const gathering = new Map<Target, Tensor>();
  const gather = (target: Target, g: Tensor): Tensor => {
    const before = gathering.get(target);
    const sum = before === undefined ? g : add(before, g);
    gathering.set(target, sum);
    return sum;
  };
  if (root.gradFn === null ? isWanted(root, targets) : order[0] === root.gradFn) gather(targetOf(root), seed);
  const passed: GraphNode[] = [];
  withGradMode(how.createGraph, () => {
    for (const node of order) {
      const g = gathering.get(node);
      const positions = node.edges.map(wanted);
      if (g === undefined || !positions.includes(true)) continue;
      if (targets?.has(node) !== true) gathering.delete(node);
      passed.push(node);
      differentiate(node, g, positions, how).forEach((part, i) => {
        if (part === null) return;
        const edge = node.edges[i]!;
        const arriving = fit(part, edge);
        const gathered = gather((edge.node ?? edge.tensor)!, arriving);
        how.watch?.(node, i, arriving, gathered);
      });
    }
  });
  if (!how.retainGraph) passed.forEach(free);
  return gathering; // the nodes among the targets, and leaves
}

/** Whether a walk gathers the gradient of a leaf. */
function isWanted(leaf: Tensor, targets: ReadonlySet<Target> | null): boolean {
  return targets === null ? leaf.requiresGrad : targets.has(leaf);
}

/** The nodes on a path from the root to a target, latest first, and which of their edges lie on one. */
function route(
  root: Tensor,
  targets: ReadonlySet<Target> | null,
): { order: GraphNode[]; wanted: (edge: Edge) => boolean } {
  const needed = new Set<Target>();
  const wanted = ({ tracked, node, tensor }: Edge): boolean => {
    if (!tracked) return false;
    return node === null ? isWanted(tensor!, targets) : needed.has(node);
  };
  const nodes = reachable(root.gradFn, earliest(targets)).sort((a, b) => a.id - b.id);
  for (const node of nodes) if (targets?.has(node) === true || node.edges.some(wanted)) needed.add(node);
  return { order: nodes.filter((node) => needed.has(node)).reverse(), wanted };
}

/** The smallest id among the targets: no node with a smaller one lies on a path to them. 0 if there is a leaf. */
function earliest(targets: ReadonlySet<Target> | null): number {
  let id = Infinity;
  for (const target of targets ?? []) id = Math.min(id, "edges" in target ? target.id : 0);
  return targets === null ? 0 : id;
}

/** The nodes that gradients of `root` may reach, but none with a smaller id than given; in no order. */
export function reachable(root: GraphNode | null, earliest: number): GraphNode[] {
  const seen = new Set<GraphNode>();
  if (root !== null && root.id >= earliest) seen.add(root);
  for (const { edges } of seen) {
    for (const { node, tracked } of edges) if (tracked && node !== null && node.id >= earliest) seen.add(node);
  }
  return [...seen];
}

/** The gradient of each wanted input of a node; null where none flows. */
function differentiate(node: GraphNode, g: Tensor, wanted: readonly boolean[], how: Walk): (Tensor | null)[] {
  checkUsable(node, how.where);
  watching()?.pass(node.id);
  const { pullbacks, kept } = node;
  if (pullbacks !== null) return wanted.map((want, i) => (want ? (pullbacks[i]?.(g) ?? null) : null));
  if (kept !== null) return throughRecompute(node, kept, g, wanted, how);
  throw new GradError(
    `${how.where}: an op without a derivative: ${node.name} (it has neither vjp nor decompose); give it one, or detach its result`,
    { op: node.name },
  );
}

const inputOp: Op = {
  name: "input",
  infer: ([x]) => x!,
  lower: ([x]) => ({ kernel: "view", shape: x!.shape, strides: x!.strides, offset: x!.offset }),
  vjp: () => [(g) => g],
};

/** The same tensor as one of its own: recorded with an edge to `x` where recording is on, else without history. */
export function alias(x: Tensor): Tensor {
  return apply(inputOp, [x], undefined);
}

/**
 * The derivative of a fused op is that of its plainer meaning, run on aliases of its inputs: a walk within the walk
 * that ends at them. Where the outer walk is recorded, the aliases lead on to the inputs, so that any order comes out
 * right.
 */
function throughRecompute(
  node: GraphNode,
  kept: readonly Tensor[],
  g: Tensor,
  wanted: readonly boolean[],
  { where, createGraph }: Walk,
): (Tensor | null)[] {
  const inputs = kept.map((input, i) => {
    const own = alias(input);
    if (wanted[i] === true) own.requiresGrad = true;
    return own;
  });
  const output = withGradMode(true, () => node.recompute(inputs));
  const targets = new Set(inputs.filter((_, i) => wanted[i]).map(targetOf));
  const gradients = walk(output, g, targets, { where, createGraph, retainGraph: createGraph });
  return inputs.map((input, i) => (wanted[i] === true ? (gradients.get(targetOf(input)) ?? null) : null));
}

/** A gradient as the edge wants it: summed over the axes along which the input was broadcast, in the input's dtype. */
function fit(g: Tensor, edge: Edge): Tensor {
  return to(sumTo(g, edge.shape), edge.dtype);
}

/** Refuses a node whose derivative is gone or no longer that of the forward pass. */
export function checkUsable(node: GraphNode, where: string): void {
  if (node.freed) {
    throw new GradError(
      `${where}: the graph was freed: at ${node.name} (an earlier backward or grad let go of what its derivative needs); ` +
        "pass { retainGraph: true } to the earlier call, or run the forward pass again",
      { op: node.name },
    );
  }
  node.edges.forEach(({ tensor, version, shape }, input) => {
    if (tensor === null || tensor.version === version) return;
    throw new GradError(
      `${where}: an input was changed in place since the forward pass: input ${input} of ${node.name}, ${showShape(shape)} ` +
        `(assigned ${tensor.version - version}×); take gradients before assigning, or run the forward pass again`,
      { op: node.name, input, version: tensor.version, recorded: version },
    );
  });
}

/** Lets go of what the derivative of a node needs, and of the constants it read; its place in the graph stays. */
function free(node: GraphNode): void {
  node.pullbacks = null;
  node.kept = null;
  node.freed = true;
  for (const edge of node.edges) if (!edge.tracked) edge.tensor = null;
}
