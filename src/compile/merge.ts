/** Joining maps over the same shape that lie near each other, so that each input is read once. */

import { isFloat, promote, type DType } from "../dtype";
import { type Expr, input, inputsOf, substitute, topological } from "../scalar/expr";
import { isContiguous, sameShape } from "../shape";
import { type MapStep, type Operand, type Step, type Value, outputsOf, readsOf } from "../tensor/program";

const MAX_INPUTS = 24;
const MAX_NODES = 400;

/** A step in its place; places only grow, so that a step that is moved to the end gets a new one. */
interface Placed {
  step: Step;
  place: number;
  /** The last place where something it makes is read. */
  readAt: number;
  /** The dtype a map computes in; null for other steps. */
  dtype: DType | null;
  /** At least as many as there are nodes in a map's expressions. */
  nodes: number;
}

/** Takes steps one by one, each either on its own or as part of an earlier map. */
export class MapMerger {
  private readonly placed: Placed[] = [];
  private readonly makers = new Map<Value, Placed>();
  private places = 0;

  get steps(): Step[] {
    return this.placed.map(({ step }) => step);
  }

  add(step: Step): void {
    const at = step.kind === "map" ? this.partnerOf(step) : -1;
    if (at < 0) {
      const entry = { step, place: this.places++, readAt: 0, dtype: null, nodes: 0 };
      this.placed.push(entry);
      this.record(entry);
      return;
    }
    const entry = this.placed[at]!;
    if (!this.isThere(step as MapStep, entry)) {
      this.placed.splice(at, 1);
      this.placed.push(entry);
      entry.place = this.places++;
    }
    entry.step = join(entry.step as MapStep, step as MapStep);
    this.record(entry);
  }

  /** Notes who makes what, and who reads it. */
  private record(entry: Placed): void {
    const { step, place } = entry;
    if (step.kind === "map") entry.dtype = computesIn(step);
    for (const value of outputsOf(step)) this.makers.set(value, entry);
    for (const { value } of readsOf(step)) {
      const maker = this.makers.get(value);
      if (maker !== undefined) maker.readAt = Math.max(maker.readAt, place);
    }
  }

  /** Where the latest earlier map stands that a map may be joined with, there or at the end; else −1. */
  private partnerOf(step: MapStep): number {
    const dtype = computesIn(step);
    for (let at = this.placed.length - 1; at >= 0; at--) {
      const entry = this.placed[at]!;
      if (entry.dtype !== dtype || !sameShape((entry.step as MapStep).shape, step.shape)) continue;
      // Computed later it may be only if nothing between reads what it makes.
      if (entry.readAt > entry.place && !this.isThere(step, entry)) continue;
      const fits = (operand: Operand): boolean =>
        this.makers.get(operand.value) !== entry || isAligned(operand, step.shape);
      if (step.inputs.every(fits) && keepsType(entry.step as MapStep, step) && isSmall(entry, step)) return at;
    }
    return -1;
  }

  /** Whether all that a map reads is there when another step has run. */
  private isThere(step: MapStep, { place }: Placed): boolean {
    return step.inputs.every(({ value }) => (this.makers.get(value)?.place ?? 0) <= place);
  }
}

const counts = new WeakMap<Expr, number>();

/** At least as many as there are nodes in a map's expressions. */
function countOf({ outputs }: MapStep): number {
  let sum = 0;
  for (const { expr } of outputs) {
    let count = counts.get(expr);
    if (count === undefined) counts.set(expr, (count = topological(expr).length));
    sum += count;
  }
  return sum;
}

/** Whether a map would still be of bearable size with another; if so, its nodes are counted with it. */
function isSmall(entry: Placed, step: MapStep): boolean {
  const group = entry.step as MapStep;
  if (group.inputs.length + step.inputs.length > MAX_INPUTS) {
    if (new Set([...group.inputs, ...step.inputs]).size > MAX_INPUTS) return false;
  }
  let nodes = (entry.nodes ||= countOf(group)) + countOf(step);
  // Counted together, shared ones are counted once; joining may bring as many inputs as the step has.
  if (nodes > MAX_NODES) nodes = topological(...[...group.outputs, ...step.outputs].map(({ expr }) => expr)).length;
  if (nodes > MAX_NODES) return false;
  entry.nodes = nodes + step.inputs.length;
  return true;
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

/** Two maps as one; what the second reads of the first becomes part of its expressions. */
function join(group: MapStep, step: MapStep): MapStep {
  const inputs = [...group.inputs];
  const made = new Map(group.outputs.map(({ value, expr }) => [value, expr]));
  const replacement = step.inputs.map((operand): Expr => made.get(operand.value) ?? input(positionOf(operand, inputs)));
  const outputs = step.outputs.map(({ expr, value }) => ({ expr: substitute(expr, (i) => replacement[i]!), value }));
  return { kind: "map", shape: group.shape, inputs, outputs: [...group.outputs, ...outputs] };
}

/** Where an operand stands in a list, to which it is added if it is new. */
export function positionOf(operand: Operand, list: Operand[]): number {
  const at = list.findIndex(
    (other) =>
      other.value === operand.value &&
      other.offset === operand.offset &&
      sameShape(other.shape, operand.shape) &&
      sameShape(other.strides, operand.strides),
  );
  return at >= 0 ? at : list.push(operand) - 1;
}

/** The dtype a map computes in, that of its first float output if it has one; the wasm device decides alike. */
export function computesIn(step: MapStep): DType {
  const { dtype } = (step.outputs.find(({ value }) => isFloat(value.dtype)) ?? step.outputs[0]!).value;
  return isFloat(dtype) ? dtype : step.inputs.map((operand) => operand.dtype).reduce(promote, "int32");
}

/** Whether an operand reads a value element by element in the order of a shape. */
export function isAligned(operand: Operand, shape: readonly number[]): boolean {
  return operand.offset === 0 && sameShape(operand.shape, shape) && isContiguous(shape, operand.strides);
}
