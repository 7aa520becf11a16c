/** The cumulate kernel: running sums along an axis. */

import type { Kernels } from "../../tensor/device";
import type { FunctionBuilder, ModuleBuilder } from "./assembler";
import { convertElement, loadElement, storeElement } from "./element";
import { withoutAxis } from "./gather";
import { advance, nest, times } from "./loops";
import { type Placed, byteStrides } from "./placed";

/** Running sums in double precision, rounded as they are stored; from the end with `reverse`. */
export function emitCumulate(
  module: ModuleBuilder,
  { axis, reverse }: Kernels["cumulate"],
  input: Placed,
  output: Placed,
): FunctionBuilder {
  const f = module.function([]);
  const along = input.shape[axis]!;
  if (along === 0) return f;
  const sum = f.local("f64");
  const [from, to] = [f.local("i32"), f.local("i32")];
  const steps = [input, output].map((placed) => byteStrides(placed)[axis]! * (reverse ? -1 : 1));
  const begins = steps.map((step) => (reverse ? -step * (along - 1) : 0));
  const others = input.shape.map((size, d) => (d === axis ? 1 : size));
  nest(f, others, [withoutAxis(input, axis), withoutAxis(output, axis)], ([source, target]) => {
    f.get(source!).i32(begins[0]!).op("i32.add").set(from);
    f.get(target!).i32(begins[1]!).op("i32.add").set(to);
    f.f64(-0).set(sum); // −0 + x is x, also for x = −0
    times(f, along, () => {
      f.get(to).get(from);
      loadElement(f, input.dtype);
      convertElement(f, input.dtype, "float64");
      f.get(sum).op("f64.add").tee(sum);
      convertElement(f, "float64", output.dtype);
      storeElement(f, output.dtype);
      advance(f, from, steps[0]!);
      advance(f, to, steps[1]!);
    });
  });
  return f;
}
