/** Eigenvalues of symmetric matrices: they rebuild the matrix, and their signs say what a critical point is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Generator, type Tensor, eye, randn, symmetricEigen, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";
import { tensorsOf } from "../support/arbitraries";

const f64 = { dtype: "float64" } as const;
const largest = (a: Tensor): number => (a.size === 0 ? 0 : a.abs().max().item());

function check(a: Tensor): void {
  const { values, vectors } = symmetricEigen(a);
  const n = a.shape[0]!;
  expect([values.shape, vectors.shape]).toEqual([[n], [n, n]]);
  expect(largest(vectors.transpose().matmul(vectors).sub(eye(n, f64)))).toBeLessThan(1e-13 * (1 + n));
  const rebuilt = vectors.mul(values).matmul(vectors.transpose());
  expect(largest(rebuilt.sub(a)) / (largest(a) || 1)).toBeLessThan(1e-13 * (1 + n));
  const list = values.toArray() as number[];
  expect(list.every((value, i) => i === 0 || value <= list[i - 1]!)).toBe(true);
}

describe("symmetricEigen", () => {
  test("rebuilds any symmetric matrix from orthonormal vectors, the size 0 included", () => {
    const matrices = fc.integer({ min: 0, max: 7 }).chain((n) => tensorsOf([n, n]));
    fc.assert(fc.property(matrices, (a) => check(a.add(a.transpose()))));
  });

  test.each([
    ["zeros", zeros([3, 3], f64)],
    ["the identity", eye(4, f64)],
    ["ones", tensor([[1, 1, 1], [1, 1, 1], [1, 1, 1]], f64)],
    ["huge", tensor([[1e300, 2e300], [2e300, 1e300]], f64)],
    ["tiny", tensor([[1e-300, 2e-300], [2e-300, 1e-300]], f64)],
    ["graded", tensor([[1, 1e-9, 0], [1e-9, 1e-12, 1e-20], [0, 1e-20, 1e-30]], f64)],
  ] as const)("holds for %s", (_, a) => check(a));

  test("holds for a large matrix", () => {
    const a = randn([60, 60], { ...f64, generator: new Generator(1) });
    check(a.add(a.transpose()));
  });

  test("gives 3 and −1 for [[1, 2], [2, 1]], whose diagonal is positive (curriculum 104)", () => {
    expect(symmetricEigen([[1, 2], [2, 1]]).values).toBeCloseToTensor(tensor([3, -1], f64));
  });

  test("random symmetric matrices are rarely definite, and the less so the larger (curriculum 104)", () => {
    // Two of three entries' share of definite ones: .288 for n = 2, .049 for 3, .0002 for 5.
    const generator = new Generator(5);
    const share = (n: number, count: number): number => {
      let definite = 0;
      for (let i = 0; i < count; i++) {
        const a = randn([n, n], { ...f64, generator });
        const values = symmetricEigen(a.add(a.transpose())).values.toArray() as number[];
        if (values.every((value) => value > 0) || values.every((value) => value < 0)) definite++;
      }
      return definite / count;
    };
    expect(Math.abs(share(2, 2000) - 0.288)).toBeLessThan(0.04);
    expect(Math.abs(share(3, 2000) - 0.049)).toBeLessThan(0.02);
    expect(share(5, 500)).toBeLessThan(0.01);
  });

  test("takes the symmetric part of a matrix within the tolerance", () => {
    const { values } = symmetricEigen([[1, 2.1], [1.9, 1]], { tolerance: 0.1 });
    expect(values).toBeCloseToTensor(tensor([3, -1], f64));
  });

  test("refuses what is not square, not symmetric or not finite", () => {
    expect(refusal(() => symmetricEigen([[1, 2]]))).toBe(
      "ShapeError: symmetricEigen: not square: [1, 2] (1 ≠ 2); for other matrices there is svd",
    );
    expect(refusal(() => symmetricEigen([[1, 2], [3, 1]]))).toBe(
      "OptionError: symmetricEigen: not symmetric: 2 at [0, 1], 3 at [1, 0] (they may differ by 0.000003); " +
        "take a.add(a.transpose()).div(2) if that is meant, or svd",
    );
    expect(refusal(() => symmetricEigen([[Infinity]]))).toContain("an entry is not finite: Infinity at [0, 0]");
    expect(refusal(() => symmetricEigen([[1]], { tolerence: 1 } as never))).toContain('did you mean "tolerance"?');
    expect(refusal(() => symmetricEigen([[1]], { tolerance: -1 }))).toContain("tolerance is out of range: -1");
  });
});
