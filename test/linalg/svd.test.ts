/** The singular value decomposition: it rebuilds the matrix, its vectors are orthonormal, whatever the rank. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Tensor, eye, randn, svd, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";
import { shapes, tensorsOf } from "../support/arbitraries";

const f64 = { dtype: "float64" } as const;

const hilbert = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => 1 / (i + j + 1)));

/** Largest entry of |a|, 0 for none. */
const largest = (a: Tensor): number => (a.size === 0 ? 0 : a.abs().max().item());

function check(a: Tensor): void {
  const { u, s, v } = svd(a);
  const [m, n] = a.shape as [number, number];
  const k = Math.min(m, n);
  expect([u.shape, s.shape, v.shape]).toEqual([[m, k], [k], [n, k]]);
  expect([u.dtype, s.dtype, v.dtype]).toEqual(["float64", "float64", "float64"]);
  const scale = largest(a) || 1;
  expect(largest(u.mul(s).matmul(v.transpose()).sub(a)) / scale).toBeLessThan(1e-13 * (1 + k));
  for (const q of [u, v]) expect(largest(q.transpose().matmul(q).sub(eye(k, f64)))).toBeLessThan(1e-13 * (1 + k));
  const values = s.toArray() as number[];
  expect(values.every((value, i) => value >= 0 && (i === 0 || value <= values[i - 1]!))).toBe(true);
}

describe("svd", () => {
  test("rebuilds any matrix from orthonormal vectors, sizes of 0 included", () => {
    const matrices = shapes({ minRank: 2, maxRank: 2, maxSize: 7 }).chain((shape) => tensorsOf(shape));
    fc.assert(fc.property(matrices, check));
  });

  test("rebuilds matrices of any rank", () => {
    const size = fc.integer({ min: 1, max: 8 });
    const sizes = fc.tuple(size, size, fc.integer({ max: 3, min: 0 }));
    const low = sizes.chain(([m, n, r]) => fc.tuple(tensorsOf([m, r]), tensorsOf([r, n])));
    fc.assert(fc.property(low, ([a, b]) => check(a.matmul(b))));
  });

  test.each([
    ["zeros", zeros([4, 3], f64)],
    ["equal columns", tensor([[1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]], f64)],
    ["the identity", eye(5, f64)],
    ["graded", tensor([[1, 1e-8, 1e-16], [1e-8, 1e-10, 1e-30], [0, 0, 1e-200]], f64)],
    ["huge", tensor([[1e300, -1e300], [1e300, 3e299], [7e299, 0]], f64)],
    ["tiny", tensor([[1e-300, 2e-300], [3e-300, 4e-300]], f64)],
    ["nearly dependent", tensor([[1, 1, 1], [1e-9, 0, 0], [0, 1e-9, 0], [0, 0, 1e-9]], f64)],
    ["a Hilbert matrix", tensor(hilbert, f64)],
    ["large", randn([60, 40], f64)],
    ["large and wide", randn([20, 70], f64)],
    ["of low rank and large", randn([50, 3], f64).matmul(randn([3, 50], f64))],
  ] as const)("holds for %s", (_, a) => check(a));

  test("finds known singular values", () => {
    expect(svd([[3, 0], [4, 5]]).s).toBeCloseToTensor(tensor([Math.sqrt(45), Math.sqrt(5)], f64));
    // The condition number of the 8 × 8 Hilbert matrix is 1.52576e10.
    const s = svd(hilbert).s.toArray() as number[];
    expect(s[0]! / s[7]!).toBeCloseTo(1.52576e10, -6);
  });

  test("keeps small singular values of a graded matrix to all their digits", () => {
    const s = svd(tensor([[1, 0], [0, 1e-20], [0, 1e-20]], f64)).s.toArray() as number[];
    expect(s[1]).toBeCloseTo(Math.SQRT2 * 1e-20, 30);
  });

  test("reads nested arrays in float64, and float32 tensors as they are", () => {
    expect(svd([[0.1]]).s.item()).toBe(0.1);
    expect(svd(tensor([[0.1]])).s.item()).toBe(Math.fround(0.1));
  });

  test("shows the modes a linear network learns, half learned at ln(s/a₀ − 1)/2s (curriculum 35)", () => {
    const [sizes, a0, dt] = [[3, 1.5], 1e-3, 1e-3];
    const turn = tensor([[Math.cos(0.3), -Math.sin(0.3)], [Math.sin(0.3), Math.cos(0.3)]], f64);
    const correlation = turn.mul(tensor(sizes, f64));
    const { u, s, v } = svd(correlation);
    expect(s).toBeCloseToTensor(tensor(sizes, f64));
    let first = v.transpose().mul(Math.sqrt(a0)); // both layers, small and balanced
    let second = u.mul(Math.sqrt(a0));
    const learned: number[] = []; // when each mode reached half its size
    for (let t = 0; t < 3; t += dt) {
      const strengths = svd(second.matmul(first)).s.toArray() as number[];
      sizes.forEach((size, i) => { if (strengths[i]! >= size / 2) learned[i] ??= t; });
      const error = correlation.sub(second.matmul(first)).mul(dt);
      [first, second] = [first.add(second.transpose().matmul(error)), second.add(error.matmul(first.transpose()))];
    }
    expect(learned[0]).toBeCloseTo(1.334, 2);
    expect(learned[1]).toBeCloseTo(2.4375, 2);
  });

  test("refuses what is no matrix of finite numbers", () => {
    expect(refusal(() => svd([1, 2]))).toBe(
      "ShapeError: svd: not a matrix: [2] (rank 1); give rows and columns, such as [[1, 2]]",
    );
    expect(refusal(() => svd([[1, 2], [3, NaN]]))).toBe(
      "OptionError: svd: an entry is not finite: NaN at [1, 1]; remove or replace it first",
    );
  });
});
