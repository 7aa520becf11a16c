/** What can be wrong with a model, its data and its loss: one function per thing that is looked at. */

import type { Optimizer } from "../optimizers/optimizer";
import { type TypedArray, isFloat } from "../dtype";
import type { Module } from "../layers/module";
import { showShape } from "../shape";
import type { GraphNode, Tensor } from "../tensor/tensor";
import type { LayerCall } from "./activations";
import { deadIn, saturation } from "./deadUnits";
import { short } from "./table";

/** One thing that {@link checkModel} noticed. */
export interface Finding {
  /** `error`: training cannot work; `warning`: it will hardly work well; `note`: worth knowing. */
  readonly severity: "error" | "warning" | "note";
  /** What it is about, for programs, such as `deadUnits`. */
  readonly kind: string;
  /** The layer's or parameter's name; null where it is about the model, the data or the loss. */
  readonly layer: string | null;
  /** What was noticed, with the numbers. */
  readonly message: string;
  /** What usually helps. */
  readonly mend: string;
}

type Severity = Finding["severity"];

/** A finding. */
export function finding(
  severity: Severity,
  kind: string,
  layer: string | null,
  message: string,
  mend: string,
): Finding {
  return { severity, kind, layer, message, mend };
}

const percent = (share: number): string => `${short(100 * share)} %`;

function largestOf(values: TypedArray): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

