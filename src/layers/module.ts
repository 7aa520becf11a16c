/** The Module: what every layer and model is. It finds its parameters by walking its own fields. */

import { checkBoolean, checkNoMore, checkOptions } from "../check";
import { isFloat } from "../dtype";
import type { Shape } from "../shape";
import type { HasParameters } from "../tensor/hasParameters";
import type { Buffer, Parameter } from "../tensor/parameter";
import type { Tensor, TensorLike } from "../tensor/tensor";
import { watching } from "../tensor/watch";
import type { CallInput, CallOutput, Maps, MoreInputs } from "./chain";
import { printTree } from "./print";
import { type LoadReport, loadState } from "./state";
import { summarise } from "./summary";
import { type Contents, contentsOf, heldBy } from "./walk";

/** How {@link Module.loadStateDict} treats names that differ. */
export interface LoadOptions {
  /** Whether missing and unexpected names are errors; default true. Shapes and dtypes must always fit. */
  strict?: boolean;
}

/**
 * Base class of every layer and model: a `forward`, and the parameters, buffers and modules in its own fields.
 *
 * Extend it, put {@link Parameter}s, {@link Buffer}s and other modules into fields (also in arrays and plain
 * records), and write `forward`: nothing is registered. Own enumerable fields are walked, so what hides in `#private`
 * fields, Maps or closures is not found, and neither is a plain tensor. A tensor or module held twice counts once,
 * under its first name. Names are those of the fields, joined by dots as in PyTorch: `encoder.0.weight`.
 *
 * `forward` may take any arguments after the first and is called directly: `model.forward(x)`.
 *
 * `Module<In, Out>` tells the compiler that [..., ...In] becomes [..., ...Out], the axes in front being the batch's:
 * `Linear<784, 128>` is a `Module<[784], [128]>`. It may be left out; then nothing is checked but at run time.
 *
 * @example
 * ```ts
 * import { Linear, Module, type Tensor, ones } from "gradkit";
 * class Shortcut extends Module {
 *   inner = new Linear(3, 3);
 *   forward(x: Tensor): Tensor {
 *     return x.add(this.inner.forward(x).relu());
 *   }
 * }
 * const model = new Shortcut();
 * model.forward(ones([2, 3])).shape; // → [2, 3]
 * model.namedParameters().map(([name]) => name); // → ["inner.weight", "inner.bias"]
 * ```
 */
