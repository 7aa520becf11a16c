/** Convexity by chords: what is convex passes, what is not is found out, with the segment that proves it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Generator, type Tensor, chordTest, crossEntropy, isConvexOnSegment, randn, tensor } from "../../src/index";
import { refusal } from "../support/refusal";
import { tensorsOf } from "../support/arbitraries";

describe("isConvexOnSegment", () => {
  test("passes convex functions on every segment", () => {
    const ends = fc.tuple(tensorsOf([3]), tensorsOf([3]));
    const convex = [(x: Tensor) => x.square().sum(), (x: Tensor) => x.logSumExp(), (x: Tensor) => x.abs().max()];
    fc.assert(fc.property(ends, fc.constantFrom(...convex), ([a, b], f) => isConvexOnSegment(f, a, b)));
  });

  test("lines pass, and functions may give numbers", () => {
    expect(isConvexOnSegment((x) => 2 * x.item() + 1, 0, 1)).toBe(true);
  });

  test("finds a dent, given points enough", () => {
    const dented = (x: Tensor): number => x.item() ** 2 - Math.exp(-200 * (x.item() - 0.3) ** 2);
    expect(isConvexOnSegment(dented, -1, 1, { points: 3 })).toBe(true);
    expect(isConvexOnSegment(dented, -1, 1)).toBe(false);
  });

  test("refuses what is no function on a segment", () => {
    expect(refusal(() => isConvexOnSegment((x) => x.sum(), [0], [0, 1]))).toBe(
      "ShapeError: isConvexOnSegment: the ends have different shapes: [1] and [2]; give two points of one space",
    );
    expect(refusal(() => isConvexOnSegment((x) => x.log().sum(), [0], [1]))).toBe(
      "OptionError: isConvexOnSegment: f is not finite: -Infinity at a + 0·(b − a); choose ends within its domain",
    );
    expect(refusal(() => isConvexOnSegment((x) => x, [0, 1], [1, 1]))).toBe(
      "OptionError: isConvexOnSegment: f gave no single number: a tensor [2]; return a number or a tensor of one element",
    );
    expect(refusal(() => isConvexOnSegment((x) => x, 0, 1, { points: 2 }))).toContain("points is out of range: 2");
    expect(refusal(() => isConvexOnSegment(3 as never, 0, 1))).toContain("f is not a function: 3");
  });
});

describe("chordTest", () => {
  const generator = new Generator(3);
  const x = randn([30, 2], { generator });
  const classes = x.square().sum({ axes: 1 }).greater(1.5).to("int32");
  const linear = (w: Tensor): Tensor => crossEntropy(x.matmul(w.reshape([2, 2])), classes);
  const network = (w: Tensor): Tensor => {
    const [first, second] = w.split([8, 8], { axis: 0 });
    return crossEntropy(x.matmul(first!.reshape([2, 4])).tanh().matmul(second!.reshape([4, 2])), classes);
  };

  test("passes softmax regression and fails a network with a hidden layer (curriculum 100)", () => {
    const passed = chordTest(linear, (generator) => randn([4], { generator }));
    expect(passed).toMatchObject({ convex: true, violations: 0, worst: null });
    const found = chordTest(network, (generator) => randn([16], { generator }).mul(2));
    expect(found.convex).toBe(false);
    expect(found.violations).toBeGreaterThan(10);
    expect(isConvexOnSegment(network, found.worst!.a, found.worst!.b)).toBe(false);
  });

  test("the same seed tries the same segments", () => {
    const draw = (generator: Generator): Tensor => randn([16], { generator });
    const runs = [1, 1, 2].map((seed) => chordTest(network, draw, { seed, chords: 5 }).worst?.gap ?? 0);
    expect(runs[0]).toBe(runs[1]);
    expect(runs[0]).not.toBe(runs[2]);
  });

  test("refuses what it cannot draw", () => {
    expect(refusal(() => chordTest(linear, tensor([1]) as never))).toContain("draw is not a function: a Tensor");
    expect(refusal(() => chordTest(linear, () => 0, { chords: 0 }))).toContain("chords is out of range: 0");
    expect(refusal(() => chordTest(linear, () => 0, { count: 3 } as never))).toContain('unknown option: "count"');
  });
});
