/** The correlation below conv and pools: what its rules call, and that a zero operand costs no rule. */
import { describe, expect, test } from "vitest";
import { type Tensor, grad, ones, randn, tensor, zeros } from "../../src/index";
import { convolve, spread } from "../../src/ops/convolve";
import { type Call, currentDevice, setDevice } from "../../src/tensor/device";

const still = { groups: 1, stride: [1, 1], dilation: [1, 1], padding: [0, 0] } as const;

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

describe("convolve", () => {
  test("gives as many elements as are asked for, fewer than fit or zeros beyond the signal", () => {
    const [x, weight] = [tensor([[[[1, 2, 3]]]]), tensor([[[[1, 10]]]])];
    expect(convolve(x, weight, { ...still, size: [1, 1] }).toArray()).toEqual([[[[21]]]]);
    expect(convolve(x, weight, { ...still, size: [2, 4] }).toArray()).toEqual([[[[21, 32, 3, 0], [0, 0, 0, 0]]]]);
  });

  test("has the right gradients where it stops early", () => {
    const x = tensor([[[[1, 2, 3]]]], { requiresGrad: true });
    const weight = tensor([[[[1, 10]]]], { requiresGrad: true });
    const [gx, gw] = grad(convolve(x, weight, { ...still, size: [1, 1] }).sum(), [x, weight]) as [Tensor, Tensor];
    expect([gx.toArray(), gw.toArray()]).toEqual([[[[[1, 10, 0]]]], [[[[1, 2]]]]]);
  });

  test("takes each gradient as one correlation, and none that nobody wants", () => {
    const x = randn([2, 3, 6, 6], { requiresGrad: true });
    const weight = randn([4, 3, 3, 3], { requiresGrad: true });
    const count = (y: Tensor, wanted: Tensor[]): number =>
      kernelsOf(() => grad(y, wanted)).filter((kernel) => kernel === "convolve").length;
    const [a, b] = [x.detach(), weight.detach()];
    const walk = { ...still, size: [4, 4] } as const;
    expect(count(convolve(x, b, walk).sum(), [x])).toBe(1);
    expect(count(convolve(a, weight, walk).sum(), [weight])).toBe(1);
    expect(count(convolve(x, weight, walk).sum(), [x, weight])).toBe(2);
  });
});

describe("spread", () => {
  test("is one correlation for each place modulo the stride, without products with zeros between", () => {
    const g = randn([1, 2, 3, 3]);
    const weight = randn([2, 1, 4, 4]);
    const walk = { ...still, stride: [2, 2], size: [3, 3] } as const;
    const multiplied: number[] = [];
    const device = currentDevice();
    setDevice({
      ...device,
      execute: (call: Call, inputs) => {
        if (call.kernel === "convolve") multiplied.push(inputs[1]!.shape[2]! * inputs[1]!.shape[3]!);
        return device.execute(call, inputs);
      },
    });
    const y = spread(g, weight, walk, [8, 8]);
    setDevice(device);
    expect(multiplied).toEqual([4, 4, 4, 4]);
    expect(y.shape).toEqual([1, 1, 8, 8]);
  });

  test("gives zeros where no tap comes: between strides wider than the kernel, and beyond", () => {
    const walk = { ...still, stride: [1, 3], size: [1, 2] } as const;
    expect(spread(tensor([[[[1, 2]]]]), ones([1, 1, 1, 1]), walk, [1, 6]).toArray()).toEqual([[[[1, 0, 0, 2, 0, 0]]]]);
    expect(spread(zeros([0, 1, 1, 2]), ones([1, 1, 1, 1]), walk, [1, 6]).shape).toEqual([0, 1, 1, 6]);
  });

  test("tells apart elements of strides and dilations with common factors", () => {
    const walk = { ...still, stride: [1, 4], dilation: [1, 6], size: [1, 2] } as const;
    // Taps at 0, 6, 12 of outputs that begin at 0 and 4.
    const weight = tensor([[[[1, 10, 100]]]]);
    const y = spread(tensor([[[[1, 2]]]]), weight, walk, [1, 17]).reshape([17]);
    expect(y.toArray()).toEqual([1, 0, 0, 0, 2, 0, 10, 0, 0, 0, 20, 0, 100, 0, 0, 0, 200]);
  });
});