export abstract class Module<In extends Shape = Shape, Out extends Shape = Shape>
  implements HasParameters, Maps<In, Out>
{
  private learning = true;

  /**
   * Whether layers such as dropout act as in training; set for a whole model by {@link Module.train} and
   * {@link Module.eval}.
   */
  get training(): boolean {
    watching()?.guard(() => this.learning);
    return this.learning;
  }

  set training(mode: boolean) {
    this.learning = mode;
  }

  /** Computes the output from the input. Write it in every subclass; it may take further arguments. */
  abstract forward(x: Tensor, ...more: unknown[]): Tensor;

  /**
   * The method that computes, which `summary` and `fit` watch: `run` in layers that give more than their output, and
   * whose `forward` is `run`'s `output`. @internal
   */
  get computes(): "forward" | "run" {
    return "forward";
  }

  /**
   * The same as `forward`, with shapes that the compiler checks where it knows what the module does to them: the input
   * of a `Sequential<[784], [10]>` is [..., 784] and gives [..., 10].
   */
  call<M extends Module, X>(this: M, x: CallInput<M, X>, ...more: MoreInputs<M>): CallOutput<M, X> {
    return this.forward(x as Tensor, ...(more as unknown[])) as CallOutput<M, X>;
  }

  /**
   * The parameters of this module and of all below it, each once; own ones first, then those of the children in
   * order.
   */
  parameters(): Parameter[] {
    return this.contents().parameters.map(([, parameter]) => parameter);
  }

  /** As {@link Module.parameters}, with names: `[["0.weight", …], ["0.bias", …]]`. */
  namedParameters(): [string, Parameter][] {
    return this.contents().parameters;
  }

  /** The number of trainable and frozen values in all parameters. */
  get parameterCount(): number {
    return this.parameters().reduce((count, { size }) => count + size, 0);
  }

  /** The buffers (state that is saved but not trained) of this module and of all below it, each once. */
  buffers(): Buffer[] {
    return this.contents().buffers.map(([, buffer]) => buffer);
  }

  /** As {@link Module.buffers}, with names. */
  namedBuffers(): [string, Buffer][] {
    return this.contents().buffers;
  }

  /** The modules directly below this one. */
  children(): Module[] {
    return [...new Set(this.namedChildren().map(([, child]) => child))];
  }

  /** As {@link Module.children}, with names, and a module that is held twice twice. */
  namedChildren(): [string, Module][] {
    return heldBy<Module>(this, isModule).children;
  }

  /** This module and all below it, each once, every one before its children. */
  modules(): Module[] {
    return this.contents().modules.map(([, module]) => module);
  }

  /** As {@link Module.modules}, with names; this module's own is "". */
  namedModules(): [string, Module][] {
    return this.contents().modules;
  }

  private contents(): Contents<Module> {
    return contentsOf<Module>(this, isModule);
  }

  /** Puts this module and all below it into training mode (dropout acts, running means move). Returns itself. */
  train(...none: never[]): this {
    checkNoMore("train", none, "it takes none: for evaluation mode write eval()");
    for (const module of this.modules()) module.training = true;
    return this;
  }

  /** Puts this module and all below it into evaluation mode (dropout rests, running means stay). Returns itself. */
  eval(): this {
    for (const module of this.modules()) module.training = false;
    return this;
  }

  /** Forgets the gradients of all parameters: `grad` becomes null. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /**
   * Stops training all parameters: no gradient is computed for them, and the one they have is forgotten, so that no
   * optimizer moves them on. Returns itself.
   */
  freeze(): this {
    for (const parameter of this.parameters()) {
      parameter.requiresGrad = false;
      parameter.grad = null;
    }
    return this;
  }

  /** Trains all (float) parameters again. Returns itself. */
  unfreeze(): this {
    for (const parameter of this.parameters()) if (isFloat(parameter.dtype)) parameter.requiresGrad = true;
    return this;
  }

  /**
   * The values of all parameters and buffers by name: a snapshot, which later training does not change.
   *
   * Names are PyTorch's (`0.weight`), and so are the layouts of the layers' weights.
   *
   * @example
   * ```ts
   * import { Linear, Sequential } from "gradkit";
   * const state = new Sequential(new Linear(2, 3)).stateDict();
   * Object.keys(state); // → ["0.weight", "0.bias"]
   * ```
   */
  stateDict(): Record<string, Tensor> {
    const { parameters, buffers } = this.contents();
    return Object.fromEntries([...parameters, ...buffers].map(([name, tensor]) => [name, tensor.detach()]));
  }

  /**
   * Takes the values of all parameters and buffers from a dict, such as one that {@link Module.stateDict} made.
   *
   * Everything is checked first: either all is loaded or nothing. Nested arrays are accepted for tensors. Returns the
   * names that were left aside, which `strict: false` allows.
   *
   * @throws OptionError if names are missing or unexpected, ShapeError or DTypeError if a value does not fit; one error
   * lists all problems.
   *
   * @example
   * ```ts
   * import { Linear } from "gradkit";
   * const layer = new Linear(2, 1);
   * layer.loadStateDict({ weight: [[1, 2]], bias: [3] });
   * layer.forward([10, 20]).toArray(); // → [53]
   * ```
   */
  loadStateDict(dict: Readonly<Record<string, TensorLike>>, options: LoadOptions = {}): LoadReport {
    checkOptions("loadStateDict", options, ["strict"]);
    const strict = checkBoolean("loadStateDict", "strict", options.strict, true);
    const { parameters, buffers } = this.contents();
    return loadState("loadStateDict", new Map<string, Tensor>([...parameters, ...buffers]), dict, strict);
  }

  /**
   * A table of all layers: output shape, number of parameters; below it the totals, trained and frozen, and the bytes.
   *
   * With an input shape (batch included) zeros of that shape are sent through the model, in evaluation mode and without
   * gradients, to see the output shapes; the modes are put back. Each layer counts the parameters it holds directly.
   *
   * @example
   * ```ts
   * import { Linear, ReLU, Sequential } from "gradkit";
   * const model = new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
   * const table = model.summary([1, 784]);
   * table.includes("101,770 parameters"); // → true
   * ```
   */
  summary(inputShape?: Shape): string {
    return summarise(this, this.contents(), inputShape);
  }

  /**
   * What stands between the brackets of {@link Module.toString}: the arguments of the constructor. Override it in
   * layers that have any.
   */
  settings(): string {
    return "";
  }

  /**
   * What a field is called in names of parameters and in state dicts: itself, unless overridden, such as
   * `running_mean` for `runningMean`. An empty name leaves the level out, as {@link Sequential} does for its list.
   */
  stateName(field: string): string {
    return field;
  }

  /** The layers as a tree, one line each. */
  toString(): string {
    return printTree(this);
  }

  /** What Node's `console.log` shows. @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** What the compiler knows of a module's shapes. */
export interface Module<In extends Shape, Out extends Shape> extends Maps<In, Out> {}

function isModule(value: unknown): value is Module {
  return value instanceof Module;
}
