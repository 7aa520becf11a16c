/** The part of a storage that a view reads, which is what a call copies into the heap, at once or block by block. */

import { type Shape, sizeOf } from "../../shape";
import { type View, wholeView } from "../../tensor/storage";
import { jsDevice } from "../js/device";

/** Elements of a block: with two operands and a result it stays in the nearer caches. */
export const BLOCK = 16384;

/** Where a view's elements lie between the first and the last of them. */
export interface Window {
  /** Elements from the view's first to the lowest, 0 or negative. */
  readonly low: number;
  /** Elements from the lowest to the highest, both counted. */
  readonly span: number;
}

/** The window of a layout; its shape has no size 0. */
export function windowOf(shape: Shape, strides: readonly number[]): Window {
  let low = 0;
  let high = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const reach = (shape[axis]! - 1) * strides[axis]!;
    if (reach < 0) low += reach;
    else high += reach;
  }
  return { low, span: high - low + 1 };
}

/** The view's elements in row-major order, as a view of their own. */
export function gathered(view: View): View {
  const { shape, dtype } = view;
  return wholeView(jsDevice.execute({ kernel: "copy", attrs: {}, output: { shape, dtype } }, [view]), shape);
}

/** Whether little lies between the view's elements. */
export function isCompact({ shape, strides }: View): boolean {
  return windowOf(shape, strides).span <= 2 * sizeOf(shape);
}
