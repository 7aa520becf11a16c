import { expect, test } from "vitest";
import { grad, hessian, hvp, jacobian, tensor } from "../../src/index";
test("functional", () => {
  const x = tensor(2, { requiresGrad: true });
  const [first] = grad(x.pow(3), [x], { createGraph: true });
  expect(first!.item()).toBe(12);
  expect(grad(first!, [x])[0]!.item()).toBe(12);
  expect(jacobian((x) => x.square(), [1, 2]).toArray()).toEqual([[2, 0], [0, 4]]);
});
