/** Element types: their typed arrays, their order of promotion, their limits. */

/** The element type of a tensor. Promotion order: bool < int32 < float32 < float64. */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The array that holds a tensor's elements; `bool` is held as bytes 0 and 1. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const ORDER: readonly DType[] = ["bool", "int32", "float32", "float64"];

/** All element types, from lowest to highest. */
export const DTYPES: readonly DType[] = ORDER;

/** A new array of `size` zeros for a dtype. */
export function allocate(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "float64":
      return new Float64Array(size);
    case "int32":
      return new Int32Array(size);
    case "bool":
      return new Uint8Array(size);
  }
}

/** Whether gradients can flow through a dtype. */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** The smallest dtype that holds both. */
export function promote(a: DType, b: DType): DType {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

/** The dtype of a result that is fractional by nature (division, exp, mean): floats stay, the rest becomes float32. */
export function toFloat(dtype: DType): DType {
  return isFloat(dtype) ? dtype : "float32";
}

/** The dtype of arithmetic: bool counts as int32. */
export function toNumber(dtype: DType): DType {
  return dtype === "bool" ? "int32" : dtype;
}

/** The dtype in which a plain number meets a tensor: the tensor's own, unless what is no int32 meets integers. */
export function adopt(dtype: DType, value: number): DType {
  if (isFloat(dtype)) return dtype;
  return (value | 0) === value ? toNumber(dtype) : "float32";
}

/**
 * The dtype whose elements a typed array holds, or null for arrays gradkit does not store (uint8 reads as int32
 * values).
 */
export function dtypeOf(array: ArrayBufferView): DType | null {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (
    array instanceof Int32Array ||
    array instanceof Uint8Array ||
    array instanceof Int8Array ||
    array instanceof Uint8ClampedArray ||
    array instanceof Int16Array ||
    array instanceof Uint16Array
  ) {
    return "int32";
  }
  return null;
}

/** Bytes of one element. */
export function bytesOf(dtype: DType): number {
  return dtype === "bool" ? 1 : dtype === "float64" ? 8 : 4;
}
