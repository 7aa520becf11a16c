/** Four elements at once: loaded from a row, converted as one element is, stored to a row. */

import { type DType, bytesOf } from "../../dtype";
import type { FunctionBuilder, Local } from "./assembler";
import { convertElement, loadElement, storeElement } from "./element";

const LOW_AND_LOW = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_DOWN = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const EVEN_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

/** Four elements of a dtype: one vector, or two of float64. */
type Quad = readonly Local[];

function load(f: FunctionBuilder, dtype: DType, at: Local): Quad {
  const low = f.local("v128");
  f.get(at);
  if (dtype === "bool") {
    f.memory("v128.load32_zero").op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u").set(low);
    return [low];
  }
  f.memory("v128.load").set(low);
  if (dtype !== "float64") return [low];
  const high = f.local("v128");
  f.get(at).memory("v128.load", 16).set(high);
  return [low, high];
}

/** Stores four elements, bool as lanes of 0 and 1. */
function store(f: FunctionBuilder, dtype: DType, to: Local, [low, high]: Quad): void {
  f.get(to).get(low!);
  if (dtype === "bool") {
    f.get(low!).op("i16x8.narrow_i32x4_u").get(low!).op("i8x16.narrow_i16x8_u").memoryLane("v128.store32_lane", 0);
    return;
  }
  f.memory("v128.store");
  if (dtype === "float64") f.get(to).get(high!).memory("v128.store", 16);
}

function toFloat64(f: FunctionBuilder, from: DType, x: Local): Quad {
  const widen = from === "float32" ? "f64x2.promote_low_f32x4" : "f64x2.convert_low_i32x4_s";
  const high = f.local("v128");
  f.get(x).get(x).shuffle(HIGH_DOWN).op(widen).set(high);
  f.get(x).op(widen).set(x);
  return [x, high];
}

function toBool(f: FunctionBuilder, from: DType, [low, high]: Quad): void {
  if (from === "float64") {
    f.get(low!).f64x2(0).op("f64x2.ne").get(high!).f64x2(0).op("f64x2.ne").shuffle(EVEN_WORDS);
  } else if (from === "float32") f.get(low!).f32x4(0).op("f32x4.ne");
  else f.get(low!).i32x4(0).op("i32x4.ne");
  f.i32x4(1).op("v128.and").set(low!);
}

/** Vectors to int32 where nothing overflows; elsewhere `one` converts the elements one by one. */
function storeIntegers(f: FunctionBuilder, from: DType, to: Local, [low, high]: Quad, one: () => void): void {
  const result = f.local("v128");
  if (from === "float64") {
    f.get(low!).op("i32x4.trunc_sat_f64x2_s_zero").get(high!).op("i32x4.trunc_sat_f64x2_s_zero").shuffle(LOW_AND_LOW);
  } else f.get(low!).op("i32x4.trunc_sat_f32x4_s");
  f.set(result);
  f.get(result).i32x4(-(2 ** 31)).op("i32x4.eq").get(result).i32x4(2 ** 31 - 1).op("i32x4.eq").op("v128.or");
  f.op("v128.any_true");
  f.if(one, () => store(f, "int32", to, [result]));
  f.release(result);
}

/** Copies four elements from one address to another with conversion; the dtypes differ, or the result is bool. */
export function convertQuad(f: FunctionBuilder, fromType: DType, from: Local, toType: DType, to: Local): void {
  const quad = load(f, fromType, from);
  const [low, high] = quad;
  let result: Quad = quad;
  if (toType === "int32" && fromType !== "bool") {
    storeIntegers(f, fromType, to, quad, () => {
      for (let i = 0; i < 4; i++) convertOne(f, fromType, from, toType, to, i);
    });
    f.release(...quad);
    return;
  }
  if (toType === "float64" && fromType !== "float64") result = toFloat64(f, fromType, low!);
  else if (toType === "float32" && fromType === "float64") {
    f.get(low!).op("f32x4.demote_f64x2_zero").get(high!).op("f32x4.demote_f64x2_zero").shuffle(LOW_AND_LOW).set(low!);
  } else if (toType === "float32") f.get(low!).op("f32x4.convert_i32x4_s").set(low!);
  else if (toType === "bool" && fromType !== "bool") toBool(f, fromType, quad);
  store(f, toType, to, result);
  f.release(...new Set([...quad, ...result]));
}

/** Copies the element `i` places after each address, with conversion. */
export function convertOne(f: FunctionBuilder, fromType: DType, from: Local, toType: DType, to: Local, i = 0): void {
  f.get(to).get(from);
  loadElement(f, fromType, i * bytesOf(fromType));
  convertElement(f, fromType, toType);
  storeElement(f, toType, i * bytesOf(toType));
}
