/** Views whose elements lie in a given order and steps, with NaN or −1 around them; and where each element lies. */
import { type DType, allocate } from "../../src/dtype";
import { type Shape, broadcastStrides, sizeOf, stridesOf } from "../../src/shape";
import { type View, storageOf } from "../../src/tensor/storage";

/** How a view lies: the order of its axes in memory, and the step along each (0 repeats one element). */
export interface Layout {
  readonly order: readonly number[];
  readonly steps: readonly number[];
}

/** A deterministic stream of numbers in [−1, 1). */
export function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function element(dtype: DType, next: () => number): number {
  if (dtype === "bool") return next() > 0 ? 1 : 0;
  return dtype === "int32" ? Math.trunc(next() * 100_000) : next();
}

/** A view with random elements; whatever lies between and around them is NaN or −1. */
export function laidOut(dtype: DType, shape: Shape, { order, steps }: Layout, next: () => number): View {
  const strides = shape.map(() => 0);
  let room = 1;
  let offset = 3;
  for (const axis of order) {
    const step = steps[axis]!;
    strides[axis] = step * room;
    if (step < 0) offset -= strides[axis] * Math.max(shape[axis]! - 1, 0);
    room *= Math.max(1, Math.abs(step) * shape[axis]!);
  }
  const data = allocate(dtype, offset + room + 3).fill(dtype === "bool" ? 1 : dtype === "int32" ? -1 : NaN);
  const view: View = { storage: storageOf(dtype, data), dtype, shape, strides, offset };
  for (const at of positions(view, shape)) data[at] = element(dtype, next);
  return view;
}

/** Where each element of a view lies, in the order of a shape that it is broadcast to. */
export function positions({ shape, strides, offset }: View, target: Shape): number[] {
  const own = broadcastStrides(shape, strides, target);
  const digits = stridesOf(target);
  return Array.from({ length: sizeOf(target) }, (_, i) =>
    own.reduce((at, stride, axis) => at + stride * (Math.floor(i / digits[axis]!) % target[axis]!), offset),
  );
}
