/** Fusing a program: maps into maps, maps into the reductions that read them and the kernels they follow. */

import { isFloat } from "../dtype";
import { type Expr, input, inputsOf, substitute } from "../scalar/expr";
import { isContiguous, sameShape } from "../shape";
import type { KernelName } from "../tensor/device";
import {
  type KernelStep,
  type MapStep,
  type Operand,
  type Program,
  type Step,
  type Value,
  readsOf,
} from "../tensor/program";
import { MapMerger, computesIn, isAligned, positionOf } from "./merge";
import { withoutDead } from "./simplify";

/** The program with fewer, larger steps and the same results. */
export function fuse(program: Program): Program {
  const kept = new Set<Value>(
    [...program.results, ...program.writes.map(({ source }) => source)].map(({ value }) => value),
  );
  const merger = new MapMerger();
  for (const step of program.steps) merger.add(conversionAsMap(step));
  let steps = prune(merger.steps, kept);
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

/** The kernels that take an epilogue. */
const ENDS: ReadonlySet<KernelName> = new Set<KernelName>(["matmul", "convolve", "reduce"]);

/** A map that alone reads the result of a product or reduction is done before that result is stored. */
function foldIntoEpilogues(steps: readonly Step[], kept: ReadonlySet<Value>): Step[] {
  const counts = readers(steps);
  const kernels = new Map<Value, KernelStep>();
  const result: Step[] = [];
  for (const step of steps) {
    const kernel = step.kind === "map" && step.outputs.length === 1 ? kernelOf(step, kernels, counts, kept) : undefined;
    if (kernel === undefined) {
      result.push(step);
      if (step.kind === "kernel" && ENDS.has(step.call.kernel)) kernels.set(step.output, step);
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
