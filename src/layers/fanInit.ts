/** Initialisers that keep the variance from layer to layer: Xavier for sigmoid and tanh, He for ReLU. */

import { checkNumber, checkOneOf } from "../check";
import { ShapeError } from "../errors";
import { randn } from "../ops/random";
import { type Shape, showShape } from "../shape";
import { type Configurable, type GainOptions, between, configurable } from "./initializer";

/** The settings of {@link heUniform} and {@link heNormal}. */
export interface HeOptions {
  /** Which size the variance follows: "fanIn" (default) keeps it from layer to layer forwards, "fanOut" backwards. */
  mode?: "fanIn" | "fanOut";
  /** The slope of the following leaky ReLU below 0; default 0, a ReLU. */
  negativeSlope?: number;
}

/** Fan-in and fan-out of a weight [out, in, …kernel]. */
function fans(where: string, shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) {
    throw new ShapeError(
      `${where}: fan-in needs two axes: ${showShape(shape)} (weights are [out, in, …kernel]); ` +
        "use uniform, normal or constant for biases",
      { shape },
    );
  }
  const kernel = shape.slice(2).reduce((size, n) => size * n, 1);
  return { fanIn: shape[1]! * kernel, fanOut: shape[0]! * kernel };
}

function spread(where: string, shape: Shape, { gain = 1 }: GainOptions): number {
  const { fanIn, fanOut } = fans(where, shape);
  return checkNumber(where, "gain", gain) * Math.sqrt(2 / Math.max(1, fanIn + fanOut));
}

/**
 * Values from U(−a, a) with a = gain · √(6 / (fanIn + fanOut)): keeps the variance of sigmoid and tanh layers.
 *
 * Shapes: [out, in, …kernel]. Default gain 1.
 *
 * @throws ShapeError for fewer than two axes.
 *
 * @example
 * ```ts
 * import { Linear, xavierUniform } from "gradkit";
 * const layer = new Linear(784, 128, { init: xavierUniform });
 * layer.weight.abs().max().item() <= Math.sqrt(6 / 912); // → true
 * ```
 *
 * Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 16.
 */
export const xavierUniform: Configurable<GainOptions> = /* @__PURE__ */ configurable<GainOptions>(
  "xavierUniform",
  ["gain"],
  (shape, settings, options) => {
    const bound = Math.sqrt(3) * spread("xavierUniform", shape, settings);
    return between(-bound, bound, shape, options);
  },
);

/**
 * Values from N(0, σ²) with σ = gain · √(2 / (fanIn + fanOut)).
 *
 * Shapes: [out, in, …kernel]. Default gain 1.
 *
 * @throws ShapeError for fewer than two axes.
 *
 * @example
 * ```ts
 * import { xavierNormal } from "gradkit";
 * xavierNormal([128, 784], { gain: 5 / 3 }).shape; // → [128, 784]
 * ```
 *
 * Source: Glorot and Bengio 2010, eq. 12.
 */
export const xavierNormal: Configurable<GainOptions> = /* @__PURE__ */ configurable<GainOptions>(
  "xavierNormal",
  ["gain"],
  (shape, settings, options) => randn(shape, options).mul(spread("xavierNormal", shape, settings)),
);

function heDeviation(where: string, shape: Shape, { mode = "fanIn", negativeSlope = 0 }: HeOptions): number {
  const fan = fans(where, shape)[checkOneOf(where, "mode", mode, ["fanIn", "fanOut"] as const)];
  return Math.sqrt(2 / (1 + checkNumber(where, "negativeSlope", negativeSlope) ** 2) / Math.max(1, fan));
}

/**
 * Values from U(−a, a) with a = √(6 / ((1 + slope²) · fan)): keeps the variance of ReLU layers.
 *
 * Shapes: [out, in, …kernel]. Defaults: fan-in, slope 0. Slope √5 gives U(±1/√fanIn), the default of {@link Linear}.
 *
 * @throws ShapeError for fewer than two axes.
 *
 * @example
 * ```ts
 * import { heUniform } from "gradkit";
 * heUniform([50, 6]).abs().max().item() <= 1; // → true
 * ```
 *
 * Source: He et al. 2015, "Delving deep into rectifiers", eq. 10 and 14; PyTorch's kaiming_uniform_.
 */
export const heUniform: Configurable<HeOptions> = /* @__PURE__ */ configurable<HeOptions>(
  "heUniform",
  ["mode", "negativeSlope"],
  (shape, settings, options) => {
    const bound = Math.sqrt(3) * heDeviation("heUniform", shape, settings);
    return between(-bound, bound, shape, options);
  },
);

/**
 * Values from N(0, σ²) with σ = √(2 / ((1 + slope²) · fan)): keeps the variance of ReLU layers.
 *
 * Shapes: [out, in, …kernel]. Defaults: fan-in, slope 0.
 *
 * @throws ShapeError for fewer than two axes.
 *
 * @example
 * ```ts
 * import { Linear, heNormal } from "gradkit";
 * new Linear(784, 128, { init: heNormal }).weight.shape; // → [128, 784]
 * heNormal({ mode: "fanOut" })([128, 784]).shape; // → [128, 784]
 * ```
 *
 * Source: He et al. 2015, eq. 10 and 14; PyTorch's kaiming_normal_.
 */
export const heNormal: Configurable<HeOptions> = /* @__PURE__ */ configurable<HeOptions>(
  "heNormal",
  ["mode", "negativeSlope"],
  (shape, settings, options) => randn(shape, options).mul(heDeviation("heNormal", shape, settings)),
);
