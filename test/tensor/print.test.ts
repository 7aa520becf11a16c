/** Tensors print as PyTorch prints them (1.13), but for words: true, dtype: int32, requiresGrad: true. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { tensor } from "../../src/tensor/create";
import type { DType } from "../../src/dtype";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const count = (n: number, shape: number[], scale = 1) =>
  tensor(Float32Array.from({ length: n }, (_, i) => i * scale), { shape });

describe("a printed tensor", () => {
  test.each<[string, number | boolean, DType?]>([
    ["tensor(3.)", 3],
    ["tensor(0.)", 0],
    ["tensor(-0.5000)", -0.5],
    ["tensor(nan)", nan],
    ["tensor(-inf)", -inf],
    ["tensor(1.0000e+10)", 1e10],
    ["tensor(7, dtype: int32)", 7, "int32"],
    ["tensor(true)", true],
  ])("of one element is %s", (text, value, dtype) => {
    expect(String(tensor(value, dtype === undefined ? {} : { dtype }))).toBe(text);
  });

  test.each<[string, readonly number[]]>([
    ["tensor([1., 2., 3.])", [1, 2, 3]],
    ["tensor([ 1.0000, -2.5000,  3.0000])", [1, -2.5, 3]],
    ["tensor([-0., 0.])", [-0, 0]],
    ["tensor([1.0000e+00, 2.0000e+03])", [1, 2000]],
    ["tensor([5.0000e-01, 1.0000e-05])", [0.5, 1e-5]],
    ["tensor([0.0000e+00, 1.0000e-07])", [0, 1e-7]],
    ["tensor([100000.5000,    100.2500])", [100000.5, 100.25]],
    ["tensor([100000000.,    100000.])", [1e8, 1e5]],
    ["tensor([2.0000e+08, 1.0000e+08])", [2e8, 1e8]],
    ["tensor([1., inf, -inf])", [1, inf, -inf]],
    ["tensor([   nan, 1.5000])", [nan, 1.5]],
    ["tensor([1.0000e-30, 1.0000e+30])", [1e-30, 1e30]],
  ])("chooses one notation for all its numbers: %s", (text, values) => {
    expect(String(tensor(values))).toBe(text);
  });

  test("writes exponents of three digits in float64", () => {
    expect(String(tensor([1e-200, 1e200], { dtype: "float64" }))).toBe(
      "tensor([1.0000e-200, 1.0000e+200], dtype: float64)",
    );
  });

  test("aligns the columns of a matrix", () => {
    expect(String(tensor([[1, -2], [30, 4]]))).toBe("tensor([[ 1., -2.],\n        [30.,  4.]])");
    expect(String(tensor([[1, nan], [inf, 2]]))).toBe("tensor([[1., nan],\n        [inf, 2.]])");
    expect(String(tensor([[true], [false]]))).toBe("tensor([[ true],\n        [false]])");
    expect(String(tensor([1, -20, 3], { dtype: "int32" }))).toBe("tensor([  1, -20,   3], dtype: int32)");
  });

  test("puts an empty line between the matrices of a higher rank", () => {
    expect(String(count(8, [2, 2, 2]))).toBe(
      ["tensor([[[0., 1.],", "         [2., 3.]],", "", "        [[4., 5.],", "         [6., 7.]]])"].join("\n"),
    );
    expect(String(count(16, [2, 2, 2, 2])).split("\n").slice(4, 9)).toEqual([
      "          [ 6.,  7.]]],",
      "",
      "",
      "        [[[ 8.,  9.],",
      "          [10., 11.]],",
    ]);
  });

  test("breaks long rows at 80 columns", () => {
    expect(String(count(12, [12], 1 / 7))).toBe(
      "tensor([0.0000, 0.1429, 0.2857, 0.4286, 0.5714, 0.7143, 0.8571, 1.0000, 1.1429,\n" +
        "        1.2857, 1.4286, 1.5714])",
    );
  });

  test("shows the ends of axes when it has more than a thousand elements", () => {
    expect(String(count(1001, [1001]))).toBe("tensor([   0.,    1.,    2.,  ...,  998.,  999., 1000.])");
    expect(String(count(1000, [1000])).split("\n")).toHaveLength(84);
    expect(String(tensor(new Float32Array(2000), { shape: [2000, 1] }))).toBe(
      ["tensor([[0.],", "[0.],", "[0.],", "...,", "[0.],", "[0.],", "[0.]])"].join("\n        "),
    );
    expect(String(count(2400, [2, 30, 40], 0.01)).split("\n").slice(0, 9)).toEqual([
      "tensor([[[0.0000e+00, 1.0000e-02, 2.0000e-02,  ..., 3.7000e-01,",
      "          3.8000e-01, 3.9000e-01],",
      "         [4.0000e-01, 4.1000e-01, 4.2000e-01,  ..., 7.7000e-01,",
      "          7.8000e-01, 7.9000e-01],",
      "         [8.0000e-01, 8.1000e-01, 8.2000e-01,  ..., 1.1700e+00,",
      "          1.1800e+00, 1.1900e+00],",
      "         ...,",
      "         [1.0800e+01, 1.0810e+01, 1.0820e+01,  ..., 1.1170e+01,",
      "          1.1180e+01, 1.1190e+01],",
    ]);
  });

  test("says its shape when it is empty", () => {
    expect(String(tensor([]))).toBe("tensor([])");
    expect(String(tensor([[], []]))).toBe("tensor([], shape: [2, 0])");
    expect(String(tensor([], { dtype: "bool" }))).toBe("tensor([], dtype: bool)");
  });

  test("notes its dtype and whether it requires a gradient, on a new line where they do not fit", () => {
    expect(String(tensor([1, 2], { requiresGrad: true }))).toBe("tensor([1., 2.], requiresGrad: true)");
    expect(String(tensor([1 / 3, 2], { dtype: "float64", requiresGrad: true }))).toBe(
      "tensor([0.3333, 2.0000], dtype: float64, requiresGrad: true)",
    );
    const nine = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], { dtype: "float64", requiresGrad: true });
    expect(String(nine)).toBe(
      "tensor([1., 2., 3., 4., 5., 6., 7., 8., 9.], dtype: float64,\n       requiresGrad: true)",
    );
  });

  test("names the op that made it", () => {
    expect(String(tensor([1], { requiresGrad: true }).add(1))).toBe("tensor([2.], gradFn: add)");
  });

  test("shows its values in console.log", () => {
    expect(inspect({ x: tensor([1, 2]) })).toBe("{ x: tensor([1., 2.]) }");
  });
});
