/** Indices whose values are not known while a computation is traced. */
import { expect, test } from "vitest";
import { type Tensor, TraceError, tensor } from "../../src/index";
import { asIndices, checkRange } from "../../src/ops/indices";
import { type Storage } from "../../src/tensor/storage";
import { fromView } from "../../src/tensor/tensor";
import { currentDevice, setDevice } from "../../src/tensor/device";

/** A tensor that refuses to be read, and a device that reads it all the same: what a trace looks like from an op. */
function traced<T>(values: number[], run: (x: Tensor) => T): T {
  const known = tensor(values, { dtype: "float64" });
  const hidden: Storage = {
    dtype: "float64",
    size: values.length,
    get data(): never {
      throw new TraceError("item: values are not known while tracing: reading; read them after the call");
    },
  };
  const device = currentDevice();
  const reveal = (storage: Storage): Storage => (storage === hidden ? known.storage : storage);
  setDevice({
    ...device,
    execute: (call, inputs) =>
      device.execute(call, inputs.map(({ shape, strides, offset, dtype, storage }) => {
        return { shape, strides, offset, dtype, storage: reveal(storage) };
      })),
  });
  try {
    return run(fromView({ ...known, shape: known.shape, dtype: "float64", storage: hidden }));
  } finally {
    setDevice(device);
  }
}

test("whole floats become positions, and everything else a position that kernels refuse", () => {
  const index = traced([0, 3, 0.5, NaN, Infinity, 2 ** 31, -1], (x) => asIndices("gather", x));
  const invalid = -(2 ** 31);
  expect(index.dtype).toBe("int32");
  expect(index.toArray()).toEqual([0, 3, invalid, invalid, invalid, invalid, -1]);
});

test("a range is left to the kernels", () => {
  traced([5], (x) => {
    checkRange("oneHot", x, 3, { name: "class", of: "3 classes" });
  });
});

test("errors other than a trace's come through", () => {
  const broken: Storage = {
    dtype: "float32",
    size: 1,
    get data(): never {
      throw new RangeError("broken");
    },
  };
  const x = fromView({ storage: broken, dtype: "float32", shape: [1], strides: [1], offset: 0 });
  expect(() => asIndices("gather", x)).toThrow(new RangeError("broken"));
});
