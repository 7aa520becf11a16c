/** Conversions, copies and cuts. */
import { describe, expect, test } from "vitest";
import { grad } from "../../src/autograd/functional";
import { type DType, DTYPES } from "../../src/dtype";
import { clone, detach, to } from "../../src/ops/cast";
import { tensor } from "../../src/tensor/create";
import { refusal } from "../support/refusal";

describe("to", () => {
  test.each(DTYPES.flatMap((from) => DTYPES.map((dtype) => [from, dtype] as const)))("%s goes to %s", (from, dtype) => {
    const y = to(tensor([0, 1, 2], { dtype: from }), dtype);
    const two = from === "bool" ? 1 : 2;
    expect([y.dtype, y.shape]).toEqual([dtype, [3]]);
    expect(y.toArray()).toEqual(dtype === "bool" ? [false, true, true] : [0, 1, two]);
  });

  test("cuts fractions toward 0, rounds to float32, and takes all but 0 for true", () => {
    expect(to([1.9, -1.9, -0.5], "int32").toArray()).toEqual([1, -1, 0]);
    expect(to([0, -0, 0.1, NaN, -1], "bool").toArray()).toEqual([false, false, true, true, true]);
    expect(to(tensor([0.1], { dtype: "float64" }), "float32").item()).toBe(Math.fround(0.1));
  });

  test("gives back the tensor itself where nothing changes", () => {
    const x = tensor([1]);
    expect(to(x, "float32")).toBe(x);
  });

  test("passes gradients between floats, in the dtype of the leaf", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const [g] = grad(to(x, "float64").square().sum(), [x]);
    expect([g!.dtype, g!.toArray()]).toEqual(["float32", [2, 4]]);
    const [again] = grad(grad(to(x, "float64").pow(3).sum(), [x], { createGraph: true })[0]!.sum(), [x]);
    expect(again!.toArray()).toEqual([6, 12]);
  });

  test("cuts the graph at integers and booleans", () => {
    const x = tensor([1.5], { requiresGrad: true });
    expect([to(x, "int32").requiresGrad, to(x, "bool").requiresGrad, to(to(x, "int32"), "float32").requiresGrad]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("refuses an unknown dtype", () => {
    expect(refusal(() => to([1], "float16" as DType))).toBe(
      'DTypeError: to: unknown dtype: "float16"; give one of "bool", "int32", "float32", "float64"',
    );
    expect(refusal(() => tensor([1]).to("int" as DType))).toContain('DTypeError: to: unknown dtype: "int"');
  });
});

describe("clone", () => {
  test("copies, and lets gradients through", () => {
    const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
    const y = clone(x);
    expect([y.toArray(), y.storage === x.storage]).toEqual([x.toArray(), false]);
    expect(grad(y.mul(2).sum(), [x])[0]!.toArray()).toEqual([[2, 2], [2, 2]]);
  });

  test("keeps the dtype", () => {
    expect(DTYPES.map((dtype) => clone(tensor([1], { dtype })).dtype)).toEqual([...DTYPES]);
  });
});

describe("detach", () => {
  test("shares the elements and leaves the history behind", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = x.mul(2).detach();
    expect([y.requiresGrad, y.isLeaf, y.toArray()]).toEqual([false, true, [2, 4]]);
    expect(detach(x).storage).toBe(x.storage);
    y.requiresGrad = true;
    expect(grad(y.sum(), [y])[0]!.toArray()).toEqual([1, 1]);
  });
});
