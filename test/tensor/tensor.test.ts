/** The Tensor itself: what it tells about itself, how its values are read, and what makes a leaf. */
import { describe, expect, test } from "vitest";
import { add, mul } from "../../src/ops/elementwise";
import { tensor } from "../../src/tensor/create";
import { refusal } from "../support/refusal";

describe("a tensor", () => {
  test("knows its shape, rank, size and dtype", () => {
    const x = tensor([[1, 2, 3], [4, 5, 6]]);
    expect([x.shape, x.rank, x.size, x.dtype]).toEqual([[2, 3], 2, 6, "float32"]);
    const scalar = tensor(1);
    expect([scalar.shape, scalar.rank, scalar.size]).toEqual([[], 0, 1]);
    const empty = tensor([[], []]);
    expect([empty.shape, empty.rank, empty.size]).toEqual([[2, 0], 2, 0]);
  });

  test("gives its single element as a number", () => {
    expect(tensor([[[2.5]]]).item()).toBe(2.5);
    expect(tensor(true).item()).toBe(1);
    expect(refusal(() => tensor([1, 2]).item())).toBe(
      "ShapeError: item: not a single element: [2] (2 elements); reduce it first, or read all with .toArray()",
    );
    expect(refusal(() => tensor([]).item())).toContain("not a single element: [0] (0 elements)");
  });

  test("gives its values as nested arrays, booleans as booleans", () => {
    expect(tensor([[1, 2], [3, 4]]).toArray()).toEqual([[1, 2], [3, 4]]);
    expect(tensor([[true], [false]]).toArray()).toEqual([[true], [false]]);
    expect(tensor(7).toArray()).toBe(7);
    expect(tensor(false).toArray()).toBe(false);
    expect(tensor([[], []]).toArray()).toEqual([[], []]);
  });

  test("gives a copy of its values as a typed array of its dtype", () => {
    const x = tensor([1, 2], { dtype: "float64" });
    const values = x.toTypedArray();
    expect(values).toEqual(Float64Array.of(1, 2));
    values[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
    expect(tensor([true]).toTypedArray()).toEqual(Uint8Array.of(1));
    expect(tensor([3], { dtype: "int32" }).toTypedArray()).toEqual(Int32Array.of(3));
  });

  test("goes to JSON as shape, dtype and flat values", () => {
    expect(JSON.stringify(tensor([[1, 2]]))).toBe('{"shape":[1,2],"dtype":"float32","values":[1,2]}');
  });

  test("is not disturbed by later changes of the shape it was given", () => {
    const shape = [2, 2];
    const x = tensor([1, 2, 3, 4], { shape });
    shape[0] = 9;
    expect(x.shape).toEqual([2, 2]);
  });
});

describe("requiresGrad", () => {
  test("is contagious, and marks results as no leaves", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const y = mul(w, 2);
    expect([w.isLeaf, w.gradFn, y.requiresGrad, y.isLeaf, y.gradFn?.name]).toEqual([true, null, true, false, "mul"]);
    const z = add(tensor([1, 2]), 1);
    expect([z.requiresGrad, z.isLeaf, z.gradFn]).toEqual([false, true, null]);
  });

  test("can be switched on leaves", () => {
    const w = tensor([1]);
    w.requiresGrad = true;
    expect(add(w, 1).requiresGrad).toBe(true);
    w.requiresGrad = false;
    expect(add(w, 1).requiresGrad).toBe(false);
  });

  test("cannot be switched off on a computed tensor", () => {
    const y = add(tensor([1], { requiresGrad: true }), 1);
    expect(refusal(() => (y.requiresGrad = false))).toBe(
      "GradError: requiresGrad: a computed tensor cannot be cut in place: made by add; use .detach()",
    );
  });

  test("is true or false", () => {
    expect(refusal(() => (tensor([1]).requiresGrad = "yes" as never))).toBe(
      'OptionError: requiresGrad: requiresGrad is not a boolean: "yes"; give true or false',
    );
  });

  test("is for floats only", () => {
    expect(refusal(() => (tensor([true]).requiresGrad = true))).toBe(
      'DTypeError: requiresGrad: only floats have gradients: bool; convert with .to("float32") first',
    );
  });
});

describe("grad", () => {
  test("may be set to a tensor of the same shape, or to null", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    w.grad = tensor([3, 4]);
    expect(w.grad.toArray()).toEqual([3, 4]);
    w.grad = null;
    expect(w.grad).toBeNull();
  });

  test("refuses anything else at once, and stays as it was", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    expect(refusal(() => (w.grad = [1, 2] as never))).toBe(
      "GradError: grad: not a tensor: [1, 2]; give a tensor of shape [2], or null",
    );
    expect(refusal(() => (w.grad = undefined as never))).toContain("GradError: grad: not a tensor: undefined");
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => (w.grad = tensor([[1, 2]])))).toBe(
      "ShapeError: grad: the gradient has another shape: [1, 2] (the tensor has [2]); " +
        "give one element for each of the tensor's, or null",
    );
    expect(w.grad).toBeNull();
  });
});
