/** Multi-head attention: several small attentions side by side, each with its own view of queries, keys and values. */

import { checkBoolean, checkNumber, checkOptions } from "../check";
import type { DType } from "../dtype";
import { OptionError, ShapeError } from "../errors";
import { asMask, attend } from "../ops/attention";
import { logicalAnd, logicalNot, where } from "../ops/compare";
import { split } from "../ops/concat";
import { zeros } from "../ops/create";
import { add } from "../ops/elementwise";
import { linear } from "../ops/linear";
import { permute } from "../ops/permute";
import { mean } from "../ops/reduce";
import { reshape, squeeze, unsqueeze } from "../ops/reshape";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { Parameter } from "../tensor/parameter";
import { type Tensor, type TensorLike, assign } from "../tensor/tensor";
import { xavierUniform } from "./fanInit";
import { Linear } from "./linear";
import { Module } from "./module";
import { checkWeightDType, snakeCase, unusual } from "./weights";

/** The settings of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionOptions {
  /** With which probability attention weights are left out in training, from 0 to 1; default 0. */
  dropout?: number;
  /** Whether the projections have biases; default true. */
  bias?: boolean;
  /** Whether inputs are [batch, length, width], the default as everywhere in gradkit, or [length, batch, width]. */
  batchFirst?: boolean;
  /** Element type of the weights, "float32" (default) or "float64". */
  dtype?: DType;
}

/** What a query may look at. */
export interface AttendOptions {
  /** bool: true where a query may look; floats are added to the scores. [L, S], [batch·heads, L, S] or four axes. */
  mask?: TensorLike;
  /** [batch, S], bool: true for keys that are padding and not looked at; floats are added to the scores. */
  keyPaddingMask?: TensorLike;
  /** Whether a query sees only keys up to its own position; default false. */
  causal?: boolean;
}

/** {@link AttendOptions}, and how weights are given. */
export interface AttendWeightsOptions extends AttendOptions {
  /** Whether the weights are averaged over the heads; default true. */
  averageWeights?: boolean;
}

/** What {@link MultiHeadAttention} gives. */
export interface AttentionResult {
  /** As the queries. */
  output: Tensor;
  /** [batch, L, S], or [batch, heads, L, S] without averaging; in training after dropout. */
  weights: Tensor;
}

const USUAL = { dropout: 0, bias: true, batchFirst: true };

/**
 * y = concat(head₁, …, headₕ)·Wᵒ, where headᵢ = softmax(QᵢKᵢᵀ/√d)·Vᵢ and Q, K, V are projections of the inputs.
 *
 * Shapes: query [batch, L, width], key and value [batch, S, width] give [batch, L, width]; without a batch [L, width]
 * and so on. Key and value default to the query (self-attention), value to the key. `heads` divides the width.
 * `forward` gives the output; `run` also gives the weights. Masks say where a query MAY look, as in
 * {@link scaledDotProductAttention}; PyTorch's `MultiheadAttention` reads bool masks the other way round (true is
 * hidden). `keyPaddingMask` is true where a key is padding, as in PyTorch. A query that may see nothing gets the bias
 * of the output projection (PyTorch: NaN). Defaults: no dropout, biases, batch first (PyTorch's default is length
 * first). First weights: Xavier's uniform for the input projections, {@link Linear}'s for the output, biases 0. State
 * names are PyTorch's: `in_proj_weight` [3·width, width], `in_proj_bias`, `out_proj.weight`, `out_proj.bias`.
 *
 * @throws ShapeError for inputs or masks that do not fit; OptionError if the heads do not divide the width, or for
 * settings out of range.
 *
 * @example
 * ```ts
 * import { MultiHeadAttention, ones } from "gradkit";
 * const attention = new MultiHeadAttention(8, 2);
 * const [x, memory] = [ones([4, 5, 8]), ones([4, 7, 8])];
 * attention.forward(x).shape; // → [4, 5, 8]
 * attention.run(x, memory).weights.shape; // → [4, 5, 7]
 * attention.forward(x, x, x, { causal: true }).shape; // → [4, 5, 8]
 * ```
 *
 * Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.2.
 */
