/** The map kernel: one scalar expression over every element. */

import { type DType, type TypedArray, allocate } from "../../dtype";
import { type Expr, topological } from "../../scalar/expr";
import { type Shape, sizeOf } from "../../shape";
import type { View } from "../../tensor/storage";
import { type Kernel, dense } from "./kernel";
import { SCALAR } from "./scalar";

/** Evaluates the expression over the broadcast inputs into `out`, rounding to its dtype. */
export function evaluate(expr: Expr, inputs: readonly View[], shape: Shape, dtype: DType, out: TypedArray): void {
  const order = topological(expr);
  const place = new Map(order.map((node, i) => [node, i]));
  const arrays = inputs.map((view) => dense(view, shape));
  const values = new Float64Array(order.length);
  const size = sizeOf(shape);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < order.length; k++) {
      const node = order[k]!;
      if (node.kind === "const") values[k] = node.value;
      else if (node.kind === "input") values[k] = arrays[node.index]![i]!;
      else {
        const [a = 0, b = 0, c = 0] = node.args.map((arg) => values[place.get(arg)!]!);
        values[k] = dtype === "int32" && node.op === "mul" ? Math.imul(a, b) : SCALAR[node.op](a, b, c);
      }
    }
    const value = values[order.length - 1]!;
    out[i] = dtype === "bool" ? (value !== 0 ? 1 : 0) : value;
  }
}

/** One scalar expression over broadcast inputs. */
export const map: Kernel<"map"> = (inputs, { expr }, { shape, dtype }) => {
  const out = allocate(dtype, sizeOf(shape));
  evaluate(expr, inputs, shape, dtype, out);
  return out;
};
