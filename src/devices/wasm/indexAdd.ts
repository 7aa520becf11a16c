/** The adjoint of indexSelect: rows added back where a list of positions says they came from. */

import type { Kernels } from "../../tensor/device";
import type { FunctionBuilder, ModuleBuilder } from "./assembler";
import { eachRow, rowAt } from "./indexSelect";
import { layoutOf, move, moveAdd } from "./move";
import type { Placed } from "./placed";
import type { Reporter } from "./status";

/** The input with the source's rows added along the axis at the positions, one after another. */
export function emitIndexAdd(
  module: ModuleBuilder,
  { axis }: Kernels["indexAdd"],
  [input, index, source]: readonly Placed[],
  output: Placed,
  reporter: Reporter,
): FunctionBuilder {
  const f = module.function([]);
  move(f, output.shape, layoutOf(input!), layoutOf(output));
  eachRow(f, { indexed: output, listed: source!, index: index! }, axis, reporter, (row, entry) => {
    moveAdd(f, output.shape.slice(axis + 1), rowAt(source!, entry, axis), rowAt(output, row, axis));
  });
  return f;
}
