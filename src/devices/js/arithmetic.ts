/** The commonest maps, one operation on whole float32 arrays, without the detour through doubles. */

import type { Expr, ScalarOp } from "../../scalar/expr";
import { isContiguous } from "../../shape";
import type { Spec, View } from "../../tensor/storage";

/** a and b are as long as `out`, or numbers. Four elements a turn share its checks. */
type Loop<A, B> = (out: Float32Array, a: A, b: B) => void;

interface Loops {
  readonly vectors: Loop<Float32Array, Float32Array>;
  readonly right: Loop<Float32Array, number>;
  readonly left?: Loop<number, Float32Array>;
}

/** A loop where the number stands on the left; commutative operations need none. */
const LOOPS: Readonly<Partial<Record<ScalarOp, Loops>>> = {
  add: {
    vectors: (out, a, b) => {
      const n = out.length;
      let i = 0;
      for (const whole = n & 0x7ffffffc; i < whole; i += 4) {
        out[i] = a[i]! + b[i]!;
        out[i + 1] = a[i + 1]! + b[i + 1]!;
        out[i + 2] = a[i + 2]! + b[i + 2]!;
        out[i + 3] = a[i + 3]! + b[i + 3]!;
      }
      for (; i < n; i++) out[i] = a[i]! + b[i]!;
    },
    right: (out, a, b) => {
      const n = out.length;
      let i = 0;
      for (const whole = n & 0x7ffffffc; i < whole; i += 4) {
        out[i] = a[i]! + b;
        out[i + 1] = a[i + 1]! + b;
        out[i + 2] = a[i + 2]! + b;
        out[i + 3] = a[i + 3]! + b;
      }
      for (; i < n; i++) out[i] = a[i]! + b;
    },
  },
  sub: {
    vectors: (out, a, b) => {
      const n = out.length;
      let i = 0;
      for (const whole = n & 0x7ffffffc; i < whole; i += 4) {
        out[i] = a[i]! - b[i]!;
        out[i + 1] = a[i + 1]! - b[i + 1]!;
        out[i + 2] = a[i + 2]! - b[i + 2]!;
        out[i + 3] = a[i + 3]! - b[i + 3]!;
      }
      for (; i < n; i++) out[i] = a[i]! - b[i]!;
    },
    right: (out, a, b) => LOOPS.add!.right(out, a, -b),
    left: (out, a, b) => {
      for (let i = 0; i < out.length; i++) out[i] = a - b[i]!;
    },
  },
  mul: {
    vectors: (out, a, b) => {
      const n = out.length;
      let i = 0;
      for (const whole = n & 0x7ffffffc; i < whole; i += 4) {
        out[i] = a[i]! * b[i]!;
        out[i + 1] = a[i + 1]! * b[i + 1]!;
        out[i + 2] = a[i + 2]! * b[i + 2]!;
        out[i + 3] = a[i + 3]! * b[i + 3]!;
      }
      for (; i < n; i++) out[i] = a[i]! * b[i]!;
    },
    right: (out, a, b) => {
      const n = out.length;
      let i = 0;
      for (const whole = n & 0x7ffffffc; i < whole; i += 4) {
        out[i] = a[i]! * b;
        out[i + 1] = a[i + 1]! * b;
        out[i + 2] = a[i + 2]! * b;
        out[i + 3] = a[i + 3]! * b;
      }
      for (; i < n; i++) out[i] = a[i]! * b;
    },
  },
  div: {
    vectors: (out, a, b) => {
      const n = out.length;
      let i = 0;
      for (const whole = n & 0x7ffffffc; i < whole; i += 4) {
        out[i] = a[i]! / b[i]!;
        out[i + 1] = a[i + 1]! / b[i + 1]!;
        out[i + 2] = a[i + 2]! / b[i + 2]!;
        out[i + 3] = a[i + 3]! / b[i + 3]!;
      }
      for (; i < n; i++) out[i] = a[i]! / b[i]!;
    },
    right: (out, a, b) => {
      for (let i = 0; i < out.length; i++) out[i] = a[i]! / b;
    },
    left: (out, a, b) => {
      for (let i = 0; i < out.length; i++) out[i] = a / b[i]!;
    },
  },
};

/** The root of each element. */
function roots(a: Float32Array): Float32Array {
  const n = a.length;
  const out = new Float32Array(n);
  let i = 0;
  for (const whole = n & 0x7ffffffc; i < whole; i += 4) {
    out[i] = Math.sqrt(a[i]!);
    out[i + 1] = Math.sqrt(a[i + 1]!);
    out[i + 2] = Math.sqrt(a[i + 2]!);
    out[i + 3] = Math.sqrt(a[i + 3]!);
  }
  for (; i < n; i++) out[i] = Math.sqrt(a[i]!);
  return out;
}

/** The result of `a op b` or √a over float32 arrays in row-major order, or numbers; null for every other map. */
export function arithmetic(expr: Expr, inputs: readonly View[], output: Spec, size: number): Float32Array | null {
  if (expr.kind !== "apply" || output.dtype !== "float32") return null;
  if (expr.op === "sqrt") {
    const a = operand(expr.args[0]!, inputs, size);
    return a === null || typeof a === "number" ? null : roots(a);
  }
  const loops = LOOPS[expr.op];
  if (loops === undefined) return null;
  const a = operand(expr.args[0]!, inputs, size);
  const b = operand(expr.args[1]!, inputs, size);
  if (a === null || b === null) return null;
  if (typeof a !== "number") {
    const out = new Float32Array(size);
    if (typeof b === "number") loops.right(out, a, b);
    else loops.vectors(out, a, b);
    return out;
  }
  if (typeof b === "number") return null;
  const out = new Float32Array(size);
  if (loops.left === undefined) loops.right(out, b, a);
  else loops.left(out, a, b);
  return out;
}

function operand(expr: Expr, inputs: readonly View[], size: number): Float32Array | number | null {
  if (expr.kind === "const") return expr.value;
  if (expr.kind !== "input") return null;
  const view = inputs[expr.index]!;
  const { data } = view.storage;
  if (!(data instanceof Float32Array)) return null;
  let count = 1;
  for (const n of view.shape) count *= n;
  if (count === size && isContiguous(view.shape, view.strides)) {
    return data.length === size ? data : data.subarray(view.offset, view.offset + size);
  }
  return count === 1 ? data[view.offset]! : null;
}
