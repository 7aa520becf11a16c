/** A row of the law table: how to make valid cases of an op, and which laws it is to keep. */
import fc from "fast-check";
import type { Tensor } from "../../src/tensor/tensor";
import { type ShapeLimits, type ValueLimits, broadcastPairs, distinctTensorsOf, shapes, tensorsOf } from "../support/arbitraries";

/** One random case of an op: a function of float64 tensors, and where to take it. */
export interface Case {
  readonly f: (...inputs: Tensor[]) => Tensor;
  readonly at: readonly Tensor[];
}

/** What an op is held to. */
export interface Row {
  readonly cases: fc.Arbitrary<Case>;
  /** Whether gradients are taken: of second order too, as every rule is written with ops. */
  readonly differentiable: boolean;
  /** Whether f is linear in all its inputs together, so that its gradient is its adjoint. */
  readonly linear: boolean;
  /** Whether it is a method of the tensor too: it is where its first argument is a tensor. */
  readonly method: boolean;
  /** How far float32 may be off, relative to max(1, |y|); more than 1e-5 for sums and products of many terms. */
  readonly slack: number;
}

const usual: Omit<Row, "cases"> = { differentiable: true, linear: false, method: true, slack: 1e-5 };

/** A differentiable op. */
export function smooth(cases: fc.Arbitrary<Case>, more: Partial<Row> = {}): Row {
  return { ...usual, cases, ...more };
}

/** An op that is linear in the inputs of its cases. */
export function linear(cases: fc.Arbitrary<Case>, more: Partial<Row> = {}): Row {
  return { ...usual, cases, linear: true, ...more };
}

/** An op whose results are positions, truths or constants: nothing is recorded. */
export function discrete(cases: fc.Arbitrary<Case>, more: Partial<Row> = {}): Row {
  return { ...usual, cases, differentiable: false, ...more };
}

/** Few enough elements that central differences stay quick. */
const few = (shape: readonly number[]): boolean => shape.reduce((a, b) => a * b, 1) <= 12;

/** Random small shapes, with scalars and empty ones often among them where the limits let them. */
export function smallShapes(limits: ShapeLimits = {}): fc.Arbitrary<number[]> {
  const { minRank = 0, maxRank = 3, minSize = 0, maxSize = 3 } = limits;
  const corners = [[], [0], [0, 2], [2, 0, 1], [1, 1]].filter(
    (shape) => shape.length >= minRank && shape.length <= maxRank && shape.every((n) => n >= minSize && n <= maxSize),
  );
  const any = shapes({ minRank, maxRank, minSize, maxSize }).filter(few);
  if (corners.length === 0) return any;
  return fc.oneof({ arbitrary: fc.constantFrom(...corners), weight: 1 }, { arbitrary: any, weight: 3 });
}

/** Cases of a function of one tensor of any shape. */
export function one(f: (x: Tensor) => Tensor, limits: ShapeLimits & ValueLimits = {}): fc.Arbitrary<Case> {
  return smallShapes(limits)
    .chain((shape) => tensorsOf(shape, limits))
    .map((x) => ({ f, at: [x] }));
}

/** Cases of a function of one tensor whose settings depend on its shape. */
export function oneWith(
  limits: ShapeLimits & ValueLimits & { readonly distinct?: boolean },
  settings: (shape: readonly number[]) => fc.Arbitrary<(x: Tensor) => Tensor>,
): fc.Arbitrary<Case> {
  return smallShapes(limits).chain((shape) =>
    fc
      .record({ f: settings(shape), x: limits.distinct === true ? distinctTensorsOf(shape) : tensorsOf(shape, limits) })
      .map(({ f, x }) => ({ f, at: [x] })),
  );
}

/** Cases of a function of two tensors that broadcast. */
export function two(
  f: (a: Tensor, b: Tensor) => Tensor,
  limits: ValueLimits = {},
  second: ValueLimits = limits,
): fc.Arbitrary<Case> {
  return broadcastPairs({ maxSize: 3 })
    .filter(({ out }) => few(out))
    .chain(({ a, b }) => fc.tuple(tensorsOf(a, limits), tensorsOf(b, second)))
    .map((at) => ({ f, at }));
}

/** Cases of a function of tensors of given shapes. */
export function shaped(
  each: fc.Arbitrary<{ readonly f: (...x: Tensor[]) => Tensor; readonly shapes: readonly (readonly number[])[] }>,
  limits: ValueLimits = {},
): fc.Arbitrary<Case> {
  return each.chain(({ f, shapes: list }) =>
    fc.tuple(...list.map((shape) => tensorsOf(shape, limits))).map((at) => ({ f, at })),
  );
}

/** An axis, counted from either end. */
export function axisOf(shape: readonly number[]): fc.Arbitrary<number> {
  return fc.integer({ min: -shape.length, max: shape.length - 1 });
}

/** Axes of a reduction: none named, one, or several, from either end. */
export function axesOf(shape: readonly number[]): fc.Arbitrary<number | number[] | undefined> {
  const rank = shape.length;
  if (rank === 0) return fc.constant(undefined);
  const several = fc
    .subarray(shape.map((_, axis) => axis))
    .chain((axes) => fc.tuple(...axes.map((axis) => fc.constantFrom(axis, axis - rank))));
  return fc.oneof(fc.constant(undefined), axisOf(shape), several);
}
