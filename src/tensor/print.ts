/** How a tensor reads when printed: rows under one another, columns aligned, long axes shortened. */

import type { TypedArray } from "../dtype";
import { stridesOf } from "../shape";
import type { Spec } from "./storage";

const FULL = 1000; // more elements than this are shortened
const EDGE = 3; // entries shown at each end of a shortened axis
const WIDTH = 80;

/** The text of a tensor given its elements in row-major order. */
export function printTensor(spec: Spec, data: TypedArray, requiresGrad: boolean, madeBy: string | null): string {
  const tail: string[] = [];
  if (data.length === 0 && spec.shape.length !== 1) tail.push(`shape: [${spec.shape.join(", ")}]`);
  if (spec.dtype !== "float32") tail.push(`dtype: ${spec.dtype}`);
  if (madeBy !== null) tail.push(`gradFn: ${madeBy}`);
  else if (requiresGrad) tail.push("requiresGrad: true");
  const body = data.length === 0 ? "[]" : printBody(spec, data);
  return `tensor(${[body, ...tail].join(", ")})`;
}

function printBody(spec: Spec, data: TypedArray): string {
  const { shape } = spec;
  const strides = stridesOf(shape);
  const shorten = data.length > FULL;
  const shown = (n: number): (number | null)[] =>
    shorten && n > 2 * EDGE
      ? [0, 1, 2, null, n - 3, n - 2, n - 1]
      : Array.from({ length: n }, (_, i) => i);
  const positions: number[] = [];
  const visit = (axis: number, at: number): void => {
    if (axis === shape.length) positions.push(at);
    else for (const i of shown(shape[axis]!)) if (i !== null) visit(axis + 1, at + i * strides[axis]!);
  };
  visit(0, 0);
  const texts = formatAll(spec, positions.map((at) => data[at]!));
  const width = Math.max(...texts.map((text) => text.length));
  let next = 0;
  const write = (axis: number, indent: number): string => {
    if (axis === shape.length) return texts[next++]!.padStart(shape.length === 0 ? 0 : width);
    const parts = shown(shape[axis]!).map((i) => (i === null ? "..." : write(axis + 1, indent + 1)));
    const last = axis === shape.length - 1;
    const gap = last ? wrap(parts, indent) : `,${"\n".repeat(shape.length - 1 - axis)}${" ".repeat(indent + 1)}`;
    return `[${typeof gap === "string" ? parts.join(gap) : gap.join("")}]`;
  };
  return write(0, "tensor(".length);
}

/** The entries of a row, broken into lines where they run past the width. */
function wrap(parts: readonly string[], indent: number): string[] {
  const perLine = Math.max(1, Math.floor((WIDTH - indent) / (Math.max(...parts.map((p) => p.length)) + 2)));
  return parts.map((part, i) => {
    if (i === parts.length - 1) return part;
    return (i + 1) % perLine === 0 ? `${part},\n${" ".repeat(indent + 1)}` : `${part}, `;
  });
}

function formatAll(spec: Spec, values: readonly number[]): string[] {
  if (spec.dtype === "bool") return values.map((value) => (value === 0 ? "false" : "true"));
  if (spec.dtype === "int32") return values.map(String);
  const finite = values.filter(Number.isFinite).map(Math.abs);
  const nonZero = finite.filter((value) => value !== 0);
  const largest = Math.max(0, ...nonZero);
  const smallest = Math.min(Infinity, ...nonZero);
  const whole = finite.every(Number.isInteger);
  const scientific = largest >= 1e8 || (!whole && nonZero.length > 0 && (smallest < 1e-4 || largest / smallest > 1000));
  return values.map((value) => {
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    if (scientific) return value.toExponential(4);
    if (whole) return `${Object.is(value, -0) ? "-0" : value}.`;
    return value.toFixed(4);
  });
}
