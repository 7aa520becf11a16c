/** The tape: whether operations are recorded, and the node each one leaves behind. */

import { checkFunction } from "../check";
import { GradError } from "../errors";
import type { DType } from "../dtype";
import type { Shape } from "../shape";
import type { Op, Pullback } from "./op";
import type { Edge, GraphNode, Tensor } from "./tensor";

let enabled = true;
let lastId = 0;

/** The id of the latest node; those of later ones are larger. @internal */
export function latestNode(): number {
  return lastId;
}

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
 * @throws OptionError if it is no function; GradError if it is asynchronous, since its later parts would run with
 * recording on again.
 *
 * @example
 * ```ts
 * import { noGrad, tensor } from "gradkit";
 * const w = tensor([1, 2], { requiresGrad: true });
 * noGrad(() => w.mul(3)).requiresGrad; // → false
 * ```
 */
export function noGrad<T>(fn: () => T): T {
  checkFunction("noGrad", "fn", fn);
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

/** How an op is applied: `apply`, handed down by the one door itself. */
type Apply = <A>(op: Op<A>, inputs: readonly Tensor[], attrs: A) => Tensor;

/** What an application of an op leaves behind; it holds no input but those its derivative needs. */
class Node<A> implements GraphNode {
  readonly id = ++lastId;
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly edges: readonly Edge[];
  pullbacks: readonly (Pullback<Tensor | null> | null)[] | null;
  kept: readonly Tensor[] | null;
  freed = false;

  constructor(
    private readonly op: Op<A>,
    inputs: readonly Tensor[],
    private readonly attrs: A,
    output: Tensor,
    private readonly apply: Apply,
  ) {
    this.name = op.name;
    this.shape = output.shape;
    this.dtype = output.dtype;
    this.edges = inputs.map(edgeOf);
    this.pullbacks = op.vjp?.({ inputs, output, attrs }) ?? null;
    this.kept = this.pullbacks === null && op.decompose !== undefined ? inputs : null;
  }

  recompute(inputs: readonly Tensor[]): Tensor {
    const { op, attrs } = this;
    return op.decompose === undefined ? this.apply(op, inputs, attrs) : op.decompose(inputs, attrs);
  }

  formula(operands: readonly string[]): string {
    return this.op.formula?.(operands, this.attrs) ?? `${this.name}(${operands.join(", ")})`;
  }
}

/** Remembers that `op` made `output`, so that a gradient can find its way back. @internal */
export function record<A>(op: Op<A>, inputs: readonly Tensor[], attrs: A, output: Tensor, apply: Apply): void {
  const node = new Node(op, inputs, attrs, output, apply);
  output.requiresGrad = true;
  output.gradFn = node;
}
