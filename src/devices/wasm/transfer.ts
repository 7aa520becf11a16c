/** Elements between memory and lanes: loads and stores of every dtype, converted on the way. */

import { type DType, bytesOf } from "../../dtype";
import type { FunctionBuilder, Local } from "./assembler";
import { LANES, type LaneType } from "./laneTypes";

const JOIN_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
/** The first byte of each double, then zeros. */
const FIRST_BYTES = [0, 8, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16];

/** Turns the elements that were loaded to the front of a vector into lanes. */
function widen(f: FunctionBuilder, dtype: DType, lanes: LaneType): void {
  if (dtype === "bool") f.op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u");
  if (dtype === lanes) return;
  if (lanes === "float32") f.op("f32x4.convert_i32x4_s");
  else if (lanes === "float64") f.op(dtype === "float32" ? "f64x2.promote_low_f32x4" : "f64x2.convert_low_i32x4_s");
}

/** Two vectors of doubles on the stack as one of four lanes. */
function narrowDoubles(f: FunctionBuilder, second: () => void, lanes: LaneType): void {
  const name = lanes === "float32" ? "f32x4.demote_f64x2_zero" : "i32x4.trunc_sat_f64x2_s_zero";
  f.op(name);
  second();
  f.op(name).shuffle(JOIN_HALVES);
}

/** Pushes the lanes that stand one after another at an address; reads up to 64 bytes. */
export function loadRun(f: FunctionBuilder, dtype: DType, lanes: LaneType, address: () => void, offset: number): void {
  address();
  if (bytesOf(dtype) === 1) f.memory("v128.load32_zero", offset);
  else if (dtype === "float64" && lanes !== "float64") {
    f.memory("v128.load", offset);
    narrowDoubles(f, () => (address(), f.memory("v128.load", offset + 16)), lanes);
    return;
  } else f.memory(lanes === "float64" && bytesOf(dtype) === 4 ? "v128.load64_zero" : "v128.load", offset);
  widen(f, dtype, lanes);
  if (dtype === "float32" && lanes === "int32") f.op("i32x4.trunc_sat_f32x4_s");
}

/** Pushes one element in all lanes; its address is on the stack. */
export function loadSplat(f: FunctionBuilder, dtype: DType, lanes: LaneType, offset = 0): void {
  if (dtype === "float64") {
    f.memory("v128.load64_splat", offset);
    if (lanes === "float64") return;
    const both = f.local("v128");
    f.set(both).get(both);
    narrowDoubles(f, () => f.get(both), lanes);
    f.release(both);
    return;
  }
  if (dtype === "bool") f.memory("i32.load8_u", offset).op("i32x4.splat");
  else f.memory("v128.load32_splat", offset);
  if (dtype === "float32" && lanes === "int32") f.op("i32x4.trunc_sat_f32x4_s");
  else widen(f, dtype === "bool" ? "int32" : dtype, lanes);
}

/** Elements `step` bytes apart from an address on, of which `count` count. */
export interface Steps {
  readonly address: () => void;
  readonly offset?: number;
  readonly step: number;
  readonly count: number;
}

/** Pushes lanes `step` bytes apart, of which the first `count` are read; the others are 0 or repeat. */
export function loadSteps(
  f: FunctionBuilder,
  dtype: DType,
  lanes: LaneType,
  { address, offset = 0, step, count }: Steps,
): void {
  if (dtype === "float64" && lanes !== "float64") {
    const half = (from: number): void => {
      const right = Math.max(0, Math.min(2, count - from));
      if (right === 0) f.f64x2(0);
      else loadSteps(f, dtype, "float64", { address: () => (address(), f.i32(from * step).op("i32.add")), offset, step, count: right });
    };
    half(0);
    narrowDoubles(f, () => { half(2); }, lanes);
    return;
  }
  const vector = f.local("v128");
  const bytes = bytesOf(dtype);
  const lane = bytes === 1 ? "v128.load8_lane" : bytes === 4 ? "v128.load32_lane" : "v128.load64_lane";
  f.i32x4(0).set(vector);
  for (let i = 0; i < Math.min(count, LANES[lanes]); i++) {
    address();
    if (step < 0) f.i32(i * step).op("i32.add");
    f.get(vector).memoryLane(lane, i, offset + (step < 0 ? 0 : i * step)).set(vector);
  }
  f.get(vector);
  f.release(vector);
  widen(f, dtype, lanes);
  if (dtype === "float32" && lanes === "int32") f.op("i32x4.trunc_sat_f32x4_s");
}

/** How many bytes a vector of lanes fills when stored as a dtype. */
function storedBytes(dtype: DType, lanes: LaneType): number {
  return LANES[lanes] * bytesOf(dtype);
}

/** Makes of lanes what is stored of them: for bool, `vector` is a mask. */
function narrow(f: FunctionBuilder, vector: Local, dtype: DType, lanes: LaneType): void {
  f.get(vector);
  if (dtype === "bool") {
    f.i32x4(0x01010101).op("v128.and");
    if (lanes === "float64") f.i32x4(0).shuffle(FIRST_BYTES);
    else f.i32x4(0).shuffle([0, 4, 8, 12, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16]);
  } else if (dtype === "int32" && lanes === "float32") f.op("i32x4.trunc_sat_f32x4_s");
  else if (dtype === "int32" && lanes === "float64") f.op("i32x4.trunc_sat_f64x2_s_zero");
  else if (dtype === "float32" && lanes === "float64") f.op("f32x4.demote_f64x2_zero");
}

/** Stores all lanes one after another; writes as many bytes as they fill and no more. */
export function storeRun(
  f: FunctionBuilder,
  vector: Local,
  dtype: DType,
  lanes: LaneType,
  { address, offset }: { readonly address: () => void; readonly offset: number },
): void {
  address();
  narrow(f, vector, dtype, lanes);
  const bytes = storedBytes(dtype, lanes);
  if (bytes === 16) f.memory("v128.store", offset);
  else if (bytes === 8) f.memoryLane("v128.store64_lane", 0, offset);
  else if (bytes === 4) f.memoryLane("v128.store32_lane", 0, offset);
  else f.memoryLane("v128.store16_lane", 0, offset);
}

/** Stores the first `count` lanes, `step` bytes apart. */
export function storeSteps(
  f: FunctionBuilder,
  vector: Local,
  dtype: DType,
  lanes: LaneType,
  { address, offset = 0, step, count }: Steps,
): void {
  const narrowed = f.local("v128");
  narrow(f, vector, dtype, lanes);
  f.set(narrowed);
  const bytes = bytesOf(dtype);
  const lane = bytes === 1 ? "v128.store8_lane" : bytes === 4 ? "v128.store32_lane" : "v128.store64_lane";
  for (let i = 0; i < count; i++) {
    address();
    if (step < 0) f.i32(i * step).op("i32.add");
    f.get(narrowed).memoryLane(lane, i, offset + (step < 0 ? 0 : i * step));
  }
  f.release(narrowed);
}
