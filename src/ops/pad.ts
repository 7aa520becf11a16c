/** Margins around a tensor: of one number, or of its own elements, mirrored, repeated or wrapped around. */

import { checkNumber, checkOneOf, checkOptions, checkShape, show } from "../check";
import { type DType, adopt } from "../dtype";
import { OptionError, ShapeError } from "../errors";
import { type Shape, showShape } from "../shape";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { to } from "./cast";
import { constantOf } from "./constant";
import { indexSelect } from "./indexSelect";
import { notPerAxis, placing } from "./slice";

/** What a margin is made of. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

/** What `pad` fills with. */
export interface PadOptions {
  /** The number around x with mode "constant"; default 0. */
  value?: number;
  /**
   * "constant" (default) takes the value, "reflect" mirrors at the outermost elements, "replicate" repeats these,
   * "circular" goes on at the other end.
   */
  mode?: PadMode;
}

const MODES = ["constant", "reflect", "replicate", "circular"] as const;

const padOp = placing("pad");

type Pair = readonly [before: number, after: number];

function padAmounts(amounts: unknown): Pair {
  const ok = Array.isArray(amounts) && amounts.length === 2 && amounts.every((n) => Number.isInteger(n) && n >= 0);
  if (ok) return amounts as unknown as Pair;
  throw new ShapeError(
    `pad: not two whole numbers ≥ 0: ${show(amounts)}; give [before, after] for each axis, and use slice to cut`,
    { amounts },
  );
}

/**
 * x with a margin around it: of one number, or of its own elements.
 *
 * Shapes: `[2, 3]` with `[[1, 0], [2, 2]]` → `[3, 7]`. `amounts` has one pair `[before, after]` per axis.
 * With mode "constant" a value with a fraction around integers gives float32; a number other than 0 and 1 around bool
 * gives int32. "reflect" leaves the outermost element out: 1 2 3 with 2 before → 3 2 1 2 3; it reaches at most to the
 * other end, so a margin is smaller than the axis. "circular" goes round at most once: a margin is no larger than the
 * axis. "replicate" repeats the outermost element as often as asked. These three pad axis by axis (corners follow),
 * and work on any axes and ranks, PyTorch's on the last one to three; gradients add up at the elements repeated.
 *
 * @throws ShapeError if there is not one pair of whole numbers ≥ 0 per axis, or a margin is too large for its mode;
 * OptionError for an unknown option or mode, or a value beside another mode than "constant".
 *
 * @example
 * ```ts
 * import { pad } from "gradkit";
 * pad([[1, 2]], [[0, 1], [1, 0]], { value: 9 }).toArray(); // → [[9, 1, 2], [9, 9, 9]]
 * pad([1, 2, 3], [[2, 1]], { mode: "reflect" }).toArray(); // → [3, 2, 1, 2, 3, 2]
 * pad([1, 2, 3], [[2, 1]], { mode: "replicate" }).toArray(); // → [1, 1, 1, 2, 3, 3]
 * pad([1, 2, 3], [[2, 1]], { mode: "circular" }).toArray(); // → [2, 3, 1, 2, 3, 1]
 * ```
 */
export function pad(x: TensorLike, amounts: readonly (readonly [number, number])[], options: PadOptions = {}): Tensor {
  checkOptions("pad", options, ["value", "mode"]);
  const tensor = asTensor("pad", x);
  const mode = checkOneOf("pad", "mode", options.mode ?? "constant", MODES);
  if (!Array.isArray(amounts) || amounts.length !== tensor.rank) {
    throw notPerAxis("pad", amounts, tensor.shape, "[before, after] for each axis");
  }
  const pairs = amounts.map(padAmounts);
  checkShape("pad", tensor.shape.map((n, axis) => n + pairs[axis]![0] + pairs[axis]![1]));
  if (mode === "constant") return padConstant(tensor, pairs, options.value ?? 0);
  if (options.value !== undefined) {
    throw new OptionError(
      `pad: a value beside mode "${mode}": ${show(options.value)} (its margin is made of x's own elements); leave one out`,
      { value: options.value, mode },
    );
  }
  return pairs.reduce((padded, pair, axis) => padAxis(padded, axis, pair, mode), tensor);
}

function padConstant(tensor: Tensor, pairs: readonly Pair[], value: number): Tensor {
  if (!Number.isNaN(value)) checkNumber("pad", "value", value, { infinite: true });
  const shape = tensor.shape.map((n, axis) => n + pairs[axis]![0] + pairs[axis]![1]);
  const dtype = padDType(tensor.dtype, value);
  const source = to(tensor, dtype);
  const begin = pairs.map(([before]) => before);
  const window = { begin, step: begin.map(() => 1), sizes: tensor.shape };
  return apply(padOp, [constantOf(value, shape, dtype), source], window);
}

function padDType(dtype: DType, value: number): DType {
  return dtype === "bool" && (value === 0 || value === 1) ? dtype : adopt(dtype, value);
}

/** Which element of an axis of n stands at a position, which may lie before 0 or from n on. */
const ELEMENT = {
  reflect: (at: number, n: number) => (at < 0 ? -at : at < n ? at : 2 * (n - 1) - at),
  replicate: (at: number, n: number) => Math.min(Math.max(at, 0), n - 1),
  circular: (at: number, n: number) => (at + n) % n,
} satisfies Record<Exclude<PadMode, "constant">, (at: number, n: number) => number>;

function padAxis(x: Tensor, axis: number, [before, after]: Pair, mode: keyof typeof ELEMENT): Tensor {
  if (before === 0 && after === 0) return x;
  const n = x.shape[axis]!;
  checkMargin(x.shape, axis, Math.max(before, after), mode);
  const from = Int32Array.from({ length: before + n + after }, (_, i) => ELEMENT[mode](i - before, n));
  return indexSelect(x, from, { axis });
}

/** Refuses margins that would need elements which are not there. */
function checkMargin(shape: Shape, axis: number, margin: number, mode: keyof typeof ELEMENT): void {
  const n = shape[axis]!;
  const most = mode === "reflect" ? n - 1 : mode === "circular" || n === 0 ? n : Infinity;
  if (margin <= most) return;
  throw new ShapeError(
    `pad: the margin is too large for mode "${mode}": ${margin} on axis ${axis} of ${showShape(shape)} ` +
      `(at most ${Math.max(most, 0)}); pad less, or with mode "constant"`,
    { shape, axis, margin, mode },
  );
}
