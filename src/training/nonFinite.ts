/** Where a NaN or an Infinity came from: data, weights, or the op of a layer, found by replaying one batch. */

import { grad } from "../autograd/functional";
import { isFloat } from "../dtype";
import type { Module } from "../layers/module";
import { watchForward } from "../layers/watch";
import { withGradMode } from "../tensor/tape";
import { type Edge, type GraphNode, Tensor } from "../tensor/tensor";

/** The first thing in a batch that was not a finite number, and what usually mends it. */
export interface NonFinite {
  /** Name of the layer, such as `"encoder.1"`; `""` is the model itself, null outside the layers (data, loss). */
  readonly layer: string | null;
  /** The op that produced it; `data`, `weights` or `update` where no op did; `…′` marks its backward pass. */
  readonly op: string;
  /** Epoch, counted from 1. */
  readonly epoch: number;
  /** Batch within the epoch, counted from 0. */
  readonly batch: number;
  /** Row within the batch, or null where there are no rows (weights, scalars). */
  readonly row: number | null;
  /** All of it in one sentence, with the mend. */
  readonly message: string;
}

/** One batch, as it is replayed. */
export interface Replay {
  readonly model: Module;
  readonly x: Tensor;
  readonly y: Tensor;
  /** Runs the batch forward again, with the same random numbers, to the minimised scalar. */
  readonly objective: () => Tensor;
  readonly epoch: number;
  readonly batch: number;
}

type Finding = Pick<NonFinite, "layer" | "op" | "row"> & { readonly what: string; readonly mend?: string };

/** Replays a batch whose loss or gradient was not finite and says where that began. */
export function findNonFinite(replay: Replay): NonFinite {
  const found = inData(replay) ?? inWeights(replay) ?? inPasses(replay);
  const { epoch, batch } = replay;
  const { layer, op, row, what } = found;
  const where = layer === "" ? "the model itself" : `layer ${layer}`;
  const place = [layer === null ? null : where, row === null ? null : `row ${row}`, `batch ${batch}`, `epoch ${epoch}`];
  const message = `fit: not a finite number: ${what} (${place.filter((part) => part !== null).join(", ")}); ${found.mend ?? mend(op)}`;
  return { layer, op, epoch, batch, row, message };
}

function firstBad(tensor: Tensor): { row: number | null; value: number } | null {
  if (!isFloat(tensor.dtype)) return null;
  const values = tensor.toTypedArray();
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return null;
  return { row: tensor.rank === 0 ? null : Math.floor(at / (tensor.size / tensor.shape[0]!)), value: values[at]! };
}

/** Where rows were reduced to one number: the row with the largest entry among what was reduced. */
function largestRow(inputs: readonly Tensor[]): number | null {
  const rows = inputs.find((input) => input.rank > 0 && isFloat(input.dtype));
  if (rows === undefined) return null;
  const values = rows.toTypedArray();
  let at = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i]!) > Math.abs(values[at]!)) at = i;
  return Math.floor(at / (rows.size / rows.shape[0]!));
}

function inData({ x, y }: Replay): Finding | null {
  for (const [name, tensor] of [
    ["x", x],
    ["y", y],
  ] as const) {
    const bad = firstBad(tensor);
    if (bad !== null) return { layer: null, op: "data", row: bad.row, what: `${bad.value} in ${name}` };
  }
  return null;
}

function inWeights({ model, epoch, batch }: Replay): Finding | null {
  const fresh = epoch === 1 && batch === 0;
  for (const [name, parameter] of model.namedParameters()) {
    const bad = firstBad(parameter);
    if (bad === null) continue;
    const dot = name.lastIndexOf(".");
    const layer = dot < 0 ? "" : name.slice(0, dot);
    const what = `${bad.value} in the parameter ${name}`;
    if (!fresh) return { layer, op: "weights", row: null, what: `${what}, left by the update before` };
    return { layer, op: "weights", row: null, what: `${what} from the start`, mend: "initialise or load it again" };
  }
  return null;
}

