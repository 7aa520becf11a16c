/** Shapes and strides: pure arithmetic on lists of sizes, no errors thrown, no tensors known. */

/** The size of each axis, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** The number of elements, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** The strides, in elements, of a contiguous row-major layout. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** The common shape of two operands under broadcasting, or null where an axis differs and neither is 1. */
export function broadcastShapes(a: Shape, b: Shape): Shape | null {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = a[a.length - i] ?? 1;
    const n = b[b.length - i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) return null;
    shape[rank - i] = m === 1 ? n : m;
  }
  return shape;
}

/** Strides that read `shape` as if it were `target`: 0 along broadcast axes. The shapes must be compatible. */
export function broadcastStrides(shape: Shape, strides: readonly number[], target: Shape): number[] {
  const lead = target.length - shape.length;
  return target.map((n, axis) => (axis < lead || (shape[axis - lead] === 1 && n !== 1) ? 0 : strides[axis - lead]!));
}

/**
 * Whether elements lie one after another in row-major order; axes of size 1 do not count, and no elements always do.
 */
export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis]!;
    if (n !== 1 && strides[axis] !== step) return shape.includes(0);
    step *= n;
  }
  return true;
}

/** The axes along which `from` was broadcast to reach `to`: those a gradient is summed over on its way back. */
export function broadcastAxes(from: Shape, to: Shape): number[] {
  const lead = to.length - from.length;
  const axes: number[] = [];
  for (let axis = 0; axis < to.length; axis++) {
    if (axis < lead || (from[axis - lead] === 1 && to[axis] !== 1)) axes.push(axis);
  }
  return axes;
}

/** The shape left after reducing `axes` (sorted, non-negative); kept as size 1 with `keepDims`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  const reduced: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    if (!axes.includes(axis)) reduced.push(shape[axis]!);
    else if (keepDims) reduced.push(1);
  }
  return reduced;
}

/** A shape as people write it: `[64, 10]`. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}
