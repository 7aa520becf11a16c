/** Where a kernel finds its operands: views whose address is known when the kernel is written. */

import { bytesOf } from "../../dtype";
import { stridesOf } from "../../shape";
import type { Spec } from "../../tensor/storage";

/** A view of elements in memory; strides and offset in elements, as in a program's operand. */
export interface Placed extends Spec {
  /** Of element 0 of the value, in bytes; a multiple of 16. */
  readonly address: number;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** A whole value in row-major order, as every output is. */
export function wholeAt(address: number, { shape, dtype }: Spec): Placed {
  return { address, shape, dtype, strides: stridesOf(shape), offset: 0 };
}

/** The address, in bytes, of the view's first element. */
export function startOf({ address, offset, dtype }: Placed): number {
  return address + offset * bytesOf(dtype);
}

/** The strides in bytes. */
export function byteStrides({ strides, dtype }: Placed): number[] {
  return strides.map((stride) => stride * bytesOf(dtype));
}
