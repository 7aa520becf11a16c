/** Ops of the user's own: a forward and a backward pass, recorded like any other. */

import { checkOptions, show } from "../check";
import { isFloat } from "../dtype";
import { DTypeError, GradError, OptionError, ShapeError } from "../errors";
import { like } from "../ops/map";
import { broadcastShapes, sameShape, showShape } from "../shape";
import { apply } from "../tensor/apply";
import { asTensor } from "../tensor/create";
import type { Context, Op, Pullback } from "../tensor/op";
import type { Spec } from "../tensor/storage";
import { isGradEnabled, withGradMode } from "../tensor/tape";
import { Tensor, type TensorLike, fromView } from "../tensor/tensor";

/** What the backward pass of a custom op may read. */
export interface CustomContext<I extends readonly Tensor[] = readonly Tensor[], S = undefined> {
  /** The tensors the op was applied to, with their history. */
  readonly inputs: I;
  /** The op's result, with its history. */
  readonly output: Tensor;
  /** What `forward` saved beside its result: constants to any further derivative. */
  readonly saved: S;
  /** Which inputs want a gradient; the others may be given null. */
  readonly needs: readonly boolean[];
}

/** A differentiable op, as {@link customOp} takes it: `I` are its inputs, `S` what it saves for the backward pass. */
export interface CustomOp<I extends readonly Tensor[] = readonly Tensor[], S = undefined> {
  /** Its name in graphs and errors. */
  readonly name: string;
  /** The result of the inputs; not recorded. `{ output, saved }` keeps something for the backward pass as well. */
  readonly forward: (...inputs: I) => Tensor | { readonly output: Tensor; readonly saved: S };
  /**
   * The gradient of each input, null where none flows, from the gradient `g` of the result. Called once per backward
   * pass. A gradient has its input's shape, or the result's where the input was broadcast to it.
   */
  readonly backward: (context: CustomContext<I, S>, g: Tensor) => readonly (Tensor | null)[];
}

/** Inputs of an op as callers may give them: anything a tensor is made of. */
export type LikeEach<I extends readonly Tensor[]> = { readonly [K in keyof I]: TensorLike };

/**
 * A differentiable function of tensors from its forward and backward pass.
 *
 * It has the rights of a built-in op: it is recorded under its name, drawn by {@link graph}, checked by {@link
 * checkGradients}, and works inside compiled code as far as its two functions are written with ops. Derivatives of
 * any order are right where `backward` is written with ops on `inputs`, `output` and `g`; what is `saved`, or read
 * out with `.item()` and its kin, counts as constant. Settings come by closure: make the op in a function of them.
 *
 * @throws OptionError if the definition lacks a part; when the op is applied, GradError, ShapeError or DTypeError if
 * `forward` does not return a tensor, or `backward` not one fitting gradient (or null) per input.
 *
 * @example
 * ```ts
 * import { type Tensor, checkGradients, customOp, tensor } from "gradkit";
 * const cube = customOp({
 *   name: "cube",
 *   forward: (x: Tensor) => x.mul(x).mul(x),
 *   backward: ({ inputs: [x] }, g) => [g.mul(x).mul(x).mul(3)],
 * });
 * const x = tensor([1, 2], { requiresGrad: true });
 * cube(x).sum().backward();
 * x.grad?.toArray(); // → [3, 12]
 * checkGradients(cube, [[1, 2]], { order: 2 }).ok; // → true
 * ```
 */
export function customOp<I extends readonly Tensor[], S = undefined>(
  definition: CustomOp<I, S>,
): (...inputs: LikeEach<I>) => Tensor {
  checkDefinition(definition);
  const { name } = definition;
  const op = opOf(definition);
  return (...inputs) => {
    const first = inputs.find((input) => input instanceof Tensor);
    const tensors = inputs.map((input) => asTensor(name, input, first === undefined ? undefined : like(input, first)));
    return apply(op, tensors, { made: run(definition, tensors) });
  };
}

/** What one application of a custom op is told: what its forward pass made, until the tape has taken it over. */
interface Application<S> {
  made: Made<S> | null;
}

interface Made<S> {
  readonly output: Tensor;
  readonly saved: S;
}

/** The forward pass runs before the op is applied, since only its result tells the shape. */
function opOf<I extends readonly Tensor[], S>(definition: CustomOp<I, S>): Op<Application<S>> {
  return {
    name: definition.name,
    infer: (_, { made }) => made!.output,
    decompose: (inputs, { made }) => (made ?? run(definition, inputs)).output,
    vjp: (context) => {
      const { saved } = context.attrs.made!;
      context.attrs.made = null; // from here on only the pullbacks keep it
      return pullbacks(definition, context, saved);
    },
  };
}

