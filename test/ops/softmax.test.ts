/** Softmax and its logarithm: fused and in plainer ops alike, without overflow. */
import { describe, expect, test } from "vitest";
import { type Tensor, checkGradients, logSoftmax, softmax, tensor, zeros } from "../../src/index";
import { type Device, currentDevice, setDevice } from "../../src/tensor/device";
import { refusal } from "../support/refusal";

/** Runs with the js device as if it had no fused softmax. */
function withoutKernel<T>(run: () => T): T {
  const device = currentDevice();
  const plain: Device = { ...device, has: (kernel) => kernel !== "softmax" && device.has(kernel) };
  setDevice(plain);
  try {
    return run();
  } finally {
    setDevice(device);
  }
}

describe.each([
  ["softmax", softmax],
  ["logSoftmax", logSoftmax],
] as const)("%s", (name, f) => {
  const x = tensor([[1, 2, 3], [-800, 0, 800], [-Infinity, 1, 2], [NaN, 0, 0], [-Infinity, -Infinity, -Infinity]], {
    dtype: "float64",
  });

  test("means the same fused and in plainer ops, along any axis", () => {
    for (const axis of [0, 1, -1]) {
      const fused: Tensor = f(x, { axis });
      expect(withoutKernel(() => f(x, { axis }))).toBeCloseToTensor(fused);
    }
    expect(withoutKernel(() => f(zeros([2, 0]))).shape).toEqual([2, 0]);
  });

  test("reads views and keeps what is empty", () => {
    expect(f(tensor([[1, 5], [2, 4]]).transpose(), { axis: 0 })).toBeCloseToTensor(f([[1, 2], [5, 4]], { axis: 0 }));
    expect(f(zeros([0, 3])).shape).toEqual([0, 3]);
    expect(f(zeros([3, 0])).shape).toEqual([3, 0]);
  });

  test("takes integers to float32", () => {
    expect(f(tensor(new Int32Array([1, 2])))).toMatchObject({ dtype: "float32" });
  });

  test("has right derivatives to second order, fused or not", () => {
    const v = tensor([[0.5, -1, 2], [1, 1, 0]], { dtype: "float64" });
    const w = tensor([[1, -2, 0.5], [0.25, 3, -1]], { dtype: "float64" });
    const run = (): boolean =>
      checkGradients((a, b) => f(a, { axis: 1 }).mul(b).square().sum(), [v, w], { order: 2 }).ok;
    expect(run()).toBe(true);
    expect(withoutKernel(run)).toBe(true);
  });

  test("refuses axes that are not there, and unknown options", () => {
    expect(refusal(() => f([1], { axis: 1 }))).toBe(
      `ShapeError: ${name}: axis out of range: 1 (rank 1 has axes -1 … 0); choose one of those`,
    );
    expect(refusal(() => f(1))).toBe(
      `ShapeError: ${name}: axis out of range: -1 (a scalar has no axes); reshape the scalar first`,
    );
    expect(refusal(() => f([1], { dim: 0 } as object))).toMatch(new RegExp(`^OptionError: ${name}: unknown option: "dim"; `));
  });
});

test("softmax gives positive numbers that sum to 1, the last axis by default", () => {
  expect(softmax([[0, Math.log(3)], [1000, 1000]])).toBeCloseToTensor([[0.25, 0.75], [0.5, 0.5]]);
  expect(softmax([[1, 1], [1, 1]], { axis: 0 })).toBeCloseToTensor([[0.5, 0.5], [0.5, 0.5]]);
});

test("logSoftmax stays finite where softmax is 0", () => {
  expect(logSoftmax([0, -1000]).toArray()).toEqual([0, -1000]);
  expect(logSoftmax([-Infinity, 0]).toArray()).toEqual([-Infinity, 0]);
});
