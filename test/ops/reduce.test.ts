/** Sums and means over axes, the repetition that is their adjoint, and sums of expressions in one pass. */
import { describe, expect, test } from "vitest";
import { arange, broadcastTo, grad, mean, sum, tensor, zeros } from "../../src/index";
import { sumOf, sumTo } from "../../src/ops/reduce";
import * as s from "../../src/scalar/expr";
import { refusal } from "../support/refusal";

const x = tensor([[1, 2, 3], [4, 5, 6]]);

describe("sum and mean", () => {
  test("reduce all axes, one, or several, and keep them where asked", () => {
    expect(sum(x).toArray()).toBe(21);
    expect(sum(x, { axes: 0 }).toArray()).toEqual([5, 7, 9]);
    expect(sum(x, { axes: -1, keepDims: true }).toArray()).toEqual([[6], [15]]);
    expect(sum(arange(8).reshape([2, 2, 2]), { axes: [2, 0] }).toArray()).toEqual([10, 18]);
    expect(mean(x, { axes: 1 }).toArray()).toEqual([2, 5]);
    expect(mean(x, { keepDims: true }).toArray()).toEqual([[3.5]]);
  });

  test("over no axes are the identity", () => {
    expect(sum(x, { axes: [] }).toArray()).toEqual(x.toArray());
    expect(mean(x, { axes: [] }).toArray()).toEqual(x.toArray());
  });

  test("read views and scalars", () => {
    expect(sum(x.transpose(), { axes: 0 }).toArray()).toEqual([6, 15]);
    expect(sum(x.slice([null, [0, 3, 2]]), { axes: 1 }).toArray()).toEqual([4, 10]);
    expect(sum(broadcastTo(2, [2, 3]), { axes: 1 }).toArray()).toEqual([6, 6]);
    expect(sum(5).item()).toBe(5);
    expect(mean(5).item()).toBe(5);
  });

  test("of nothing are 0 and NaN", () => {
    expect(sum(zeros([0])).item()).toBe(0);
    expect(sum(zeros([2, 0]), { axes: 1 }).toArray()).toEqual([0, 0]);
    expect(sum(zeros([0, 3]), { axes: 1 }).toArray()).toEqual([]);
    expect(mean(zeros([0])).item()).toBeNaN();
  });

  test("count bool and int32 in int32, and average them in float32", () => {
    const flags = tensor([true, true, false]);
    expect(sum(flags)).toMatchObject({ dtype: "int32" });
    expect(sum(flags).item()).toBe(2);
    expect(mean(flags)).toMatchObject({ dtype: "float32" });
    expect(mean(tensor(new Int32Array([1, 2]))).item()).toBe(1.5);
    expect(sum(tensor([1], { dtype: "float64" })).dtype).toBe("float64");
  });

  test("keep what many small numbers add up to", () => {
    const many = broadcastTo(tensor(0.1), [1_000_000]);
    expect(Math.abs(sum(many).item() - 100_000)).toBeLessThan(0.05);
    expect(mean(many).item()).toBeCloseTo(0.1, 6);
  });

  test("refuse axes that are not there or named twice, and unknown options", () => {
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => sum(x, { axes: 2 }))).toBe(
      "ShapeError: sum: axes out of range: 2 (rank 2 has axes -2 … 1); choose one of those",
    );
    expect(refusal(() => mean(x, { axes: [0, -2] }))).toBe(
      "ShapeError: mean: an axis is named twice: [0, -2] (axis 0); name each once",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => sum(3, { axes: 0 }))).toBe(
      "ShapeError: sum: axes out of range: 0 (a scalar has no axes); reshape the scalar first",
    );
    expect(refusal(() => sum(x, { axis: 0 } as object))).toBe(
      'OptionError: sum: unknown option: "axis"; did you mean "axes"? Options are axes, keepDims',
    );
    expect(refusal(() => mean(x, { keepDims: 1 as unknown as boolean }))).toBe(
      "OptionError: mean: keepDims is not a boolean: 1; give true or false",
    );
    expect(refusal(() => mean(x, 0 as unknown as object))).toBe(
      "OptionError: mean: options must be a record: 0; write { axes, keepDims } with the keys you need",
    );
  });
});

