/** Convolutions by small numbers worked by hand, their settings, and what they refuse. */
import { describe, expect, test } from "vitest";
import {
  type Tensor,
  arange,
  conv1d,
  conv2d,
  convTranspose2d,
  grad,
  ones,
  randn,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

const line = [[[1, 2, 4, 8]]];

describe("conv1d", () => {
  test("slides the kernel along the signal, unturned: a cross-correlation", () => {
    expect(conv1d(line, [[[1, -1]]]).toArray()).toEqual([[[-1, -2, -4]]]);
    expect(conv1d(line, [[[1, 10, 100]]]).toArray()).toEqual([[[421, 842]]]);
  });

  test("sums over the channels, and adds to each output its bias", () => {
    const x = [[[1, 2, 3], [10, 20, 30]]];
    const weight = [[[1, 0], [0, 1]], [[1, 1], [0, 0]]];
    expect(conv1d(x, weight, [0, 1000]).toArray()).toEqual([[[21, 32], [1003, 1005]]]);
  });

  test("takes steps, spreads the kernel, and sees zeros around", () => {
    expect(conv1d(line, [[[1, 1]]], null, { stride: 2 }).toArray()).toEqual([[[3, 12]]]);
    expect(conv1d(line, [[[1, 1]]], null, { dilation: 2 }).toArray()).toEqual([[[5, 10]]]);
    expect(conv1d(line, [[[1, 1]]], null, { padding: [1] }).toArray()).toEqual([[[1, 3, 6, 12, 8]]]);
    expect(conv1d(line, [[[1, 1]]], null, { padding: "valid" }).toArray()).toEqual([[[3, 6, 12]]]);
  });

  test("keeps the length with padding «same»; the odd zero stands at the end", () => {
    expect(conv1d(line, [[[1, 1]]], null, { padding: "same" }).toArray()).toEqual([[[3, 6, 12, 8]]]);
    expect(conv1d(line, [[[1, 1, 1]]], null, { padding: "same" }).toArray()).toEqual([[[3, 7, 14, 12]]]);
    expect(conv1d(line, [[[1, 1, 1]]], null, { padding: "same", stride: 3 }).toArray()).toEqual([[[3, 12]]]);
    expect(conv1d(zeros([1, 1, 0]), ones([1, 1, 3]), null, { padding: "same" }).shape).toEqual([1, 1, 0]);
  });

  test("keeps groups of channels apart", () => {
    const x = [[[1, 2], [10, 20]]];
    expect(conv1d(x, [[[1]], [[2]]], null, { groups: 2 }).toArray()).toEqual([[[1, 2], [20, 40]]]);
    const each = [[[1]], [[2]], [[3]], [[4]]];
    expect(conv1d(x, each, null, { groups: 2 }).toArray()).toEqual([[[1, 2], [2, 4], [30, 60], [40, 80]]]);
  });

  test("takes one signal without the batch axis, and gives one", () => {
    expect(conv1d([[1, 2, 4, 8]], [[[1, -1]]], [1]).toArray()).toEqual([[0, -1, -3]]);
  });

  test("is a method too", () => {
    expect(tensor(line).conv1d([[[1, -1]]], [1], { stride: 2 }).toArray()).toEqual([[[0, -3]]]);
  });
});

describe("conv2d", () => {
  const image = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]];

  test("sums what the kernel covers", () => {
    expect(conv2d(image, ones([1, 1, 2, 2])).toArray()).toEqual([[[12, 16], [24, 28]]]);
    expect(conv2d(image, [[[[1, 0], [0, -1]]]], [100]).toArray()).toEqual([[[96, 96], [96, 96]]]);
    expect(conv2d(image, [[[[2]]]]).toArray()).toEqual([[[2, 4, 6], [8, 10, 12], [14, 16, 18]]]);
    expect(conv2d(image, [image]).toArray()).toEqual([[[285]]]);
  });

  test("moves by rows and columns of their own", () => {
    const sum = (options: object, kernel = [1, 1, 2, 2]): unknown => {
      return conv2d(image, ones(kernel), null, options).toArray();
    };
    expect(sum({ stride: [1, 2] })).toEqual([[[12], [24]]]);
    expect(sum({ dilation: [2, 1] })).toEqual([[[18, 22]]]);
    expect(sum({ padding: [1, 0] }, [1, 1, 3, 3])).toEqual([[[21], [45], [39]]]);
    expect(sum({ padding: "same" })).toEqual([[[12, 16, 9], [24, 28, 15], [15, 17, 9]]]);
    expect(sum({ padding: "same", stride: 2 })).toEqual([[[12, 9], [15, 9]]]);
  });

  test("promotes dtypes; whole numbers stay whole, truths are counted", () => {
    const whole = tensor(new Int32Array([1, 2, 3, 4]), { shape: [1, 2, 2] });
    expect(conv2d(whole, whole.reshape([1, 1, 2, 2]))).toMatchObject({ dtype: "int32" });
    expect(conv2d(whole, tensor([[[[0.5]]]])).toArray()).toEqual([[[0.5, 1], [1.5, 2]]]);
    const truths = tensor([[[true, true], [false, true]]]);
    expect(conv2d(truths, truths.reshape([1, 1, 2, 2]))).toMatchObject({ dtype: "int32" });
    expect(conv2d(truths, truths.reshape([1, 1, 2, 2])).item()).toBe(3);
    expect(conv2d(tensor([[[1]]], { dtype: "float64" }), [[[[0.1]]]], [0.2]).toArray()).toEqual([[[0.1 + 0.2]]]);
  });

  test("takes empty batches and no channels", () => {
    expect(conv2d(zeros([0, 3, 4, 4]), zeros([2, 3, 3, 3])).shape).toEqual([0, 2, 2, 2]);
    expect(conv2d(zeros([1, 0, 2, 2]), zeros([2, 0, 2, 2]), [3, 4]).toArray()).toEqual([[[[3]], [[4]]]]);
    expect(conv2d(zeros([1, 3, 4, 4]), zeros([0, 3, 3, 3])).shape).toEqual([1, 0, 2, 2]);
  });

  test("gives the weight the sum of what it saw, and each element what saw it", () => {
    const x = tensor([image], { dtype: "float64", requiresGrad: true });
    const weight = tensor([[[[1, 2], [3, 4]]]], { dtype: "float64", requiresGrad: true });
    const [gx, gw] = grad(conv2d(x, weight).sum(), [x, weight]) as [Tensor, Tensor];
    expect(gw.toArray()).toEqual([[[[12, 16], [24, 28]]]]);
    expect(gx.toArray()).toEqual([[[[1, 3, 2], [4, 10, 6], [3, 7, 4]]]]);
  });

  test("gives elements that no window reaches a gradient of 0", () => {
    const x = tensor([[[1, 2, 3, 4]]], { requiresGrad: true });
    expect(grad(conv2d(x, [[[[5]]]], null, { stride: [1, 2] }).sum(), [x])[0]!.toArray()).toEqual([[[5, 0, 5, 0]]]);
  });

  test("has gradients whatever the stride, at a cost that does not grow with it", () => {
    const [x, w] = [tensor([[1, 2, 4]], { requiresGrad: true }), tensor([[[3, 5]]], { requiresGrad: true })];
    const [a, b] = grad(conv1d(x, w, null, { stride: 1e9 }).sum(), [x, w]);
    expect([a!.toArray(), b!.toArray()]).toEqual([[[3, 5, 0]], [[[1, 2]]]]);
  });

  test("has gradients of an empty signal", () => {
    const x = zeros([1, 1, 3, 0], { requiresGrad: true });
    const weight = ones([1, 1, 2, 2], { requiresGrad: true });
    const y = conv2d(x, weight, null, { padding: "same" });
    expect(grad(y.sum(), [x, weight]).map((g) => g.shape)).toEqual([[1, 1, 3, 0], [1, 1, 2, 2]]);
    expect(grad(conv2d(x, weight, null, { padding: "same" }).sum(), [weight])[0]!.toArray()).toEqual([[[[0, 0], [0, 0]]]]);
  });
});

