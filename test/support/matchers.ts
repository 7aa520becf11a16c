/** Expectations about tensors: `expect(x).toBeCloseToTensor(expected, { rtol, atol })`. */
import { expect } from "vitest";

/** What the matcher reads of a tensor. */
interface TensorValue {
  readonly shape: readonly number[];
  readonly dtype: string;
  toTypedArray(): ArrayLike<number>;
}
type Nested = number | boolean | readonly Nested[];

/** Everything that has a shape and numbers: a tensor, a nested array, a typed array (rank 1), a number. */
export type Numeric = TensorValue | Nested | Float32Array | Float64Array | Int32Array | Uint8Array;

/** |actual − expected| ≤ atol + rtol·|expected|; by default 1e-5 beside float32, 1e-12 beside float64, else 0. */
export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

interface Flat {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly tolerance: number;
}

const toleranceOf: Record<string, number> = { float32: 1e-5, float64: 1e-12, int32: 0, bool: 0 };

function flatten(name: string, value: unknown): Flat {
  if (ArrayBuffer.isView(value)) {
    const values = Array.from(value as Float64Array);
    return { shape: [values.length], values, tolerance: value instanceof Float32Array ? 1e-5 : 1e-12 };
  }
  if (isTensor(value)) {
    const values = Array.from(value.toTypedArray(), Number);
    return { shape: value.shape, values, tolerance: toleranceOf[value.dtype] ?? 1e-5 };
  }
  const values: number[] = [];
  return { shape: flattenNested(name, value, values), values, tolerance: 0 };
}

function isTensor(value: unknown): value is TensorValue {
  return typeof value === "object" && value !== null && "toTypedArray" in value;
}

function flattenNested(name: string, value: unknown, into: number[]): number[] {
  if (typeof value === "number" || typeof value === "boolean") {
    into.push(Number(value));
    return [];
  }
  if (!Array.isArray(value)) throw new TypeError(`toBeCloseToTensor: ${name} is not a tensor, array or number: ${String(value)}`);
  const shapes = value.map((item) => flattenNested(name, item, into));
  if (new Set(shapes.map(String)).size > 1) throw new TypeError(`toBeCloseToTensor: ${name} is ragged`);
  return [value.length, ...(shapes[0] ?? [])];
}

const close = (a: number, b: number, rtol: number, atol: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= atol + rtol * Math.abs(b);

function indexOf(flat: number, shape: readonly number[]): string {
  const index: number[] = [];
  for (const size of [...shape].reverse()) {
    index.unshift(flat % size);
    flat = Math.floor(flat / size);
  }
  return `[${index.join(", ")}]`;
}

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The matchers by name, for `expect.extend`. */
export const matchers = {
  toBeCloseToTensor(actual: unknown, expected: Numeric, tolerance: Tolerance = {}): Verdict {
    const a = flatten("actual", actual);
    const b = flatten("expected", expected);
    if (String(a.shape) !== String(b.shape) || a.shape.length !== b.shape.length) {
      return { pass: false, message: () => `shapes differ: [${a.shape.join(", ")}], expected [${b.shape.join(", ")}]` };
    }
    const usual = Math.max(a.tolerance, b.tolerance);
    const { rtol = usual, atol = usual } = tolerance;
    const wrong = [...a.values.keys()].filter((i) => !close(a.values[i]!, b.values[i]!, rtol, atol));
    const rows = wrong.slice(0, 5).map((i) => `  at ${indexOf(i, a.shape)}: ${a.values[i]}, expected ${b.values[i]}`);
    return {
      pass: wrong.length === 0,
      message: () =>
        wrong.length === 0
          ? `expected the values to differ by more than rtol ${rtol}, atol ${atol}`
          : `${wrong.length} of ${a.values.length} values differ (rtol ${rtol}, atol ${atol}):\n${rows.join("\n")}`,
    };
  },
};

expect.extend(matchers);

declare module "vitest" {
  interface Matchers<T> {
    /** Same shape, and every value within the tolerance; NaN equals NaN, an infinity itself. */
    toBeCloseToTensor(expected: Numeric, tolerance?: Tolerance): T;
  }
}
