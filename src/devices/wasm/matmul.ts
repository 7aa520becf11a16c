/** The matmul kernel: batched products of matrices of any strides, with an expression of each element at the end. */

import { sizeOf } from "../../shape";
import type { ModuleBuilder } from "./assembler";
import { type Cursor, nest } from "./loops";
import { emitProduct } from "./matmulBlocks";
import { type PackSpec, type Packed, emitPack, packedBytes } from "./matmulPack";
import { packOfA, packOfB, planMatmul } from "./matmulPlan";
import { type MatmulCase, type Product, batchOf } from "./matmulShape";
import { type Part, Share } from "./share";

/** Multiplications and additions in a nanosecond on one thread, about. */
const RATE = 50;

/** Bytes of working memory that a product needs. */
export function matmulScratch(what: MatmulCase): number {
  const { product, lead, cursors } = batchOf(what);
  return packedOperands(product, lead, cursors, 0).bytes;
}

/** Computes the product: packs what has to be packed, at the address `scratch`, then multiplies. */
export function emitMatmul(module: ModuleBuilder, what: MatmulCase, scratch: number): readonly Part[] {
  const share = new Share(module);
  const { f } = share;
  const { product, lead, cursors } = batchOf(what);
  const { m, n, k } = product;
  if (m === 0 || n === 0) return [share.part];
  const plan = planMatmul(product);
  const packed = packedOperands(product, lead, cursors, scratch);
  const [a, b, ...others] = cursors as [Cursor, Cursor, ...Cursor[]];
  const cost = (2 * m * n * k * sizeOf(lead)) / RATE;
  const alone = lead.every((size) => size === 1);
  nest(f, lead, [packed.a?.to ?? a, packed.b?.to ?? b, ...others], ([a, b, c, ...reads]) => {
    emitProduct(share, product, plan, { a: a!, b: b!, c: c!, reads }, alone ? cost : 0);
  }, alone ? undefined : { share, cost });
  const packs = [packed.a, packed.b].flatMap((operand) => (operand === null ? [] : [emitPack(module, operand)]));
  return [...packs, share.part];
}

interface PackedOperands {
  readonly a: Packed | null;
  readonly b: Packed | null;
  readonly bytes: number;
}

/** The operands that the plan packs, one after another from an address on. */
function packedOperands(
  product: Product,
  lead: readonly number[],
  [a, b]: readonly Cursor[],
  address: number,
): PackedOperands {
  const plan = planMatmul(product);
  let end = address;
  const place = (spec: PackSpec, from: Cursor): Packed => {
    const room = Math.ceil(packedBytes(spec) / 64) * 64;
    const own = lead.map((size, axis) => (from.strides[axis] === 0 ? 1 : size));
    const strides = own.map((size, axis) => (size === 1 ? 0 : room * sizeOf(own.slice(axis + 1))));
    const to = { start: end, strides };
    end += room * sizeOf(own);
    return { spec, lead: own, from, to };
  };
  const packed = {
    a: plan.packA ? place(packOfA(product), a!) : null,
    b: plan.packB ? place(packOfB(product, plan), b!) : null,
  };
  return { ...packed, bytes: end - address };
}
