/** Bias and variance: the identity for any fits, and the curriculum's numbers for polynomials and ridge. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { biasVariance, svd, tensor } from "../../src/index";
import { RandomState } from "../../examples/support/numpy";
import { refusal } from "../support/refusal";

const truth = (x: number): number => Math.sin(Math.PI * x);
const grid = Array.from({ length: 39 }, (_, i) => -0.95 + 0.05 * i);

/** P₀(x) … P_degree(x). */
function legendre(x: number, degree: number): number[] {
  const values = [1, x];
  for (let k = 1; k < degree; k++) values.push(((2 * k + 1) * x * values[k]! - k * values[k - 1]!) / (k + 1));
  return values.slice(0, degree + 1);
}

/** Least squares with ridge λ, by the singular values of the design matrix: w = v·diag(s/(s² + λ))·uᵀy. */
function leastSquares(x: readonly number[], y: number[], degree: number, ridge: number): (x: number) => number {
  const { u, s, v } = svd(x.map((value) => legendre(value, degree)));
  const along = tensor(y, { dtype: "float64" }).matmul(u).mul(s.div(s.square().add(ridge)));
  const weights = v.matmul(along).toArray() as number[];
  return (at) => legendre(at, degree).reduce((sum, value, k) => sum + value * weights[k]!, 0);
}

/** Row 88: f = sin πx, noise .3. */
function polynomial(degree: number, { ridge = 0, rows = 15, sets = 600 } = {}): ReturnType<typeof biasVariance> {
  const random = new RandomState(0);
  return biasVariance({
    makeData: () => {
      const x = random.rand(rows).map((u) => 2 * u - 1);
      return { x, y: x.map((value) => truth(value) + 0.3 * random.normal()) };
    },
    fit: ({ x, y }) => leastSquares(x, y, degree, ridge),
    truth,
    at: grid,
    sets,
  });
}

describe("biasVariance", () => {
  test("total is bias² + variance to 1e-10, for any fits", () => {
    const matrix = fc.integer({ min: 1, max: 5 }).chain((points) =>
      fc.array(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: points, maxLength: points }), {
        minLength: 1,
        maxLength: 6,
      }));
    fc.assert(fc.property(matrix, (fits) => {
      const found = biasVariance({
        makeData: (set) => set,
        fit: (set) => fits[set]!,
        truth: (x) => x,
        at: Array.from(fits[0]!.keys()),
        sets: fits.length,
        noiseVariance: 0.25,
      });
      expect(Math.abs(found.total - found.bias2 - found.variance - 0.25)).toBeLessThan(1e-10 * (1 + found.total));
      expect(found.predictions).toEqual(fits);
    }));
  });

  test.each([
    ["a constant: all bias", 0, {}, 0.04, 0.521],
    ["a line", 1, {}, 0.046, 0.17],
    ["a cubic: little of both", 3, {}, 0.055, 0.003],
    ["degree 7 with ridge .1", 7, { ridge: 0.1 }, 0.06, 0.0025],
    ["degree 7 with ridge 1", 7, { ridge: 1 }, 0.031, 0.044],
    ["degree 7 with ridge 10", 7, { ridge: 10 }, 0.013, 0.292],
  ] as const)("finds %s (curriculum 88, 92)", (_, degree, options, variance, bias2) => {
    const found = polynomial(degree, options);
    expect(Math.abs(found.variance - variance)).toBeLessThan(0.2 * variance);
    expect(Math.abs(found.bias2 - bias2)).toBeLessThan(0.05 * bias2 + 0.002);
  });

  test("overfits show by fits that differ wildly, and more data helps them but not the line (curriculum 88, 89)", () => {
    const wild = polynomial(7);
    expect(wild.variance).toBeGreaterThan(50 * polynomial(1, { sets: 100 }).variance);
    expect(polynomial(7, { rows: 100, sets: 100 }).total).toBeCloseTo(0.0069, 2);
    expect(polynomial(1, { rows: 100, sets: 100 }).total).toBeCloseTo(0.178, 1);
  });

  test("hands on a set's number and a stream of its own, and tells how far it is", () => {
    const seen: unknown[] = [];
    const run = (): number[][] => biasVariance({
      makeData: (set, generator) => [set, generator.state[0]!] as const,
      fit: ([set, seed], i) => (x: number) => tensor(set + seed + i + x),
      truth: () => 0,
      at: new Float64Array([0, 1]),
      sets: 2,
      seed: 5,
      onSet: (done, sets) => seen.push([done, sets]),
    }).predictions;
    expect(run()).toEqual([[5, 6], [8, 9]]);
    expect(seen).toEqual([[1, 2], [2, 2]]);
  });

  test("takes tensors of predictions", () => {
    const options = { makeData: () => 0, truth: () => 1, at: [0, 1], sets: 1 };
    const found = biasVariance({ ...options, fit: () => tensor([[1], [3]]) });
    expect(found).toMatchObject({ total: 2, bias2: 2, variance: 0 });
  });

  test("refuses what gives no numbers", () => {
    const good = { makeData: () => 0, fit: () => () => 0, truth: () => 0, at: [0] };
    const told = (wrong: object): string => refusal(() => biasVariance({ ...good, ...wrong }));
    expect(told({ at: [] })).toBe(
      "OptionError: biasVariance: at has no points: []; give those to compare at, such as [0, 0.5, 1]",
    );
    expect(told({ fit: async () => 0 })).toBe(
      "OptionError: biasVariance: fit gave a promise (nothing waits for it); use fitSync in the place of fit",
    );
    expect(told({ fit: () => [1, 2] })).toBe(
      "OptionError: biasVariance: fit gave no predictor: [1, 2] (1 points); " +
        "return a function of one point, or one number per point",
    );
    expect(told({ fit: () => undefined })).toContain("fit gave no predictor: undefined");
    expect(told({ fit: () => () => "1" })).toContain('a fit gave no single number: "1"');
    expect(told({ truth: () => NaN })).toBe(
      "OptionError: biasVariance: truth is not finite: NaN; leave out the points where it is not",
    );
    expect(told({ truth: 3 })).toContain("truth is not a function: 3");
    expect(told({ sets: 0 })).toContain("sets is out of range: 0");
    expect(told({ noiseVariance: -1 })).toContain("noiseVariance is out of range");
    expect(told({ noise: 1 })).toContain('unknown option: "noise"');
  });
});
