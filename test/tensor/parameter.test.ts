/** Parameters and buffers: tensors with values of their own, from whatever a tensor is made of. */
import { describe, expect, test } from "vitest";
import { add } from "../../src/ops/elementwise";
import { tensor } from "../../src/tensor/create";
import { Buffer, Parameter } from "../../src/tensor/parameter";
import { storageOf } from "../../src/tensor/storage";
import { Tensor, fromStorage } from "../../src/tensor/tensor";
import { refusal } from "../support/refusal";

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

  test("take whatever a tensor is made of", () => {
    expect(new Parameter([[1, 2]]).toArray()).toEqual([[1, 2]]);
    expect(new Buffer(Float64Array.of(1, 2)).dtype).toBe("float64");
  });

  test("refuse what is no tensor, and what cannot have gradients", () => {
    expect(refusal(() => new Parameter("x" as never))).toBe(
      'DTypeError: Parameter: not something a tensor is made of: "x"; give a number, nested arrays of numbers or a typed array',
    );
    expect(refusal(() => new Buffer(undefined as never))).toContain("DTypeError: Buffer: not something a tensor is made of: undefined");
    expect(refusal(() => new Parameter([1], { requires_grad: false } as never))).toBe(
      'OptionError: Parameter: unknown option: "requires_grad"; did you mean "requiresGrad"? Options are requiresGrad',
    );
    expect(refusal(() => new Parameter([1], { requiresGrad: 0 } as never))).toContain("Parameter: requiresGrad is not a boolean: 0");
    expect(refusal(() => new Parameter([true]))).toContain("DTypeError: requiresGrad: only floats have gradients: bool");
  });

  test("gather views into one array", () => {
    const view = new Tensor({ ...fromStorage(storageOf("float32", Float32Array.of(1, 2, 3)), [3]), shape: [2], offset: 1 });
    expect(new Parameter(view).toArray()).toEqual([2, 3]);
  });
});
