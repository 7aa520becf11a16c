/** assign: the only way a tensor changes, and who sees it. */
import { describe, expect, test } from "vitest";
import { clone, detach } from "../../src/ops/cast";
import { add, mul } from "../../src/ops/elementwise";
import { tensor } from "../../src/tensor/create";
import { Tensor, assign } from "../../src/tensor/tensor";
import { refusal } from "../support/refusal";

describe("assign", () => {
  test("replaces the values and counts the change", () => {
    const x = tensor([1, 2]);
    assign(x, tensor([3, 4]));
    expect([x.toArray(), x.version]).toEqual([[3, 4], 1]);
  });

  test("does not change what other tensors show", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const [cut, copy, sum, value] = [detach(x), clone(x), add(x, 1), tensor([3, 4])];
    assign(x, value);
    assign(value, tensor([5, 6]));
    expect([x, cut, copy, sum].map((t) => t.toArray())).toEqual([[3, 4], [1, 2], [1, 2], [2, 3]]);
  });

  test("takes views of any strides", () => {
    const x = tensor([0, 0]);
    const column = new Tensor({ ...tensor([[1, 2], [3, 4]]), shape: [2], strides: [2], offset: 1 });
    assign(x, column);
    expect(x.toArray()).toEqual([2, 4]);
    assign(column, tensor([7, 8]));
    expect([column.toArray(), x.toArray()]).toEqual([[7, 8], [2, 4]]);
  });

  test("lets a tensor be assigned to itself, and scalars to scalars", () => {
    const x = tensor(1);
    assign(x, x);
    assign(x, mul(x, 5));
    expect(x.item()).toBe(5);
  });

  test("refuses another shape, another dtype, and computed tensors", () => {
    const x = tensor([1, 2]);
    expect(refusal(() => assign(x, tensor([[1, 2]])))).toBe(
      "ShapeError: assign: shapes differ: [2] ← [1, 2]; give a value of the same shape",
    );
    expect(refusal(() => assign(x, tensor([1, 2], { dtype: "float64" })))).toBe(
      'DTypeError: assign: dtypes differ: float32 ← float64; convert with .to("float32")',
    );
    const y = add(tensor([1, 2], { requiresGrad: true }), 1);
    expect(refusal(() => assign(y, x))).toBe(
      "GradError: assign: the target was computed with gradients: made by add (its graph would no longer be true); " +
        "assign to a leaf, or to a .detach() of it",
    );
    expect(refusal(() => assign(x, [1, 2] as never))).toBe("DTypeError: assign: not a tensor: [1, 2]; make one with tensor(…)");
    expect(refusal(() => assign(null as never, x))).toBe("DTypeError: assign: not a tensor: null; make one with tensor(…)");
    expect(x.version).toBe(0);
  });
});