export class MultiHeadAttention extends Module {
  /** The size of the last axis of inputs and output. */
  readonly width: number;
  /** How many attentions there are; each has width / heads. */
  readonly heads: number;
  /** The probability of leaving out a weight in training. */
  readonly dropout: number;
  /** Whether inputs are [batch, length, width]. */
  readonly batchFirst: boolean;
  /** The projections of queries, keys and values below each other, [3·width, width]. */
  readonly inProjWeight: Parameter;
  /** [3·width], or null. */
  readonly inProjBias: Parameter | null;
  /** The projection of what the heads found. */
  readonly outProj: Linear;

  constructor(width: number, heads: number, options: MultiHeadAttentionOptions = {}) {
    super();
    checkOptions("MultiHeadAttention", options, [...Object.keys(USUAL), "dtype"]);
    this.width = checkNumber("MultiHeadAttention", "width", width, { integer: true, min: 1 });
    this.heads = checkNumber("MultiHeadAttention", "heads", heads, { integer: true, min: 1 });
    if (width % heads !== 0) {
      throw new OptionError(
        `MultiHeadAttention: the heads do not divide the width: ${width} for ${heads} heads (remainder ${width % heads}); ` +
          "choose a width that is a multiple",
        { width, heads },
      );
    }
    this.dropout = checkNumber("MultiHeadAttention", "dropout", options.dropout ?? USUAL.dropout, { min: 0, max: 1 });
    this.batchFirst = checkBoolean("MultiHeadAttention", "batchFirst", options.batchFirst, USUAL.batchFirst);
    const bias = checkBoolean("MultiHeadAttention", "bias", options.bias, USUAL.bias);
    const dtype = checkWeightDType("MultiHeadAttention", options.dtype);
    this.inProjWeight = new Parameter(xavierUniform([3 * width, width], { dtype }));
    this.inProjBias = bias ? new Parameter(zeros([3 * width], { dtype })) : null;
    this.outProj = new Linear(width, width, { bias, dtype });
    if (this.outProj.bias !== null) assign(this.outProj.bias, zeros([width], { dtype }));
  }

  override get computes(): "run" {
    return "run";
  }

  /** The output alone; `run` gives the weights, too. */
  forward(query: TensorLike, key?: TensorLike, value?: TensorLike, options?: AttendOptions): Tensor {
    return this.run(query, key, value, options).output;
  }

  /** The output, and the weights it was made with. */
  run(
    query: TensorLike,
    key: TensorLike = query,
    value: TensorLike = key,
    options: AttendWeightsOptions = {},
  ): AttentionResult {
    checkOptions("MultiHeadAttention", options, ["mask", "keyPaddingMask", "causal", "averageWeights"]);
    const average = checkBoolean("MultiHeadAttention", "averageWeights", options.averageWeights, true);
    const given = [query, key, value].map((x) => asTensor("MultiHeadAttention", x, this.inProjWeight.dtype));
    const single = this.checkInputs(given as [Tensor, Tensor, Tensor]);
    const inputs = given.map((x) => this.batched(x, single)) as [Tensor, Tensor, Tensor];
    const [q, k, v] = this.projected(inputs) as [Tensor, Tensor, Tensor];
    const mask = this.maskOf(options, q.shape[0]!, [q.shape[2]!, k.shape[2]!], single);
    const found = attend("MultiHeadAttention", q, k, v, {
      ...(mask === null ? {} : { mask }),
      causal: checkBoolean("MultiHeadAttention", "causal", options.causal, false),
      dropout: this.training ? this.dropout : 0,
    });
    const joined = reshape(permute(found.output, [0, 2, 1, 3]), inputs[0].shape);
    const output = this.outProj.forward(joined);
    const weights = average ? mean(found.weights, { axes: 1 }) : found.weights;
    if (single) return { output: squeeze(output, 0), weights: squeeze(weights, 0) };
    return { output: this.batchFirst ? output : permute(output, [1, 0, 2]), weights };
  }

  /** Queries, keys and values as [batch, heads, length, width / heads]. */
  private projected(inputs: readonly Tensor[]): Tensor[] {
    const { width, heads, inProjWeight, inProjBias } = this;
    const weights = split(inProjWeight, width);
    const biases = inProjBias === null ? null : split(inProjBias, width);
    return inputs.map((x, i) => {
      const y = linear(x, weights[i]!, biases === null ? null : biases[i]!);
      return permute(reshape(y, [y.shape[0]!, y.shape[1]!, heads, width / heads]), [0, 2, 1, 3]);
    });
  }

