/** The layer that transformers are made of: attention, then a small network for each position, beside shortcuts. */

import { checkBoolean, checkNumber, checkOneOf, checkOptions } from "../check";
import type { DType } from "../dtype";
import { gelu, relu } from "../ops/activations";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { type AttendOptions, MultiHeadAttention } from "./attention";
import { Dropout } from "./dropout";
import { Linear } from "./linear";
import { Module } from "./module";
import { LayerNorm } from "./normalize";
import { snakeCase, unusual } from "./weights";

/** The settings of {@link TransformerEncoderLayer}. */
export interface TransformerEncoderLayerOptions {
  /** The width of the hidden layer of each position's network; default 2048. */
  dimFeedforward?: number;
  /** With which probability values are left out in training, from 0 to 1; default 0.1. */
  dropout?: number;
  /** The function in each position's network, "relu" (default) or "gelu". */
  activation?: "relu" | "gelu";
  /** Added to the variance in both normalisations, ≥ 0; default 1e-5. */
  layerNormEps?: number;
  /** Whether normalisation comes before attention and network, inside the shortcut, or after it; default false. */
  normFirst?: boolean;
  /** Whether linear layers and normalisations have biases; default true. */
  bias?: boolean;
  /** Whether inputs are [batch, length, width], the default as everywhere in gradkit, or [length, batch, width]. */
  batchFirst?: boolean;
  /** Element type of the weights, "float32" (default) or "float64". */
  dtype?: DType;
}

const USUAL = {
  dimFeedforward: 2048,
  dropout: 0.1,
  activation: "relu" as "relu" | "gelu",
  layerNormEps: 1e-5,
  normFirst: false,
  bias: true,
  batchFirst: true,
};

/**
 * z = norm₁(x + attention(x)), y = norm₂(z + W₂·f(W₁·z)): one layer of a transformer's encoder. With `normFirst`
 * z = x + attention(norm₁(x)), y = z + W₂·f(W₁·norm₂(z)), which trains more easily.
 *
 * Shapes: x [batch, length, width] gives the same; [length, width] is one sequence. `heads` divides the width. The
 * options of `forward`, `{ mask, keyPaddingMask, causal }`, are those of {@link MultiHeadAttention}: bool masks are
 * true where a position MAY look. Dropout (default 0.1) acts in training on the weights of attention, on what attention
 * and network give, and in the network. Defaults: 2048 hidden units, relu, normalisation last, batch first (PyTorch's
 * default is length first). State names are PyTorch's: `self_attn.in_proj_weight`, `linear1.weight`, `norm1.weight`
 * and so on.
 *
 * @throws ShapeError for inputs or masks that do not fit; OptionError if the heads do not divide the width, or for
 * settings out of range.
 *
 * @example
 * ```ts
 * import { TransformerEncoderLayer, ones } from "gradkit";
 * const layer = new TransformerEncoderLayer(8, 2, { dimFeedforward: 16 });
 * layer.forward(ones([4, 5, 8]), { causal: true }).shape; // → [4, 5, 8]
 * ```
 *
 * Source: Vaswani et al. 2017, "Attention is all you need", section 3.1; PyTorch's TransformerEncoderLayer.
 */
export class TransformerEncoderLayer extends Module {
  /** The size of the last axis. */
  readonly width: number;
  /** The function in each position's network. */
  readonly activation: "relu" | "gelu";
  /** Whether normalisation comes first. */
  readonly normFirst: boolean;
  /** The attention. */
  readonly selfAttn: MultiHeadAttention;
  /** The first layer of each position's network. */
  readonly linear1: Linear;
  /** Between the two. */
  readonly dropout: Dropout;
  /** The second layer of each position's network. */
  readonly linear2: Linear;
  /** The normalisation of attention. */
  readonly norm1: LayerNorm;
  /** The normalisation of the network. */
  readonly norm2: LayerNorm;
  /** After attention. */
  readonly dropout1: Dropout;
  /** After the network. */
  readonly dropout2: Dropout;

  constructor(width: number, heads: number, options: TransformerEncoderLayerOptions = {}) {
    super();
    const kind = "TransformerEncoderLayer";
    checkOptions(kind, options, [...Object.keys(USUAL), "dtype"]);
    const { dimFeedforward = USUAL.dimFeedforward, dropout = USUAL.dropout, activation = USUAL.activation } = options;
    const { layerNormEps = USUAL.layerNormEps, normFirst, batchFirst = USUAL.batchFirst } = options;
    checkNumber(kind, "dimFeedforward", dimFeedforward, { integer: true, min: 1 });
    checkNumber(kind, "dropout", dropout, { min: 0, max: 1 });
    checkNumber(kind, "layerNormEps", layerNormEps, { min: 0 });
    const bias = checkBoolean(kind, "bias", options.bias, USUAL.bias);
    this.activation = checkOneOf(kind, "activation", activation, ["relu", "gelu"] as const);
    this.normFirst = checkBoolean(kind, "normFirst", normFirst, USUAL.normFirst);
    const common = options.dtype === undefined ? { bias } : { bias, dtype: options.dtype };
    this.selfAttn = new MultiHeadAttention(width, heads, { ...common, dropout, batchFirst });
    this.width = width;
    this.linear1 = new Linear(width, dimFeedforward, common);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, width, common);
    this.norm1 = new LayerNorm(width, { ...common, eps: layerNormEps });
    this.norm2 = new LayerNorm(width, { ...common, eps: layerNormEps });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
  }

  forward(x: TensorLike, options: AttendOptions = {}): Tensor {
    checkOptions("TransformerEncoderLayer", options, ["mask", "keyPaddingMask", "causal"]);
    const input = asTensor("TransformerEncoderLayer", x, this.linear1.weight.dtype);
    const { norm1, norm2 } = this;
    if (this.normFirst) {
      const seen = input.add(this.attention(norm1.forward(input), options));
      return seen.add(this.network(norm2.forward(seen)));
    }
    const seen = norm1.forward(input.add(this.attention(input, options)));
    return norm2.forward(seen.add(this.network(seen)));
  }

  private attention(x: Tensor, options: AttendOptions): Tensor {
    return this.dropout1.forward(this.selfAttn.forward(x, x, x, options));
  }

  private network(x: Tensor): Tensor {
    const f = this.activation === "relu" ? relu : gelu;
    const hidden = this.dropout.forward(f(this.linear1.forward(x)));
    return this.dropout2.forward(this.linear2.forward(hidden));
  }

  override settings(): string {
    const { width, activation, normFirst, norm1, selfAttn } = this;
    const given = {
      dimFeedforward: this.linear1.outFeatures,
      dropout: this.dropout.p,
      activation,
      layerNormEps: norm1.eps,
      normFirst,
      bias: this.linear1.bias !== null,
      batchFirst: selfAttn.batchFirst,
    };
    return `${width}, ${selfAttn.heads}${unusual(given, USUAL)}`;
  }

  override stateName(field: string): string {
    return snakeCase(field);
  }
}
