/** Fusing a program: maps into maps, maps into the reductions that read them and the kernels they follow. */

import { isFloat, promote, type DType } from "../dtype";
import { type Expr, input, inputsOf, substitute, topological } from "../scalar/expr";
import { isContiguous, sameShape } from "../shape";
import {
  type KernelStep,
  type MapStep,
  type Operand,
  type Program,
  type Step,
  type Value,
  outputsOf,
  readsOf,
} from "../tensor/program";
import { withoutDead } from "./simplify";

const MAX_INPUTS = 24;
const MAX_NODES = 400;

/** The program with fewer, larger steps and the same results. */
export function fuse(program: Program): Program {
  const kept = new Set<Value>(
    [...program.results, ...program.writes.map(({ source }) => source)].map(({ value }) => value),
  );
  let steps = mergeMaps(program.steps.map(conversionAsMap));
  steps = prune(steps, kept);
  steps = foldIntoReductions(steps, kept);
  steps = foldIntoEpilogues(steps, kept);
  return withoutDead({ ...program, steps: prune(steps, kept) });
}

/** A copy that only converts to a float dtype is a map as well, and can be fused like one. */
function conversionAsMap(step: Step): Step {
  if (step.kind !== "kernel" || step.call.kernel !== "copy" || !isFloat(step.output.dtype)) return step;
  const [operand] = step.inputs as readonly [Operand];
  if (!isContiguous(operand.shape, operand.strides)) return step;
  return { kind: "map", shape: operand.shape, inputs: [operand], outputs: [{ expr: input(0), value: step.output }] };
}

/** The dtype a map computes in; see the wasm device for what it decides. */
function computesIn(step: MapStep): DType {
  const { dtype } = step.outputs[0]!.value;
  return isFloat(dtype) ? dtype : step.inputs.map((operand) => operand.dtype).reduce(promote, "int32");
}

/** Whether an operand reads a value element by element in the order of a shape. */
function isAligned(operand: Operand, shape: readonly number[]): boolean {
  return operand.offset === 0 && sameShape(operand.shape, shape) && isContiguous(shape, operand.strides);
}

/** Joins maps over the same shape that lie near each other, so that each input is read once. */
function mergeMaps(steps: readonly Step[]): Step[] {
  const result: Step[] = [];
  for (const step of steps) {
    const at = step.kind === "map" ? partnerOf(step, result) : -1;
    if (at < 0) result.push(step);
    else placeMerged(result, at, step as MapStep);
  }
  return result;
}

/** The latest earlier map that a map may be joined with, or −1. */
function partnerOf(step: MapStep, before: readonly Step[]): number {
  for (let at = before.length - 1; at >= 0; at--) {
    const group = before[at]!;
    if (group.kind !== "map" || !sameShape(group.shape, step.shape) || computesIn(group) !== computesIn(step)) continue;
    const own = outputsOf(group);
    if (!step.inputs.every((operand) => !own.includes(operand.value) || isAligned(operand, step.shape))) continue;
    if (new Set([...group.inputs, ...step.inputs]).size > MAX_INPUTS) continue;
    if (topological(...[...group.outputs, ...step.outputs].map(({ expr }) => expr)).length > MAX_NODES) continue;
    if (!(canMoveUp(step, before, at) || canMoveDown(group, before, at))) continue;
    if (keepsType(group, step)) return at;
  }
  return -1;
}

/**
 * Whether each truth or whole number in a joined map is computed as before. One that was read from floats may then read
 * the integers that these were made of; alone, without the floats, it would be computed in integers.
 */
function keepsType(group: MapStep, step: MapStep): boolean {
  if (step.outputs.every(({ value }) => isFloat(value.dtype))) return true;
  const { inputs, outputs, ...rest } = join(group, step);
  return outputs.every(({ expr, value }) => {
    const read = inputsOf(expr).map((i) => inputs[i]!);
    return computesIn({ ...rest, inputs: read, outputs: [{ expr, value }] }) === computesIn(step);
  });
}

/** Whether all that a map reads is there at a position, or made by the group that stands there. */
function canMoveUp(step: MapStep, before: readonly Step[], at: number): boolean {
  const later = new Set(before.slice(at + 1).flatMap(outputsOf));
  return step.inputs.every(({ value }) => !later.has(value));
}

/** Whether nothing between reads what the group makes, so that it may be computed later. */
function canMoveDown(group: MapStep, before: readonly Step[], at: number): boolean {
  const own = new Set(outputsOf(group));
  return before.slice(at + 1).every((step) => readsOf(step).every(({ value }) => !own.has(value)));
}

function placeMerged(steps: Step[], at: number, step: MapStep): void {
  const group = steps[at] as MapStep;
  const merged = join(group, step);
  if (canMoveUp(step, steps, at)) {
    steps[at] = merged;
  } else {
    steps.splice(at, 1);
    steps.push(merged);
  }
}

/** Two maps as one; what the second reads of the first becomes part of its expressions. */
function join(group: MapStep, step: MapStep): MapStep {
  const inputs = [...group.inputs];
  const made = new Map(group.outputs.map(({ value, expr }) => [value, expr]));
  const replacement = step.inputs.map((operand): Expr => made.get(operand.value) ?? input(positionOf(operand, inputs)));
  const outputs = step.outputs.map(({ expr, value }) => ({ expr: substitute(expr, (i) => replacement[i]!), value }));
  return { kind: "map", shape: group.shape, inputs, outputs: [...group.outputs, ...outputs] };
}

