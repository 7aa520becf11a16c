/** The law rows of contractions: products of matrices and their kin, bilinear in their operands. */
import fc from "fast-check";
import * as g from "../../src/index";
import type { Tensor } from "../../src/tensor/tensor";
import { type Row, shaped, smooth } from "./row";

const size = fc.integer({ min: 0, max: 3 });
const batch = fc.constantFrom<number[]>([], [1], [2]);

/** Shapes of two operands of matmul: vectors, matrices, batches that broadcast. */
const products = fc
  .record({ m: size, k: size, n: size, left: batch, right: batch })
  .chain(({ m, k, n, left, right }) =>
    fc.constantFrom(
      [[...left, m, k], [...right, k, n]],
      [[k], [...right, k, n]],
      [[...left, m, k], [k]],
      [[k], [k]],
    ),
  );

const formulas: readonly (readonly [formula: string, ...shapes: (readonly number[])[]])[] = [
  ["ij,jk->ik", [2, 3], [3, 2]],
  ["ij->ji", [2, 3]],
  ["ii->i", [3, 3]],
  ["ii", [2, 2]],
  ["i,j->ij", [2], [3]],
  ["bij,bjk->bik", [2, 1, 2], [2, 2, 2]],
  ["...ij,...jk->...ik", [2, 1, 2], [2, 2]],
  ["bi,ij,bj->b", [2, 2], [2, 2], [2, 2]],
  ["ij,kj->ik", [2, 0], [3, 0]],
];

export const contractRows: Readonly<Record<string, Row>> = {
  matmul: smooth(shaped(products.map((shapes) => ({ f: (...[a, b]: Tensor[]) => g.matmul(a!, b!), shapes })))),
  dot: smooth(shaped(size.map((n) => ({ f: (...[a, b]: Tensor[]) => g.dot(a!, b!), shapes: [[n], [n]] })))),
  outer: smooth(
    shaped(fc.tuple(size, size).map(([m, n]) => ({ f: (...[a, b]: Tensor[]) => g.outer(a!, b!), shapes: [[m], [n]] }))),
  ),
  linear: smooth(
    shaped(
      fc.record({ batch: fc.constantFrom([], [2], [0], [2, 1]), inner: size, outer: size, bias: fc.boolean() }).map(
        ({ batch, inner, outer, bias }) => ({
          f: (...[x, weight, b]: Tensor[]) => g.linear(x!, weight!, b ?? null),
          shapes: [[...batch, inner], [outer, inner], ...(bias ? [[outer]] : [])],
        }),
      ),
    ),
  ),
  einsum: smooth(
    shaped(
      fc
        .constantFrom(...formulas)
        .map(([formula, ...shapes]) => ({ f: (...x: Tensor[]) => g.einsum(formula, ...x), shapes })),
    ),
    { method: false },
  ),
};
