/** Views: the same elements read with other shapes and strides. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { broadcastStrides, sizeOf, stridesOf } from "../../src/shape";
import { type View, readView, storageOf, wholeView } from "../../src/tensor/storage";
import { shapes } from "../support/arbitraries";

const numbers = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);

/** The elements of a view, one index at a time. */
function slowly({ storage, shape, strides, offset }: View): number[] {
  const out: number[] = [];
  const visit = (axis: number, at: number): void => {
    if (axis === shape.length) out.push(storage.data[at]!);
    else for (let i = 0; i < shape[axis]!; i++) visit(axis + 1, at + i * strides[axis]!);
  };
  visit(0, offset);
  return out;
}

/** A view of some storage with permuted, reversed and repeated axes. */
const views = shapes({ maxRank: 4 }).chain((shape) => {
  const axes = shape.map((_, axis) => axis);
  const flags = fc.array(fc.constantFrom("as it is", "reversed", "repeated"), { minLength: axes.length, maxLength: axes.length });
  return fc.tuple(fc.shuffledSubarray(axes, { minLength: axes.length }), flags).map(([order, how]): View => {
    const strides = stridesOf(shape);
    let offset = 0;
    axes.forEach((axis) => {
      if (how[axis] === "repeated") strides[axis] = 0;
      if (how[axis] === "reversed" && shape[axis]! > 0) {
        offset += (shape[axis]! - 1) * strides[axis]!;
        strides[axis] = -strides[axis]!;
      }
    });
    const storage = storageOf("float32", numbers(sizeOf(shape) + 3));
    return {
      storage,
      dtype: "float32",
      shape: order.map((axis) => shape[axis]!),
      strides: order.map((axis) => strides[axis]!),
      offset: offset + 2,
    };
  });
});

describe("readView", () => {
  test("reads permuted, reversed and repeated axes in row-major order", () => {
    fc.assert(
      fc.property(views, (view) => {
        expect(Array.from(readView(view, true))).toEqual(slowly(view));
      }),
    );
  });

  test("hands out the storage's own array only where a copy is not asked for and it fits exactly", () => {
    const storage = storageOf("float32", numbers(6));
    expect(readView(wholeView(storage, [2, 3]), false)).toBe(storage.data);
    expect(readView(wholeView(storage, [2, 3]), true)).not.toBe(storage.data);
    const tail = { ...wholeView(storage, [3]), offset: 3 };
    expect(readView(tail, false)).toEqual(Float32Array.of(3, 4, 5));
    expect(readView(wholeView(storage, [3]), false)).toEqual(Float32Array.of(0, 1, 2));
  });

  test("reads a scalar anywhere in its storage", () => {
    const storage = storageOf("int32", Int32Array.of(5, 6, 7));
    expect(readView({ storage, dtype: "int32", shape: [], strides: [], offset: 1 }, true)).toEqual(Int32Array.of(6));
  });

  test("repeats what is broadcast", () => {
    const storage = storageOf("float32", numbers(3));
    const view = { ...wholeView(storage, [2, 3]), strides: broadcastStrides([3], [1], [2, 3]) };
    expect(Array.from(readView(view, false))).toEqual([0, 1, 2, 0, 1, 2]);
  });
});