describe("convTranspose2d", () => {
  test("lays down a copy of the kernel for each element, and adds where they overlap", () => {
    expect(convTranspose2d([[[1, 2]]], [[[[1, 10]]]], null, { stride: 2 }).toArray()).toEqual([[[1, 10, 2, 20]]]);
    expect(convTranspose2d([[[1, 2]]], [[[[1, 10]]]]).toArray()).toEqual([[[1, 12, 20]]]);
    expect(convTranspose2d([[[1], [2]]], [[[[1, 1]]]], [100]).toArray()).toEqual([[[101, 101], [102, 102]]]);
  });

  test("leaves gaps, cuts at both sides, and adds rows and columns at the end", () => {
    const up = (options: object): unknown => convTranspose2d([[[1, 2]]], [[[[1, 10]]]], [0], options).toArray();
    expect(up({ stride: [1, 3] })).toEqual([[[1, 10, 0, 2, 20]]]);
    expect(up({ dilation: [1, 2] })).toEqual([[[1, 2, 10, 20]]]);
    expect(up({ padding: [0, 1] })).toEqual([[[12]]]);
    expect(up({ stride: 3, outputPadding: [1, 2] })).toEqual([[[1, 10, 0, 2, 20, 0, 0], [0, 0, 0, 0, 0, 0, 0]]]);
    expect(up({ stride: [2, 3], outputPadding: [1, 0] })).toEqual([[[1, 10, 0, 2, 20], [0, 0, 0, 0, 0]]]);
  });

  test("sums over the channels of a group", () => {
    const x = [[[1]], [[2]], [[3]], [[4]]];
    const weight = [[[[1]], [[10]]], [[[1]], [[10]]], [[[1]], [[10]]], [[[1]], [[10]]]];
    expect(convTranspose2d(x, weight).toArray()).toEqual([[[10]], [[100]]]);
    expect(convTranspose2d(x, weight, [0, 0, 0, 1], { groups: 2 }).toArray()).toEqual([[[3]], [[30]], [[7]], [[71]]]);
  });

  test("is the gradient of conv2d in its signal", () => {
    const options = { stride: 2, padding: 1, dilation: [1, 2] };
    const x = randn([2, 4, 7, 8], { dtype: "float64", requiresGrad: true });
    const weight = randn([6, 2, 3, 2], { dtype: "float64" });
    const y = conv2d(x, weight, null, { ...options, groups: 2 });
    const g = randn(y.shape, { dtype: "float64" });
    const back = convTranspose2d(g, weight, null, { ...options, groups: 2, outputPadding: [0, 1] });
    expect(grad(y, [x], { gradient: g })[0]).toBeCloseToTensor(back, { rtol: 1e-12, atol: 1e-12 });
  });
});

