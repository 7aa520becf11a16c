/** Least squares: exact fits, the normal equations, ridge, and columns that others span. */
import { expect, test } from "vitest";
import { solve } from "../../examples/support/leastSquares";
import { randn, tensor, Generator, type Tensor } from "../../src/index";

const exact = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "float64" });

test("finds the line through points that lie on one", () => {
  expect(solve(exact([[1, 0], [1, 1], [1, 2]]), exact([1, 3, 5]))).toBeCloseToTensor([1, 2], { atol: 1e-12 });
});

test("satisfies the normal equations AᵀAw + λw = Aᵀy, for any ridge", () => {
  const generator = new Generator(3);
  const a = randn([20, 5], { dtype: "float64", generator });
  const y = randn([20], { dtype: "float64", generator });
  for (const ridge of [0, 0.5, 10]) {
    const w = solve(a, y, ridge);
    const residual = a.matmul(w).sub(y);
    expect(a.transpose().matmul(residual).add(w.mul(ridge))).toBeCloseToTensor([0, 0, 0, 0, 0], { atol: 1e-10 });
  }
});

test("gives weight 0 to a column that the others span", () => {
  expect(solve(exact([[1, 2], [2, 4]]), exact([1, 2]))).toBeCloseToTensor([1, 0], { atol: 1e-12 });
});
