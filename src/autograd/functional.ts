/** Derivatives as functions: of results with respect to tensors, and of functions at a point. */

import { checkFunction, checkOptions, show } from "../check";
import { allocate, isFloat } from "../dtype";
import { DTypeError, GradError, OptionError } from "../errors";
import { stack } from "../ops/concat";
import { constantOf } from "../ops/constant";
import { zeros, zerosLike } from "../ops/create";
import { reshape } from "../ops/reshape";
import { showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { storageOf } from "../tensor/storage";
import { withGradMode } from "../tensor/tape";
import { Tensor, type TensorLike, fromStorage, fromView } from "../tensor/tensor";
import { watching } from "../tensor/watch";
import { type BackwardOptions, graphOptions, seedOf } from "./backward";
import { targetOf, walk } from "./walk";

/** How {@link grad} goes. */
export interface GradOptions extends BackwardOptions {
  /**
   * The gradient of a later result with respect to the output, of its shape and dtype; default 1 for a single
   * element.
   */
  gradient?: TensorLike;
}

/**
 * ∂output/∂input for each of the inputs; no `.grad` is touched.
 *
 * Shapes: each gradient has the shape and dtype of its input. Inputs are leaves or computed tensors that require a
 * gradient. An input that `output` does not depend on gets zeros, and an output without history counts as a constant:
 * so the second derivative of x ↦ 2x is 0 rather than an error. The graph is freed as `backward` does.
 *
 * @throws GradError if an input does not require a gradient, if `output` has several elements and no `gradient` is
 * given, if the graph was freed or an input was changed by {@link assign}; ShapeError or DTypeError if `gradient`
 * does not fit.
 *
 * @example
 * ```ts
 * import { grad, tensor } from "gradkit";
 * const x = tensor(2, { requiresGrad: true });
 * const [first] = grad(x.pow(3), [x], { createGraph: true });
 * first!.item(); // → 12
 * grad(first!, [x])[0]!.item(); // → 12
 * ```
 */
export function grad(output: Tensor, inputs: readonly Tensor[], options: GradOptions = {}): Tensor[] {
  checkOptions("grad", options, ["createGraph", "retainGraph", "gradient"]);
  const { retainGraph, createGraph } = graphOptions("grad", options);
  if (!Array.isArray(inputs)) {
    throw new OptionError(`grad: the inputs are not a list: ${show(inputs)}; write them in brackets, as [x]`, { inputs });
  }
  checkTensor("grad", "the output", output);
  inputs.forEach((input: unknown, i) => checkWanted(i, input));
  for (const input of inputs) watching()?.touch(input); // which tensor it is decides what is computed
  const seed = seedOf("grad", output, options.gradient, createGraph);
  const gradients = walk(output, seed, new Set(inputs.map(targetOf)), { where: "grad", retainGraph, createGraph });
  return inputs.map((input) => {
    const g = gradients.get(targetOf(input)) ?? zerosLike(input);
    return g.requiresGrad ? g : fromView(g);
  });
}

function checkTensor(where: string, what: string, value: unknown): asserts value is Tensor {
  if (value instanceof Tensor) return;
  throw new GradError(`${where}: ${what} is not a tensor: ${show(value)} (it has no history); give a tensor made by ops`, {
    value,
  });
}

function checkWanted(position: number, input: unknown): void {
  checkTensor("grad", `input ${position}`, input);
  if (input.requiresGrad) return;
  throw new GradError(
    `grad: an input does not require a gradient: input ${position}, ${input.dtype} ${showShape(input.shape)} ` +
      "(nothing computed from it was recorded); make it with { requiresGrad: true } before the forward pass",
    { input: position, shape: input.shape },
  );
}

/**
 * The Jacobian of a function at a point: J[i…, j…] = ∂f(x)[i…]/∂x[j…], one walk per element of the result.
 *
 * Shapes: x `[...in]` (anything a tensor is made of), f(x) `[...out]`; the result is `[...out, ...in]`, in x's dtype
 * and without history. `f` is called once, with a leaf that holds x's values.
 *
 * @throws DTypeError if x is not of a float dtype, GradError if `f` does not return a tensor.
 *
 * @example
 * ```ts
 * import { jacobian } from "gradkit";
 * jacobian((x) => x.square(), [1, 2]).toArray(); // → [[2, 0], [0, 4]]
 * ```
 */
export function jacobian(f: (x: Tensor) => Tensor, x: TensorLike): Tensor {
  const at = pointOf("jacobian", x);
  return rows("jacobian", evaluate("jacobian", f, at), at);
}

/**
 * The Hessian of a scalar function at a point: H[i…, j…] = ∂²f/∂x[i…]∂x[j…], by reverse over reverse.
 *
 * Shapes: x `[...in]` (anything a tensor is made of), f(x) a single element; the result is `[...in, ...in]`, in x's
 * dtype and without history. For large x prefer {@link hvp}, which never builds it.
 *
 * @throws DTypeError if x is not of a float dtype, GradError if `f` does not return a tensor of one element.
 *
 * @example
 * ```ts
 * import { hessian } from "gradkit";
 * hessian((x) => x.pow(3).sum(), [1, 2]).toArray(); // → [[6, 0], [0, 12]]
 * ```
 */
export function hessian(f: (x: Tensor) => Tensor, x: TensorLike): Tensor {
  const at = pointOf("hessian", x);
  return rows("hessian", gradient("hessian", f, at), at);
}

/**
 * The product of a scalar function's Hessian at x with a vector: Hv = ∂(∂f/∂x · v)/∂x, at the cost of two gradients.
 *
 * Shapes: x and v `[...in]` (anything tensors are made of), f(x) a single element; the result is `[...in]`, in x's
 * dtype and without history.
 *
 * @throws DTypeError if x is not of a float dtype or v not of x's, ShapeError if v has another shape than x,
 * GradError if `f` does not return a tensor of one element.
 *
 * @example
 * ```ts
 * import { hvp } from "gradkit";
 * hvp((x) => x.pow(3).sum(), [1, 2], [1, 1]).toArray(); // → [6, 12]
 * ```
 */
export function hvp(f: (x: Tensor) => Tensor, x: TensorLike, v: TensorLike): Tensor {
  const at = pointOf("hvp", x);
  const first = gradient("hvp", f, at);
  return pull("hvp", first, at, seedOf("hvp", first, v, false), false);
}

/** A leaf with the values of x. */
function pointOf(where: string, x: TensorLike): Tensor {
  const given = asTensor(where, x);
  if (!isFloat(given.dtype)) {
    throw new DTypeError(`${where}: only floats have derivatives: x is ${given.dtype}; convert it with .to("float32")`, {
      dtype: given.dtype,
    });
  }
  const leaf = fromView(given);
  leaf.requiresGrad = true;
  return leaf;
}

function evaluate(where: string, f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  checkFunction(where, "f", f);
  const output: unknown = withGradMode(true, () => f(x));
  checkTensor(where, "what f returned", output);
  return output;
}

/** ∂f/∂x of a scalar function, recorded. */
function gradient(where: string, f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const output = evaluate(where, f, x);
  if (output.size !== 1) {
    throw new GradError(
      `${where}: f is not a scalar function: it gave ${showShape(output.shape)}; reduce with .sum(), or take the jacobian`,
      { shape: output.shape },
    );
  }
  const seed = constantOf(1, output.shape, output.dtype);
  return walk(output, seed, new Set([x]), { where, retainGraph: true, createGraph: true }).get(x) ?? zerosLike(x);
}

/** One walk from an output with a given gradient back to x. */
function pull(where: string, output: Tensor, x: Tensor, seed: Tensor, retainGraph: boolean): Tensor {
  return walk(output, seed, new Set([x]), { where, retainGraph, createGraph: false }).get(x) ?? zerosLike(x);
}

/** The gradients of all elements of an output, stacked: `[...output, ...x]`. */
function rows(where: string, output: Tensor, x: Tensor): Tensor {
  const shape = [...output.shape, ...x.shape];
  if (output.size === 0) return zeros(shape, { dtype: x.dtype });
  const gradients = Array.from({ length: output.size }, (_, i) => {
    const unit = allocate(output.dtype, output.size);
    unit[i] = 1;
    const seed = fromStorage(storageOf(output.dtype, unit), output.shape);
    return pull(where, output, x, seed, i + 1 < output.size);
  });
  return withGradMode(false, () => reshape(stack(gradients), shape));
}
