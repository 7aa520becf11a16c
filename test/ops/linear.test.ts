/** The affine map of dense layers: any leading axes, gradients without transposed copies, and what is refused. */
import { describe, expect, test } from "vitest";
import { type Tensor, checkGradients, grad, linear, randn, tensor, zeros } from "../../src/index";
import { type Call, currentDevice, setDevice } from "../../src/tensor/device";
import { refusal } from "../support/refusal";

const weight = tensor([[1, 2], [3, 4], [5, 6]]);

/** The kernels that run during a function. */
function kernelsOf(run: () => unknown): string[] {
  const device = currentDevice();
  const seen: string[] = [];
  setDevice({
    ...device,
    execute: (call: Call, inputs) => {
      seen.push(call.kernel);
      return device.execute(call, inputs);
    },
  });
  try {
    run();
  } finally {
    setDevice(device);
  }
  return seen;
}

describe("linear", () => {
  test("is x·Wᵀ + b for one row, a batch, or any leading axes", () => {
    expect(linear([1, 10], weight, [0, 0, 1]).toArray()).toEqual([21, 43, 66]);
    expect(linear([[1, 10], [1, 0]], weight).toArray()).toEqual([[21, 43, 65], [1, 3, 5]]);
    expect(linear([[[1, 10]], [[1, 0]]], weight, null).toArray()).toEqual([[[21, 43, 65]], [[1, 3, 5]]]);
    expect(linear(zeros([0, 2]), weight).shape).toEqual([0, 3]);
    expect(linear(zeros([4, 0]), zeros([3, 0]), [1, 2, 3]).toArray()).toEqual(Array(4).fill([1, 2, 3]));
  });

  test("reads views and promotes dtypes", () => {
    const x = tensor([[1, 1], [10, 0]]).transpose();
    expect(linear(x, weight).toArray()).toEqual([[21, 43, 65], [1, 3, 5]]);
    expect(linear(tensor(new Int32Array([1, 1])), tensor([[0.5, 1]])).toArray()).toEqual([1.5]);
    const double = linear(tensor([1], { dtype: "float64" }), [[0.1]], [0.2]);
    expect([double.dtype, double.toArray()]).toEqual(["float64", [0.1 + 0.2]]);
  });

  test("has right derivatives to second order", () => {
    for (const shape of [[2], [4, 2], [2, 3, 2]]) {
      const inputs = [shape, [3, 2], [3]].map((sizes) => randn(sizes, { dtype: "float64" }));
      const report = checkGradients((x, w, b) => linear(x, w, b).square().sum(), inputs, { order: 2 });
      expect(report.ok).toBe(true);
    }
  });

  test("takes the weight's gradient as one product, laid out like the weight", () => {
    const w = randn([3, 2], { requiresGrad: true });
    const y = linear(randn([8, 2]), w).sum();
    let g: Tensor | undefined;
    expect(kernelsOf(() => ([g] = grad(y, [w])))).toEqual(["matmul"]);
    expect(g!.strides).toEqual([2, 1]);
  });

  test("refuses sizes that do not fit", () => {
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => linear(zeros([32, 784]), zeros([128, 785])))).toBe(
      "ShapeError: linear: inner dimensions differ: x [32, 784], weight [128, 785] (784 ≠ 785); x is [..., in], weight [out, in]",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => linear(zeros([32, 784]), zeros([784, 128])))).toBe(
      "ShapeError: linear: inner dimensions differ: x [32, 784], weight [784, 128] (784 ≠ 128); " +
        "transpose the weight: it is [out, in]",
    );
    expect(refusal(() => linear([1, 2], weight, [1, 2]))).toBe(
      "ShapeError: linear: the bias does not fit: bias [2], weight [3, 2] (one number per output, 3); give [3] or null",
    );
    expect(refusal(() => linear([1, 2], weight, 1))).toBe(
      "ShapeError: linear: the bias does not fit: bias [], weight [3, 2] (one number per output, 3); give [3] or null",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => linear(1, weight))).toBe(
      "ShapeError: linear: bad rank: x [], weight [3, 2] (x needs an axis, weight two); " +
        "give x as [..., in] and weight as [out, in]",
    );
    expect(refusal(() => linear([1, 2], [1, 2]))).toBe(
      "ShapeError: linear: bad rank: x [2], weight [2] (x needs an axis, weight two); " +
        "give x as [..., in] and weight as [out, in]",
    );
  });
});
