/** The matmul kernel: batched products of matrices of any strides, with an expression of each element at the end. */

import type { FunctionBuilder, ModuleBuilder } from "./assembler";
import { nest } from "./loops";
import { emitProduct } from "./matmulBlocks";
import { planMatmul, scratchOf } from "./matmulPlan";
import { type MatmulCase, batchOf } from "./matmulShape";

/** Bytes of working memory that a product needs. */
export function matmulScratch(what: MatmulCase): number {
  const { product } = batchOf(what);
  return scratchOf(product, planMatmul(product)).all;
}

/** A function that computes the product, with working memory at the address `scratch`. */
export function emitMatmul(module: ModuleBuilder, what: MatmulCase, scratch: number): FunctionBuilder {
  const f = module.function([]);
  const { product, lead, cursors } = batchOf(what);
  if (product.m === 0 || product.n === 0) return f;
  const plan = planMatmul(product);
  nest(f, lead, cursors, ([a, b, c, ...reads]) => {
    emitProduct(f, product, plan, scratch, { a: a!, b: b!, c: c!, reads });
  });
  return f;
}
