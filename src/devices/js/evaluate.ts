/** Evaluating an expression over broadcast views, block after block. */

import type { Expr } from "../../scalar/expr";
import { type Shape, sizeOf } from "../../shape";
import type { View } from "../../tensor/storage";
import { BLOCK, planOf } from "./plan";
import { type Reader, readerOf } from "./reader";

/**
 * Takes elements start … start + count − 1 of the result, which stand at `at` in the work array until the next block.
 */
export type Visit = (work: Float64Array, at: number, start: number, count: number) => void;

/** How the elements of an evaluation are asked for. */
export interface Order {
  /** The common shape of the inputs. */
  readonly shape: Shape;
  /** The order of its axes, outermost first; by default as they are. */
  readonly axes?: readonly number[];
  /** Whether products and powers wrap around as int32 do. */
  readonly integers: boolean;
}

let work = new Float64Array(8 * BLOCK);

/**
 * Computes an expression of broadcast inputs and shows each block of results to `visit`, which must not evaluate
 * another.
 */
export function evaluate(expr: Expr, inputs: readonly View[], { shape, axes, integers }: Order, visit: Visit): void {
  const plan = planOf(expr, integers);
  const size = sizeOf(shape);
  if (size === 0) return;
  if (work.length < plan.size) work = new Float64Array(plan.size);
  const first = Math.min(size, BLOCK);
  for (const { value, register } of plan.constants) work.fill(value, register, register + first);
  const readers: Reader[] = [];
  const registers: number[] = [];
  for (const { input, register } of plan.reads) {
    const reader = readerOf(inputs[input]!, shape, axes);
    if (reader.single) reader.read(work, register, first);
    else {
      readers.push(reader);
      registers.push(register);
    }
  }
  for (let start = 0; start < size; start += BLOCK) {
    const count = Math.min(BLOCK, size - start);
    for (let i = 0; i < readers.length; i++) readers[i]!.read(work, registers[i]!, count);
    for (const { loop, out, a, b, c } of plan.steps) loop(work, out, a, b, c, count);
    visit(work, plan.result, start, count);
  }
}