describe("broadcastTo", () => {
  test("repeats new leading axes and axes of size 1, without copying", () => {
    expect(broadcastTo([1, 2], [2, 2]).toArray()).toEqual([[1, 2], [1, 2]]);
    expect(broadcastTo([[1], [2]], [2, 3]).toArray()).toEqual([[1, 1, 1], [2, 2, 2]]);
    const wide = broadcastTo(tensor(true), [1000, 1000]);
    expect(wide.storage.data.length).toBe(1);
    expect(broadcastTo([1, 2], [0, 2]).shape).toEqual([0, 2]);
    expect(broadcastTo(tensor([1]), [0]).toArray()).toEqual([]);
  });

  test("refuses what does not repeat", () => {
    expect(refusal(() => broadcastTo([1, 2, 3], [2, 2]))).toBe(
      "ShapeError: broadcastTo: the shape does not repeat to the target: [3] → [2, 2] " +
        "(only axes of size 1 and missing leading axes repeat); reshape it first, or choose another target",
    );
    expect(refusal(() => broadcastTo([[1, 2]], [2]))).toBe(
      "ShapeError: broadcastTo: the shape does not repeat to the target: [1, 2] → [2] " +
        "(only axes of size 1 and missing leading axes repeat); reshape it first, or choose another target",
    );
    expect(refusal(() => broadcastTo([1], [2.5]))).toBe(
      "ShapeError: broadcastTo: a size is not a whole number ≥ 0: 2.5 in [2.5]; give each axis its element count",
    );
  });
});

describe("sumTo", () => {
  test("sums over the axes that were repeated, and leaves equal shapes alone", () => {
    expect(sumTo(x, [3]).toArray()).toEqual([5, 7, 9]);
    expect(sumTo(x, [2, 1]).toArray()).toEqual([[6], [15]]);
    expect(sumTo(x, []).item()).toBe(21);
    expect(sumTo(x, [2, 3])).toBe(x);
    expect(sumTo(x, [1, 1]).toArray()).toEqual([[21]]);
    expect(sumTo(zeros([0, 3]), [1, 3]).toArray()).toEqual([[0, 0, 0]]);
  });
});

describe("sumOf", () => {
  const [a, b] = [s.input(0), s.input(1)] as const;

  test("sums an expression of inputs that broadcast, or averages it", () => {
    const squares = sumOf("squares", s.square(s.sub(a, b)));
    expect(squares([x, tensor(1)]).item()).toBe(55);
    expect(squares([x, tensor([1, 2, 3])], { axes: 1 }).toArray()).toEqual([0, 27]);
    expect(squares([x, tensor(1)], { axes: 1, average: true })).toBeCloseToTensor([5 / 3, 50 / 3]);
    expect(squares([x, tensor(1)], { divisor: 5 }).item()).toBe(11);
  });

  test("has the gradient of the expression, also where that reads its value", () => {
    const powers = sumOf("powers", s.exp(s.mul(a, b)));
    const p = tensor([[1, 2], [0, 1]], { dtype: "float64", requiresGrad: true });
    const q = tensor([0.5, -1], { dtype: "float64", requiresGrad: true });
    const e = [[Math.exp(0.5), Math.exp(-2)], [1, Math.exp(-1)]] as const;
    const [dp, dq] = grad(powers([p, q]), [p, q]);
    expect(dp).toBeCloseToTensor([[0.5 * e[0][0], -e[0][1]], [0.5, -e[1][1]]]);
    expect(dq).toBeCloseToTensor([e[0][0], 2 * e[0][1] + e[1][1]]);
  });

  test("refuses inputs that do not broadcast, under its name", () => {
    expect(refusal(() => sumOf("squares", s.mul(a, b))([x, tensor([1, 2])]))).toBe(
      "ShapeError: squares: shapes do not broadcast: [2, 3] and [2] (3 ≠ 2 at axis -1); " +
        "make the sizes equal, or 1 where one should repeat",
    );
  });
});
