/** The elementwise activations as layers: each applies the function of the same name. */

import { checkNumber, checkOneOf, checkOptions } from "../check";
import {
  type EluOptions,
  type GeluOptions,
  type LeakyReluOptions,
  elu,
  gelu,
  hardSigmoid,
  hardTanh,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  relu6,
  sigmoid,
  silu,
  softplus,
  softsign,
} from "../ops/activations";
import { tanh } from "../ops/transcendental";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { Module } from "./module";

/**
 * σ(x) = 1 / (1 + e⁻ˣ), elementwise; see {@link sigmoid}.
 *
 * Shapes: any; the result has the same. Values in [0, 1], slope at most ¼: deep stacks of it learn slowly.
 *
 * @example
 * ```ts
 * import { Sigmoid } from "gradkit";
 * new Sigmoid().forward([-800, 0, 800]).toArray(); // → [0, 0.5, 1]
 * ```
 */
export class Sigmoid extends Module<[], []> {
  forward(x: TensorLike): Tensor {
    return sigmoid(x);
  }
}

/**
 * max(0, x), elementwise; see {@link relu}.
 *
 * Shapes: any; the result has the same. The gradient is 1 above 0 and 0 at and below it: a unit that is never above 0
 * learns no more.
 *
 * @example
 * ```ts
 * import { ReLU } from "gradkit";
 * new ReLU().forward([-1, 2]).toArray(); // → [0, 2]
 * ```
 */
export class ReLU extends Module<[], []> {
  forward(x: TensorLike): Tensor {
    return relu(x);
  }
}

/**
 * tanh x, elementwise; see {@link tanh}.
 *
 * Shapes: any; the result has the same. Values in [−1, 1].
 *
 * @example
 * ```ts
 * import { Tanh } from "gradkit";
 * new Tanh().forward([-100, 0, 100]).toArray(); // → [-1, 0, 1]
 * ```
 */
export class Tanh extends Module<[], []> {
  forward(x: TensorLike): Tensor {
    return tanh(x);
  }
}

/**
 * clip(x/6 + ½, 0, 1), elementwise, PyTorch's form; see {@link hardSigmoid}.
 *
 * Shapes: any; the result has the same. The plain ramp clip(x, 0, 1) of some textbooks is `clamp(x, 0, 1)`.
 *
 * @example
 * ```ts
 * import { HardSigmoid } from "gradkit";
 * new HardSigmoid().forward([-4, 0, 4]).toArray(); // → [0, 0.5, 1]
 * ```
 */
export class HardSigmoid extends Module<[], []> {
  forward(x: TensorLike): Tensor {
    return hardSigmoid(x);
  }
}

/**
 * x where x > 0, else x · negativeSlope (default 0.01), elementwise; see {@link leakyRelu}.
 *
 * Shapes: any; the result has the same.
 *
 * @throws OptionError if negativeSlope is not a finite number.
 *
 * @example
 * ```ts
 * import { LeakyReLU } from "gradkit";
 * new LeakyReLU({ negativeSlope: 0.5 }).forward([-2, 2]).toArray(); // → [-1, 2]
 * ```
 */
export class LeakyReLU extends Module<[], []> {
  /** The slope below 0. */
  readonly negativeSlope: number;

  constructor(options: LeakyReluOptions = {}) {
    super();
    checkOptions("LeakyReLU", options, ["negativeSlope"]);
    this.negativeSlope = checkNumber("LeakyReLU", "negativeSlope", options.negativeSlope ?? 0.01);
  }

  forward(x: TensorLike): Tensor {
    return leakyRelu(x, { negativeSlope: this.negativeSlope });
  }

  override settings(): string {
    return this.negativeSlope === 0.01 ? "" : `{ negativeSlope: ${this.negativeSlope} }`;
  }
}

/**
 * x where x > 0, else alpha · (eˣ − 1) (default alpha 1), elementwise; see {@link elu}.
 *
 * Shapes: any; the result has the same.
 *
 * @throws OptionError if alpha is not a finite number.
 *
 * @example
 * ```ts
 * import { ELU } from "gradkit";
 * new ELU().forward([-Infinity, 2]).toArray(); // → [-1, 2]
 * ```
 */
export class ELU extends Module<[], []> {
  /** Minus the value at x = −∞. */
  readonly alpha: number;

  constructor(options: EluOptions = {}) {
    super();
    checkOptions("ELU", options, ["alpha"]);
    this.alpha = checkNumber("ELU", "alpha", options.alpha ?? 1);
  }