function run<I extends readonly Tensor[], S>({ name, forward }: CustomOp<I, S>, inputs: readonly Tensor[]): Made<S> {
  const result: unknown = withGradMode(false, () => forward(...(inputs as I)));
  const made = result instanceof Tensor ? { output: result } : (result ?? {});
  const { output, saved } = made as { output?: unknown; saved?: unknown };
  if (output instanceof Tensor) return { output: fromView(output), saved: saved as S };
  throw new GradError(
    `${name}: forward did not return a tensor: ${show(result)}; return one, or { output, saved } (and not a promise)`,
    { result },
  );
}

/** One function per input; `backward` runs for the first that is asked, and its gradients live as long as `g`. */
function pullbacks<I extends readonly Tensor[], S>(
  definition: CustomOp<I, S>,
  { inputs, output }: Context<Application<S>>,
  saved: S,
): (Pullback<Tensor | null> | null)[] {
  const needs = inputs.map((input) => input.requiresGrad);
  const context: CustomContext<I, S> = { inputs: inputs as unknown as I, output, saved, needs };
  const known = new WeakMap<Tensor, readonly (Tensor | null)[]>();
  const gradients = (g: Tensor): readonly (Tensor | null)[] => {
    let found = known.get(g);
    if (found === undefined) {
      found = checkGradientsOf(definition.name, inputs, g, definition.backward(context, g));
      known.set(g, found);
    }
    return found;
  };
  return needs.map((need, i) => (need ? (g) => gradients(g)[i]! : null));
}

function checkDefinition(definition: unknown): void {
  const keys = ["name", "forward", "backward"] as const;
  checkOptions("customOp", definition ?? null, keys);
  const { name, forward, backward } = definition as Record<string, unknown>;
  if (typeof name !== "string" || name === "") {
    throw new OptionError(`customOp: the name is not a word: ${show(name)}; give what graphs and errors shall call it`, { name });
  }
  for (const [part, value] of Object.entries({ forward, backward })) {
    if (typeof value === "function") continue;
    throw new OptionError(`customOp: ${part} of ${name} is not a function: ${show(value)}; give one`, { [part]: value });
  }
}

function checkGradientsOf(
  name: string,
  inputs: readonly Spec[],
  g: Tensor,
  given: unknown,
): readonly (Tensor | null)[] {
  if (!Array.isArray(given) || given.length !== inputs.length) {
    throw new GradError(
      `${name}: backward did not return one gradient per input: ${show(given)} (${inputs.length} inputs); ` +
        "return a list of them, null where none flows",
      { given, inputs: inputs.length },
    );
  }
  given.forEach((gradient: unknown, i) => {
    if (gradient !== null) checkGradient(name, i, inputs[i]!, g, gradient);
  });
  return given as readonly (Tensor | null)[];
}

function checkGradient(name: string, position: number, input: Spec, g: Tensor, gradient: unknown): void {
  if (!(gradient instanceof Tensor)) {
    throw new GradError(
      `${name}: a gradient is not a tensor: ${show(gradient)} for input ${position}; return a tensor, or null for none`,
      { input: position, gradient },
    );
  }
  const wide = sameShape(broadcastShapes(input.shape, g.shape) ?? [], g.shape) ? g.shape : input.shape;
  if (!sameShape(gradient.shape, input.shape) && !sameShape(gradient.shape, wide)) {
    throw new ShapeError(
      `${name}: a gradient has another shape than its input: ${showShape(gradient.shape)} for input ${position} of shape ` +
        `${showShape(input.shape)}; return one element for each of the input's`,
      { input: position, shape: input.shape, gradient: gradient.shape },
    );
  }
  if (!isFloat(gradient.dtype)) {
    throw new DTypeError(
      `${name}: a gradient is not of a float dtype: ${gradient.dtype} for input ${position}; convert it with .to("${input.dtype}")`,
      { input: position, dtype: gradient.dtype },
    );
  }
  if (isGradEnabled() && g.requiresGrad && !gradient.requiresGrad) {
    throw new GradError(
      `${name}: a gradient has lost its history: for input ${position} (with createGraph it is differentiated again, and ` +
        "does not follow from g by ops); compute it from g with ops, and return null where no gradient flows",
      { input: position },
    );
  }
}
