/** The reduce kernel: sums, products and extremes over axes, with an expression before and one after. */

import { allocate } from "../../dtype";
import { isContiguous, reducedShape, sizeOf, stridesOf } from "../../shape";
import { storageOf, wholeView } from "../../tensor/storage";
import { copyView } from "../../tensor/storage";
import type { Kernel } from "./kernel";
import { evaluate } from "./map";

const START = { sum: 0, prod: 1, max: -Infinity, min: Infinity };
const COMBINE = {
  sum: (a: number, b: number) => a + b,
  prod: (a: number, b: number) => a * b,
  max: (a: number, b: number) => Math.max(a, b),
  min: (a: number, b: number) => Math.min(a, b),
};

/** `after(reduce(before(inputs)))` */
export const reduce: Kernel<"reduce"> = (inputs, { op, axes, shape, before, after }, output) => {
  const values = new Float64Array(sizeOf(shape));
  evaluate(before, inputs, shape, "float64", values);
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const strides = stridesOf(shape);
  const view = { shape: order.map((axis) => shape[axis]!), strides: order.map((axis) => strides[axis]!), offset: 0 };
  let sorted = values;
  if (!isContiguous(view.shape, view.strides)) copyView(values, view, (sorted = new Float64Array(values.length)));
  const outputs = sizeOf(reducedShape(shape, axes, false));
  const count = sizeOf(axes.map((axis) => shape[axis]!));
  const reduced = new Float64Array(outputs);
  for (let i = 0; i < outputs; i++) {
    let value = START[op];
    for (let j = 0; j < count; j++) value = COMBINE[op](value, sorted[i * count + j]!);
    reduced[i] = value;
  }
  const out = allocate(output.dtype, outputs);
  evaluate(after, [wholeView(storageOf("float64", reduced), [outputs])], [outputs], output.dtype, out);
  return out;
};
