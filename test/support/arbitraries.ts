/** Random cases for properties: shapes, pairs that broadcast, and float64 tensors that keep away from kinks. */
import fc from "fast-check";
import { tensor } from "../../src/tensor/create";
import type { Tensor } from "../../src/tensor/tensor";

/** Limits of a random shape; sizes of 0 and rank 0 are among the cases. */
export interface ShapeLimits {
  readonly minRank?: number;
  readonly maxRank?: number;
  readonly minSize?: number;
  readonly maxSize?: number;
}

/** A shape of rank 0 … 3 with sizes 0 … 4 unless the limits say otherwise. */
export function shapes(limits: ShapeLimits = {}): fc.Arbitrary<number[]> {
  const { minRank = 0, maxRank = 3, minSize = 0, maxSize = 4 } = limits;
  const size = fc.integer({ min: minSize, max: maxSize });
  return fc.array(size, { minLength: minRank, maxLength: maxRank, size: "max" });
}

/** Two shapes that broadcast together, and the shape they broadcast to. */
export interface BroadcastPair {
  readonly a: number[];
  readonly b: number[];
  readonly out: number[];
}

/** Pairs made from one shape: each side has some sizes replaced by 1, and one side may lack leading axes. */
export function broadcastPairs(limits: ShapeLimits = {}): fc.Arbitrary<BroadcastPair> {
  return shapes(limits).chain((whole) => {
    // Which side keeps the size at each axis: never neither, so that `whole` is what they broadcast to.
    const keeps = fc.array(fc.constantFrom("both", "a", "b"), { minLength: whole.length, maxLength: whole.length });
    return fc.record({ keeps, cutA: fc.boolean() }).map(({ keeps, cutA }) => {
      const a = whole.map((size, i) => (keeps[i] === "b" ? 1 : size));
      const b = whole.map((size, i) => (keeps[i] === "a" ? 1 : size));
      return cutA ? { a: withoutLeadingOnes(a), b, out: whole } : { a, b: withoutLeadingOnes(b), out: whole };
    });
  });
}

function withoutLeadingOnes(shape: readonly number[]): number[] {
  const start = shape.findIndex((size) => size !== 1);
  return start === -1 ? [] : shape.slice(start);
}

/** What a random tensor holds. */
export interface ValueLimits {
  readonly min?: number;
  readonly max?: number;
  /** Where the function under test has a kink or a jump. */
  readonly kinks?: readonly number[];
  /** No value lies closer than this to a kink: larger than the step of a central difference. */
  readonly margin?: number;
  readonly requiresGrad?: boolean;
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A float64 tensor of the shape, with values in [−2, 2] and 0.05 away from kinks unless the limits say otherwise. */
export function tensorsOf(shape: readonly number[], limits: ValueLimits = {}): fc.Arbitrary<Tensor> {
  const { min = -2, max = 2, kinks = [], margin = 0.05, requiresGrad = false } = limits;
  const value = fc
    .double({ min, max, noNaN: true })
    .filter((x) => kinks.every((kink) => Math.abs(x - kink) >= margin));
  const size = elements(shape);
  return fc
    .array(value, { minLength: size, maxLength: size })
    .map((values) => tensor(Float64Array.from(values), { shape, dtype: "float64", requiresGrad }));
}

/** A float64 tensor without ties, for `max`, `sort` and their kin: its values lie at least 0.1 apart, around 0. */
export function distinctTensorsOf(shape: readonly number[], { requiresGrad = false } = {}): fc.Arbitrary<Tensor> {
  const size = elements(shape);
  const ranks = Array.from({ length: size }, (_, i) => 0.1 * (i - size / 2) + 0.03);
  return fc
    .shuffledSubarray(ranks, { minLength: size })
    .map((values) => tensor(Float64Array.from(values), { shape, dtype: "float64", requiresGrad }));
}
