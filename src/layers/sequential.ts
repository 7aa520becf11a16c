/** Layers in a row: the output of each is the input of the next. */

import { show } from "../check";
import { OptionError, within } from "../errors";
import { asTensor } from "../tensor/create";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { Module } from "./module";

/**
 * y = layerₙ(… layer₂(layer₁(x))): a model whose layers follow one another.
 *
 * Shapes: those of its layers. Without layers it gives back its input. Parameters are called `0.weight`, `2.bias`, as
 * in PyTorch. An error from a layer names its place.
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
export class Sequential extends Module implements Iterable<Module> {
  /** The layers, first to last. */
  readonly layers: readonly Module[];

  constructor(...layers: Module[]) {
    super();
    layers.forEach((layer: unknown, i) => {
      if (!(layer instanceof Module)) throw notALayer(layer, i);
    });
    this.layers = layers;
  }

  /** The number of layers. */
  get length(): number {
    return this.layers.length;
  }

  /**
   * The layer at a position; negative ones count from the end.
   *
   * @throws OptionError if there is none.
   */
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

  /** Goes through the layers, first to last. */
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
}

function notALayer(layer: unknown, position: number): OptionError {
  let mend = "give modules such as new Linear(2, 3)";
  if (Array.isArray(layer)) mend = "spread the array: new Sequential(...layers)";
  else if (typeof layer === "function" && layer.prototype instanceof Module) mend = `write new ${layer.name}(…)`;
  else if (typeof layer === "function") mend = "wrap the function: new Lambda(fn)";
  return new OptionError(`Sequential: layer ${position} is not a module: ${show(layer)}; ${mend}`, { layer, position });
}
