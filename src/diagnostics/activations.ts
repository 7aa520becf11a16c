/** What each layer of a model makes of an input. */

import { checkModel, inEvalMode } from "../layers/given";
import type { Module } from "../layers/module";
import { watchForward } from "../layers/watch";
import { asTensor } from "../tensor/create";
import { Tensor, type TensorLike } from "../tensor/tensor";

/** One call of a layer, as it was seen. */
export interface LayerCall {
  /** The layer's name, such as `encoder.1`; "" is the model itself. */
  readonly name: string;
  readonly module: Module;
  readonly output: Tensor;
}

/** Runs something and gives the calls of a model's modules that made a tensor, in the order they ended. */
export function watchCalls<T>(model: Module, run: () => T): { result: T; calls: LayerCall[] } {
  const names = new Map(model.namedModules().map(([name, module]) => [module, name]));
  const calls: LayerCall[] = [];
  const seen = (module: Module, output: unknown): void => {
    if (output instanceof Tensor) calls.push({ name: names.get(module)!, module, output });
  };
  return { result: watchForward([...names.keys()], seen, run), calls };
}

/**
 * The outputs of all layers of a model for an input, by the layers' names: `{ "0": …, "1": … }`.
 *
 * Shapes: x [N, …] is sent through at once, in eval mode and without recording; modes are put back. Names are those of
 * `namedModules()`, blocks as well as the layers in them; the model itself is left out unless it is a single layer,
 * which is called "". Of a layer that runs several times the last output is given. What a `forward` computes by
 * functions (`x.relu()`) has no name and is not seen.
 *
 * @throws OptionError for something that is not a model; whatever the model throws for x.
 *
 * @example
 * ```ts
 * import { Linear, ReLU, Sequential, activations, ones } from "gradkit";
 * const model = new Sequential(new Linear(2, 3), new ReLU(), new Linear(3, 1));
 * const hidden = activations(model, ones([5, 2]));
 * Object.keys(hidden); // → ["0", "1", "2"]
 * hidden["1"]!.shape; // → [5, 3]
 * ```
 */
export function activations(model: Module, x: TensorLike): Record<string, Tensor> {
  checkModel("activations", model);
  const input = asTensor("activations", x);
  const { calls } = inEvalMode(model, () => watchCalls(model, () => model.forward(input)));
  const single = model.children().length === 0;
  const named = calls.filter(({ module }) => single || module !== model).map(({ name, output }) => [name, output]);
  return Object.fromEntries(named) as Record<string, Tensor>;
}
