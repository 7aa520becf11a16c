/** The loops of a reduction: which axes are kept, which joined to one number, and which one vectors lie along. */

import type { DType } from "../../dtype";
import { bytesOf } from "../../dtype";
import type { Expr } from "../../scalar/expr";
import { type Shape, broadcastStrides, stridesOf } from "../../shape";
import type { AllKernels } from "../../tensor/device";
import { type Cursor, joinAxes } from "./loops";
import { type Placed, startOf } from "./placed";

/** What a reduction is told. */
export interface ReduceCase {
  readonly attrs: AllKernels["reduce"];
  /** The kernel's own dtype, which the epilogue reads. */
  readonly dtype: DType;
  readonly inputs: readonly Placed[];
  /** Reads the result as input 0, then what is broadcast to the output's shape. */
  readonly epilogue: { readonly expr: Expr; readonly reads: readonly Placed[] } | null;
  readonly output: Placed;
}

/** An operand along the axes of one loop. */
export interface Operand {
  readonly dtype: DType;
  readonly start: number;
  /** Its stride along the vector axis, in bytes. */
  readonly step: number;
  readonly kept: readonly number[];
  readonly reduced: readonly number[];
}

/** The loops: kept axes outside, reduced ones inside, and one axis of vectors innermost. */
export interface ReduceAxes {
  readonly kept: readonly number[];
  readonly reduced: readonly number[];
  /** The size of the vector axis. */
  readonly length: number;
  /** Whether the vector axis is kept, so that each lane is a result of its own. */
  readonly byColumns: boolean;
  readonly inputs: readonly Operand[];
  readonly output: Operand;
  readonly reads: readonly Operand[];
}

/** Elements that a long row is divided into: always, so that results do not depend on the number of threads. */
export const BLOCK = 16_384;

/** The number of blocks of a reduction to one number, if its elements are one long row; else 1. */
export function blocksOf({ kept, reduced, byColumns, length }: ReduceAxes): number {
  const row = !byColumns && [...kept, ...reduced].every((size) => size === 1);
  return row && length >= 2 * BLOCK ? Math.ceil(length / BLOCK) : 1;
}

/** Bytes of working memory that a reduction needs. */
export function reduceScratch(what: ReduceCase): number {
  const blocks = blocksOf(reduceAxes(what));
  return blocks === 1 ? 0 : 16 * blocks;
}

interface Strided {
  readonly dtype: DType;
  readonly start: number;
  readonly strides: readonly number[];
}

/** The cursor of an operand over the kept axes. */
export function overKept({ start, kept }: Operand): Cursor {
  return { start, strides: kept };
}

/** Orders the axes so that the largest input is read as it lies, and joins those that continue one another. */
export function reduceAxes({ attrs: { shape, axes }, inputs, epilogue, output }: ReduceCase): ReduceAxes {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const walks: Strided[] = inputs.map((input) => {
    return strided(input, broadcastStrides(input.shape, input.strides, shape));
  });
  const ofOutput = (strides: readonly number[]): number[] => {
    const own = shape.map(() => 0);
    kept.forEach((axis, i) => (own[axis] = strides[strides.length === shape.length ? axis : i]!));
    return own;
  };
  walks.push(strided(output, ofOutput(stridesOf(output.shape))));
  for (const read of epilogue?.reads ?? []) {
    walks.push(strided(read, ofOutput(broadcastStrides(read.shape, read.strides, output.shape))));
  }
  const order = memoryOrder(shape, walks.slice(0, inputs.length));
  const { sizes, strides } = joinAxes(
    order.map((axis) => shape[axis]!),
    walks.map((walk) => order.map((axis) => walk.strides[axis]!)),
  );
  const last = sizes.length - 1;
  const outer = sizes.map((_, axis) => axis).slice(0, Math.max(last, 0));
  const isKept = (axis: number): boolean => strides[inputs.length]![axis] !== 0;
  const [outerKept, outerReduced] = [outer.filter(isKept), outer.filter((axis) => !isKept(axis))];
  const operands = walks.map(({ dtype, start }, i): Operand => {
    const own = strides[i]!;
    const along = (list: readonly number[]): number[] => list.map((axis) => own[axis]!);
    return { dtype, start, step: own[last] ?? 0, kept: along(outerKept), reduced: along(outerReduced) };
  });
  return {
    kept: outerKept.map((axis) => sizes[axis]!),
    reduced: outerReduced.map((axis) => sizes[axis]!),
    length: sizes[last] ?? 1,
    byColumns: last >= 0 && isKept(last),
    inputs: operands.slice(0, inputs.length),
    output: operands[inputs.length]!,
    reads: operands.slice(inputs.length + 1),
  };
}

function strided(operand: Placed, strides: readonly number[]): Strided {
  const bytes = bytesOf(operand.dtype);
  return { dtype: operand.dtype, start: startOf(operand), strides: strides.map((stride) => stride * bytes) };
}

/** The axes from the largest stride to the smallest of the input that repeats along the fewest. */
function memoryOrder(shape: Shape, inputs: readonly Strided[]): number[] {
  const axes = shape.map((_, axis) => axis);
  const repeats = ({ strides }: Strided): number => {
    return strides.filter((stride, axis) => stride === 0 && shape[axis] !== 1).length;
  };
  const [main] = [...inputs].sort((a, b) => repeats(a) - repeats(b));
  if (main === undefined) return axes;
  const key = (axis: number): number => (main.strides[axis] === 0 ? Infinity : Math.abs(main.strides[axis]!));
  return axes.sort((a, b) => (key(a) === key(b) ? a - b : key(b) - key(a)));
}
