/** Loops over the axes of strided operands, with sizes and strides written into the code. */

import type { Shape } from "../../shape";
import type { FunctionBuilder, Local } from "./assembler";

/** An address: one known now, or the local that holds it. */
export type Address = number | Local;

/** Where an operand begins, and its strides in bytes. */
export interface Cursor {
  readonly start: Address;
  readonly strides: readonly number[];
}

/** Sizes to walk over, outermost first, and the strides of each operand along them. */
export interface Nest {
  readonly sizes: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** The same walk with fewer axes: those of size 1 left out, those that continue one another in all operands joined. */
export function joinAxes(shape: Shape, strides: readonly (readonly number[])[]): Nest {
  const sizes: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    if (size === 1) continue;
    const outer = sizes.length > 0 ? sizes[0]! : 0;
    if (outer > 0 && strides.every((own, i) => own[axis] === steps[i]![0]! * outer)) sizes[0] = size * outer;
    else {
      sizes.unshift(size);
      strides.forEach((own, i) => steps[i]!.unshift(own[axis]!));
    }
  }
  return { sizes, strides: steps };
}

/** Puts an address on the stack. */
export function pushAddress(f: FunctionBuilder, address: Address): void {
  if (typeof address === "number") f.i32(address);
  else f.get(address);
}

/** local += bytes */
export function advance(f: FunctionBuilder, local: Local, bytes: number): void {
  if (bytes !== 0) f.get(local).i32(bytes).op("i32.add").set(local);
}

/** Repeats `body` `count` times, known now and > 0. */
export function times(f: FunctionBuilder, count: number, body: () => void): void {
  if (count === 1) {
    body();
    return;
  }
  const left = f.local("i32");
  f.i32(count).set(left);
  f.loop(() => {
    body();
    f.get(left).i32(-1).op("i32.add").tee(left).brIf(0);
  });
  f.release(left);
}

/** Who does a stretch of a loop only. */
export interface Divider {
  /** Divides a loop of `size` turns that takes about `cost` nanoseconds. */
  divide(size: number, cost: number): void;
  /** local += `step` for each turn before the stretch. */
  begin(local: Local, step: number): void;
  /** Repeats `body` for each turn of the stretch. */
  times(body: () => void): void;
}

/** A loop to be divided, and what all of it costs, in nanoseconds. */
export interface Divided {
  readonly share: Divider;
  readonly cost: number;
}

/**
 * Runs `body` for each position of a shape in row-major order, with the address of each operand there in a local, which
 * it must leave as it is. Nothing happens in an empty shape. A divided nest does a stretch of the outermost axis.
 */
export function nest(
  f: FunctionBuilder,
  shape: Shape,
  cursors: readonly Cursor[],
  body: (pointers: readonly Local[]) => void,
  divided?: Divided,
): void {
  if (shape.includes(0)) return;
  const { sizes, strides } = joinAxes(shape, cursors.map((cursor) => cursor.strides));
  const pointers = cursors.map(({ start }) => {
    const pointer = f.local("i32");
    pushAddress(f, start);
    f.set(pointer);
    return pointer;
  });
  const outermost = sizes.length > 0 ? divided : undefined;
  outermost?.share.divide(sizes[0]!, outermost.cost);
  pointers.forEach((pointer, i) => outermost?.share.begin(pointer, strides[i]![0]!));
  const walk = (axis: number): void => {
    if (axis === sizes.length) {
      body(pointers);
      return;
    }
    const turns = (turn: () => void): void => {
      if (axis === 0 && outermost !== undefined) outermost.share.times(turn);
      else times(f, sizes[axis]!, turn);
    };
    turns(() => {
      walk(axis + 1);
      pointers.forEach((pointer, i) => {
        const within = axis + 1 < sizes.length ? strides[i]![axis + 1]! * sizes[axis + 1]! : 0;
        advance(f, pointer, strides[i]![axis]! - within);
      });
    });
  };
  walk(0);
  f.release(...pointers);
}
