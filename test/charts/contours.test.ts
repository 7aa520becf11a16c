/** Marching squares. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Grid, contourLines } from "../../src/charts/contours";

function gridOf(f: (x: number, y: number) => number, size: number, reach: number): Grid {
  const axis = Array.from({ length: size }, (_, i) => -reach + (2 * reach * i) / (size - 1));
  return { xs: axis, ys: axis, values: axis.flatMap((y) => axis.map((x) => f(x, y))) };
}

describe("contourLines", () => {
  test("of a bowl are closed rings at the right distance", () => {
    const lines = contourLines(gridOf((x, y) => x * x + y * y, 81, 2), 1);
    expect(lines).toHaveLength(1);
    expect(lines[0]![0]).toEqual(lines[0]!.at(-1));
    for (const [x, y] of lines[0]!) expect(Math.hypot(x, y)).toBeCloseTo(1, 2);
  });

  test("of a plane are one straight line, from border to border, at a right angle to the gradient", () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (angle) => {
        const [a, b] = [Math.cos(angle), Math.sin(angle)];
        const lines = contourLines(gridOf((x, y) => a * x + b * y, 12, 1), 0.01);
        expect(lines).toHaveLength(1);
        for (const [x, y] of lines[0]!) expect(a * x + b * y).toBeCloseTo(0.01, 9);
        const [first, last] = [lines[0]![0]!, lines[0]!.at(-1)!];
        expect((last[0] - first[0]) * a + (last[1] - first[1]) * b).toBeCloseTo(0, 9);
        for (const end of [first, last]) expect(Math.max(Math.abs(end[0]), Math.abs(end[1]))).toBeCloseTo(1, 9);
      }),
    );
  });

  test("do not cross at a saddle", () => {
    const saddle = contourLines({ xs: [0, 1], ys: [0, 1], values: [1, -1, -1, 1.5] }, 0);
    expect(saddle).toHaveLength(2);
    const other = contourLines({ xs: [0, 1], ys: [0, 1], values: [1, -1, -1.5, 1] }, 0);
    expect(other).toHaveLength(2);
    expect(saddle).not.toEqual(other);
  });

  test("avoid what is not finite, and are none where the level is not reached", () => {
    const grid = gridOf((x, y) => (x > 0.5 ? NaN : y), 21, 1);
    const lines = contourLines(grid, 0.01);
    expect(lines).toHaveLength(1);
    expect(Math.max(...lines[0]!.map(([x]) => x))).toBeCloseTo(0.5, 9);
    expect(contourLines(grid, 5)).toEqual([]);
  });
});
