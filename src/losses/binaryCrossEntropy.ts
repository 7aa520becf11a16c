/** Cross-entropy of probabilities of one thing: true or not. */

import * as ops from "../ops/elementwise";
import { type MapAttrs, MapOp } from "../ops/map";
import {
  type Expr,
  add,
  constant,
  div,
  input,
  log,
  log1p,
  maximum,
  mul,
  neg,
  one,
  sub,
} from "../scalar/expr";
import { apply } from "../tensor/apply";
import type { Context, Op, Pullback } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Checked, ShapeOf } from "../types";
import { type Reduction, type LossOptions, reduced, reductionOf } from "./reduction";
import type { Lost, Target } from "./shapes";
import { alike, elementWeights, refuse } from "./targets";

/** The settings of {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** A factor on each element's loss, of a shape that repeats to that of the prediction; default 1. */
  weight?: TensorLike;
}

/** log x, but at least −100: a confident mistake costs 100, not ∞. */
const clamped = (log: Expr): Expr => maximum(log, constant(-100));
const logOf = (p: Expr): Expr => clamped(log(p));
const logOfRest = (p: Expr): Expr => clamped(log1p(neg(p))); // log(1 − p), exact for small p

/** The op, with a derivative of its own: that of the clamped logarithms would be 0 or NaN at 0 and 1. */
function surpriseOp(): { op: Op<MapAttrs>; expr: Expr } {
  const [p, t] = [input(0), input(1)];
  const expr = neg(add(mul(t, logOf(p)), mul(sub(one, t), logOfRest(p))));
  const slopes = derivatives();
  const op: Op<MapAttrs> = Object.assign(new MapOp("binaryCrossEntropy"), {
    vjp: ({ inputs, attrs: { dtype } }: Context<MapAttrs>): (Pullback | null)[] =>
      slopes.map((slope, i) => {
        if (!inputs[i]!.requiresGrad) return null;
        return (g) => apply(new MapOp("binaryCrossEntropy′"), [g, ...inputs], { expr: slope, dtype });
      }),
  });
  return { op, expr };
}

/** With respect to p and t, as expressions of the result's gradient, p and t. */
function derivatives(): Expr[] {
  const [g, p, t] = [input(0), input(1), input(2)];
  const spread = maximum(mul(p, sub(one, p)), constant(1e-12));
  return [div(mul(g, sub(p, t)), spread), mul(g, sub(logOfRest(p), logOf(p)))];
}

const surprise = /* @__PURE__ */ surpriseOp();

/**
 * −(t log p + (1 − t) log(1 − p)), in nats; by default the mean over all elements.
 *
 * Shapes: probabilities p and targets t equal, both in [0, 1]; the result is a scalar, or has their shape with
 * `reduction: "none"`. Each logarithm is at least −100, so that p = 0 or 1 costs at most 100; gradient (p − t) /
 * max(p(1 − p), 10⁻¹²), both as in PyTorch. NaN stays NaN. For the output of a sigmoid
 * {@link binaryCrossEntropyWithLogits} is more exact.
 *
 * @throws ShapeError if the shapes differ or the weight does not fit; OptionError if a probability or a target is
 * outside [0, 1].
 *
 * @example
 * ```ts
 * import { binaryCrossEntropy } from "gradkit";
 * binaryCrossEntropy([0.5, 1], [1, 0], { reduction: "none" }).toArray(); // → [0.693147, 100]
 * ```
 */
export function binaryCrossEntropy<P extends TensorLike, T extends TensorLike, const R extends Reduction = "mean">(
  probabilities: P,
  targets: Checked<Target<P, T>, T>,
  options?: BinaryCrossEntropyOptions<R>,
): Tensor<Lost<ShapeOf<P>, R>>;
export function binaryCrossEntropy(
  probabilities: TensorLike,
  targets: TensorLike,
  options: BinaryCrossEntropyOptions = {},
): Tensor {
  const where = "binaryCrossEntropy";
  const reduction = reductionOf(where, options, "weight");
  const [prediction, target] = alike(where, probabilities, targets);
  refuse(where, "probability", prediction, outside, {
    why: "probabilities lie in [0, 1]",
    mend: "put a Sigmoid before it, or use binaryCrossEntropyWithLogits",
  });
  checkBinary(where, target);
  const each = apply(surprise.op, [prediction, target], { expr: surprise.expr, dtype: prediction.dtype });
  if (options.weight === undefined) return reduced(each, reduction);
  return reduced(ops.mul(each, elementWeights(where, "weight", options.weight, each.shape, each.dtype)), reduction);
}

function outside(value: number): boolean {
  return value < 0 || value > 1;
}

/** Refuses targets outside [0, 1], as scores in the place of the target would be, and NaN. */
export function checkBinary(where: string, target: Tensor): void {
  refuse(where, "target", target, (value) => !(value >= 0 && value <= 1), {
    why: "targets are 0, 1 or between",
    mend: "give 0 for no and 1 for yes, and the prediction first",
  });
}
