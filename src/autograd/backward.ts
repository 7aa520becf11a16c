/** Gradients into `.grad`: the walk as a training loop uses it. */

import { checkBoolean, checkOptions } from "../check";
import { DTypeError, GradError, OptionError, ShapeError } from "../errors";
import { constantOf } from "../ops/constant";
import { to } from "../ops/cast";
import { add } from "../ops/elementwise";
import { like } from "../ops/map";
import { sameShape, showShape } from "../shape";
import { asTensor } from "../tensor/create";
import { withGradMode } from "../tensor/tape";
import { type Tensor, type TensorLike, fromView } from "../tensor/tensor";
import { alias, walk } from "./walk";

/** What becomes of the graph when gradients are taken. */
export interface BackwardOptions {
  /** Keep what the derivatives need, so that gradients can be taken again; default: as `createGraph`. */
  retainGraph?: boolean;
  /** Record the computation of the gradients, so that they can be differentiated themselves; default false. */
  createGraph?: boolean;
}

/** The options with their defaults. @internal */
export function graphOptions(where: string, options: BackwardOptions): Required<BackwardOptions> {
  const createGraph = checkBoolean(where, "createGraph", options.createGraph, false);
  return { createGraph, retainGraph: checkBoolean(where, "retainGraph", options.retainGraph, createGraph) };
}

/**
 * Adds ∂x/∂leaf to the `.grad` of every leaf that requires a gradient and that `x` was computed from.
 *
 * Shapes: `gradient`, that of a later result with respect to `x`, has the shape and dtype of `x`; it may be left out
 * where `x` has a single element, and is 1 then. Each `.grad` has the shape and dtype of its leaf, and no history
 * unless `createGraph` is set. The graph is freed unless it is retained. If anything throws, no `.grad` has changed.
 *
 * @throws GradError if `x` does not require a gradient, if it has several elements and no gradient is given, if the
 * graph was freed by an earlier call, or if an input was changed by {@link assign} since the forward pass; ShapeError
 * or DTypeError if `gradient` does not fit; OptionError for an unknown option.
 *
 * @example
 * ```ts
 * import { tensor } from "gradkit";
 * const x = tensor(3, { requiresGrad: true });
 * x.mul(x).backward();
 * x.grad?.item(); // → 6
 * ```
 */
export function backward(x: Tensor, gradient?: TensorLike, options: BackwardOptions = {}): void {
  checkOptions("backward", options, ["retainGraph", "createGraph"]);
  const { retainGraph, createGraph } = graphOptions("backward", options);
  if (!x.requiresGrad) {
    throw new GradError(
      `backward: the tensor has no gradient: ${x.dtype} ${showShape(x.shape)} (nothing it was computed from requires one); ` +
        "make its leaves with { requiresGrad: true }, and compute it outside noGrad and detach",
      { shape: x.shape, dtype: x.dtype },
    );
  }
  const seed = seedOf("backward", x, gradient, createGraph);
  const gradients = walk(x, seed, null, { where: "backward", retainGraph, createGraph });
  const sums = withGradMode(createGraph, () =>
    [...gradients].map(([target, g]) => {
      const leaf = target as Tensor; // with no targets named, a walk gathers at leaves alone
      return { leaf, sum: accumulate(leaf, g) };
    }),
  );
  for (const { leaf, sum } of sums) leaf.grad = sum;
}

/** The gradient a leaf is to have: a tensor of its own, so that assigning to one `.grad` never changes another. */
function accumulate(leaf: Tensor, g: Tensor): Tensor {
  if (leaf.grad === null) return g.requiresGrad ? g : fromView(g);
  return add(to(leaf.grad, leaf.dtype), g);
}

/** The gradient that a walk starts from: the given one, checked, or 1 for a single element. @internal */
export function seedOf(where: string, x: Tensor, gradient: TensorLike | undefined, createGraph: boolean): Tensor {
  if (gradient === undefined) {
    if (x.size === 1) return constantOf(1, x.shape, x.dtype);
    throw new GradError(
      `${where}: not a single element: ${showShape(x.shape)} (each of ${x.size} elements has a gradient of its own); ` +
        "reduce with .sum() or .mean(), or give a gradient of this shape",
      { shape: x.shape },
    );
  }
  if (isRecord(gradient)) {
    throw new OptionError(
      `${where}: options in the place of the gradient: { ${Object.keys(gradient).join(", ")} }; put undefined before them`,
      { gradient },
    );
  }
  const seed = asTensor(where, gradient, like(gradient, x));
  if (!sameShape(seed.shape, x.shape)) {
    throw new ShapeError(
      `${where}: the gradient has another shape: ${showShape(seed.shape)} (the tensor has ${showShape(x.shape)}); ` +
        "give one element for each of the tensor's",
      { gradient: seed.shape, shape: x.shape },
    );
  }
  if (seed.dtype !== x.dtype) {
    throw new DTypeError(
      `${where}: the gradient has another dtype: ${seed.dtype} (the tensor has ${x.dtype}); convert it with .to("${x.dtype}")`,
      { gradient: seed.dtype, dtype: x.dtype },
    );
  }
  return withGradMode(createGraph, () => alias(seed));
}

function isRecord(value: object | number | boolean): boolean {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