describe("what does not fit is refused:", () => {
  const x = zeros([2, 4, 8, 8]);
  const weight = zeros([6, 4, 3, 3]);

  test("ranks", () => {
    expect(refusal(() => conv2d(zeros([8, 8]), weight))).toBe(
      "ShapeError: conv2d: bad rank: x [8, 8] (rank 2); give [batch, channels, height, width], or one signal without the " +
        "batch axis",
    );
    expect(refusal(() => conv1d(x, zeros([1, 4, 3])))).toBe(
      "ShapeError: conv1d: bad rank: x [2, 4, 8, 8] (rank 4); give [batch, channels, length], or one signal without the " +
        "batch axis",
    );
    expect(refusal(() => conv2d(x, zeros([6, 4, 3])))).toBe(
      "ShapeError: conv2d: bad weight: [6, 4, 3] (rank 3); give [out, in / groups, height, width]",
    );
    expect(refusal(() => conv1d(zeros([4, 8]), zeros([6, 4])))).toBe(
      "ShapeError: conv1d: bad weight: [6, 4] (rank 2); give [out, in / groups, length]",
    );
    expect(refusal(() => convTranspose2d(x, 3))).toBe(
      "ShapeError: convTranspose2d: bad weight: [] (rank 0); give [in, out / groups, height, width]",
    );
    expect(refusal(() => conv2d(x, zeros([6, 4, 0, 3])))).toBe(
      "ShapeError: conv2d: bad weight: [6, 4, 0, 3] (an empty kernel); give [out, in / groups, height, width]",
    );
  });

  test("channels", () => {
    expect(refusal(() => conv2d(x, zeros([6, 3, 3, 3])))).toBe(
      "ShapeError: conv2d: channels differ: x [2, 4, 8, 8], weight [6, 3, 3, 3] (4 ≠ 3); channels are axis 1 of x",
    );
    expect(refusal(() => conv2d(x, weight, null, { groups: 2 }))).toBe(
      "ShapeError: conv2d: channels differ: x [2, 4, 8, 8], weight [6, 4, 3, 3] (4 ≠ 8 = 4·2 groups); " +
        "channels are axis 1 of x",
    );
    expect(refusal(() => conv2d(zeros([4, 8, 8]), zeros([6, 3, 3, 3])))).toBe(
      "ShapeError: conv2d: channels differ: x [4, 8, 8], weight [6, 3, 3, 3] (4 ≠ 3); channels are axis 0 of x",
    );
    expect(refusal(() => convTranspose2d(x, weight))).toBe(
      "ShapeError: convTranspose2d: channels differ: x [2, 4, 8, 8], weight [6, 4, 3, 3] (4 ≠ 6); " +
        "channels are axis 1 of x",
    );
  });

  test("groups", () => {
    expect(refusal(() => conv2d(x, zeros([6, 1, 3, 3]), null, { groups: 4 }))).toBe(
      "OptionError: conv2d: groups do not divide the output channels: 4 and 6; choose a divisor of 6",
    );
    expect(refusal(() => convTranspose2d(x, zeros([4, 1, 3, 3]), null, { groups: 3 }))).toBe(
      "OptionError: convTranspose2d: groups do not divide the input channels: 3 and 4; choose a divisor of 4",
    );
    expect(refusal(() => conv2d(x, weight, null, { groups: 0 }))).toBe(
      "OptionError: conv2d: groups is out of range: 0; give a whole number ≥ 1",
    );
  });

  test("a bias of another size", () => {
    expect(refusal(() => conv2d(x, weight, [1, 2]))).toBe(
      "ShapeError: conv2d: the bias does not fit: [2] (one number per output channel, 6); give [6] or null",
    );
    expect(refusal(() => convTranspose2d(x, zeros([4, 3, 2, 2]), 1, { groups: 2 }))).toBe(
      "ShapeError: convTranspose2d: the bias does not fit: [] (one number per output channel, 6); give [6] or null",
    );
  });

  test("a transposed convolution that leaves nothing, or adds too much", () => {
    expect(refusal(() => convTranspose2d(zeros([1, 2, 2]), zeros([1, 1, 1, 1]), null, { stride: 1e9 }))).toBe(
      "ShapeError: convTranspose2d: too many elements: [1, 1, 1000000001, 1000000001] (1000000002000000000 > 2³²); " +
        "split the data into batches",
    );
    expect(refusal(() => convTranspose2d(zeros([1, 2, 2]), zeros([1, 1, 2, 3]), null, { padding: [2, 0] }))).toBe(
      "ShapeError: convTranspose2d: nothing is left along axis -2: -1 elements (x [1, 2, 2], kernel 2, padding 2); " +
        "give less padding",
    );
    expect(refusal(() => convTranspose2d(x, zeros([4, 1, 3, 3]), null, { stride: 2, outputPadding: [1, 2] }))).toBe(
      "OptionError: convTranspose2d: outputPadding is too large: 2 (stride 2, dilation 1); give less than the larger of both",
    );
  });

  test("unknown settings", () => {
    expect(refusal(() => conv2d(x, weight, null, { strides: 2 } as object))).toBe(
      'OptionError: conv2d: unknown option: "strides"; did you mean "stride"? ' +
        "Options are stride, padding, dilation, groups",
    );
    expect(refusal(() => conv2d(x, weight, null, { outputPadding: 1 } as object))).toMatch(
      /^OptionError: conv2d: unknown option: "outputPadding"/,
    );
    expect(refusal(() => convTranspose2d(x, zeros([4, 1, 3, 3]), null, { padding: "same" as unknown as number }))).toBe(
      'OptionError: convTranspose2d: padding is out of range: "same"; give a whole number ≥ 0',
    );
  });
});

test("a convolution of a large image is the same at every place", () => {
  const x = arange(40 * 50).reshape([1, 1, 40, 50]);
  const y = conv2d(x, [[[[-1, 0, 0], [0, 0, 0], [0, 0, 1]]]], null, { padding: 1 });
  const inner = y.slice([null, null, [1, 39], [1, 49]]);
  expect([y.shape, inner.min().item(), inner.max().item()]).toEqual([[1, 1, 40, 50], 102, 102]);
});
