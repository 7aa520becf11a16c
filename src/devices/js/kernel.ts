/** What a kernel of the js device is, and the plain ways to read an input as a whole. */

import { type TypedArray, allocate } from "../../dtype";
import { type Shape, broadcastStrides, sameShape, sizeOf } from "../../shape";
import type { AllKernels, KernelName } from "../../tensor/device";
import { type Spec, type View, readView } from "../../tensor/storage";
import { copyInto } from "./copyInto";

/** From views of any strides to a new contiguous array of the output's dtype. */
export type Kernel<K extends KernelName> = (inputs: readonly View[], attrs: AllKernels[K], output: Spec) => TypedArray;

/** A view's elements in row-major order, repeated to fill `shape`; perhaps the storage itself, so never write to it. */
export function dense(view: View, shape: Shape = view.shape): TypedArray {
  if (sameShape(view.shape, shape)) return readView(view, false);
  const out = allocate(view.dtype, sizeOf(shape));
  copyInto(out, { ...view, shape, strides: broadcastStrides(view.shape, view.strides, shape) });
  return out;
}

/** A view's elements in row-major order, converted to the output's dtype: a new array that may be written to. */
export function denseCopy(view: View, { dtype }: Spec): TypedArray {
  const out = allocate(dtype, sizeOf(view.shape));
  copyInto(out, view);
  return out;
}

/** A shape seen as outer × along × inner around one axis. */
export function around(shape: Shape, axis: number): { outer: number; along: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), along: shape[axis]!, inner: sizeOf(shape.slice(axis + 1)) };
}
