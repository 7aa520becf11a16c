/** Products of matrices, batches and vectors by PyTorch's rules, and what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Tensor, arange, dot, grad, matmul, outer, tensor, zeros } from "../../src/index";
import { refusal } from "../support/refusal";

const numbers = (x: Tensor): number[][] => x.toArray() as number[][];

/** The product by its definition. */
function byDefinition(a: number[][], b: number[][], columns: number): number[][] {
  return a.map((row) => Array.from({ length: columns }, (_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
}

describe("matmul", () => {
  test("multiplies matrices", () => {
    expect(matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).toArray()).toEqual([[19, 22], [43, 50]]);
    expect(matmul([[1, 2, 3]], [[4], [5], [6]]).toArray()).toEqual([[32]]);
  });

  test("agrees with the definition for all sizes, and operands read as views", () => {
    const size = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), (m, k, n, turnA, turnB) => {
        const make = (rows: number, columns: number, turned: boolean): Tensor => {
          const x = arange(rows * columns).reshape(turned ? [columns, rows] : [rows, columns]).sub(7);
          return turned ? x.transpose() : x;
        };
        const [a, b] = [make(m, k, turnA), make(k, n, turnB).flip({ axes: 1 })];
        const product = matmul(a, b);
        expect(product.shape).toEqual([m, n]);
        expect(product.toArray()).toEqual(byDefinition(numbers(a), numbers(b), n));
      }),
    );
  });

  test("takes a vector for a row on the left and a column on the right", () => {
    expect(matmul([1, 2], [[3, 4], [5, 6]]).toArray()).toEqual([13, 16]);
    expect(matmul([[3, 4], [5, 6]], [1, 2]).toArray()).toEqual([11, 17]);
    expect(matmul([1, 2], [3, 4]).toArray()).toBe(11);
    expect(matmul(zeros([2, 5, 3, 4]), zeros([4])).shape).toEqual([2, 5, 3]);
    expect(matmul(zeros([3]), zeros([2, 5, 3, 4])).shape).toEqual([2, 5, 4]);
  });

  test("broadcasts leading axes", () => {
    const a = tensor([[[1, 2]], [[3, 4]]]);
    expect(matmul(a, [[1], [10]]).toArray()).toEqual([[[21]], [[43]]]);
    expect(matmul([[1, 10]], a.transpose()).toArray()).toEqual([[[21]], [[43]]]);
    expect(matmul(zeros([2, 1, 3, 4]), zeros([5, 4, 6])).shape).toEqual([2, 5, 3, 6]);
    expect(matmul(zeros([0, 3, 4]), zeros([4, 2])).shape).toEqual([0, 3, 2]);
    expect(matmul(zeros([3, 0]), zeros([0, 2])).toArray()).toEqual([[0, 0], [0, 0], [0, 0]]);
  });

  test("promotes dtypes, and lets plain arrays take after the tensor", () => {
    const whole = tensor(new Int32Array([1, 2]));
    expect(matmul(whole, whole)).toMatchObject({ dtype: "int32" });
    expect(matmul(tensor([true, true]), tensor([true, true])).item()).toBe(2);
    expect(matmul(whole, tensor([0.5, 0.25])).item()).toBe(1);
    const double = matmul(tensor([1], { dtype: "float64" }), [0.1]);
    expect([double.dtype, double.item()]).toEqual(["float64", 0.1]);
  });

  test("gives a matrix that met a batch the gradient of the whole batch", () => {
    const a = tensor([[[1, 2]], [[3, 4]]], { dtype: "float64" });
    const b = tensor([[1], [10]], { dtype: "float64", requiresGrad: true });
    expect(grad(matmul(a, b).sum(), [b])[0]).toBeCloseToTensor([[4], [6]]);
    const row = tensor([[1, 1]], { dtype: "float64", requiresGrad: true });
    expect(grad(matmul(row, a.transpose()).sum(), [row])[0]).toBeCloseToTensor([[4, 6]]);
  });

  test("refuses inner dimensions that differ, and says which one to transpose", () => {
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => matmul(zeros([32, 784]), zeros([128, 784])))).toBe(
      "ShapeError: matmul: inner dimensions differ: [32, 784] × [128, 784] (784 ≠ 128); transpose the second",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => matmul(zeros([3, 2]), zeros([3, 4])))).toBe(
      "ShapeError: matmul: inner dimensions differ: [3, 2] × [3, 4] (2 ≠ 3); transpose the first",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => matmul(zeros([3]), zeros([4, 5])))).toBe(
      "ShapeError: matmul: inner dimensions differ: [3] × [4, 5] (3 ≠ 4); " +
        "the last size of the first must be the last but one of the second",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => matmul(zeros([2, 3]), zeros([2])))).toBe(
      "ShapeError: matmul: inner dimensions differ: [2, 3] × [2] (3 ≠ 2); transpose the first",
    );
  });

  test("refuses batches that do not broadcast, and scalars", () => {
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => matmul(zeros([2, 3, 4]), zeros([5, 4, 3])))).toBe(
      "ShapeError: matmul: leading axes do not broadcast: [2, 3, 4] × [5, 4, 3] ([2] and [5]); " +
        "make them equal, or 1 where one should repeat",
    );
    expect(refusal(() => matmul(2, [1]))).toBe(
      "ShapeError: matmul: an operand is a scalar: [] × [1] (it has no axis to sum over); use mul",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => matmul(zeros([2, 2]), 2))).toBe(
      "ShapeError: matmul: an operand is a scalar: [2, 2] × [] (it has no axis to sum over); use mul",
    );
  });
});

describe("dot and outer", () => {
  test("multiply two vectors", () => {
    expect(dot([1, 2, 3], [4, 5, 6]).item()).toBe(32);
    expect(dot(zeros([0]), zeros([0])).item()).toBe(0);
    expect(dot(tensor([true, true]), tensor([true, false]))).toMatchObject({ dtype: "int32" });
    expect(dot(tensor([1, 2, 3]).flip(), [1, 0, 0]).item()).toBe(3);
    expect(outer([1, 2], [3, 4, 5]).toArray()).toEqual([[3, 4, 5], [6, 8, 10]]);
    expect(outer([1, 2], zeros([0])).shape).toEqual([2, 0]);
    expect(outer(tensor([0.5], { dtype: "float64" }), [0.1]).item()).toBe(0.05);
  });

  test("refuse what are not two vectors, and lengths that differ", () => {
    expect(refusal(() => dot([1, 2], [1, 2, 3]))).toBe(
      "ShapeError: dot: lengths differ: [2] and [3] (2 ≠ 3); give vectors of one length",
    );
    expect(refusal(() => dot([[1]], [1]))).toBe(
      "ShapeError: dot: not two vectors: [1, 1] and [1] (ranks 2 and 1); use matmul",
    );
    // @ts-expect-error the compiler sees it too
    expect(refusal(() => outer([1], 2))).toBe(
      "ShapeError: outer: not two vectors: [1] and [] (ranks 1 and 0); flatten them first",
    );
  });
});
