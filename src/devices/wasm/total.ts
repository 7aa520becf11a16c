/** Reductions of eager code to one number: a block of elements at a time, then what the blocks gave. */

import { type DType, type TypedArray, allocate } from "../../dtype";
import { type Expr, input } from "../../scalar/expr";
import { formulaOf } from "../../scalar/formula";
import { type Shape, broadcastStrides, sizeOf } from "../../shape";
import type { Call } from "../../tensor/device";
import type { Operand, Program, Step, Value } from "../../tensor/program";
import { type Storage, type View, storageOf, wholeView } from "../../tensor/storage";
import { jsDevice } from "../js/device";
import { Deferred } from "./deferred";
import { keptProgram } from "./kept";
import { joinAxes } from "./loops";
import { opened } from "./opened";
import { BLOCK } from "./window";

/** A source of a block: elements that follow one another, or one that all share. */
interface Source {
  readonly dtype: DType;
  readonly storage: Storage;
  readonly from: number;
  readonly single: boolean;
}

/** What a reduction reads at an input: a source, or a map of sources that nobody has computed yet. */
interface Part {
  readonly dtype: DType;
  readonly expr: Expr | null;
  readonly sources: readonly Source[];
}

/** The strides of views as rows of one axis, 0 or 1; null where they are no such rows. */
function stepsOf(views: readonly View[], shape: Shape): number[] | null {
  const spread = views.map((view) => broadcastStrides(view.shape, view.strides, shape));
  const { sizes, strides } = joinAxes(shape, spread);
  const steps = strides.map(([step]) => step!);
  return sizes.length === 1 && steps.every((step) => step === 0 || step === 1) ? steps : null;
}

/** Whether a reduction can be done block by block: products would leave the range of their dtype on the way. */
export function isTotal(call: Call<"reduce">, inputs: readonly View[]): boolean {
  const { op, shape } = call.attrs;
  return op !== "prod" && sizeOf(call.output.shape) === 1 && stepsOf(inputs, shape) !== null;
}

function sourcesOf(views: readonly View[], steps: readonly number[]): Source[] {
  return views.map(({ storage, offset, dtype }, i) => {
    if (storage instanceof Deferred) void storage.data;
    return { dtype, storage, from: offset, single: steps[i] === 0 };
  });
}

function partsOf(views: readonly View[], shape: Shape): Part[] {
  const steps = stepsOf(views, shape)!;
  return views.map((view, i): Part => {
    const { storage, dtype } = view;
    const whole = storage instanceof Deferred && storage.size === sizeOf(shape) && steps[i] === 1;
    const map = whole && stepsOf(storage.inputs, storage.shape) !== null ? storage.take() : null;
    if (map === null) return { dtype, expr: null, sources: sourcesOf([view], [steps[i]!]) };
    const { expr, numbers } = opened(map.expr, map.inputs.length);
    const constants = numbers.map((number): Source => {
      const data = allocate(dtype, 1);
      data[0] = number;
      return { dtype, storage: storageOf(dtype, data), from: 0, single: true };
    });
    return { dtype, expr, sources: [...sourcesOf(map.inputs, stepsOf(map.inputs, map.shape)!), ...constants] };
  });
}

interface Block {
  readonly program: Program;
  readonly about: { readonly inputs: readonly Value[]; readonly output: Value };
}

/** The program of a block of `count` elements: waiting maps first, then their reduction. */
function programOf({ attrs, output: { dtype } }: Call<"reduce">, parts: readonly Part[], count: number): Block {
  const values: Value[] = [];
  const steps: Step[] = [];
  const value = (dtype: DType, size: number, role: Value["role"]): Value => {
    const made: Value = { id: values.length, dtype, size, role };
    values.push(made);
    return made;
  };
  const row = (value: Value): Operand => {
    return { value, dtype: value.dtype, shape: [count], strides: [value.size === 1 ? 0 : 1], offset: 0 };
  };
  const inputs: Value[] = [];
  const operands = parts.map(({ dtype, expr, sources }): Operand => {
    const own = sources.map((source) => value(source.dtype, source.single ? 1 : count, "argument"));
    inputs.push(...own);
    if (expr === null) return row(own[0]!);
    const made = value(dtype, count, "temporary");
    steps.push({ kind: "map", shape: [count], inputs: own.map(row), outputs: [{ expr, value: made }] });
    return row(made);
  });
  const output = value(dtype, 1, "temporary");
  const call: Call = {
    kernel: "reduce",
    attrs: { ...attrs, axes: [0], shape: [count], after: input(0) },
    output: { shape: [], dtype },
  };
  steps.push({ kind: "kernel", call, inputs: operands, epilogue: null, output });
  const results: Operand[] = [{ value: output, dtype, shape: [], strides: [], offset: 0 }];
  return { program: { values, steps, writes: [], results }, about: { inputs, output } };
}

function keyOf({ attrs: { op, before }, output }: Call<"reduce">, parts: readonly Part[], count: number): string {
  let key = `total ${op} ${output.dtype} ${count}`;
  for (const { expr, dtype, sources } of parts) {
    key += `|${dtype} ${expr === null ? "" : formulaOf(expr)}`;
    for (const { dtype, single } of sources) key += ` ${dtype} ${single}`;
  }
  return `${key}|${formulaOf(before)}`;
}

/** Runs a program on blocks of `count` elements from `start` on, as many as `out` has room for. */
function runBlocks(
  call: Call<"reduce">,
  parts: readonly Part[],
  count: number,
  start: number,
  out: TypedArray,
): boolean {
  const kept = keptProgram(keyOf(call, parts, count), () => programOf(call, parts, count));
  if (kept === null) return false;
  const { executable, about } = kept;
  // Only now, since the program may have made the heap grow, and residents are views on it.
  const sources = parts.flatMap((part) => part.sources.map((source) => ({ ...source, data: source.storage.data })));
  const windows = about.inputs.map((value) => executable.view(value));
  const result = executable.view(about.output);
  for (let block = 0; block < out.length; block++) {
    sources.forEach(({ data, from, single }, i) => {
      if (single && block > 0) return;
      const at = single ? from : from + start + block * count;
      windows[i]!.set(data.subarray(at, at + (single ? 1 : count)));
    });
    executable.run();
    out[block] = result[0]!;
  }
  return true;
}

/** A reduction for which {@link isTotal} holds; null where the memory does not suffice. */
export function total(call: Call<"reduce">, inputs: readonly View[]): TypedArray | null {
  const { attrs, output } = call;
  const { op, shape, after } = attrs;
  const parts = partsOf(inputs, shape);
  const size = sizeOf(shape);
  const whole = Math.floor(size / BLOCK);
  const partial = allocate(output.dtype, Math.ceil(size / BLOCK));
  if (!runBlocks(call, parts, BLOCK, 0, partial.subarray(0, whole))) return null;
  const rest = size - whole * BLOCK;
  if (rest > 0 && !runBlocks(call, parts, rest, whole * BLOCK, partial.subarray(whole))) return null;
  const last: Call = {
    kernel: "reduce",
    attrs: { op, axes: [0], shape: [partial.length], before: input(0), after },
    output,
  };
  return jsDevice.execute(last, [wholeView(storageOf(output.dtype, partial), [partial.length])]).data;
}
