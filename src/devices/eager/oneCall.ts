/** Calls of eager code as programs of their own: operands are copied into the heap, the result out of it. */

import { type DType, type TypedArray, bytesOf } from "../../dtype";
import type { Expr } from "../../scalar/expr";
import { formulaOf } from "../../scalar/formula";
import { type Shape, broadcastStrides, sizeOf, stridesOf } from "../../shape";
import type { Call } from "../../tensor/device";
import type { Operand, Program, Step, Value } from "../../tensor/program";
import type { Storage, View } from "../../tensor/storage";
import { Deferred } from "./deferred";
import { type Kept, keptProgram, withKept } from "./kept";
import { opened } from "./opened";
import { gathered, isCompact, windowOf } from "./window";

/** Calls on more bytes are left to the js device. */
const MOST_BYTES = 2 ** 30;

/** What is copied in. */
interface Source {
  readonly view: View;
  /** Where in the storage it begins, and how many elements. */
  readonly from: number;
  readonly span: number;
}

/** An operand: a source; or a map of sources and numbers that nobody has computed yet, a step of the program. */
interface Part {
  readonly view: View;
  readonly sources: readonly Source[];
  readonly map: { readonly expr: Expr; readonly shape: Shape; readonly numbers: readonly number[] } | null;
}

/** What a buffer holds a copy of. */
interface Held {
  storage: number;
  from: number;
}

/** A program, as those who call it know it. */
interface OneCall {
  readonly sources: readonly { readonly value: Value; readonly held: Held }[];
  readonly numbers: readonly Value[];
  readonly result: Operand;
}

let storages = 0;
const numbers = new WeakMap<Storage, number>();

/**
 * The number of a storage that never changes; 0 for one that may. A buffer that remembers the number keeps nothing
 * alive, as a weak reference would until the end of a loop.
 */
function numberOf(storage: Storage): number {
  if (storage.settled !== undefined) return 0;
  let number = numbers.get(storage);
  if (number === undefined) numbers.set(storage, (number = ++storages));
  return number;
}

function sourceOf(given: View): Source {
  const view = isCompact(given) ? given : gathered(given);
  const { low, span } = windowOf(view.shape, view.strides);
  return { view, from: view.offset + low, span };
}

function partOf(view: View): Part {
  const { storage } = view;
  const whole = storage instanceof Deferred && windowOf(view.shape, view.strides).span === storage.size;
  const waiting = whole ? storage.take() : null;
  if (waiting === null) {
    const source = sourceOf(view);
    return { view: source.view, sources: [source], map: null };
  }
  const { expr, numbers } = opened(waiting.expr, waiting.inputs.length);
  return { view, sources: waiting.inputs.map(sourceOf), map: { expr, numbers, shape: waiting.shape } };
}

/** The values and steps of a program while it is put together. */
class Writer {
  readonly values: Value[] = [];
  readonly steps: Step[] = [];
  readonly sources: OneCall["sources"][number][] = [];
  readonly numbers: Value[] = [];

  value(dtype: DType, size: number, role: Value["role"]): Value {
    const value: Value = { id: this.values.length, dtype, size, role };
    this.values.push(value);
    return value;
  }

  source({ view: { shape, dtype, strides, offset }, from, span }: Source): Operand {
    const value = this.value(dtype, span, "argument");
    this.sources.push({ value, held: { storage: 0, from: 0 } });
    return { value, shape, dtype, strides, offset: offset - from };
  }

  part({ view, sources, map }: Part): Operand {
    if (map === null) return this.source(sources[0]!);
    const { dtype } = view;
    const { shape } = map;
    const operands = sources.map((source) => this.source(source));
    const numbers = map.numbers.map(() => this.value(dtype, 1, "argument"));
    this.numbers.push(...numbers);
    const scalars = numbers.map((value): Operand => ({ value, dtype, shape: [], strides: [], offset: 0 }));
    const inputs = [...operands, ...scalars].map((operand): Operand => {
      return { ...operand, shape, strides: broadcastStrides(operand.shape, operand.strides, shape) };
    });
    const value = this.value(dtype, sizeOf(shape), "temporary");
    this.steps.push({ kind: "map", shape, inputs, outputs: [{ expr: map.expr, value }] });
    return { value, dtype, shape: view.shape, strides: view.strides, offset: view.offset };
  }
}

