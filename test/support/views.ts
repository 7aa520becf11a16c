/** Random views of every layout (permuted, stepped, reversed, repeated, shifted), and the plain way to read them. */
import fc from "fast-check";
import { type DType, type TypedArray, allocate } from "../../src/dtype";
import { type Shape, sizeOf } from "../../src/shape";
import { type View, storageOf } from "../../src/tensor/storage";

/** How a random view is to be. */
export interface ViewLimits {
  readonly dtype?: DType;
  /** A value of the view; by default small numbers of the dtype, among them whole ones, so that ties occur. */
  readonly value?: fc.Arbitrary<number>;
  /** Whether axes may have stride 0, that is, repeat their elements; default true. */
  readonly repeats?: boolean;
}

const valueOf: Readonly<Record<DType, fc.Arbitrary<number>>> = {
  bool: fc.integer({ min: 0, max: 1 }),
  int32: fc.integer({ min: -9, max: 9 }),
  float32: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -3, max: 3, noNaN: true })),
  float64: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -3, max: 3, noNaN: true })),
};

/** A view of the shape with a random layout. */
export function viewsOf(shape: Shape, limits: ViewLimits = {}): fc.Arbitrary<View> {
  const { dtype = "float64", value = valueOf[dtype], repeats = true } = limits;
  const axes = shape.map((_, axis) => axis);
  const step = fc.constantFrom(...(repeats ? [1, 1, 1, 2, -1, 0] : [1, 1, 1, 2, -1]));
  return fc
    .record({
      order: fc.oneof(fc.constant(axes), fc.shuffledSubarray(axes, { minLength: axes.length })),
      steps: fc.oneof(
        fc.constant(axes.map(() => 1)),
        fc.array(step, { minLength: axes.length, maxLength: axes.length }),
      ),
      shift: fc.integer({ min: 0, max: 3 }),
    })
    .chain(({ order, steps, shift }) => {
      const strides = axes.map(() => 0);
      let [room, offset] = [1, shift];
      for (const axis of [...order].reverse()) {
        strides[axis] = room * steps[axis]!;
        if (steps[axis]! < 0) offset += room * (Math.max(shape[axis]!, 1) - 1);
        if (steps[axis] !== 0) room *= Math.max(shape[axis]!, 1) * Math.abs(steps[axis]!);
      }
      return fc.array(value, { minLength: room + shift + 1, maxLength: room + shift + 1 }).map((values): View => {
        const data = allocate(dtype, values.length);
        data.set(values);
        return { storage: storageOf(dtype, data), dtype, shape, strides, offset };
      });
    });
}

/** A view of given values in row-major order. */
export function viewOf(values: readonly number[], shape: Shape = [values.length], dtype: DType = "float64"): View {
  const data = allocate(dtype, values.length);
  data.set(values);
  let step = 1;
  const strides = [...shape].reverse().map((size) => (step *= size) / Math.max(size, 1)).reverse();
  return { storage: storageOf(dtype, data), dtype, shape, strides, offset: 0 };
}

/** Every index of a shape in row-major order. */
export function* indices(shape: Shape): Generator<number[]> {
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    let rest = flat;
    yield [...shape]
      .reverse()
      .map((size) => {
        const i = rest % size;
        rest = Math.floor(rest / size);
        return i;
      })
      .reverse();
  }
}

/** The element at an index; leading axes that the view lacks, and axes of size 1, repeat. */
export function at({ storage, shape, strides, offset }: View, index: readonly number[]): number {
  const lead = index.length - shape.length;
  return storage.data[
    shape.reduce((sum, size, axis) => sum + (size === 1 ? 0 : index[lead + axis]! * strides[axis]!), offset)
  ]!;
}

/** The elements of a view in row-major order. */
export function valuesOf(view: View): number[] {
  return Array.from(indices(view.shape), (index) => at(view, index));
}

/** Numbers as a dtype keeps them. */
export function keptAs(dtype: DType, values: readonly number[]): TypedArray {
  const kept = allocate(dtype, values.length);
  kept.set(dtype === "bool" ? values.map((value) => (value === 0 ? 0 : 1)) : values);
  return kept;
}
