/** NumPy's generator: the numbers that `numpy.random.RandomState` of NumPy 2 prints. */
import { describe, expect, test } from "vitest";
import { RandomState } from "../../examples/support/numpy";

describe("RandomState", () => {
  test("draws NumPy's uniform numbers, bit for bit, also after the state was filled anew", () => {
    const drawn = new RandomState(0).rand(1000);
    expect(drawn.slice(0, 3)).toEqual([0.5488135039273248, 0.7151893663724195, 0.6027633760716439]);
    expect(drawn[999]).toBe(0.6771411441114241);
    expect(drawn.reduce((sum, u) => sum + u)).toBeCloseTo(495.92153437178274, 10);
  });

  test("draws NumPy's normal numbers", () => {
    const drawn = new RandomState(0).randn(1000);
    const known = [1.76405235, 0.40015721, 0.97873798, 2.2408932, 1.86755799, -0.97727788];
    known.forEach((value, i) => expect(drawn[i]).toBeCloseTo(value, 8));
    expect(drawn[999]).toBeCloseTo(-0.35811407547985674, 14);
  });

  test("takes any seed of 32 bits", () => {
    expect(new RandomState(2017).uniform()).toBeCloseTo(0.02096023, 8);
    expect(new RandomState(4294967295).uniform()).toBeCloseTo(0.09763203, 8);
  });

  test("gives the first weight of the LEGO network, U(−1/√2, 1/√2) from seed 2017", () => {
    expect((2 * new RandomState(2017).uniform() - 1) / Math.sqrt(2)).toBeCloseTo(-0.67746455, 8);
  });
});
