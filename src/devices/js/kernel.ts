/** What a kernel of the js device is, and how the plain ones read their inputs. */

import { type TypedArray, allocate } from "../../dtype";
import { type Shape, broadcastStrides, isContiguous, sameShape, sizeOf } from "../../shape";
import type { AllKernels, KernelName } from "../../tensor/device";
import { type Spec, type View, copyView, readView } from "../../tensor/storage";

/** From views of any strides to a new contiguous array of the output's dtype. */
export type Kernel<K extends KernelName> = (inputs: readonly View[], attrs: AllKernels[K], output: Spec) => TypedArray;

/** A view's elements in row-major order, repeated to fill `shape`; not to be written to, since it may be the storage itself. */
export function dense(view: View, shape: Shape = view.shape): TypedArray {
  if (sameShape(view.shape, shape)) return readView(view, false);
  const out = allocate(view.dtype, sizeOf(shape));
  copyView(view.storage.data, { shape, strides: broadcastStrides(view.shape, view.strides, shape), offset: view.offset }, out);
  return out;
}

/** A view's elements in row-major order, converted to the output's dtype: a new array that may be written to. */
export function denseCopy(view: View, output: Spec): TypedArray {
  if (view.dtype === output.dtype) return readView(view, true);
  const from = readView(view, false);
  const out = allocate(output.dtype, from.length);
  if (output.dtype === "bool") for (let i = 0; i < from.length; i++) out[i] = from[i] === 0 ? 0 : 1;
  else out.set(from);
  return out;
}

/** A shape seen as outer × along × inner around one axis. */
export function around(shape: Shape, axis: number): { outer: number; along: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), along: shape[axis]!, inner: sizeOf(shape.slice(axis + 1)) };
}

/** Whether a view can be read as one run of its storage. */
export function isRun(view: View): boolean {
  return isContiguous(view.shape, view.strides);
}
