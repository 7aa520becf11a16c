/** How the losses of single elements or rows become one number: their mean, their sum, or all of them. */

import { checkOneOf, checkOptions } from "../check";
import { allocate, promote, toFloat } from "../dtype";
import { MapOp } from "../ops/map";
import { mean, sum, sumOf } from "../ops/reduce";
import { type Expr, input } from "../scalar/expr";
import { apply } from "../tensor/apply";
import { storageOf } from "../tensor/storage";
import { type Tensor, fromStorage } from "../tensor/tensor";

/** What a loss gives: the mean (default) or the sum over all elements or rows, or each one's own loss. */
export type Reduction = "mean" | "sum" | "none";

/** The option that every loss has. */
export interface LossOptions<R extends Reduction = Reduction> {
  /** "mean" (default), "sum", or "none" for each element or row. */
  reduction?: R;
}

/** Checks the options of a loss, its own keys included; returns the reduction. */
export function reductionOf(where: string, options: LossOptions, ...known: readonly string[]): Reduction {
  checkOptions(where, options, ["reduction", ...known]);
  return checkOneOf(where, "reduction", options.reduction ?? "mean", ["mean", "sum", "none"] as const);
}

/** The losses of all elements or rows, reduced. */
export function reduced(each: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return each;
  return reduction === "mean" ? mean(each) : sum(each);
}

/** A scalar expression of as many inputs as the function has parameters. */
type Formula = (...inputs: Expr[]) => Expr;

function expressionOf(formula: Formula): Expr {
  return formula(...Array.from({ length: formula.length }, (_, i) => input(i)));
}

/** A loss that is one formula of its (float) inputs at each element, reduced in the same pass as it is computed. */
export function pointwise(name: string, formula: Formula): (inputs: readonly Tensor[], reduction: Reduction) => Tensor {
  const op = new MapOp(name);
  const expr = expressionOf(formula);
  const total = sumOf(name, expr);
  return (inputs, reduction) => {
    if (reduction !== "none") return total(inputs, { average: reduction === "mean" });
    return apply(op, inputs, { expr, dtype: toFloat(inputs.map((x) => x.dtype).reduce(promote)) });
  };
}

/** A loss of rows that is the sum of a formula along an axis, in one pass. */
export function rowwise(name: string, formula: Formula): (inputs: readonly Tensor[], axis: number) => Tensor {
  const total = sumOf(name, expressionOf(formula));
  return (inputs, axis) => total(inputs, { axes: axis });
}

/** A setting as an input of a formula, in the dtype of another, so that the formula is derived once. */
export function setting(value: number, { dtype }: Tensor): Tensor {
  return fromStorage(storageOf(dtype, allocate(dtype, 1).fill(value)), []);
}
