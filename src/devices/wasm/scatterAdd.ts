/** The adjoint of gather: elements added back where an index says they came from. */

import { broadcastStrides } from "../../shape";
import type { Kernels } from "../../tensor/device";
import type { FunctionBuilder, ModuleBuilder } from "./assembler";
import { addElements, convertElement, loadElement, storeElement } from "./element";
import { pushIndexed, withoutAxis } from "./gather";
import { nest } from "./loops";
import { layoutOf, move } from "./move";
import { type Placed, byteStrides } from "./placed";
import { type Reporter, checkIndex } from "./status";

/** The input plus the source's elements, each at its index along the axis, in row-major order. */
export function emitScatterAdd(
  module: ModuleBuilder,
  { axis }: Kernels["scatterAdd"],
  [input, index, source]: readonly Placed[],
  output: Placed,
  reporter: Reporter,
): FunctionBuilder {
  const f = module.function([]);
  const { shape, dtype } = output;
  move(f, shape, layoutOf(input!), layoutOf(output));
  const jump = byteStrides(output)[axis]!;
  const values = { ...source!, strides: broadcastStrides(source!.shape, source!.strides, index!.shape) };
  const [position, address] = [f.local("i32"), f.local("i32")];
  nest(f, index!.shape, [withoutAxis(output, axis), layoutOf(index!), layoutOf(values)], ([to, at, from]) => {
    f.get(at!).memory("i32.load").set(position);
    checkIndex(f, position, shape[axis]!, reporter);
    pushIndexed(f, to!, position, jump);
    f.tee(address).get(address);
    loadElement(f, dtype);
    f.get(from!);
    loadElement(f, values.dtype);
    convertElement(f, values.dtype, dtype);
    addElements(f, dtype);
    storeElement(f, dtype);
  });
  return f;
}
