/** Maps of eager code: one block of elements after another goes through a small window of the heap. */

import { type DType, type TypedArray, allocate, isFloat } from "../../dtype";
import type { Expr } from "../../scalar/expr";
import { formulaOf } from "../../scalar/formula";
import { type Shape, broadcastStrides, sizeOf, stridesOf } from "../../shape";
import type { Operand, Program, Value } from "../../tensor/program";
import type { View } from "../../tensor/storage";
import { keptProgram, withKept } from "./kept";
import { joinAxes } from "../wasm/loops";
import { opened } from "./opened";
import { BLOCK, gathered, windowOf } from "./window";

/** An elementwise computation. */
export interface MapOf {
  readonly expr: Expr;
  readonly inputs: readonly View[];
  readonly shape: Shape;
  readonly dtype: DType;
}

/** An operand of one block. */
interface Part {
  readonly dtype: DType;
  /** Within the block. */
  readonly strides: readonly number[];
  readonly low: number;
  readonly span: number;
  /** From the first element of the view to that of block i: i times this. */
  readonly step: number;
}

/** The block: a part of the outermost axis, in full along the others. */
interface Layout {
  readonly rows: number;
  readonly shape: Shape;
  readonly parts: readonly Part[];
}

/** Blocks are as long as they may be; the last one begins early enough to be whole. */
function layoutOf(shape: Shape, inputs: readonly Pick<View, "dtype" | "shape" | "strides">[]): Layout {
  const spread = inputs.map((view) => broadcastStrides(view.shape, view.strides, shape));
  const { sizes, strides } = joinAxes(shape, [...spread, stridesOf(shape)]);
  const [rows = 1, ...inner] = sizes;
  const most = Math.max(1, Math.floor(BLOCK / sizeOf(inner)));
  const block = [Math.min(rows, most), ...inner];
  const parts = inputs.map(({ dtype }, i): Part => {
    const own = strides[i]!;
    return { dtype, strides: own, ...windowOf(block, own), step: own[0] ?? 0 };
  });
  return { rows, shape: block, parts };
}

/** The inputs, with copies of those of which each block would read far more than it needs. */
function inOrder(shape: Shape, inputs: readonly View[]): readonly View[] {
  const { shape: block, parts } = layoutOf(shape, inputs);
  const most = 2 * sizeOf(block);
  return inputs.map((view, i) => (parts[i]!.span > most ? gathered(view) : view));
}

/** The values of a program for one block: the inputs, then the result. */
function programOf(expr: Expr, dtype: DType, { shape, parts }: Layout): { program: Program; about: readonly Value[] } {
  const inputs = parts.map((part, id): Value => ({ id, dtype: part.dtype, size: part.span, role: "argument" }));
  const output: Value = { id: inputs.length, dtype, size: sizeOf(shape), role: "temporary" };
  const operands = parts.map(
    ({ dtype, strides, low }, i): Operand => ({ value: inputs[i]!, shape, dtype, strides, offset: -low }),
  );
  const result: Operand = { value: output, shape, dtype, strides: stridesOf(shape), offset: 0 };
  const values = [...inputs, output];
  const steps: Program["steps"] = [{ kind: "map", shape, inputs: operands, outputs: [{ expr, value: output }] }];
  return { program: { values, steps, writes: [], results: [result] }, about: values };
}

function keyOf(expr: Expr, dtype: DType, { shape, parts }: Layout): string {
  let key = `map ${dtype} ${shape.join()}`;
  for (const part of parts) key += `|${part.dtype} ${part.strides.join()}`;
  return `${key}|${formulaOf(expr)}`;
}

/** The elements of a map whose inputs do not wait themselves; null where the memory does not suffice. */
export function stream(map: MapOf): TypedArray | null {
  return withKept(() => streamed(map));
}

function streamed({ expr: given, inputs: views, shape, dtype }: MapOf): TypedArray | null {
  const { expr, numbers } = isFloat(dtype) ? opened(given, views.length) : { expr: given, numbers: [] };
  const scalars = numbers.map(() => ({ dtype, shape: [], strides: [] }));
  const inputs = inOrder(shape, views);
  const layout = layoutOf(shape, [...inputs, ...scalars]);
  const kept = keptProgram(keyOf(expr, dtype, layout), () => programOf(expr, dtype, layout));
  if (kept === null) return null;
  const { executable, about: values } = kept;
  // Only now, since the program may have made the heap grow, and residents are views on it.
  const sources = inputs.map(({ storage }) => storage.data);
  const out = allocate(dtype, sizeOf(shape));
  const windows = values.map((value) => executable.view(value));
  const result = windows[windows.length - 1]!;
  numbers.forEach((number, i) => (windows[inputs.length + i]![0] = number));
  const [block = 1] = layout.shape;
  const inner = result.length / block;
  for (let row = 0; row < layout.rows; row += block) {
    const first = Math.min(row, layout.rows - block);
    for (let i = 0; i < inputs.length; i++) {
      const { step, low, span } = layout.parts[i]!;
      if (row > 0 && step === 0) continue;
      const from = inputs[i]!.offset + first * step + low;
      const source = sources[i]!;
      windows[i]!.set(source.length === span ? source : source.subarray(from, from + span));
    }
    executable.run();
    out.set(result, first * inner);
  }
  return out;
}
