/** Walks of one number under an optimizer, and the same walk in plain arithmetic. */
import fc from "fast-check";
import { type Optimizer, type Tensor, tensor } from "../../src/index";

/** A float64 leaf. */
export function leaf(values: number | readonly number[]): Tensor {
  return tensor(values, { dtype: "float64", requiresGrad: true });
}

/** Where θ is after each step, given the gradient of each. */
export function walk(make: (params: Tensor[]) => Optimizer, gradients: readonly number[], start = 1): number[] {
  const theta = leaf(start);
  const optimizer = make([theta]);
  return gradients.map((g) => {
    theta.grad = tensor(g, { dtype: "float64" });
    optimizer.step();
    return theta.item();
  });
}

/** The gradients of the curriculum's table; θ₀ = 1. */
export const LESSON = [1, 0.1, -0.5, 0];

/** How near a walk must be to its formula. */
export const close = { rtol: 1e-12, atol: 1e-12 };

/** Up to a dozen gradients of moderate size. */
export const gradients = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 12 });
