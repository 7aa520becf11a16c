/** Operands of elementwise ops: numbers, arrays and tensors of every dtype meet as in PyTorch. */
import { describe, expect, test } from "vitest";
import { grad } from "../../src/autograd/functional";
import { type DType, DTYPES, promote, toNumber } from "../../src/dtype";
import { add, div, maximum, mul, neg, pow, sub } from "../../src/ops/elementwise";
import { tensor } from "../../src/tensor/create";
import { refusal } from "../support/refusal";

const of = (dtype: DType, values: number[] | number = [1, 0]) => tensor(values, { dtype });

describe("two tensors", () => {
  const pairs = DTYPES.flatMap((a) => DTYPES.map((b) => [a, b] as const));

  test.each(pairs)("of %s and %s compute in the larger dtype; bool counts as int32", (a, b) => {
    const dtype = toNumber(promote(a, b));
    for (const op of [add, sub, mul, maximum]) expect(op(of(a), of(b)).dtype).toBe(dtype);
    expect(div(of(a), of(b)).dtype).toBe(dtype === "int32" ? "float32" : dtype);
    expect(add(of(a), of(b)).toArray()).toEqual([2, 0]);
  });

  test("promote by dtype alone, a scalar tensor like any other", () => {
    expect(add(of("float32"), of("float64", 1)).dtype).toBe("float64");
    expect(add(of("int32", 1), of("float32")).dtype).toBe("float32");
    expect(add(of("bool", 1), of("bool")).toArray()).toEqual([2, 1]);
  });

  test("broadcast, or say where they do not", () => {
    expect(add([[1], [2]], [10, 20, 30]).toArray()).toEqual([[11, 21, 31], [12, 22, 32]]);
    expect(add(tensor([]), 1).shape).toEqual([0]);
    expect(add(tensor([[], []]), [[1]]).shape).toEqual([2, 0]);
    expect(refusal(() => mul([[1, 2, 3]], [1, 2]))).toBe(
      "ShapeError: mul: shapes do not broadcast: [1, 3] and [2] (3 ≠ 2 at axis -1); make the sizes equal, or 1 where one should repeat",
    );
  });
});

describe("a number", () => {
  test.each<[DType, number, DType]>([
    ["float32", 0.5, "float32"],
    ["float64", 0.5, "float64"],
    ["int32", 2, "int32"],
    ["int32", 0.5, "float32"],
    ["bool", 2, "int32"],
    ["bool", 0.5, "float32"],
  ])("beside %s: %d gives %s", (dtype, number, expected) => {
    expect([add(of(dtype), number).dtype, add(number, of(dtype)).dtype]).toEqual([expected, expected]);
    expect(add(of(dtype), number).toArray()).toEqual([1 + number, number]);
  });

  test("is rounded to float32 beside float32", () => {
    expect(sub(of("float32", 0.1), 0.1).item()).toBe(0);
    expect(of("float32", 0.1).equal(0.1).item()).toBe(1);
    expect(of("float64", 0.1).equal(0.1).item()).toBe(1);
  });

  test("may stand on either side, and keeps the sign of zero", () => {
    expect([sub(1, of("float32", [3, 4])).toArray(), div(12, of("float32", [3, 4])).toArray()]).toEqual([[-2, -3], [4, 3]]);
    expect(mul(of("float32", [1]), -0).toTypedArray()).toEqual(Float32Array.of(-0));
    expect(mul(of("float32", [1]), 0).toTypedArray()).toEqual(Float32Array.of(0));
    expect(div(1, -0).item()).toBe(-Infinity);
  });

  test("beside a number makes a scalar of float32", () => {
    const sum = add(2, 3);
    expect([sum.item(), sum.shape, sum.dtype]).toEqual([5, [], "float32"]);
  });

  test("takes part in as many different expressions as anyone needs", () => {
    const x = of("float64", 1);
    for (let i = 0; i < 1000; i++) expect(add(x, i).item()).toBe(1 + i);
    expect(add(x, 0).item()).toBe(1);
  });
});

describe("an array", () => {
  test("takes the float dtype of the tensor it meets, else is float32", () => {
    expect(add(of("float64"), [0.1, 0.2]).toArray()).toEqual([1.1, 0.2]);
    expect(add([0.1, 0.2], of("float64")).dtype).toBe("float64");
    expect(add(of("int32"), [0.5, 2]).dtype).toBe("float32");
    expect(add([1], [2]).dtype).toBe("float32");
  });

  test("that is typed keeps its own", () => {
    expect(add(of("float32"), Float64Array.of(1, 2)).dtype).toBe("float64");
    expect([add(Int32Array.of(1, 2), 1).dtype, add(1, Int32Array.of(1, 2)).dtype]).toEqual(["int32", "int32"]);
    expect(add([0.1], Float64Array.of(0.2)).item()).toBe(0.1 + 0.2);
  });
});

describe("integers", () => {
  test("to a negative power are refused", () => {
    expect(refusal(() => pow(of("int32"), -2))).toBe(
      "DTypeError: pow: integers to a negative power: int32 to -2 (the results are fractions); convert with .to(\"float32\")",
    );
    expect(pow(of("int32", [4]), 0.5).toArray()).toEqual([2]);
    expect(pow(of("int32", [4]), -0.5).toArray()).toEqual([0.5]);
  });

  test("wrap around", () => {
    expect(add(of("int32", 2 ** 31 - 1), 1).item()).toBe(-(2 ** 31));
    expect(neg(of("int32", -(2 ** 31))).item()).toBe(-(2 ** 31));
  });
});

describe("methods", () => {
  test("chain like the functions they are", () => {
    const x = tensor([1, -2], { dtype: "float64" });
    expect(x.mul(3).add([1, 1]).relu().sqrt().toArray()).toEqual([2, 0]);
    expect(Object.keys(x)).not.toContain("add");
  });
});

describe("gradients", () => {
  test("come in the dtype and shape of each operand", () => {
    const a = tensor([[1], [2]], { requiresGrad: true });
    const b = tensor([1, 2, 3], { dtype: "float64", requiresGrad: true });
    const [ga, gb] = grad(mul(a, b).sum(), [a, b]);
    expect([ga!.dtype, ga!.toArray(), gb!.dtype, gb!.toArray()]).toEqual(["float32", [[6], [6]], "float64", [3, 3, 3]]);
  });

  test("reach an operand through both sides", () => {
    const x = tensor(3, { requiresGrad: true });
    expect(grad(mul(x, x), [x])[0]!.item()).toBe(6);
    expect(grad(pow(x, x), [x])[0]!.item()).toBeCloseTo(27 * (1 + Math.log(3)), 4);
  });

  test("hold alive only what they read", () => {
    const w = tensor([2], { requiresGrad: true });
    expect(add(w, 1).gradFn!.kept).toBeNull();
  });
});
