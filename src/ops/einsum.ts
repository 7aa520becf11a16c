/** Einstein's summation: any product of tensors summed over named axes, by permutes, reshapes and matrix products. */

import { toNumber } from "../dtype";
import { type Shape, sizeOf } from "../shape";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { alike } from "./alike";
import { mul } from "./elementwise";
import { type Plan, readFormula } from "./formula";
import { matmul } from "./matmul";
import { permute } from "./permute";
import { sum } from "./reduce";
import { reshape, squeeze } from "./reshape";
import { slice } from "./slice";

/** A tensor whose axes have names. */
interface Named {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/** The axes in the order of `labels`, which names them all. */
function arrange({ x, labels }: Named, order: readonly string[]): Tensor {
  if (order.every((label, axis) => label === labels[axis])) return x;
  return permute(x, order.map((label) => labels.indexOf(label)));
}

/** One axis in place of two of the same name: the diagonal, which is every (n + 1)-th element of the two as one. */
function takeDiagonals({ x, labels }: Named): Named {
  const label = labels.find((name, i) => labels.indexOf(name) !== i);
  if (label === undefined) return { x, labels };
  const first = labels.indexOf(label);
  const second = labels.indexOf(label, first + 1);
  const others = labels.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  const lead = others.map((axis) => x.shape[axis]!);
  const size = x.shape[first]!;
  const square = reshape(permute(x, [...others, first, second]), [...lead, size * size]);
  const diagonal = slice(square, [...lead.map(() => null), [0, size * size, size + 1]]);
  return takeDiagonals({ x: diagonal, labels: [...others.map((axis) => labels[axis]!), label] });
}

/** Without the axes of an ellipsis that repeat: the product broadcasts by itself. */
function dropRepeated({ x, labels }: Named, { sizes }: Plan): Named {
  const axis = labels.findIndex((label, i) => x.shape[i] === 1 && sizes.get(label) !== 1);
  if (axis === -1) return { x, labels };
  return dropRepeated({ x: squeeze(x, axis), labels: labels.filter((_, i) => i !== axis) }, { sizes } as Plan);
}

/** Summed over all axes whose labels are not wanted. */
function sumOut({ x, labels }: Named, wanted: (label: string) => boolean): Named {
  const axes = labels.map((_, axis) => axis).filter((axis) => !wanted(labels[axis]!));
  return axes.length === 0 ? { x, labels } : { x: sum(x, { axes }), labels: labels.filter(wanted) };
}

/** The product of two, summed over the labels that only they have. */
function contract(a: Named, b: Named, needed: ReadonlySet<string>, sizes: ReadonlyMap<string, number>): Named {
  const left = sumOut(a, (label) => needed.has(label) || b.labels.includes(label));
  const right = sumOut(b, (label) => needed.has(label) || a.labels.includes(label));
  const both = left.labels.filter((label) => right.labels.includes(label));
  const batch = both.filter((label) => needed.has(label));
  const summed = both.filter((label) => !needed.has(label));
  const rows = left.labels.filter((label) => !both.includes(label));
  const columns = right.labels.filter((label) => !both.includes(label));
  const shape = (labels: readonly string[]): Shape => labels.map((label) => sizes.get(label)!);
  const size = (labels: readonly string[]): number => sizeOf(shape(labels));
  const labels = [...batch, ...rows, ...columns];
  if (summed.length === 0) {
    const tall = [...shape([...batch, ...rows]), ...columns.map(() => 1)];
    const wide = [...shape(batch), ...rows.map(() => 1), ...shape(columns)];
    const factor = reshape(arrange(right, [...batch, ...columns]), wide);
    return { x: mul(reshape(arrange(left, [...batch, ...rows]), tall), factor), labels };
  }
  const a2 = reshape(arrange(left, [...batch, ...rows, ...summed]), [...shape(batch), size(rows), size(summed)]);
  const b2 = reshape(arrange(right, [...batch, ...summed, ...columns]), [...shape(batch), size(summed), size(columns)]);
  return { x: reshape(matmul(a2, b2), shape(labels)), labels };
}

/**
 * The product of tensors, summed over every axis whose letter is missing in the result.
 *
 * `"ij,jk->ik"` names the axes of each tensor and of the result. A letter that stands twice in one tensor takes its
 * diagonal. Without `->` the result has the letters that stand once, in alphabetical order. `...` stands for all other
 * axes, which broadcast; without it in the result they are summed. Tensors are multiplied from left to right.
 *
 * Shapes: axes of one letter have one size (PyTorch also repeats size 1 there; write `...` for axes that repeat).
 * Dtypes promote.
 *
 * @throws FormatError for a formula that cannot be read, ShapeError if the letters or sizes do not fit the tensors.
 *
 * @example
 * ```ts
 * import { einsum } from "gradkit";
 * einsum("ij,j->i", [[1, 2], [3, 4]], [1, 10]).toArray(); // → [21, 43]
 * einsum("ii", [[1, 2], [3, 4]]).item(); // → 5
 * ```
 */
export function einsum(formula: string, ...tensors: readonly TensorLike[]): Tensor {
  const given = tensors.length === 0 ? [] : alike("einsum", tensors, toNumber);
  const plan = readFormula(formula, given.map(({ shape }) => shape));
  const parts = given.map((x, i) => dropRepeated(takeDiagonals({ x, labels: plan.inputs[i]! }), plan));
  let result = parts[0]!;
  for (let i = 1; i < parts.length; i++) {
    const needed = new Set([...plan.output, ...parts.slice(i + 1).flatMap(({ labels }) => labels)]);
    result = contract(result, parts[i]!, needed, plan.sizes);
  }
  return arrange(sumOut(result, (label) => plan.output.includes(label)), plan.output);
}