  forward(x: TensorLike): Tensor {
    return elu(x, { alpha: this.alpha });
  }

  override settings(): string {
    return this.alpha === 1 ? "" : `{ alpha: ${this.alpha} }`;
  }
}

/**
 * x · Φ(x) with the normal distribution function Φ, elementwise; see {@link gelu}.
 *
 * Shapes: any; the result has the same. `{ approximate: "tanh" }` takes the approximation by tanh.
 *
 * @throws OptionError if approximate is neither "none" (default) nor "tanh".
 *
 * @example
 * ```ts
 * import { GELU } from "gradkit";
 * new GELU().forward([0, 10]).toArray(); // → [0, 10]
 * ```
 */
export class GELU extends Module<[], []> {
  /** Which form is computed. */
  readonly approximate: "none" | "tanh";

  constructor(options: GeluOptions = {}) {
    super();
    checkOptions("GELU", options, ["approximate"]);
    this.approximate = checkOneOf("GELU", "approximate", options.approximate ?? "none", ["none", "tanh"] as const);
  }

  forward(x: TensorLike): Tensor {
    return gelu(x, { approximate: this.approximate });
  }

  override settings(): string {
    return this.approximate === "none" ? "" : `{ approximate: "tanh" }`;
  }
}

/**
 * x · σ(x), elementwise, also called swish; see {@link silu}.
 *
 * Shapes: any; the result has the same.
 *
 * @example
 * ```ts
 * import { SiLU } from "gradkit";
 * new SiLU().forward([0, 100]).toArray(); // → [0, 100]
 * ```
 */
export class SiLU extends Module<[], []> {
  forward(x: TensorLike): Tensor {
    return silu(x);
  }
}

/**
 * ln(1 + eˣ), elementwise, a smooth ReLU; see {@link softplus}.
 *
 * Shapes: any; the result has the same. Values > 0.
 *
 * @example
 * ```ts
 * import { Softplus } from "gradkit";
 * new Softplus().forward([-Infinity, 800]).toArray(); // → [0, 800]
 * ```
 */
export class Softplus extends Module<[], []> {
  forward(x: TensorLike): Tensor {
    return softplus(x);
  }
}

/**
 * ln σ(x) = −ln(1 + e⁻ˣ), elementwise; see {@link logSigmoid}.
 *
 * Shapes: any; the result has the same. Values < 0; nothing overflows.
 *
 * @example
 * ```ts
 * import { LogSigmoid } from "gradkit";
 * new LogSigmoid().forward([-1000, 1000]).toArray(); // → [-1000, 0]
 * ```
 */
export class LogSigmoid extends Module {
  forward(x: TensorLike): Tensor {
    return logSigmoid(x);
  }
}

/**
 * x within [−1, 1], elementwise; see {@link hardTanh}. Other bounds: `new Lambda((x) => clamp(x, low, high))`.
 *
 * Shapes: any; the result has the same.
 *
 * @example
 * ```ts
 * import { HardTanh } from "gradkit";
 * new HardTanh().forward([-3, 0.5, 3]).toArray(); // → [-1, 0.5, 1]
 * ```
 */
export class HardTanh extends Module {
  forward(x: TensorLike): Tensor {
    return hardTanh(x);
  }
}

/**
 * min(max(0, x), 6), elementwise; see {@link relu6}.
 *
 * Shapes: any; the result has the same.
 *
 * @example
 * ```ts
 * import { ReLU6 } from "gradkit";
 * new ReLU6().forward([-1, 2, 9]).toArray(); // → [0, 2, 6]
 * ```
 */
export class ReLU6 extends Module {
  forward(x: TensorLike): Tensor {
    return relu6(x);
  }
}

/**
 * x · tanh(ln(1 + eˣ)), elementwise; see {@link mish}.
 *
 * Shapes: any; the result has the same.
 *
 * @example
 * ```ts
 * import { Mish } from "gradkit";
 * new Mish().forward([0, 100]).toArray(); // → [0, 100]
 * ```
 */
export class Mish extends Module {
  forward(x: TensorLike): Tensor {
    return mish(x);
  }
}

/**
 * x / (1 + |x|), elementwise; see {@link softsign}.
 *
 * Shapes: any; the result has the same. Values in (−1, 1).
 *
 * @example
 * ```ts
 * import { Softsign } from "gradkit";
 * new Softsign().forward([-1, 0, 3]).toArray(); // → [-0.5, 0, 0.75]
 * ```
 */
export class Softsign extends Module {
  forward(x: TensorLike): Tensor {
    return softsign(x);
  }
}
