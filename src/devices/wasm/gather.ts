/** Elements picked along an axis by an index of the result's shape. */

import type { Kernels } from "../../tensor/device";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { convertElement, loadElement, storeElement } from "./element";
import { nest } from "./loops";
import { layoutOf } from "./move";
import { type Placed, byteStrides, startOf } from "./placed";
import { type Reporter, checkIndex } from "./status";

/** Where an array begins, and its strides with 0 along an axis that is walked by an index instead. */
export function withoutAxis(placed: Placed, axis: number): { start: number; strides: number[] } {
  return { start: startOf(placed), strides: byteStrides(placed).map((stride, d) => (d === axis ? 0 : stride)) };
}

/** Puts base + index · stride on the stack. */
export function pushIndexed(f: FunctionBuilder, base: Local, index: Local, stride: number): void {
  f.get(base).get(index).i32(stride).op("i32.mul").op("i32.add");
}

/** out[i][j][k] = input[i][index[i][j][k]][k] along the axis. */
export function emitGather(
  module: ModuleBuilder,
  { axis }: Kernels["gather"],
  [input, index]: readonly Placed[],
  output: Placed,
  reporter: Reporter,
): FunctionBuilder {
  const f = module.function([]);
  const jump = byteStrides(input!)[axis]!;
  const position = f.local("i32");
  nest(f, index!.shape, [withoutAxis(input!, axis), layoutOf(index!), layoutOf(output)], ([from, at, to]) => {
    f.get(at!).memory("i32.load").set(position);
    checkIndex(f, position, input!.shape[axis]!, reporter);
    f.get(to!);
    pushIndexed(f, from!, position, jump);
    loadElement(f, input!.dtype);
    convertElement(f, input!.dtype, output.dtype);
    storeElement(f, output.dtype);
  });
  return f;
}