/** Replays the batch with each layer's nodes noted, recomputes node by node, then gradient by gradient. */
function inPasses({ model, objective }: Replay): Finding {
  const { loss, spans } = noteLayers(model, objective);
  const nameOf = ({ id }: GraphNode): string | null =>
    spans.find(({ from, to }) => id > from && id <= to)?.name ?? null;
  const nodes = nodesOf(loss.gradFn);
  const values = new Map<GraphNode, Tensor>();
  const valueOf = (edge: Edge): Tensor => (edge.node === null ? edge.tensor! : values.get(edge.node)!);
  const rowed = withRows(nodes, new Set(model.parameters()));
  for (const node of nodes) {
    const value = withGradMode(true, () => node.recompute(node.edges.map(valueOf)));
    values.set(node, value);
    const bad = firstBad(value);
    if (bad === null) continue;
    const row = rowed.has(node) ? (bad.row ?? largestRow(node.edges.map(valueOf))) : null;
    return { layer: nameOf(node), op: node.name, row, what: `${bad.value} made by ${node.name}` };
  }
  return inGradients(nodes, values, valueOf, nameOf, rowed);
}

function inGradients(
  nodes: readonly GraphNode[],
  values: ReadonlyMap<GraphNode, Tensor>,
  valueOf: (edge: Edge) => Tensor,
  nameOf: (node: GraphNode) => string | null,
  rowed: ReadonlySet<GraphNode>,
): Finding {
  const made = [...new Set(nodes.flatMap((node) => node.edges.filter((edge) => edge.tracked).map(valueOf)))];
  const gradients = new Map(grad(values.get(nodes[nodes.length - 1]!)!, made, {}).map((g, i) => [made[i]!, g]));
  for (const node of [...nodes].reverse()) {
    for (const edge of node.edges) {
      const gradient = gradients.get(valueOf(edge));
      const bad = gradient === undefined ? null : firstBad(gradient);
      if (bad === null) continue;
      const what = `a gradient of ${bad.value} from the backward pass of ${node.name}`;
      return {
        layer: nameOf(node),
        op: `${node.name}′`,
        row: edge.node !== null && rowed.has(edge.node) ? bad.row : null,
        what,
      };
    }
  }
  return { layer: null, op: "update", row: null, what: "the length of the whole gradient (each part is finite)" };
}

/** The nodes that see more than the model's weights: only their results can have the rows of a batch. */
function withRows(nodes: readonly GraphNode[], weights: ReadonlySet<Tensor>): ReadonlySet<GraphNode> {
  const rowed = new Set<GraphNode>();
  const sees = ({ node, tensor }: Edge): boolean =>
    node === null ? tensor !== null && tensor.rank > 0 && !weights.has(tensor) : rowed.has(node);
  for (const node of nodes) if (node.edges.some(sees)) rowed.add(node);
  return rowed;
}

/** Every node the loss was made by, in the order they ran. */
function nodesOf(root: GraphNode | null): GraphNode[] {
  const seen = new Set<GraphNode>();
  const stack = root === null ? [] : [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const edge of node.edges) if (edge.node !== null) stack.push(edge.node);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** The nodes that one call of a layer made: those with ids in (from, to]. */
interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Runs the model and notes which nodes each innermost layer makes. */
function noteLayers(model: Module, run: () => Tensor): { loss: Tensor; spans: readonly Span[] } {
  const names = new Map(model.namedModules().map(([name, layer]) => [layer, name]));
  const innermost = [...names.keys()].filter((layer) => layer.children().length === 0);
  const spans: Span[] = [];
  const idOf = (value: unknown): number => (value instanceof Tensor ? (value.gradFn?.id ?? 0) : 0);
  const seen = (layer: Module, output: unknown, inputs: readonly unknown[]): void => {
    spans.push({ name: names.get(layer)!, from: Math.max(0, ...inputs.map(idOf)), to: idOf(output) });
  };
  return { loss: watchForward(innermost, seen, run), spans };
}

const MENDS: readonly (readonly [RegExp, string])[] = [
  [/^data$/, "remove or fill such rows before training"],
  [/^weights$|^update$/, "lower the learning rate, warm it up, or pass { clipNorm: 1 }"],
  [/^log(1p)?\u2032?$/, "a logarithm met 0 or less: use the loss that takes logits, or add a small number first"],
  [/^(div|reciprocal|rsqrt|norm|std)/, "something was divided by 0: add a small eps to the divisor"],
  [/^(sqrt|pow)/, "a root met 0 or less (its slope at 0 is infinite): add a small eps first"],
  [/^exp/, "an exponential overflowed: subtract the largest value first, or use logSumExp or softmax"],
  [/^binaryCrossEntropy/, "use binaryCrossEntropyWithLogits on raw scores"],
];

function mend(op: string): string {
  const found = MENDS.find(([pattern]) => pattern.test(op));
  return (
    found?.[1] ??
    "values grew too large: lower the learning rate, scale the inputs (StandardScaler), or pass { clipNorm: 1 }"
  );
}
