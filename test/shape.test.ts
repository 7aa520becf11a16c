/** Arithmetic on shapes and strides. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  broadcastAxes,
  broadcastShapes,
  broadcastStrides,
  isContiguous,
  reducedShape,
  sameShape,
  showShape,
  sizeOf,
  stridesOf,
} from "../src/shape";
import { broadcastPairs, shapes } from "./support/arbitraries";

describe("shapes", () => {
  test("count their elements, one for a scalar", () => {
    expect([[], [3], [2, 3], [2, 0, 4]].map(sizeOf)).toEqual([1, 3, 6, 0]);
  });

  test("are laid out with the last axis closest together", () => {
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect([stridesOf([]), stridesOf([5])]).toEqual([[], [1]]);
  });

  test("are the same when all sizes are", () => {
    expect([sameShape([2, 3], [2, 3]), sameShape([2], [2, 1]), sameShape([2, 3], [2, 4])]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("are written in brackets", () => {
    expect([showShape([]), showShape([64, 10])]).toEqual(["[]", "[64, 10]"]);
  });
});

describe("broadcasting", () => {
  test("finds the common shape of any two that have one, from either side", () => {
    fc.assert(
      fc.property(broadcastPairs(), ({ a, b, out }) => {
        expect(broadcastShapes(a, b)).toEqual(out);
        expect(broadcastShapes(b, a)).toEqual(out);
      }),
    );
  });

  test("finds none where sizes differ and neither is 1", () => {
    expect(broadcastShapes([2, 3], [2, 4])).toBeNull();
    expect(broadcastShapes([3], [4, 2])).toBeNull();
    expect(broadcastShapes([0], [2])).toBeNull();
  });

  test("stretches 1 to 0", () => {
    expect(broadcastShapes([1, 3], [0, 1])).toEqual([0, 3]);
  });

  test("reads repeated axes with stride 0", () => {
    expect(broadcastStrides([3, 1], [1, 1], [2, 3, 4])).toEqual([0, 1, 0]);
    expect(broadcastStrides([], [], [2, 2])).toEqual([0, 0]);
    expect(broadcastStrides([1], [7], [1])).toEqual([7]);
  });

  test("sums gradients over exactly the axes that were stretched", () => {
    expect(broadcastAxes([3, 1], [2, 3, 4])).toEqual([0, 2]);
    expect([broadcastAxes([1], [1]), broadcastAxes([], [2]), broadcastAxes([1], [0])]).toEqual([[], [0], [0]]);
    fc.assert(
      fc.property(broadcastPairs(), ({ a, out }) => {
        const kept = reducedShape(out, broadcastAxes(a, out), true).slice(out.length - a.length);
        expect(kept).toEqual(a);
      }),
    );
  });
});

describe("reducedShape", () => {
  test("drops the axes or keeps them as 1", () => {
    expect([reducedShape([2, 3, 4], [0, 2], false), reducedShape([2, 3, 4], [0, 2], true)]).toEqual([[3], [1, 3, 1]]);
    expect([reducedShape([2, 3], [], false), reducedShape([], [], true)]).toEqual([[2, 3], []]);
  });
});

describe("isContiguous", () => {
  test("holds for every row-major layout", () => {
    fc.assert(fc.property(shapes(), (shape) => isContiguous(shape, stridesOf(shape))));
  });

  test("does not look at axes of size 1, nor at empty shapes", () => {
    expect([isContiguous([1, 3], [99, 1]), isContiguous([2, 1], [1, 0]), isContiguous([0, 3], [5, 7])]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("does not hold for transposed, repeated or stretched elements", () => {
    expect([isContiguous([2, 3], [1, 2]), isContiguous([3], [0]), isContiguous([3], [2])]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
