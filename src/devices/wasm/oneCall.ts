/** Calls of eager code as programs of one step: operands are copied into the heap, the result out of it. */

import { type TypedArray, bytesOf } from "../../dtype";
import { formulaOf } from "../../scalar/formula";
import { sizeOf, stridesOf } from "../../shape";
import type { Call } from "../../tensor/device";
import type { Operand, Program, Value } from "../../tensor/program";
import type { Storage, View } from "../../tensor/storage";
import { Deferred } from "./deferred";
import { keptProgram } from "./kept";
import { stream } from "./stream";
import { type Window, gathered, isCompact, windowOf } from "./window";

/** Calls on more bytes are left to the js device. */
const MOST_BYTES = 2 ** 30;

/** What a buffer holds a copy of. */
interface Held {
  storage: number;
  from: number;
}

/** A program of one step, as those who call it know it. */
interface OneCall {
  readonly operands: readonly { readonly value: Value; readonly held: Held }[];
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

interface Described {
  readonly program: Program;
  readonly about: OneCall;
}

function programOf(call: Call, views: readonly View[], windows: readonly Window[]): Described {
  const inputs = views.map(({ dtype }, id): Value => ({ id, dtype, size: windows[id]!.span, role: "argument" }));
  const { shape, dtype } = call.output;
  const output: Value = { id: inputs.length, dtype, size: sizeOf(shape), role: "temporary" };
  const operands = views.map(
    ({ shape, dtype, strides }, i): Operand => ({ value: inputs[i]!, shape, dtype, strides, offset: -windows[i]!.low }),
  );
  const result: Operand = { value: output, shape, dtype, strides: stridesOf(shape), offset: 0 };
  const steps: Program["steps"] = [{ kind: "kernel", call, inputs: operands, epilogue: null, output }];
  return {
    program: { values: [...inputs, output], steps, writes: [], results: [result] },
    about: { operands: inputs.map((value) => ({ value, held: { storage: 0, from: 0 } })), result },
  };
}

/** What a call is told besides its operands. */
function settingsOf({ kernel, attrs }: Call): string {
  if (kernel === "reduce") {
    const { op, axes, shape, before, after } = attrs;
    return `${op} ${axes.join()} ${shape.join()} ${formulaOf(before)} ${formulaOf(after)}`;
  }
  return kernel === "softmax" ? `${attrs.axis} ${attrs.log}` : "";
}

function keyOf(call: Call, views: readonly View[]): string {
  const { kernel, output } = call;
  let key = `${kernel} ${output.dtype} ${output.shape.join()}`;
  for (const { dtype, shape, strides } of views) key += `|${dtype} ${shape.join()} ${strides.join()}`;
  return `${key}|${settingsOf(call)}`;
}

/** Runs a matmul, reduce, softmax or copy on the heap; null, with nothing done, where the memory does not suffice. */
export function runOnHeap(call: Call, given: readonly View[]): TypedArray | null {
  const views = given.map((view) => (isCompact(view) ? view : gathered(view)));
  const windows = views.map(({ shape, strides }) => windowOf(shape, strides));
  let bytes = sizeOf(call.output.shape) * bytesOf(call.output.dtype);
  views.forEach(({ dtype }, i) => (bytes += windows[i]!.span * bytesOf(dtype)));
  if (bytes > MOST_BYTES) return null;
  const kept = keptProgram(keyOf(call, views), () => programOf(call, views, windows));
  if (kept === null) return null;
  const { executable, about } = kept;
  about.operands.forEach(({ value, held }, i) => {
    const { storage, offset } = views[i]!;
    const from = offset + windows[i]!.low;
    const number = numberOf(storage);
    if (number !== 0 && held.storage === number && held.from === from) return;
    load(storage, from, value.size, () => executable.view(value));
    held.storage = number;
    held.from = from;
  });
  executable.run();
  return executable.read(about.result);
}

/** Copies a stretch of a storage; what waits to be computed is computed into its place. */
function load(storage: Storage, from: number, count: number, target: () => TypedArray): void {
  const map = storage instanceof Deferred && storage.size === count ? storage.take() : null;
  if (map !== null && stream(map, target)) return;
  const { data } = storage;
  target().set(data.length === count ? data : data.subarray(from, from + count));
}
