/** Vectors of a strided matrix row, of any dtype, as lanes of one type. */

import { type DType, bytesOf } from "../../dtype";
import type { FunctionBuilder, Local } from "./assembler";
import { convertElement, loadElement } from "./element";
import type { LaneType } from "./laneTypes";

/** How the instructions of each type of lane begin. */
export const TYPES = { float32: "f32x4", float64: "f64x2", int32: "i32x4" } as const;

/** Pushes an address for a load or store, and gives the offset that belongs to it. */
export function pushAt(f: FunctionBuilder, pointer: Local, bytes: number): number {
  f.get(pointer);
  if (bytes >= 0) return bytes;
  f.i32(bytes).op("i32.add");
  return 0;
}

const SPLATS = { float32: "f32x4.splat", float64: "f64x2.splat", int32: "i32x4.splat" } as const;
const REPLACE = { float32: "f32x4.replace_lane", float64: "f64x2.replace_lane", int32: "i32x4.replace_lane" } as const;

/**
 * Pushes elements that lie `stride` bytes apart; those after the first `count` may be anything, and are read only from
 * the 64 bytes after the first `count`.
 */
export function loadVector(
  f: FunctionBuilder,
  lanes: LaneType,
  dtype: DType,
  pointer: Local,
  offset: number,
  stride: number,
  count: number,
): void {
  const size = bytesOf(dtype);
  const load = (name: "v128.load" | "v128.load32_splat" | "v128.load64_splat" | "v128.load32_zero"): FunctionBuilder =>
    f.memory(name, pushAt(f, pointer, offset));
  if (stride === size && dtype === lanes) load("v128.load");
  else if (stride === size && dtype === "int32" && lanes === "float32") load("v128.load").op("f32x4.convert_i32x4_s");
  else if (stride === size && dtype === "bool" && lanes !== "float64") {
    load("v128.load32_zero").op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u");
    if (lanes === "float32") f.op("f32x4.convert_i32x4_s");
  } else if (dtype === lanes && (stride === 0 || count === 1)) load(size === 8 ? "v128.load64_splat" : "v128.load32_splat");
  else {
    const element = (i: number): void => {
      loadElement(f, dtype, pushAt(f, pointer, offset + i * stride));
      convertElement(f, dtype, lanes);
    };
    element(0);
    f.op(SPLATS[lanes]);
    if (stride === 0) return;
    for (let i = 1; i < count; i++) {
      element(i);
      f.lane(REPLACE[lanes], i);
    }
  }
}
