/** Absolute errors of the lessons. */
import { expect, test } from "vitest";
import { grad, mae, tensor } from "../../src/index";

test("mae of the views: 5.3 for 4.9 is 0.4 off, 5.4 for 7.5 is 2.1 off", () => {
  const x = tensor([4.8, 4.9], { dtype: "float64" });
  const errors = mae(x.add(0.5), [4.9, 7.5], { reduction: "none" });
  expect(errors).toBeCloseToTensor([0.4, 2.1]);
  expect(mae(x.add(0.5), [4.9, 7.5]).item()).toBeCloseTo(1.25, 12);
});

test("the gradient of mae is the sign, and 0 where the error is 0", () => {
  const p = tensor([1, 2, 3], { dtype: "float64", requiresGrad: true });
  expect(grad(mae(p, [0, 2, 5], { reduction: "sum" }), [p])[0]).toBeCloseToTensor([1, 0, -1]);
  expect(grad(mae(p, [0, 2, 5]), [p])[0]).toBeCloseToTensor([1 / 3, 0, -1 / 3]);
});
