/** The affine map of a dense layer, y = x·Wᵀ + b, as one op, so that no gradient needs a transposed copy. */

import { toNumber } from "../dtype";
import { ShapeError } from "../errors";
import { type Shape, showShape, sizeOf } from "../shape";
import type { Affine } from "../rules";
import type { Checked, ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import type { Op, Pullback } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { alike } from "./alike";
import { add } from "./elementwise";
import { matmulOp } from "./matmul";
import { transpose } from "./permute";
import { reshape } from "./reshape";

function linearShape(x: Shape, weight: Shape, bias: Shape | undefined): Shape {
  if (x.length === 0 || weight.length !== 2) {
    throw new ShapeError(
      `linear: bad rank: x ${showShape(x)}, weight ${showShape(weight)} (x needs an axis, weight two); ` +
        "give x as [..., in] and weight as [out, in]",
      { x, weight },
    );
  }
  const [out, width] = weight as readonly [number, number];
  if (x.at(-1) !== width) {
    const mend = x.at(-1) === out ? "transpose the weight: it is [out, in]" : "x is [..., in], weight [out, in]";
    throw new ShapeError(
      `linear: inner dimensions differ: x ${showShape(x)}, weight ${showShape(weight)} (${x.at(-1)} ≠ ${width}); ${mend}`,
      { x, weight },
    );
  }
  if (bias !== undefined && !(bias.length === 1 && bias[0] === out)) {
    throw new ShapeError(
      `linear: the bias does not fit: bias ${showShape(bias)}, weight ${showShape(weight)} ` +
        `(one number per output, ${out}); give [${out}] or null`,
      { bias, weight },
    );
  }
  return [...x.slice(0, -1), out];
}

/** [..., n] as [rows, n]. */
function asRows(x: Tensor): Tensor {
  return x.rank === 2 ? x : reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}

function times(a: Tensor, b: Tensor): Tensor {
  return apply(matmulOp, [a, b], undefined);
}

const linearOp: Op = {
  name: "linear",
  infer: ([x, weight, bias]) => ({ shape: linearShape(x!.shape, weight!.shape, bias?.shape), dtype: x!.dtype }),
  decompose: ([x, weight, bias]) => {
    const y = times(asRows(x!), transpose(weight!));
    const shifted = bias === undefined ? y : add(y, bias);
    return x!.rank === 2 ? shifted : reshape(shifted, [...x!.shape.slice(0, -1), weight!.shape[0]!]);
  },
  vjp: ({ inputs: [x, weight, bias] }) => {
    const pulls = [x!.requiresGrad ? toInput(x!.shape, weight!) : null, weight!.requiresGrad ? toWeight(x!) : null];
    return bias === undefined ? pulls : [...pulls, (g) => g];
  },
};

/** Functions of their own, so that each keeps alive what it reads alone: a frozen layer does not hold its input. */
function toInput(shape: Shape, weight: Tensor): Pullback {
  return (g) => (shape.length === 2 ? times(g, weight) : reshape(times(asRows(g), weight), shape));
}

function toWeight(x: Tensor): Pullback {
  return (g) => times(transpose(asRows(g)), asRows(x));
}

/**
 * y = x·Wᵀ + b, the map of a dense layer.
 *
 * Shapes: x `[..., in]`, weight `[out, in]` (as in PyTorch), bias `[out]` or null → `[..., out]`. Dtypes promote.
 *
 * @throws ShapeError if the sizes do not fit.
 *
 * @example
 * ```ts
 * import { linear } from "gradkit";
 * linear([[1, 2]], [[3, 4], [5, 6], [7, 8]], [0, 0, 1]).toArray(); // → [[11, 17, 24]]
 * ```
 */
export function linear<X extends TensorLike, W extends TensorLike>(
  x: X,
  weight: Checked<Affine<ShapeOf<X>, ShapeOf<W>>, W>,
  bias?: TensorLike | null,
): Tensor<Affine<ShapeOf<X>, ShapeOf<W>>>;
export function linear(x: TensorLike, weight: TensorLike, bias: TensorLike | null = null): Tensor {
  return apply(linearOp, alike("linear", bias === null ? [x, weight] : [x, weight, bias], toNumber), undefined);
}
