/** Weights at right angles. */
import { describe, expect, test } from "vitest";
import { Generator, eye, orthogonal } from "../../src/index";
import { refusal } from "../support/refusal";

const make = (shape: number[], seed = 1) => orthogonal(shape, { dtype: "float64", generator: new Generator(seed) });

describe("orthogonal", () => {
  test.each([[[5, 5]], [[4, 9]], [[100, 200]]])("has orthonormal rows for %j", (shape) => {
    const w = make(shape);
    expect(w.matmul(w.transpose())).toBeCloseToTensor(eye(shape[0]!, { dtype: "float64" }), { atol: 1e-13 });
  });

  test("has orthonormal columns where there are more rows", () => {
    const w = make([9, 4]);
    expect(w.transpose().matmul(w)).toBeCloseToTensor(eye(4, { dtype: "float64" }), { atol: 1e-13 });
  });

  test("reads kernels as out × the rest, and multiplies by the gain", () => {
    const w = orthogonal([3, 2, 2], { dtype: "float64", generator: new Generator(2), gain: 2 });
    expect(w.shape).toEqual([3, 2, 2]);
    const rows = w.reshape([3, 4]);
    expect(rows.matmul(rows.transpose())).toBeCloseToTensor([[4, 0, 0], [0, 4, 0], [0, 0, 4]], { atol: 1e-13 });
  });

  test("is uniform: every entry has mean 0 and mean square 1/n over many draws", () => {
    const n = 3;
    const draws = Array.from({ length: 2000 }, (_, seed) => make([n, n], seed).toTypedArray());
    for (let at = 0; at < n * n; at++) {
      const mean = draws.reduce((sum, draw) => sum + draw[at]!, 0) / draws.length;
      const square = draws.reduce((sum, draw) => sum + draw[at]! ** 2, 0) / draws.length;
      expect(Math.abs(mean)).toBeLessThan(0.05);
      expect(Math.abs(square - 1 / n)).toBeLessThan(0.03);
    }
  });

  test("is computed in float64 and rounded to float32 by default", () => {
    const w = orthogonal([20, 30], { generator: new Generator(1) });
    expect(w.dtype).toBe("float32");
    expect(w.matmul(w.transpose())).toBeCloseToTensor(eye(20), { atol: 3e-7 });
  });

  test("refuses what is no matrix", () => {
    expect(refusal(() => make([4]))).toBe(
      "ShapeError: orthogonal: a matrix needs two axes: [4] (weights are [out, in, …kernel]); " +
        "use uniform, normal or constant for biases",
    );
  });
});