function programOf(call: Call, parts: readonly Part[]): { program: Program; about: OneCall } {
  const writer = new Writer();
  const inputs = parts.map((part) => writer.part(part));
  const { shape, dtype } = call.output;
  const output = writer.value(dtype, sizeOf(shape), "temporary");
  const result: Operand = { value: output, shape, dtype, strides: stridesOf(shape), offset: 0 };
  const { values, steps, sources, numbers } = writer;
  steps.push({ kind: "kernel", call, inputs, epilogue: null, output });
  return { program: { values, steps, writes: [], results: [result] }, about: { sources, numbers, result } };
}

/** What a call is told besides its operands. */
function settingsOf({ kernel, attrs }: Call): string {
  if (kernel === "reduce") {
    const { op, axes, shape, before, after } = attrs;
    return `${op} ${axes.join()} ${shape.join()} ${formulaOf(before)} ${formulaOf(after)}`;
  }
  if (kernel === "random") return attrs.distribution;
  if (kernel === "convolve") {
    const { groups, stride, dilation, padding } = attrs;
    return [groups, ...stride, ...dilation, ...padding].join();
  }
  return kernel === "softmax" ? `${attrs.axis} ${attrs.log}` : "";
}

function layoutOf({ dtype, shape, strides }: View): string {
  return `${dtype} ${shape.join()} ${strides.join()}`;
}

function keyOf(call: Call, parts: readonly Part[]): string {
  const { kernel, output } = call;
  let key = `${kernel} ${output.dtype} ${output.shape.join()}`;
  for (const { view, sources, map } of parts) {
    key += `|${layoutOf(view)}`;
    if (map === null) continue;
    key += ` ${map.shape.join()} ${formulaOf(map.expr)}`;
    for (const source of sources) key += `/${layoutOf(source.view)}`;
  }
  return `${key}|${settingsOf(call)}`;
}

function bytesFor({ output }: Call, parts: readonly Part[]): number {
  let bytes = sizeOf(output.shape) * bytesOf(output.dtype);
  for (const { view, sources, map } of parts) {
    if (map !== null) bytes += sizeOf(map.shape) * bytesOf(view.dtype);
    for (const { view, span } of sources) bytes += span * bytesOf(view.dtype);
  }
  return bytes;
}

/** Copies in what the program does not hold already. */
function load({ executable, about }: Kept<OneCall>, parts: readonly Part[]): void {
  const sources = parts.flatMap((part) => part.sources);
  for (const { view } of sources) if (view.storage instanceof Deferred) void view.storage.data; // may grow the heap
  about.sources.forEach(({ value, held }, i) => {
    const { view, from, span } = sources[i]!;
    const number = numberOf(view.storage);
    if (number !== 0 && held.storage === number && held.from === from) return;
    const { data } = view.storage;
    executable.view(value).set(data.length === span ? data : data.subarray(from, from + span));
    held.storage = number;
    held.from = from;
  });
  const numbers = parts.flatMap(({ map }) => map?.numbers ?? []);
  numbers.forEach((number, i) => (executable.view(about.numbers[i]!)[0] = number));
}

/** Runs a large call on the heap; null, with nothing done, where there is no room. */
export function runOnHeap(call: Call, inputs: readonly View[]): TypedArray | null {
  return withKept(() => run(call, inputs));
}

function run(call: Call, inputs: readonly View[]): TypedArray | null {
  const parts = inputs.map(partOf);
  if (bytesFor(call, parts) > MOST_BYTES) return null;
  const kept = keptProgram(keyOf(call, parts), () => programOf(call, parts));
  if (kept === null) return null;
  load(kept, parts);
  kept.executable.run();
  return kept.executable.read(kept.about.result);
}
