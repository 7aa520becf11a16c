/** Stretches of elements moved between storages of any dtype and doubles, each dtype in a loop of its own. */

import type { TypedArray } from "../../dtype";

/** From here on the engine's own copy is faster than a loop. */
const LONG = 32;

/** out[to + i] = from[at + i·step] */
export function load(from: TypedArray, at: number, step: number, out: Float64Array, to: number, count: number): void {
  if (step === 0) out.fill(from[at]!, to, to + count);
  else if (step === 1 && count >= LONG) out.set(from.subarray(at, at + count), to);
  else if (from instanceof Float32Array) {
    for (let i = 0; i < count; i++) out[to + i] = from[at + i * step]!;
  } else if (from instanceof Float64Array) {
    for (let i = 0; i < count; i++) out[to + i] = from[at + i * step]!;
  } else {
    for (let i = 0; i < count; i++) out[to + i] = from[at + i * step]!;
  }
}

/** out[to + i] = from[at + places[begin + i]] */
export function loadAt(
  from: TypedArray,
  at: number,
  places: Int32Array,
  begin: number,
  out: Float64Array,
  to: number,
  count: number,
): void {
  if (from instanceof Float32Array) {
    for (let i = 0; i < count; i++) out[to + i] = from[at + places[begin + i]!]!;
  } else if (from instanceof Float64Array) {
    for (let i = 0; i < count; i++) out[to + i] = from[at + places[begin + i]!]!;
  } else {
    for (let i = 0; i < count; i++) out[to + i] = from[at + places[begin + i]!]!;
  }
}

/** out[to + i·step] = from[at + i], rounded to the type of `out`: int32 truncates and wraps, bool is ≠ 0. */
export function store(from: Float64Array, at: number, out: TypedArray, to: number, step: number, count: number): void {
  if (out instanceof Uint8Array) {
    for (let i = 0; i < count; i++) out[to + i * step] = from[at + i]! !== 0 ? 1 : 0;
  } else if (step === 1 && count >= LONG) out.set(from.subarray(at, at + count), to);
  else if (out instanceof Float32Array) {
    for (let i = 0; i < count; i++) out[to + i * step] = from[at + i]!;
  } else if (out instanceof Float64Array) {
    for (let i = 0; i < count; i++) out[to + i * step] = from[at + i]!;
  } else {
    for (let i = 0; i < count; i++) out[to + i * step] = from[at + i]!;
  }
}
