/** The copy kernel: any view to contiguous elements of any dtype. */

import type { FunctionBuilder, ModuleBuilder } from "./assembler";
import { layoutOf, move } from "./move";
import { type Placed, wholeAt } from "./placed";

/** The view's elements in row-major order, converted as {@link move} does; the output may have another shape. */
export function emitCopy(module: ModuleBuilder, input: Placed, output: Placed): FunctionBuilder {
  const f = module.function([]);
  move(f, input.shape, layoutOf(input), layoutOf(wholeAt(output.address, { shape: input.shape, dtype: output.dtype })));
  return f;
}
