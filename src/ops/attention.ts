/** Scaled dot-product attention: each query's mean of the values, weighted by how well it matches the keys. */

import { checkBoolean, checkNumber, checkOptions } from "../check";
import { type DType, isFloat, toFloat } from "../dtype";
import { DTypeError, ShapeError } from "../errors";
import { type Shape, broadcastShapes, sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import type { RandomStream } from "../tensor/methods";
import { Tensor, type TensorLike } from "../tensor/tensor";
import { alike } from "./alike";
import { detach, to } from "./cast";
import { equal, greaterEqual, where } from "./compare";
import { arange } from "./create";
import { add, mul } from "./elementwise";
import { max } from "./extreme";
import { matmul } from "./matmul";
import { transpose } from "./permute";
import { dropout } from "./random";
import { unsqueeze } from "./reshape";
import { softmax } from "./softmax";

/** What {@link scaledDotProductAttention} looks at. */
export interface AttentionOptions {
  /** Which keys a query may see (bool: true where it may), or what is added to the scores (floats). Broadcasts. */
  mask?: TensorLike;
  /** Whether a query sees only keys up to its own position; default false. May stand beside a mask. */
  causal?: boolean;
  /** With which probability weights are left out, from 0 to 1; default 0. */
  dropout?: number;
  /** What the scores are multiplied by; default 1/√width of the queries. */
  scale?: number;
  /** The stream that dropout draws from; default the one that {@link manualSeed} seeds. */
  generator?: RandomStream;
}

const KEYS = ["mask", "causal", "dropout", "scale", "generator"];

/**
 * y = softmax(q·kᵀ · scale + mask) · v: for each query the mean of the values, weighted by its match with the keys.
 *
 * Shapes: q [..., L, E], k [..., S, E], v [..., S, V] → [..., L, V]; leading axes (batch, heads) broadcast. `mask`
 * broadcasts to [..., L, S]: bool says where a query may look, floats are added to the scores (and get gradients).
 * `causal` lets query i see the keys 0 … i. Defaults: scale 1/√E, no mask, no dropout; dropout acts on the weights
 * whenever it is not 0, so give 0 when evaluating. A query that may see no key gets zeros and sends no gradient, as in
 * PyTorch from 2.5 on (NaN before). PyTorch refuses a mask beside `causal`; here both hold. Integers give float32.
 *
 * @throws ShapeError for ranks below 2, sizes that differ, or a mask that does not broadcast; OptionError for numbers
 * out of range or an unknown option.
 *
 * @example
 * ```ts
 * import { scaledDotProductAttention } from "gradkit";
 * const [q, k, v] = [[[0, 0]], [[1, 0], [0, 1]], [[2], [4]]];
 * scaledDotProductAttention(q, k, v).toArray(); // → [[3]]
 * scaledDotProductAttention(q, k, v, { mask: [[true, false]] }).toArray(); // → [[2]]
 * ```
 *
 * Source: Vaswani et al. 2017, "Attention is all you need", eq. 1; PyTorch's scaled_dot_product_attention.
 */
export function scaledDotProductAttention(
  q: TensorLike,
  k: TensorLike,
  v: TensorLike,
  options: AttentionOptions = {},
): Tensor {
  return attend("scaledDotProductAttention", q, k, v, options).output;
}

/** The output of attention and the weights it was made with, [..., L, S]. @internal */
export function attend(
  name: string,
  q: TensorLike,
  k: TensorLike,
  v: TensorLike,
  options: AttentionOptions,
): { output: Tensor; weights: Tensor } {
  checkOptions(name, options, KEYS);
  const [query, key, value] = alike(name, [q, k, v], toFloat) as [Tensor, Tensor, Tensor];
  checkFit(name, query.shape, key.shape, value.shape);
  const scale = checkNumber(name, "scale", options.scale ?? 1 / Math.sqrt(Math.max(query.shape.at(-1)!, 1)));
  const causal = checkBoolean(name, "causal", options.causal, false);
  const p = checkNumber(name, "dropout", options.dropout ?? 0, { min: 0, max: 1 });
  const scores = matmul(mul(query, scale), transpose(key));
  const mask = options.mask === undefined ? null : checkMask(name, options.mask, scores);
  const seen = causal ? where(upTo(scores.shape), scores, -Infinity) : scores;
  const weights = mask === null ? softmax(seen) : softmaxOrZero(masked(seen, mask));
  const { generator } = options;
  const kept = p === 0 ? weights : dropout(weights, p, generator === undefined ? {} : { generator });
  return { output: matmul(kept, value), weights: kept };
}

/** [L, S]: whether query i may see key j, j ≤ i. */
function upTo(shape: Shape): Tensor {
  const [queries, keys] = shape.slice(-2) as [number, number];
  return greaterEqual(unsqueeze(arange(queries, { dtype: "int32" }), 1), arange(keys, { dtype: "int32" }));
}

/** Scores with −∞ where a bool mask forbids, or with a float mask added. */
function masked(scores: Tensor, mask: Tensor): Tensor {
  return mask.dtype === "bool" ? where(mask, scores, -Infinity) : add(scores, mask);
}

/** Softmax over the last axis, and 0 instead of NaN where all scores are −∞: neither numbers nor gradients escape. */
function softmaxOrZero(scores: Tensor): Tensor {
  if (scores.size === 0) return softmax(scores);
  const blind = equal(detach(max(scores, { axes: -1, keepDims: true })), -Infinity);
  return where(blind, 0, softmax(where(blind, 0, scores)));
}

function checkFit(name: string, q: Shape, k: Shape, v: Shape): void {
  const all = `q ${showShape(q)}, k ${showShape(k)}, v ${showShape(v)}`;
  const fail = (what: string, why: string, mend: string): ShapeError =>
    new ShapeError(`${name}: ${what}: ${all} (${why}); ${mend}`, { q, k, v });
  if (Math.min(q.length, k.length, v.length) < 2) {
    throw fail("bad rank", "each has a length and a width", "give [..., length, width]");
  }
  if (q.at(-1) !== k.at(-1)) {
    throw fail("queries and keys differ in width", `${q.at(-1)} ≠ ${k.at(-1)}`, "give both the same last size");
  }
  if (k.at(-2) !== v.at(-2)) {
    throw fail("keys and values differ in number", `${k.at(-2)} ≠ ${v.at(-2)}`, "give one value for each key");
  }
  const lead = broadcastShapes(q.slice(0, -2), k.slice(0, -2));
  if (lead === null || broadcastShapes(lead, v.slice(0, -2)) === null) {
    throw fail("leading axes do not broadcast", "batch and heads", "make them equal, or 1 where one should repeat");
  }
}

/** A mask in bool or in the scores' dtype, which broadcasts to them. */
function checkMask(name: string, given: TensorLike, scores: Tensor): Tensor {
  const mask = asMask(name, given, scores.dtype);
  const common = broadcastShapes(mask.shape, scores.shape);
  if (common !== null && sameShape(common, scores.shape)) return mask;
  throw new ShapeError(
    `${name}: the mask does not fit: ${showShape(mask.shape)} for scores ${showShape(scores.shape)} (it must broadcast ` +
      "to them); give [queries, keys], with leading axes of 1 or the scores' size",
    { mask: mask.shape, scores: scores.shape },
  );
}

/** A mask in bool, or floats of a dtype; refuses integers, which could mean either. @internal */
export function asMask(name: string, given: TensorLike, dtype: DType): Tensor {
  const mask = asTensor(name, given);
  if (mask.dtype === "bool") return mask;
  if (isFloat(mask.dtype)) return given instanceof Tensor ? to(mask, dtype) : asTensor(name, given, dtype);
  throw new DTypeError(
    `${name}: the mask is ${mask.dtype}: ${showShape(mask.shape)} (bool says what may be seen, floats are added); ` +
      'convert it with .to("bool") or .to("float32")',
    { dtype: mask.dtype },
  );
}
