/** The Tensor itself: what it tells about itself, how its values are read, and what makes a leaf. */
import { describe, expect, test } from "vitest";
import { add, mul } from "../../src/ops/elementwise";
import { Buffer, Parameter, Tensor, fromStorage } from "../../src/tensor/tensor";
import { tensor } from "../../src/tensor/create";
import { storageOf } from "../../src/tensor/storage";
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

  test("is for floats only", () => {
    expect(refusal(() => (tensor([true]).requiresGrad = true))).toBe(
      'DTypeError: requiresGrad: only floats have gradients: bool; convert with .to("float32") first',
    );
  });
});

describe("Parameter and Buffer", () => {
  test("are tensors with values of their own", () => {
    const values = tensor([1, 2]);
    const parameter = new Parameter(values);
    const buffer = new Buffer(values);
    expect([parameter instanceof Tensor, parameter.requiresGrad, parameter.isLeaf]).toEqual([true, true, true]);
    expect([buffer instanceof Tensor, buffer.requiresGrad]).toEqual([true, false]);
    expect([parameter.toArray(), buffer.toArray()]).toEqual([[1, 2], [1, 2]]);
    expect(parameter.storage).not.toBe(values.storage);
  });

  test("leave the graph of what they are made of behind", () => {
    const y = add(tensor([1], { requiresGrad: true }), 1);
    expect([new Parameter(y).isLeaf, new Buffer(y).requiresGrad]).toEqual([true, false]);
  });

  test("may be frozen from the start", () => {
    expect(new Parameter(tensor([1]), { requiresGrad: false }).requiresGrad).toBe(false);
  });

  test("gather views into one array", () => {
    const view = new Tensor({ ...fromStorage(storageOf("float32", Float32Array.of(1, 2, 3)), [3]), shape: [2], offset: 1 });
    expect(new Parameter(view).toArray()).toEqual([2, 3]);
  });
});