  /** [batch, length, width], whatever layout x has. */
  private batched(x: Tensor, single: boolean): Tensor {
    if (single) return unsqueeze(x, 0);
    return this.batchFirst ? x : permute(x, [1, 0, 2]);
  }

  /** Refuses inputs that do not fit; says whether they are without a batch. */
  private checkInputs([query, key, value]: readonly [Tensor, Tensor, Tensor]): boolean {
    const { width } = this;
    const all = [query, key, value];
    const shapes = all.map(({ shape }) => showShape(shape)).join(", ");
    const layout = this.batchFirst ? `[batch, length, ${width}]` : `[length, batch, ${width}]`;
    const fail = (what: string, why: string): ShapeError =>
      new ShapeError(
        `MultiHeadAttention: ${what}: ${shapes} (${why}); give each as ${layout}, or [length, ${width}]`,
        { query: query.shape, key: key.shape, value: value.shape },
      );
    const ranks = all.map(({ rank }) => rank);
    if (ranks.some((rank) => rank !== ranks[0]) || ranks[0]! < 2 || ranks[0]! > 3) throw fail("bad rank", `ranks ${ranks.join(", ")}`);
    const wrong = all.find(({ shape }) => shape.at(-1) !== width);
    if (wrong !== undefined) throw fail("the width does not fit", `${wrong.shape.at(-1)} ≠ ${width}`);
    if (ranks[0] === 2) return true;
    const batches = all.map(({ shape }) => shape[this.batchFirst ? 0 : 1]!);
    if (batches.some((n) => n !== batches[0])) throw fail("batches differ", batches.join(", "));
    return false;
  }

  /** All that hides keys, as one mask for [batch, heads, L, S]. */
  private maskOf(
    { mask, keyPaddingMask }: AttendOptions,
    batch: number,
    [queries, keys]: readonly [number, number],
    single: boolean,
  ): Tensor | null {
    const { dtype } = this.inProjWeight;
    const allowed = mask === undefined ? null : asMask("MultiHeadAttention", mask, dtype);
    const perHead =
      allowed?.rank === 3 ? reshape(allowed, this.perHead(allowed, [batch, this.heads, queries, keys])) : allowed;
    if (keyPaddingMask === undefined) return perHead;
    const padding = asMask("MultiHeadAttention", keyPaddingMask, dtype);
    const wanted = single ? [keys] : [batch, keys];
    if (showShape(padding.shape) !== showShape(wanted)) {
      throw new ShapeError(
        `MultiHeadAttention: keyPaddingMask does not fit: ${showShape(padding.shape)} ≠ ${showShape(wanted)} ` +
          `(one entry per key); give ${single ? "[keys]" : "[batch, keys]"}`,
        { keyPaddingMask: padding.shape, wanted },
      );
    }
    const known = reshape(padding.dtype === "bool" ? logicalNot(padding) : padding, [batch, 1, 1, keys]);
    return perHead === null ? known : both(perHead, known);
  }

  /** [batch·heads, L, S] read as four axes. */
  private perHead({ shape }: Tensor, scores: readonly number[]): readonly number[] {
    const wanted = [scores[0]! * scores[1]!, scores[2]!, scores[3]!];
    if (showShape(shape) === showShape(wanted)) return scores;
    throw new ShapeError(
      `MultiHeadAttention: a mask of rank 3 does not fit: ${showShape(shape)} ≠ ${showShape(wanted)} (batch · heads ` +
        "first); give [queries, keys], or four axes, of which batch and heads may be 1",
      { mask: shape, wanted },
    );
  }

  override settings(): string {
    const { width, heads, dropout, batchFirst } = this;
    return `${width}, ${heads}${unusual({ dropout, bias: this.inProjBias !== null, batchFirst }, USUAL)}`;
  }

  override stateName(field: string): string {
    return snakeCase(field);
  }
}

/** What two masks together say: bools must both allow, floats add up, and a bool beside floats is 0 or −∞. */
function both(a: Tensor, b: Tensor): Tensor {
  if (a.dtype === "bool" && b.dtype === "bool") return logicalAnd(a, b);
  return add(added(a, b), added(b, a));
}

function added(mask: Tensor, other: Tensor): Tensor {
  return mask.dtype === "bool" ? where(mask, zeros([], { dtype: other.dtype }), -Infinity) : mask;
}
