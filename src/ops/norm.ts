/** Vector norms over axes. */

import { checkNumber, checkOptions } from "../check";
import { toFloat } from "../dtype";
import * as s from "../scalar/expr";
import { reducedShape } from "../shape";
import type { Axes, Reduced } from "../axes";
import type { ShapeOf } from "../types";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { ReduceOptions } from "../tensor/methods";
import type { Context, Op, Pullback } from "../tensor/op";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { detach, to } from "./cast";
import { abs, mul, sign } from "./elementwise";
import { type ExtremeAttrs, checkSome, extreme, shareTies } from "./extreme";
import { Remembered, MapOp } from "./map";
import { REDUCE_KEYS, type Reduction, keepAxes, reductionOf, sumOf } from "./reduce";

/** Which norm, over which axes. */
export interface NormOptions<
  X extends Axes | undefined = Axes | undefined,
  K extends boolean = boolean,
  R = unknown,
> extends ReduceOptions<X, K, R> {
  /** The exponent; default 2 (Euclid's), ±Infinity for the largest or smallest |x|, 0 to count elements ≠ 0. */
  p?: number;
}

interface NormAttrs extends Reduction {
  readonly p: number;
}

const [x, y, g] = [s.input(0), s.input(1), s.input(2)] as const;
const vanishes = s.equal(y, s.zero);
const powers = new Remembered();
const roots = new Remembered();
const gradients = new Remembered();

/** |x|ᵖ */
const powerOf = (p: number): s.Expr =>
  powers.get(String(p), () => (p === 2 ? s.square(x) : s.pow(s.abs(x), s.constant(p))));
/** s^(1/p) */
const rootOf = (p: number): s.Expr => roots.get(String(p), () => (p === 2 ? s.sqrt(x) : s.pow(x, s.constant(1 / p))));

/** g·sign x·(|x|/y)ᵖ⁻¹, and 0 at x = 0 and y = 0, also one order higher. */
function gradientOf(p: number): s.Expr {
  return gradients.get(String(p), () => {
    if (p === 2) return s.mul(g, s.div(x, s.select(vanishes, s.constant(Infinity), y)));
    const size = s.select(s.equal(x, s.zero), s.one, s.abs(x));
    const ratio = s.div(size, s.select(vanishes, s.one, y));
    return s.mul(g, s.mul(s.sign(x), s.pow(ratio, s.constant(p - 1))));
  });
}

const powerNorm: Op<NormAttrs> = {
  name: "norm",
  infer: ([x], { axes, keepDims, dtype, p }) => {
    if (p < 0) checkSome("norm", x!, axes);
    return { shape: reducedShape(x!.shape, axes, keepDims), dtype };
  },
  lower: ([x], { axes, keepDims, dtype, p }) => ({
    kernel: "reduce",
    attrs: { op: "sum", axes, shape: x!.shape, before: powerOf(p), after: rootOf(p) },
    output: { shape: reducedShape(x!.shape, axes, keepDims), dtype },
  }),
  vjp: ({ inputs: [x], output, attrs: { axes, dtype, p } }) => [
    (g) => {
      const inputs = [x!, keepAxes(output, x!.shape, axes), keepAxes(g, x!.shape, axes)];
      return apply(new MapOp("norm′"), inputs, { expr: gradientOf(p), dtype });
    },
  ],
};

/** Ties share the gradient of |x|, each with its sign. */
function pullExtreme({ inputs: [x], output, attrs: { axes } }: Context<ExtremeAttrs>): Pullback {
  const values = detach(x!);
  const shared = shareTies("norm", abs(values), output, axes);
  return (g) => mul(shared(g), sign(values));
}

const largest = extreme("norm", "max", pullExtreme);
const smallest = extreme("norm", "min", pullExtreme);
const absolute = s.abs(s.input(0));
const sumOfSizes = sumOf("norm", absolute);
const countNonzero = sumOf("norm", s.not(s.equal(s.input(0), s.zero)));

/**
 * ‖x‖ₚ = (Σ |x|ᵖ)^(1/p) over `axes`; p = ±Infinity gives max |x| or min |x|, p = 0 the number of elements ≠ 0.
 *
 * Shapes: as {@link sum}. Integers give float32. The gradient is 0 at 0 (a subgradient, as in PyTorch), and ties of
 * ±Infinity share it equally. The norm of nothing is 0.
 *
 * @throws ShapeError for an axis that is not there, or one without elements for p < 0 or ±Infinity; OptionError for an
 *   unknown option or a p that is not a number.
 *
 * @example
 * ```ts
 * import { norm } from "gradkit";
 * norm([3, 4]).item(); // → 5
 * norm([[3, -4], [0, 1]], { p: 1, axes: 1 }).toArray(); // → [7, 1]
 * ```
 */
export function norm<
  T extends TensorLike,
  const X extends Axes | undefined = undefined,
  const K extends boolean = false,
>(
  x: T,
  options?: NormOptions<X, K, Reduced<ShapeOf<T>, X, K>>,
): Tensor<Reduced<ShapeOf<T>, X, K>>;
export function norm(x: TensorLike, options: NormOptions = {}): Tensor {
  checkOptions("norm", options, [...REDUCE_KEYS, "p"]);
  const given = asTensor("norm", x);
  const tensor = to(given, toFloat(given.dtype));
  const p = checkNumber("norm", "p", options.p ?? 2, { infinite: true });
  const { axes, keepDims, dtype } = reductionOf("norm", tensor, options, tensor.dtype);
  if (p === 0) return countNonzero([tensor], { axes, keepDims });
  if (p === 1) return sumOfSizes([tensor], { axes, keepDims });
  if (Number.isFinite(p)) return apply(powerNorm, [tensor], { axes, keepDims, dtype, p });
  return apply(p > 0 ? largest : smallest, [tensor], { axes, keepDims, dtype, before: absolute });
}
