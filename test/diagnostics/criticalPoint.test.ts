/** Critical points: the signs of the Hessian's eigenvalues, not its diagonal, and the cases they cannot decide. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Tensor, criticalPoint, eye, jacobian, tensor } from "../../src/index";
import { refusal } from "../support/refusal";
import { tensorsOf } from "../support/arbitraries";

/** ½ xᵀAx. */
const quadratic = (a: readonly (readonly number[])[]) => (x: Tensor): Tensor =>
  x.reshape([1, x.size]).matmul(tensor(a, { dtype: "float64" })).matmul(x.reshape([x.size, 1])).sum().div(2);
const first = (p: Tensor): Tensor => p.slice([[0, 1]]);
const second = (p: Tensor): Tensor => p.slice([[1, 2]]);

describe("criticalPoint", () => {
  test.each([
    ["a bowl", quadratic([[2, 1], [1, 2]]), [3, 1], "minimum", 0],
    ["a dome", quadratic([[-2, 0], [0, -1]]), [-1, -2], "maximum", 2],
    ["x² − y² (curriculum 103)", quadratic([[2, 0], [0, -2]]), [2, -2], "saddle", 1],
    ["[[1, 2], [2, 1]], whose diagonal is positive (curriculum 104)", quadratic([[1, 2], [2, 1]]), [3, -1], "saddle", 1],
    ["a valley", quadratic([[1, 0], [0, 0]]), [1, 0], "degenerate", 0],
    ["a saddle with a flat direction", quadratic([[1, 0, 0], [0, 0, 0], [0, 0, -1]]), [1, 0, -1], "saddle", 1],
    ["a plain", (x: Tensor) => x.sum().mul(0), [0, 0], "degenerate", 0],
    ["a monkey saddle", (p: Tensor) => first(p).pow(3).sub(first(p).mul(second(p).square()).mul(3)), [0, 0], "degenerate", 0],
  ] as const)("finds %s", (_, f, eigenvalues, kind, index) => {
    const found = criticalPoint(f, eigenvalues.map(() => 0));
    expect(found).toMatchObject({ kind, index, gradientNorm: 0 });
    expect(found.eigenvalues).toBeCloseToTensor(eigenvalues, { atol: 1e-14 });
  });

  test("x³ has a critical point in one dimension that is neither minimum nor maximum", () => {
    expect(criticalPoint((x) => x.pow(3), 0).kind).toBe("degenerate");
  });

  test("says so where the gradient is not 0, and gives the curvature all the same", () => {
    const saddle = (p: Tensor): Tensor => second(p).square().sub(first(p).square());
    expect(jacobian(saddle, [1, 2]).toArray()).toEqual([[-2, 4]]); // curriculum 99
    const found = criticalPoint(saddle, [1, 2]);
    expect(found.kind).toBe("notCritical");
    expect(found.gradientNorm).toBeCloseTo(Math.sqrt(20), 12);
    expect(found.eigenvalues).toEqual([2, -2]);
    expect(criticalPoint(saddle, [1, 2], { gradientTolerance: Infinity }).kind).toBe("saddle");
  });

  test("agrees with the definition for random quadratics", () => {
    const cases = fc.integer({ min: 1, max: 4 }).chain((n) => tensorsOf([n, n], { kinks: [0] }));
    fc.assert(fc.property(cases, (b) => {
      // bᵀb + 0.1 is definite; minus it as well, the other way round.
      const n = b.shape[0]!;
      const a = b.transpose().matmul(b).add(eye(n).mul(0.1));
      const zero = new Float64Array(n);
      expect(criticalPoint(quadratic(a.toArray() as number[][]), zero).kind).toBe("minimum");
      expect(criticalPoint(quadratic(a.neg().toArray() as number[][]), zero).kind).toBe("maximum");
    }), { numRuns: 20 });
  });

  test("a tolerance widens what counts as 0", () => {
    const f = quadratic([[1, 0], [0, 1e-3]]);
    expect(criticalPoint(f, [0, 0]).kind).toBe("minimum");
    expect(criticalPoint(f, [0, 0], { tolerance: 0.01 }).kind).toBe("degenerate");
  });

  test("refuses functions without a finite derivative, and options it does not know", () => {
    expect(refusal(() => criticalPoint((x) => x.sqrt().sum(), [0]))).toBe(
      "OptionError: criticalPoint: the gradient is not finite: length Infinity; choose a point within f's domain",
    );
    expect(refusal(() => criticalPoint((x) => x.pow(1.5).sum(), [0]))).toContain("criticalPoint: symmetricEigen: an entry");
    expect(refusal(() => criticalPoint((x) => x, [0, 1]))).toBe(
      "GradError: criticalPoint: f is not a scalar function: it gave [2]; reduce it, such as with .sum()",
    );
    expect(refusal(() => criticalPoint((x) => x.sum(), [0], { tol: 1 } as never))).toContain('did you mean "tolerance"?');
    expect(refusal(() => criticalPoint((x) => x.sum(), [0], { tolerance: -1 }))).toContain("tolerance is out of range");
    expect(refusal(() => criticalPoint((x) => x.sum(), [0], { gradientTolerance: NaN }))).toContain("out of range: NaN");
  });
});
