/** Layers in a row: the output of each is the input of the next. */

import { show } from "../check";
import { OptionError, within } from "../errors";
import type { Shape } from "../shape";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import type { Chained, Fitting } from "./chain";
import { Module } from "./module";

/** What `new Sequential(…)` is: it folds the shapes of its layers, and refuses one that does not fit those before. */
export interface SequentialConstructor {
  readonly prototype: Sequential;
  new <L extends readonly Module[] = Module[]>(...layers: Fitting<L>): Sequential<Chained<L>[0], Chained<L>[1]>;
}

/**
 * y = layerₙ(… layer₂(layer₁(x))): a model whose layers follow one another.
 *
 * Shapes: those of its layers. Without layers it gives back its input. Parameters are called `0.weight`, `2.bias`, as
 * in PyTorch. An error from a layer names its place.
 *
 * `Sequential<In, Out>` takes [..., ...In] to [..., ...Out]. A layer that cannot take what the one before it gives is a
 * compile error at that layer, where both are known: `layer 2 expects [..., 64] but gets [..., 128]`.
 *
 * @throws OptionError if an argument is not a module.
 *
 * @example
 * ```ts
 * import { Linear, ReLU, Sequential, ones } from "gradkit";
 * const model = new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
 * model.forward(ones([64, 784])).shape; // → [64, 10]
 * model.length; // → 3
 * model.at(-1).toString(); // → "Linear(128, 10)"
 * ```
 */
export interface Sequential<In extends Shape = Shape, Out extends Shape = Shape>
  extends Module<In, Out>,
    Iterable<Module> {
  /** The layers, first to last. */
  readonly layers: readonly Module[];
  /** The number of layers. */
  readonly length: number;
  /**
   * The layer at a position; negative ones count from the end.
   *
   * @throws OptionError if there is none.
   */
  at(position: number): Module;
  forward(x: TensorLike): Tensor;
}

/** Layers in a row; see the interface of the same name. */
export const Sequential: SequentialConstructor = class<In extends Shape, Out extends Shape>
  extends Module<In, Out>
  implements Iterable<Module>
{
  readonly layers: readonly Module[];

  constructor(...layers: readonly unknown[]) {
    super();
    layers.forEach((layer, i) => {
      if (!(layer instanceof Module)) throw notALayer(layer, i);
    });
    this.layers = layers as readonly Module[];
  }

  get length(): number {
    return this.layers.length;
  }

  at(position: number): Module {
    const layer = this.layers.at(position);
    if (layer === undefined || !Number.isInteger(position)) {
      const n = this.length;
      throw new OptionError(`Sequential: no layer at ${show(position)} (there are ${n}); choose from ${-n} … ${n - 1}`, {
        position,
      });
    }
    return layer;
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.layers[Symbol.iterator]();
  }

  forward(x: TensorLike): Tensor {
    let value = asTensor("Sequential", x);
    this.layers.forEach((layer, i) => {
      value = within(`Sequential: layer ${i}`, { layer: i }, () => layer.forward(value));
    });
    return value;
  }

  override stateName(field: string): string {
    return field === "layers" ? "" : field;
  }
};

function notALayer(layer: unknown, position: number): OptionError {
  let mend = "give modules such as new Linear(2, 3)";
  if (Array.isArray(layer)) mend = "spread the array: new Sequential(...layers)";
  else if (typeof layer === "function" && layer.prototype instanceof Module) mend = `write new ${layer.name}(…)`;
  else if (typeof layer === "function") mend = "wrap the function: new Lambda(fn)";
  return new OptionError(`Sequential: layer ${position} is not a module: ${show(layer)}; ${mend}`, { layer, position });
}
