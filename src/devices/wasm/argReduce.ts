/** The argReduce kernel: where the first extreme stands. */

import type { AllKernels } from "../../tensor/device";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler";
import { convertElement, loadElement } from "./element";
import { nest } from "./loops";
import { type Placed, byteStrides, startOf } from "./placed";

/** A function that finds the position of the first extreme over the axes, in row-major order; NaN is the extreme. */
export function emitArgReduce(
  module: ModuleBuilder,
  { op, axes }: AllKernels["argReduce"],
  input: Placed,
  output: Placed,
): FunctionBuilder {
  const f = module.function([]);
  if (input.shape.includes(0)) return f;
  const strides = byteStrides(input);
  const kept = strides.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const pick = (list: readonly number[], chosen: readonly number[]): number[] => chosen.map((axis) => list[axis]!);
  const to = f.local("i32");
  f.i32(startOf(output)).set(to);
  nest(f, pick(input.shape, kept), [{ start: startOf(input), strides: pick(strides, kept) }], ([row]) => {
    const [at, best] = [f.local("i32"), f.local("i32")];
    const [value, extreme] = [f.local("f64"), f.local("f64")];
    const read = (pointer: Local): void => {
      f.get(pointer);
      loadElement(f, input.dtype);
      convertElement(f, input.dtype, "float64");
    };
    f.i32(0).set(at).i32(0).set(best);
    read(row!);
    f.set(extreme);
    nest(f, pick(input.shape, axes), [{ start: row!, strides: pick(strides, axes) }], ([pointer]) => {
      read(pointer!);
      f.set(value);
      // larger, or the first NaN: not (value ≤ extreme), unless the extreme is NaN already
      f.get(value).get(extreme).op(op === "max" ? "f64.le" : "f64.ge").op("i32.eqz");
      f.get(extreme).get(extreme).op("f64.eq").op("i32.and");
      f.if(() => { f.get(value).set(extreme).get(at).set(best); });
      f.get(at).i32(1).op("i32.add").set(at);
    });
    f.get(to).get(best).memory("i32.store");
    f.get(to).i32(4).op("i32.add").set(to);
    f.release(at, best, value, extreme);
  });
  return f;
}
