/**
 * How a tensor reads when printed: rows under one another, columns aligned, long axes shortened; the layout is
 * PyTorch's.
 */

import type { TypedArray } from "../dtype";
import { stridesOf } from "../shape";
import type { Spec } from "./storage";

const FULL = 1000; // more elements than this are shortened
const EDGE = 3; // entries shown at each end of a shortened axis
const WIDTH = 80;
const PREFIX = "tensor(";

/** The text of a tensor given its elements in row-major order. */
export function printTensor(spec: Spec, data: TypedArray, requiresGrad: boolean, madeBy: string | null): string {
  const empty = data.length === 0;
  const notes: string[] = [];
  if (empty && spec.shape.length !== 1) notes.push(`shape: [${spec.shape.join(", ")}]`);
  if (spec.dtype !== "float32" && (spec.dtype !== "bool" || empty)) notes.push(`dtype: ${spec.dtype}`);
  if (madeBy !== null) notes.push(`gradFn: ${madeBy}`);
  else if (requiresGrad) notes.push("requiresGrad: true");
  return addNotes(PREFIX + (empty ? "[]" : printBody(spec, data)), notes);
}

/** Each note goes on the last line, or on a new one where that would run past the width. */
function addNotes(text: string, notes: readonly string[]): string {
  let length = text.length - text.lastIndexOf("\n") + 1;
  for (const note of notes) {
    const fits = length + note.length + 2 <= WIDTH;
    text += (fits ? ", " : `,\n${" ".repeat(PREFIX.length)}`) + note;
    length = fits ? length + note.length + 2 : PREFIX.length + note.length;
  }
  return `${text})`;
}

function printBody(spec: Spec, data: TypedArray): string {
  const { shape } = spec;
  const rank = shape.length;
  const strides = stridesOf(shape);
  const shorten = data.length > FULL;
  const shown = (n: number): readonly (number | null)[] =>
    shorten && n > 2 * EDGE ? [0, 1, 2, null, n - 3, n - 2, n - 1] : Array.from({ length: n }, (_, i) => i);
  const positions: number[] = [];
  const visit = (axis: number, at: number): void => {
    if (axis === rank) positions.push(at);
    else for (const i of shown(shape[axis]!)) if (i !== null) visit(axis + 1, at + i * strides[axis]!);
  };
  visit(0, 0);
  const { texts, width } = formatAll(spec, positions.map((at) => data[at]!));
  let next = 0;
  const write = (axis: number, indent: number): string => {
    if (axis === rank) return texts[next++]!.padStart(width);
    const last = axis === rank - 1;
    const parts = shown(shape[axis]!).map((i) => {
      if (i === null) return last ? " ..." : "...";
      return write(axis + 1, indent + 1);
    });
    if (last) return `[${wrap(parts, width, indent)}]`;
    return `[${parts.join(`,${"\n".repeat(rank - 1 - axis)}${" ".repeat(indent + 1)}`)}]`;
  };
  return write(0, PREFIX.length);
}

/** The entries of a row, broken into lines where they run past the width. */
function wrap(parts: readonly string[], width: number, indent: number): string {
  const perLine = Math.max(1, Math.floor((WIDTH - indent) / (width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < parts.length; i += perLine) lines.push(parts.slice(i, i + perLine).join(", "));
  return lines.join(`,\n${" ".repeat(indent + 1)}`);
}

interface Formatted {
  readonly texts: readonly string[];
  /** What entries are padded to. */
  readonly width: number;
}

function formatAll(spec: Spec, values: readonly number[]): Formatted {
  const counted = spec.dtype === "float32" || spec.dtype === "float64" ? values.filter(isCounted) : values;
  const format = formatOf(spec, counted);
  return { texts: values.map(format), width: largestOf(counted.map((value) => format(value).length), 1) };
}

function largestOf(numbers: readonly number[], atLeast: number): number {
  return numbers.reduce((a, b) => Math.max(a, b), atLeast);
}

/** Zeros, NaN and infinities adapt to the others: they decide neither the notation nor the width. */
function isCounted(value: number): boolean {
  return value !== 0 && Number.isFinite(value);
}

/** One notation for all entries: whole numbers, four decimals, or powers of ten where the sizes differ widely. */
function formatOf(spec: Spec, counted: readonly number[]): (value: number) => string {
  if (spec.dtype === "bool") return (value) => (value === 0 ? "false" : "true");
  if (spec.dtype === "int32") return String;
  const largest = largestOf(counted.map(Math.abs), 0);
  const smallest = -largestOf(counted.map((value) => -Math.abs(value)), -Infinity);
  const whole = counted.every(Number.isInteger);
  const scientific = largest > 1e8 || largest / smallest > 1000 || (!whole && smallest < 1e-4);
  return (value) => {
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    const sign = value < 0 || Object.is(value, -0) ? "-" : "";
    const size = Math.abs(value);
    if (scientific) return sign + size.toExponential(4).replace(/([+-])(\d)$/, "$10$2");
    return sign + (whole ? `${size}.` : size.toFixed(4));
  };
}
