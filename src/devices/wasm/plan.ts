/** Where each value of a program lives: temporaries share an arena, and updates are computed where they are kept. */

import { bytesOf } from "../../dtype";
import { isContiguous, sameShape } from "../../shape";
import { type Operand, type Program, type Value, outputsOf, readsOf } from "../../tensor/program";
import { mayFail } from "./mayFail";

/** Bytes past the end of every buffer that may be read. */
const PADDING = 64;
const ALIGN = 64;

/** Offsets of all values within one block, and what is left to be copied after the steps. */
export interface Plan {
  readonly offsets: ReadonlyMap<Value, number>;
  readonly bytes: number;
  /** The writes whose source could not be computed in place. */
  readonly copies: Program["writes"];
}

function roomFor({ dtype, size }: Value): number {
  return Math.ceil((bytesOf(dtype) * size + PADDING) / ALIGN) * ALIGN;
}

/** Plans the memory of a program; `scratch` is what some step needs beside its values, at the end of the block. */
export function planMemory(program: Program): Plan {
  const offsets = new Map<Value, number>();
  let bytes = 0;
  for (const value of program.values) {
    if (value.role === "temporary") continue;
    offsets.set(value, bytes);
    bytes += roomFor(value);
  }
  const copies = program.writes.filter((write) => {
    const inPlace = canBeComputedAt(write, program, offsets);
    if (inPlace) offsets.set(write.source.value, offsets.get(write.target)!);
    return !inPlace;
  });
  const arena = placeTemporaries(program, offsets, bytes);
  return { offsets, bytes: arena, copies };
}

/** Whether a new value may be computed where the old one is kept: nobody may read the old one afterwards. */
function canBeComputedAt(
  { target, source }: Program["writes"][number],
  { steps, writes }: Program,
  offsets: ReadonlyMap<Value, number>,
): boolean {
  const { value } = source;
  if (value.role !== "temporary" || offsets.has(value) || value.size !== target.size || value.dtype !== target.dtype)
    return false;
  const at = steps.findIndex((step) => outputsOf(step).includes(value));
  const step = steps[at]!;
  if (steps.slice(at).some(mayFail)) return false; // what is written before a failure would stand
  const elementwise =
    step.kind === "map" && readsOf(step).every((operand) => operand.value !== target || isWhole(operand, step.shape));
  const readHere = readsOf(step).some((operand) => operand.value === target);
  if (readHere && !elementwise) return false;
  const readLater = steps.slice(at + 1).some((later) => readsOf(later).some((operand) => operand.value === target));
  return !readLater && writes.every((other) => other.source.value !== target);
}

function isWhole({ shape, strides, offset }: Operand, map: readonly number[]): boolean {
  return offset === 0 && sameShape(shape, map) && isContiguous(shape, strides);
}

interface Gap {
  start: number;
  end: number;
}

/** Gives each temporary the first place that is free for as long as it lives; returns where the block ends. */
function placeTemporaries({ steps, writes, results }: Program, offsets: Map<Value, number>, start: number): number {
  const last = new Map<Value, number>();
  steps.forEach((step, i) => readsOf(step).forEach(({ value }) => last.set(value, i)));
  for (const { value } of [...results, ...writes.map(({ source }) => source)]) last.set(value, steps.length);
  let gaps: Gap[] = [{ start, end: Infinity }];
  let end = start;
  const dying = new Map<number, Gap[]>(); // what each step is the last to read
  steps.forEach((step, i) => {
    for (const value of outputsOf(step)) {
      if (offsets.has(value)) continue;
      const bytes = roomFor(value);
      const gap = gaps.find((candidate) => candidate.end - candidate.start >= bytes)!;
      offsets.set(value, gap.start);
      const own = { start: gap.start, end: gap.start + bytes };
      const at = last.get(value) ?? i;
      const others = dying.get(at);
      if (others === undefined) dying.set(at, [own]);
      else others.push(own);
      gap.start += bytes;
      end = Math.max(end, gap.start);
    }
    const free = dying.get(i);
    if (free !== undefined) gaps = joined([...gaps, ...free]);
  });
  return end;
}

function joined(gaps: readonly Gap[]): Gap[] {
  const result: Gap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.start - b.start)) {
    const before = result[result.length - 1];
    if (before !== undefined && before.end === gap.start) before.end = gap.end;
    else if (gap.end > gap.start) result.push({ ...gap });
  }
  return result;
}
