/** The place kernel: a source written or added into a stepped window of an input. */

import type { Kernels } from "../../tensor/device";
import type { FunctionBuilder, ModuleBuilder } from "./assembler";
import { layoutOf, move, moveAdd } from "./move";
import { type Placed, byteStrides, startOf } from "./placed";

/** The first input with the second set or added at `begin`, `step` apart. */
export function emitPlace(
  module: ModuleBuilder,
  { begin, step, mode }: Kernels["place"],
  [input, source]: readonly Placed[],
  output: Placed,
): FunctionBuilder {
  const f = module.function([]);
  move(f, output.shape, layoutOf(input!), layoutOf(output));
  const strides = byteStrides(output);
  const window = {
    dtype: output.dtype,
    start: startOf(output) + begin.reduce((sum, from, axis) => sum + from * strides[axis]!, 0),
    strides: strides.map((stride, axis) => stride * step[axis]!),
  };
  (mode === "add" ? moveAdd : move)(f, source!.shape, layoutOf(source!), window);
  return f;
}