function firstBad(values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/** Parameters: none, frozen, or not finite. */
export function* inParameters(model: Module): Iterable<Finding> {
  const named = model.namedParameters();
  const frozen = named.filter(([, { requiresGrad }]) => !requiresGrad).map(([name]) => name);
  if (named.length === 0) {
    const mend = "put Parameters and Modules in fields that are not #private; plain tensors and Maps are not found";
    yield finding("error", "noParameters", null, "the model has no parameters", mend);
  } else if (frozen.length === named.length) {
    yield finding("error", "frozen", null, "all parameters are frozen", "call unfreeze() on what should learn");
  } else if (frozen.length > 0) {
    yield finding("note", "frozen", null, `${frozen.length} parameters are frozen: ${listed(frozen)}`, "fine if meant");
  }
  for (const [name, parameter] of named) {
    const values = parameter.toTypedArray();
    const bad = firstBad(values);
    if (bad < 0) continue;
    yield finding("error", "notFinite", name, `the parameter holds ${values[bad]}`, "initialise or load it again");
  }
}

/** Data: not finite, far from 1, or of different lengths. */
export function* inData(x: Tensor, y: Tensor | null): Iterable<Finding> {
  for (const [name, tensor] of Object.entries({ x, y })) {
    if (tensor === null || !isFloat(tensor.dtype)) continue;
    const values = tensor.toTypedArray();
    const bad = firstBad(values);
    if (bad >= 0) {
      const row = tensor.rank === 0 ? "" : ` in row ${Math.floor(bad / (tensor.size / tensor.shape[0]!))}`;
      const message = `${name} holds ${values[bad]}${row}`;
      yield finding("error", "notFinite", null, message, "remove or fill such rows before training");
    } else if (name === "x") {
      const message = `inputs go up to ${short(largestOf(values))}`;
      const mend = "scale them to about 1, such as with StandardScaler";
      if (largestOf(values) > 50) yield finding("warning", "scale", null, message, mend);
    }
  }
  if (y !== null && x.rank > 0 && x.shape[0] !== y.shape[0]) {
    const message = `x has ${x.shape[0]} rows, y ${showShape(y.shape)}`;
    yield finding("error", "rows", null, message, "give one target per row of x");
  }
}

/** Layers: outputs that are not finite, dead, saturated. */
export function* inLayers(calls: readonly LayerCall[]): Iterable<Finding> {
  for (const { name, output } of calls) {
    const values = isFloat(output.dtype) ? output.toTypedArray() : [];
    const bad = firstBad(values);
    if (bad < 0) continue;
    const mend = "look at this layer's inputs and weights; smaller weights and scaled inputs help most often";
    yield finding("error", "notFinite", name, `the output holds ${values[bad]}`, mend);
    return; // what follows only hands it on
  }
  for (const [name, { dead, units }] of Object.entries(deadIn(calls))) {
    if (dead.length < units / 2 || units === 0) continue;
    const message = `${dead.length} of ${units} ReLU units are 0 for every row`;
    const mend = "lower the learning rate, start biases at 0, use heNormal weights or LeakyReLU; or give more rows";
    yield finding(dead.length === units ? "error" : "warning", "deadUnits", name, message, mend);
  }
  for (const call of calls) {
    const share = saturation(call);
    if (share === null || share < 0.5) continue;
    const message = `${percent(share)} of the outputs are at the ends of ${call.module.constructor.name}, where it is flat`;
    yield finding("warning", "saturated", call.name, message, "use smaller weights or scaled inputs before it");
  }
}

/** The output: the same for every row. */
export function* inOutput(x: Tensor, prediction: Tensor): Iterable<Finding> {
  const differ = (tensor: Tensor): boolean => {
    const values = tensor.toTypedArray();
    const width = values.length / tensor.shape[0]!;
    const largest = largestOf(values);
    return values.some((value: number, i: number) => Math.abs(value - values[i % width]!) > 1e-6 * largest);
  };
  if (x.rank === 0 || prediction.rank === 0 || prediction.size === 0 || x.shape[0]! < 2) return;
  if (!differ(x) || differ(prediction)) return;
  const mend = "look for dead or saturated layers, and for weights that are 0";
  yield finding("warning", "constantOutput", null, "the output is the same for every row", mend);
}

const DOUBLE: readonly (readonly [made: string, loss: string, message: string])[] = [
  ["softmax", "logSoftmax", "the model ends with a softmax, and the loss applies another"],
  ["softmax", "hinge", "the model ends with a softmax, and hinge wants raw scores"],
  ["sigmoid", "binaryCrossEntropyWithLogits", "the model ends with a sigmoid, and the loss applies another"],
];

/** Output and loss: a softmax or sigmoid too many, or one too few. */
export function* inPairing(prediction: Tensor, loss: Tensor): Iterable<Finding> {
  const names = namesOf(nodesOf(loss, prediction.gradFn));
  for (const [made, used, message] of DOUBLE) {
    if (prediction.gradFn?.name !== made || !names.has(used)) continue;
    yield finding("warning", "doubleSoftmax", null, message, "leave out the model's last layer: losses take raw scores");
  }
  const all = namesOf(nodesOf(loss, null));
  if (!all.has("nll") || all.has("logSoftmax") || !prediction.toTypedArray().some((value: number) => value > 0)) return;
  const message = "nll is given values above 0, which no logarithm of a probability is";
  yield finding("warning", "noLogSoftmax", null, message, "use crossEntropy, which takes raw scores");
}

/** What a guess would cost, where the loss's ops tell: ln K, or ln 2 for two classes in one score. */
export function guessOf(prediction: Tensor, loss: Tensor): number | null {
  const names = namesOf(nodesOf(loss, prediction.gradFn));
  if (names.has("binaryCrossEntropyWithLogits")) return Math.LN2;
  if (!names.has("logSoftmax") || prediction.rank === 0) return null;
  return Math.log(prediction.shape[prediction.rank === 1 ? 0 : 1]!);
}

/** The first loss against that of a guess. */
export function* inFirstLoss(value: number, expected: number | null): Iterable<Finding> {
  if (!Number.isFinite(value)) {
    const mend = "use a loss that takes logits, scale the inputs, and look for impossible targets";
    yield finding("error", "notFinite", null, `the loss is ${value}`, mend);
    return;
  }
  if (expected === null) return;
  const message = `the loss is ${short(value)}, that of a guess ${short(expected)}`;
  if (value > 2 * expected) {
    const mend = "scale the inputs, or start with smaller weights in the last layer";
    yield finding("warning", "firstLoss", null, message, mend);
  } else if (value < expected / 2) {
    yield finding("note", "firstLoss", null, message, "fine for a trained model; else look whether x holds the target");
  }
}

/** Gradients: parameters that none reaches, or only zeros, or what is not finite. */
export function* inGradients(
  named: readonly (readonly [string, Tensor])[],
  reached: ReadonlySet<Tensor>,
  gradients: ReadonlyMap<Tensor, Tensor>,
): Iterable<Finding> {
  for (const [name, parameter] of named) {
    if (!parameter.requiresGrad) continue;
    if (!reached.has(parameter)) {
      const mend = "use it in forward, and without detach(), noGrad or toArray() on the way";
      yield finding("warning", "noGradient", name, "no gradient reaches the parameter", mend);
      continue;
    }
    const values = gradients.get(parameter)?.toTypedArray();
    if (values === undefined || values.length === 0) continue;
    const bad = firstBad(values);
    if (bad >= 0) {
      const mend = "add a small eps where a root, a logarithm or a quotient meets 0";
      yield finding("error", "notFinite", name, `the gradient holds ${values[bad]}`, mend);
    } else if (values.every((value: number) => value === 0)) {
      const mend = "look for dead ReLUs, saturated layers, or weights of 0 after it";
      yield finding("warning", "zeroGradient", name, "the gradient is exactly 0", mend);
    }
  }
}

/** The optimizer: parameters it does not know, and those the model does not have. */
export function* inOptimizer(model: Module, optimizer: Pick<Optimizer, "groups">): Iterable<Finding> {
  const held = new Set(optimizer.groups.flatMap(({ params }) => [...params]));
  const named = model.namedParameters();
  const missing = named.filter(([, p]) => p.requiresGrad && !held.has(p)).map(([name]) => name);
  if (missing.length > 0) {
    const message = `the optimizer does not have ${missing.length} of ${named.length} parameters: ${listed(missing)}`;
    const severity = missing.length === named.length ? "error" : "warning";
    yield finding(severity, "optimizer", null, message, "make it with model.parameters(), after the model is complete");
  }
  const own = new Set<Tensor>(named.map(([, parameter]) => parameter));
  const strange = [...held].filter((parameter) => !own.has(parameter)).length;
  if (strange === 0) return;
  const message = `the optimizer has ${strange} parameters that the model does not`;
  yield finding("note", "optimizer", null, message, "fine if several models are trained at once");
}

/** The nodes that lead to a tensor, without a given one and what lies behind it. */
function nodesOf(tensor: Tensor, end: GraphNode | null): Set<GraphNode> {
  const seen = new Set<GraphNode>();
  const stack = [tensor.gradFn];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (node === null || node === end || seen.has(node)) continue;
    seen.add(node);
    for (const edge of node.edges) stack.push(edge.node);
  }
  return seen;
}

function namesOf(nodes: ReadonlySet<GraphNode>): Set<string> {
  return new Set([...nodes].map(({ name }) => name));
}

/** The leaves that a tensor was computed from. */
export function leavesOf(tensor: Tensor): Set<Tensor> {
  const edges = [...nodesOf(tensor, null)].flatMap((node) => node.edges);
  return new Set(edges.flatMap(({ node, tensor }) => (node === null && tensor !== null ? [tensor] : [])));
}

function listed(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(", ")}, …` : names.join(", ");
}
