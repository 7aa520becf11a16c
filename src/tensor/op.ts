/** What an op is: a shape rule, what to ask of a device, a derivative, a meaning in plainer ops. */

import type { Call } from "./device";
import type { Spec, View } from "./storage";
import type { Tensor } from "./tensor";

/** The same storage read with another shape, strides and offset. */
export interface ViewOf {
  readonly kernel: "view";
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** What a derivative rule may keep: the op's inputs, its output and its settings. */
export interface Context<A> {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly attrs: A;
}

/**
 * From the gradient of an op's output to that of one of its inputs. It may have the broadcast shape and any float
 * dtype: the walk sums it back and converts it.
 */
export type Pullback<G extends Tensor | null = Tensor> = (g: Tensor) => G;

/**
 * An operation on tensors. It has `lower`, `decompose`, or both; a differentiable one has `vjp` or `decompose`.
 */
export interface Op<A = void> {
  readonly name: string;
  /** The shape and dtype rule, and the only place where inputs are refused. */
  infer(inputs: readonly Spec[], attrs: A): Spec;
  /** What a device is asked for, or the view that needs no work at all; null where only `decompose` knows. */
  lower?(inputs: readonly View[], attrs: A): Call | ViewOf | null;
  /**
   * Runs at forward time; one function per input, null (or one that gives it) where no gradient flows. What these
   * mention stays alive.
   */
  vjp?(ctx: Context<A>): readonly (Pullback<Tensor | null> | null)[];
  /**
   * The same result in plainer ops: fallback of a device without the kernel, derivative when none is given, test
   * oracle.
   */
  decompose?(inputs: readonly Tensor[], attrs: A): Tensor;
  /** How drawings write the result, given how they write its inputs; default `name(…inputs)`. */
  formula?(operands: readonly string[], attrs: A): string;
}
