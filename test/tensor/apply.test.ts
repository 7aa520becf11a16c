/** The one door: what runs, what is recorded, and what a device without a kernel does. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { add, mul } from "../../src/ops/elementwise";
import { outer } from "../../src/ops/matmul";
import { apply } from "../../src/tensor/apply";
import { tensor } from "../../src/tensor/create";
import { type Call, type Device, currentDevice, setDevice } from "../../src/tensor/device";
import type { Op } from "../../src/tensor/op";
import { isGradEnabled, noGrad } from "../../src/tensor/tape";
import { refusal } from "../support/refusal";

const js = currentDevice();
afterEach(() => void setDevice(js));

/** An op with a kernel that devices may lack, and its meaning in plainer ops. */
const twice: Op = {
  name: "twice",
  infer: ([x]) => x!,
  lower: ([x]) => ({ kernel: "softmax", attrs: { axis: 0, log: false }, output: x! }),
  decompose: ([x]) => add(x!, x!),
};

/** An op made of others, without a kernel or a derivative of its own. */
const squared: Op = { name: "squared", infer: ([x]) => x!, decompose: ([x]) => mul(x!, x!) };

const flipped: Op = {
  name: "flipped",
  infer: ([x]) => x!,
  lower: ([x]) => ({ kernel: "view", shape: x!.shape, strides: [-1], offset: x!.offset + x!.shape[0]! - 1 }),
  vjp: () => [(g) => apply(flipped, [g], undefined)],
};

function without(kernel: string): Device {
  return { ...js, name: "less", has: (name) => name !== kernel };
}

describe("apply", () => {
  test("asks the device for the kernel, once, with the inputs as views", () => {
    const execute = vi.fn((call: Call, inputs: Parameters<Device["execute"]>[1]) => js.execute(call, inputs));
    setDevice({ ...js, execute });
    const x = tensor([1, 2]);
    expect(add(x, x).toArray()).toEqual([2, 4]);
    expect(execute).toHaveBeenCalledTimes(1);
    expect(execute.mock.calls[0]![0]).toMatchObject({ kernel: "map", output: { shape: [2], dtype: "float32" } });
  });

  test("computes by decompose on a device that lacks the kernel", () => {
    setDevice(without("softmax"));
    expect(apply(twice, [tensor([1, 2])], undefined).toArray()).toEqual([2, 4]);
  });

  test("makes views without asking the device", () => {
    setDevice({ ...js, execute: () => { throw new Error("asked"); } });
    const x = tensor([1, 2, 3]);
    const y = apply(flipped, [x], undefined);
    expect([y.toArray(), y.storage === x.storage]).toEqual([[3, 2, 1], true]);
  });

  test("records an op as one node, also where it is computed by others", () => {
    setDevice(without("softmax"));
    const y = apply(twice, [tensor([1, 2], { requiresGrad: true })], undefined);
    expect([y.gradFn?.name, y.gradFn?.edges.length]).toEqual(["twice", 1]);
  });

  test("lets an op that is nothing but others record those", () => {
    const y = apply(squared, [tensor([3], { requiresGrad: true })], undefined);
    expect([y.toArray(), y.gradFn?.name]).toEqual([[9], "mul"]);
  });

  test("records nothing without a float that requires a gradient", () => {
    const w = tensor([1], { requiresGrad: true });
    expect(add(tensor([1]), 1).gradFn).toBeNull();
    expect(w.less(2).gradFn).toBeNull();
    expect(noGrad(() => add(w, 1)).gradFn).toBeNull();
  });

  test("says so when no device is installed", () => {
    setDevice(null);
    expect(refusal(() => add(tensor([1]), 1))).toBe(
      'DeviceError: device: none is installed: null (the entry was not loaded); import from "gradkit"',
    );
  });
});

describe("a result too large for memory", () => {
  const long = tensor(new Float32Array(2 ** 17));

  test("is refused by name and shape, where small tensors broadcast to a giant", () => {
    expect(refusal(() => add(long.reshape([-1, 1]), long))).toBe(
      "ShapeError: add: too many elements: [131072, 131072] from [131072, 1], [131072] (17179869184 > 2³²); " +
        "split the data into batches",
    );
    expect(refusal(() => outer(long, long))).toMatch(/^ShapeError: \w+: too many elements: \[131072, 131072\]/);
  });
});

describe("noGrad", () => {
  test("gives back what its function returns, and the mode whatever happens", () => {
    expect(noGrad(() => [isGradEnabled(), noGrad(() => 7), isGradEnabled()])).toEqual([false, 7, false]);
    expect(() => noGrad(() => { throw new Error("inside"); })).toThrow("inside");
    expect(isGradEnabled()).toBe(true);
  });

  test("refuses an asynchronous function", () => {
    expect(refusal(() => noGrad(async () => Promise.resolve(1)))).toBe(
      "GradError: noGrad: the function is asynchronous: it returned a Promise (its later parts would be recorded); " +
        "await first, then call noGrad around the synchronous part",
    );
    expect(isGradEnabled()).toBe(true);
  });
});
