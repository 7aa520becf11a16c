/** The js device as others see it: it runs every kernel, required and optional, and answers with a new storage. */
import { describe, expect, test } from "vitest";
import { jsDevice } from "../../../src/devices/js/device";
import { input } from "../../../src/scalar/expr";
import type { KernelName } from "../../../src/tensor/device";
import { viewOf } from "../../support/views";

const kernels: Record<KernelName, true> = {
  map: true,
  reduce: true,
  argReduce: true,
  matmul: true,
  convolve: true,
  copy: true,
  place: true,
  gather: true,
  scatterAdd: true,
  indexSelect: true,
  indexAdd: true,
  random: true,
  argSort: true,
  cumulate: true,
  concat: true,
  softmax: true,
};

describe("the js device", () => {
  test("has every kernel", () => {
    expect((Object.keys(kernels) as KernelName[]).filter((kernel) => !jsDevice.has(kernel))).toEqual([]);
  });

  test("answers with a storage of the output's dtype, never an input's", () => {
    const x = viewOf([1, 2, 3], [3], "float32");
    const made = jsDevice.execute({ kernel: "map", attrs: { expr: input(0) }, output: { shape: [3], dtype: "float32" } }, [x]);
    expect(made.dtype).toBe("float32");
    expect(made.data).toEqual(x.storage.data);
    expect(made.data).not.toBe(x.storage.data);
  });
});
