/** The concat kernel: inputs one after another along an axis. */

import type { Kernels } from "../../tensor/device";
import type { FunctionBuilder, ModuleBuilder } from "./assembler";
import { layoutOf, move } from "./move";
import { type Placed, byteStrides, startOf } from "./placed";

/** Any number of inputs, each moved to its own stretch of the axis. */
export function emitConcat(
  module: ModuleBuilder,
  { axis }: Kernels["concat"],
  inputs: readonly Placed[],
  output: Placed,
): FunctionBuilder {
  const f = module.function([]);
  const strides = byteStrides(output);
  let start = startOf(output);
  for (const input of inputs) {
    move(f, input.shape, layoutOf(input), { dtype: output.dtype, start, strides });
    start += input.shape[axis]! * strides[axis]!;
  }
  return f;
}
