import { expect, test } from "vitest";
import { tensor } from "../../src/index";
import { backward } from "../../src/autograd/backward";
test("x·x", () => {
  const x = tensor([1,2,3], { requiresGrad: true });
  backward(x.mul(x), [1,1,1]);
  expect(x.grad?.toArray()).toEqual([2,4,6]);
});
