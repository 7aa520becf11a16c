/** One element of any dtype: loaded, converted as a typed array converts, stored. */

import type { DType } from "../../dtype";
import type { FunctionBuilder } from "./assembler";
import type { ValueType } from "./opcodes";

const LOADS = { float32: "f32.load", float64: "f64.load", int32: "i32.load", bool: "i32.load8_u" } as const;
const STORES = { float32: "f32.store", float64: "f64.store", int32: "i32.store", bool: "i32.store8" } as const;
const TYPES = { float32: "f32", float64: "f64", int32: "i32", bool: "i32" } as const;
const SUMS = { float32: "f32.add", float64: "f64.add", int32: "i32.add", bool: "i32.add" } as const;

/** The type of a local that holds an element. */
export function typeOf(dtype: DType): ValueType {
  return TYPES[dtype];
}

/** address → element */
export function loadElement(f: FunctionBuilder, dtype: DType, offset = 0): void {
  f.memory(LOADS[dtype], offset);
}

/** address, element → */
export function storeElement(f: FunctionBuilder, dtype: DType, offset = 0): void {
  f.memory(STORES[dtype], offset);
}

/** element, element → their sum in the dtype's own arithmetic */
export function addElements(f: FunctionBuilder, dtype: DType): void {
  f.op(SUMS[dtype]);
}

/** element → element of another dtype: fractions truncate towards 0, int32 wraps and has 0 for NaN, bool is ≠ 0. */
export function convertElement(f: FunctionBuilder, from: DType, to: DType): void {
  if (from === to) return;
  switch (to) {
    case "float32":
      f.op(from === "float64" ? "f32.demote_f64" : "f32.convert_i32_s");
      return;
    case "float64":
      f.op(from === "float32" ? "f64.promote_f32" : "f64.convert_i32_s");
      return;
    case "int32":
      if (from === "bool") return;
      if (from === "float32") f.op("f64.promote_f32");
      wrap(f);
      return;
    case "bool":
      if (from === "int32") f.i32(0).op("i32.ne");
      else if (from === "float32") f.f32(0).op("f32.ne");
      else f.f64(0).op("f64.ne");
      return;
  }
}

/** f64 → i32, modulo 2³²: x − ⌊x/2³²⌋·2³² is exact, so what is left fits 64 bits; NaN and ∞ give 0. */
function wrap(f: FunctionBuilder): void {
  const x = f.local("f64");
  f.tee(x).get(x).f64(2 ** -32).op("f64.mul").op("f64.trunc").f64(2 ** 32).op("f64.mul").op("f64.sub");
  f.op("i64.trunc_sat_f64_s").op("i32.wrap_i64");
  f.release(x);
}