/** Where an operand stands in a list, to which it is added if it is new. */
function positionOf(operand: Operand, list: Operand[]): number {
  const at = list.findIndex(
    (other) =>
      other.value === operand.value &&
      other.offset === operand.offset &&
      sameShape(other.shape, operand.shape) &&
      sameShape(other.strides, operand.strides),
  );
  return at >= 0 ? at : list.push(operand) - 1;
}

/** Drops outputs that nobody reads and inputs that are no longer read. */
function prune(steps: readonly Step[], kept: ReadonlySet<Value>): Step[] {
  const read = new Set(steps.flatMap((step) => readsOf(step).map(({ value }) => value)));
  return steps.flatMap((step): Step[] => {
    if (step.kind !== "map") return [step];
    const outputs = step.outputs.filter(({ value }) => read.has(value) || kept.has(value));
    return outputs.length === 0 ? [] : [compact({ ...step, outputs })];
  });
}

/** A map that lists only the inputs its expressions read. */
function compact(step: MapStep): MapStep {
  const used = [...new Set(step.outputs.flatMap(({ expr }) => inputsOf(expr)))].sort((a, b) => a - b);
  if (used.length === step.inputs.length) return step;
  const outputs = step.outputs.map(({ expr, value }) => ({
    expr: substitute(expr, (i) => input(used.indexOf(i))),
    value,
  }));
  return { ...step, inputs: used.map((i) => step.inputs[i]!), outputs };
}

/** How many steps read each value. */
function readers(steps: readonly Step[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const step of steps)
    for (const value of new Set(readsOf(step).map((operand) => operand.value)))
      counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** A map read by one reduction only is computed while reducing. */
function foldIntoReductions(steps: readonly Step[], kept: ReadonlySet<Value>): Step[] {
  const counts = readers(steps);
  const makers = new Map<Value, MapStep>();
  for (const step of steps)
    if (step.kind === "map" && step.outputs.length === 1) makers.set(step.outputs[0]!.value, step);
  const gone = new Set<Step>();
  const folded = steps.map((step): Step => {
    if (step.kind !== "kernel" || step.call.kernel !== "reduce") return step;
    const { call } = step;
    const { shape } = call.attrs;
    const inputs: Operand[] = [];
    const replacement = step.inputs.map((operand): Expr => {
      const maker = makers.get(operand.value);
      const own = maker !== undefined && counts.get(operand.value) === 1 && !kept.has(operand.value);
      const fits =
        own && sameShape(maker.shape, shape) && isAligned(operand, shape) && computesIn(maker) === call.output.dtype;
      if (!fits) return input(positionOf(operand, inputs));
      gone.add(maker);
      return substitute(maker.outputs[0]!.expr, (i) => input(positionOf(maker.inputs[i]!, inputs)));
    });
    const before = substitute(call.attrs.before, (i) => replacement[i]!);
    return { ...step, call: { ...call, attrs: { ...call.attrs, before } }, inputs };
  });
  return folded.filter((step) => !gone.has(step));
}

/** A map that alone reads the result of a product or reduction is done before that result is stored. */
function foldIntoEpilogues(steps: readonly Step[], kept: ReadonlySet<Value>): Step[] {
  const counts = readers(steps);
  const kernels = new Map<Value, KernelStep>();
  const result: Step[] = [];
  for (const step of steps) {
    const kernel = step.kind === "map" && step.outputs.length === 1 ? kernelOf(step, kernels, counts, kept) : undefined;
    if (kernel === undefined) {
      result.push(step);
      if (step.kind === "kernel" && (step.call.kernel === "matmul" || step.call.kernel === "reduce"))
        kernels.set(step.output, step);
      continue;
    }
    const map = step as MapStep;
    const reads: Operand[] = [];
    const own = map.inputs.map((operand): Expr =>
      operand.value === kernel.output ? input(0) : input(1 + positionOf(operand, reads)),
    );
    const expr = substitute(map.outputs[0]!.expr, (i) => own[i]!);
    result.splice(result.indexOf(kernel), 1);
    result.push({ ...kernel, epilogue: { expr, reads }, output: map.outputs[0]!.value });
  }
  return result;
}

/** The kernel whose result a map finishes, if it is the only one to read it, element by element. */
function kernelOf(
  map: MapStep,
  kernels: ReadonlyMap<Value, KernelStep>,
  counts: ReadonlyMap<Value, number>,
  kept: ReadonlySet<Value>,
): KernelStep | undefined {
  for (const operand of map.inputs) {
    const kernel = kernels.get(operand.value);
    if (kernel === undefined || kernel.epilogue !== null || counts.get(operand.value) !== 1 || kept.has(operand.value))
      continue;
    const every = map.inputs.every((other) => other.value !== operand.value || isAligned(other, map.shape));
    const dtype = map.outputs[0]!.value.dtype;
    const { output } = kernel.call;
    if (every && sameShape(map.shape, output.shape) && computesIn(map) === output.dtype && dtype === output.dtype)
      return kernel;
  }
  return undefined;
}
