/** The one door: every op, eager or traced, forward or backward, passes here. */

import { isFloat } from "../dtype";
import { ShapeError } from "../errors";
import { showShape, sizeOf } from "../shape";
import { currentDevice } from "./device";
import type { Op } from "./op";
import type { Spec } from "./storage";
import { isGradEnabled, record, withGradMode } from "./tape";
import { type Tensor, fromStorage, fromView } from "./tensor";
import { watching } from "./watch";

const LARGEST = 2 ** 32; // elements, as many as a shape may name

/** Applies an op to tensors: checks them, computes the result, and records it where a gradient may be asked for. */
export function apply<A>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor {
  const watch = watching();
  if (watch !== null) for (const input of inputs) watch.touch(input);
  const spec = op.infer(inputs, attrs);
  if (!isGradEnabled() || !isFloat(spec.dtype) || !inputs.some((input) => input.requiresGrad)) {
    return compute(op, inputs, attrs, spec);
  }
  if (op.lower === undefined && op.vjp === undefined && op.decompose !== undefined) return op.decompose(inputs, attrs);
  const output = withGradMode(false, () => compute(op, inputs, attrs, spec));
  record(op, inputs, attrs, output, apply);
  return output;
}

function compute<A>(op: Op<A>, inputs: readonly Tensor[], attrs: A, spec: Spec): Tensor {
  const lowered = op.lower?.(inputs, attrs) ?? null;
  if (lowered !== null) {
    if (lowered.kernel === "view") {
      const { shape, strides, offset } = lowered;
      return fromView({ storage: inputs[0]!.storage, dtype: spec.dtype, shape, strides, offset });
    }
    if (sizeOf(spec.shape) > LARGEST) throw tooLarge(op.name, inputs, spec);
    const device = currentDevice();
    if (device.has(lowered.kernel)) return fromStorage(device.execute(lowered, inputs), spec.shape);
  }
  const output = op.decompose!(inputs, attrs);
  return inputs.includes(output) ? fromView(output) : output; // a result is never its own input
}

/** Broadcasting makes giants of small tensors; the engine would only say that an array length is invalid. */
function tooLarge(name: string, inputs: readonly Tensor[], { shape }: Spec): ShapeError {
  const from = inputs.map((input) => showShape(input.shape)).join(", ");
  return new ShapeError(
    `${name}: too many elements: ${showShape(shape)} from ${from} (${sizeOf(shape)} > 2³²); split the data into batches`,
    { shape },
  );
}
