/** The tape: whether operations are recorded, and the node each one leaves behind. */

import { GradError } from "../errors";
import type { Op } from "./op";
import type { Edge, Tensor } from "./tensor";

let enabled = true;
let lastId = 0;

/** Whether operations are being recorded for gradients now. */
export function isGradEnabled(): boolean {
  return enabled;
}

/** Runs a function with recording on or off, and puts the mode back whatever happens. @internal */
export function withGradMode<T>(mode: boolean, fn: () => T): T {
  const before = enabled;
  enabled = mode;
  try {
    return fn();
  } finally {
    enabled = before;
  }
}

/**
 * Runs a function without recording: nothing inside can be differentiated, and nothing is kept for `backward`.
 *
 * Returns what the function returns.
 *
 * @throws GradError if the function is asynchronous, since its later parts would run with recording on again.
 *
 * @example
 * ```ts
 * import { noGrad, tensor } from "gradkit";
 * const w = tensor([1, 2], { requiresGrad: true });
 * noGrad(() => w.mul(3)).requiresGrad; // → false
 * ```
 */
export function noGrad<T>(fn: () => T): T {
  const result = withGradMode(false, fn);
  if (result instanceof Promise) {
    throw new GradError(
      "noGrad: the function is asynchronous: it returned a Promise (its later parts would be recorded); " +
        "await first, then call noGrad around the synchronous part",
    );
  }
  return result;
}

function edgeOf(input: Tensor): Edge {
  return {
    node: input.gradFn,
    tensor: input.gradFn === null ? input : null,
    tracked: input.requiresGrad,
    version: input.version,
    shape: input.shape,
    dtype: input.dtype,
  };
}

/** Remembers that `op` made `output`, so that a gradient can find its way back. @internal */
export function record<A>(
  op: Op<A>,
  inputs: readonly Tensor[],
  attrs: A,
  output: Tensor,
  recompute: (again: readonly Tensor[]) => Tensor,
): void {
  const pullbacks = op.vjp?.({ inputs, output, attrs }) ?? null;
  output.requiresGrad = true;
  output.gradFn = {
    id: ++lastId,
    name: op.name,
    shape: output.shape,
    dtype: output.dtype,
    edges: inputs.map(edgeOf),
    pullbacks,
    kept: pullbacks === null && op.decompose !== undefined ? inputs : null,
    freed: false,
    recompute,
  };
}
