/** Rows picked along an axis by a list of positions. */

import type { Kernels } from "../../tensor/device";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { pushIndexed } from "./gather";
import { nest } from "./loops";
import { type Layout, move } from "./move";
import { type Placed, byteStrides, startOf } from "./placed";
import { type Reporter, checkIndex } from "./status";

/** The arrays that rows are moved between: one has a row for each position, the other is where positions point to. */
export interface RowArrays {
  readonly indexed: Placed;
  readonly listed: Placed;
  readonly index: Placed;
}

/**
 * Walks the positions for each of the axes before `axis`, checks them, and hands over the addresses of the row they
 * point to and of the row that is listed.
 */
export function eachRow(
  f: FunctionBuilder,
  { indexed, listed, index }: RowArrays,
  axis: number,
  reporter: Reporter,
  body: (row: Local, entry: Local) => void,
): void {
  const outer = indexed.shape.slice(0, axis);
  const jump = byteStrides(indexed)[axis]!;
  const [position, row] = [f.local("i32"), f.local("i32")];
  const cursors = [
    { start: startOf(indexed), strides: [...byteStrides(indexed).slice(0, axis), 0] },
    { start: startOf(listed), strides: byteStrides(listed).slice(0, axis + 1) },
    { start: startOf(index), strides: [...outer.map(() => 0), byteStrides(index)[0]!] },
  ];
  nest(f, [...outer, index.shape[0]!], cursors, ([base, entry, at]) => {
    f.get(at!).memory("i32.load").set(position);
    checkIndex(f, position, indexed.shape[axis]!, reporter);
    pushIndexed(f, base!, position, jump);
    f.set(row);
    body(row, entry!);
  });
  f.release(position, row);
}

/** One row beyond an axis, from an address on. */
export function rowAt(placed: Placed, start: Local, axis: number): Layout {
  return { dtype: placed.dtype, start, strides: byteStrides(placed).slice(axis + 1) };
}

/** out = rows of the input along the axis at the positions. */
export function emitIndexSelect(
  module: ModuleBuilder,
  { axis }: Kernels["indexSelect"],
  [input, index]: readonly Placed[],
  output: Placed,
  reporter: Reporter,
): FunctionBuilder {
  const f = module.function([]);
  eachRow(f, { indexed: input!, listed: output, index: index! }, axis, reporter, (row, entry) => {
    move(f, output.shape.slice(axis + 1), rowAt(input!, row, axis), rowAt(output, entry, axis));
  });
  return f;
}
