/** Products of matrices, batches and vectors; each factor's gradient is a product with the other, read transposed. */

import { toNumber } from "../dtype";
import { ShapeError } from "../errors";
import * as s from "../scalar/expr";
import { type Shape, broadcastShapes, showShape, sizeOf } from "../shape";
import type { Dotted, Matmul, Outer } from "../rules";
import type { Checked, ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import type { Op, Pullback } from "../tensor/op";
import type { Spec } from "../tensor/storage";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { alike } from "./alike";
import { mul } from "./elementwise";
import { transpose } from "./permute";
import { sumOf } from "./reduce";
import { reshape, unsqueeze } from "./reshape";

/** The shape of a product by PyTorch's rules: vectors lose their axis, leading axes broadcast. */
function productShape(a: Shape, b: Shape): Shape {
  if (a.length === 2 && b.length === 2 && a[1] === b[0]) return [a[0]!, b[1]!];
  if (a.length === 0 || b.length === 0) {
    throw new ShapeError(
      `matmul: an operand is a scalar: ${showShape(a)} × ${showShape(b)} (it has no axis to sum over); use mul`,
      { a, b },
    );
  }
  const [inner, other] = [a.at(-1)!, b.at(-2) ?? b.at(-1)!];
  if (inner !== other) {
    throw new ShapeError(
      `matmul: inner dimensions differ: ${showShape(a)} × ${showShape(b)} (${inner} ≠ ${other}); ${mendInner(a, b)}`,
      { a, b },
    );
  }
  const [leadA, leadB] = [a.slice(0, -2), b.slice(0, -2)];
  const lead = broadcastShapes(leadA, leadB);
  if (lead === null) {
    throw new ShapeError(
      `matmul: leading axes do not broadcast: ${showShape(a)} × ${showShape(b)} ` +
        `(${showShape(leadA)} and ${showShape(leadB)}); make them equal, or 1 where one should repeat`,
      { a, b },
    );
  }
  return [...lead, ...(a.length > 1 ? [a.at(-2)!] : []), ...(b.length > 1 ? [b.at(-1)!] : [])];
}

function mendInner(a: Shape, b: Shape): string {
  if (b.length > 1 && b.at(-1) === a.at(-1)) return "transpose the second";
  if (a.length > 1 && a.at(-2) === (b.at(-2) ?? b.at(-1))) return "transpose the first";
  return "the last size of the first must be the last but one of the second";
}

/** [..., m, k] × [..., k, n]; both of one dtype. @internal */
export const matmulOp: Op = {
  name: "matmul",
  infer: ([a, b]) => productSpec(a!, b!),
  lower: ([a, b]) => ({ kernel: "matmul", attrs: {}, output: productSpec(a!, b!) }),
  vjp: ({ inputs: [a, b] }) => [
    a!.requiresGrad ? timesRight(b!) : null,
    b!.requiresGrad ? timesLeft(a!) : null,
  ],
};

/** Functions of their own, so that each keeps alive the one operand it reads. */
function timesRight(b: Tensor): Pullback {
  return (g) => apply(matmulOp, [g, transpose(b)], undefined);
}

function timesLeft(a: Tensor): Pullback {
  return (g) => apply(matmulOp, [transpose(a), g], undefined);
}

function productSpec(a: Spec, b: Spec): Spec {
  return { shape: productShape(a.shape, b.shape), dtype: a.dtype };
}

/**
 * The matrix product y = a · b, by PyTorch's rules.
 *
 * Shapes: `[..., m, k]`, `[..., k, n]` → `[..., m, n]`; leading axes broadcast. A vector `[k]` counts as a row on the
 * left and as a column on the right, and that axis is missing from the result: `[k]`, `[k]` → `[]`. Dtypes promote.
 *
 * @throws ShapeError if the inner dimensions differ, leading axes do not broadcast, or an operand is a scalar.
 *
 * @example
 * ```ts
 * import { matmul } from "gradkit";
 * matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).toArray(); // → [[19, 22], [43, 50]]
 * ```
 */
export function matmul<A extends TensorLike, B extends TensorLike>(
  a: A,
  b: Checked<Matmul<ShapeOf<A>, ShapeOf<B>>, B>,
): Tensor<Matmul<ShapeOf<A>, ShapeOf<B>>>;
export function matmul(a: TensorLike, b: TensorLike): Tensor {
  const [left, right] = alike("matmul", [a, b], toNumber) as [Tensor, Tensor];
  return product(left, right);
}

function product(a: Tensor, b: Tensor): Tensor {
  if (a.rank >= 2 && b.rank >= 2 && (b.rank > 2 || a.rank === 2)) return apply(matmulOp, [a, b], undefined);
  const shape = productShape(a.shape, b.shape);
  if (a.rank === 1) return reshape(product(unsqueeze(a, 0), b), shape);
  if (b.rank === 1) return reshape(product(a, unsqueeze(b, 1)), shape);
  const inner = a.shape.at(-1)!;
  const rows = reshape(a, [sizeOf(a.shape.slice(0, -1)), inner]); // one large product instead of a batch of small ones
  return reshape(apply(matmulOp, [rows, b], undefined), shape);
}

function checkVectors(where: string, a: Tensor, b: Tensor, mend: string): void {
  if (a.rank === 1 && b.rank === 1) return;
  throw new ShapeError(
    `${where}: not two vectors: ${showShape(a.shape)} and ${showShape(b.shape)} (ranks ${a.rank} and ${b.rank}); ${mend}`,
    { a: a.shape, b: b.shape },
  );
}

const sumOfProducts = sumOf("dot", s.mul(s.input(0), s.input(1)));

/**
 * The inner product y = Σ aᵢ·bᵢ of two vectors.
 *
 * Shapes: `[n]`, `[n]` → `[]`. Dtypes promote.
 *
 * @throws ShapeError if they are not vectors of one length.
 *
 * @example
 * ```ts
 * import { dot } from "gradkit";
 * dot([1, 2, 3], [4, 5, 6]).item(); // → 32
 * ```
 */
export function dot<A extends TensorLike, B extends TensorLike>(
  a: A,
  b: Checked<Dotted<ShapeOf<A>, ShapeOf<B>>, B>,
): Tensor<[]>;
export function dot(a: TensorLike, b: TensorLike): Tensor {
  const [left, right] = alike("dot", [a, b]) as [Tensor, Tensor];
  checkVectors("dot", left, right, "use matmul");
  if (left.size !== right.size) {
    throw new ShapeError(
      `dot: lengths differ: ${showShape(left.shape)} and ${showShape(right.shape)} (${left.size} ≠ ${right.size}); ` +
        "give vectors of one length",
      { a: left.shape, b: right.shape },
    );
  }
  return sumOfProducts([left, right]);
}

/**
 * The outer product yᵢⱼ = aᵢ·bⱼ of two vectors.
 *
 * Shapes: `[m]`, `[n]` → `[m, n]`. Dtypes promote.
 *
 * @throws ShapeError if they are not vectors.
 *
 * @example
 * ```ts
 * import { outer } from "gradkit";
 * outer([1, 2], [3, 4]).toArray(); // → [[3, 4], [6, 8]]
 * ```
 */
export function outer<A extends TensorLike, B extends TensorLike>(
  a: A,
  b: Checked<Outer<ShapeOf<A>, ShapeOf<B>>, B>,
): Tensor<Outer<ShapeOf<A>, ShapeOf<B>>>;
export function outer(a: TensorLike, b: TensorLike): Tensor {
  const [left, right] = alike("outer", [a, b]) as [Tensor, Tensor];
  checkVectors("outer", left, right, "flatten them first");
  return mul(unsqueeze(left, 1), right);
}
