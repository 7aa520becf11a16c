/** Large calls of eager code: as on the js device, the same bits each time, chosen by size. */
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Tensor, randn, zeros } from "../../../src/index";
import { jsDevice } from "../../../src/devices/js/device";
import { WasmExecutable } from "../../../src/devices/wasm/build";
import { eagerDevice } from "../../../src/devices/eager/device";
import { heapFor } from "../../../src/devices/wasm/heap";
import { DTYPES, type DType, allocate, promote, toFloat } from "../../../src/dtype";
import * as s from "../../../src/scalar/expr";
import { type Shape, reducedShape, sizeOf } from "../../../src/shape";
import { type Call, setDevice } from "../../../src/tensor/device";
import { type View, storageOf, wholeView } from "../../../src/tensor/storage";

const MANY = 16384;
const [x, y] = [s.input(0), s.input(1)];

afterEach(() => {
  setDevice(eagerDevice);
  vi.restoreAllMocks();
});

/** How the elements of a large view lie. */
type Layout = "plain" | "shifted" | "permuted" | "reversed" | "apart";

/** A large view of numbers that repeat after a while. */
function viewAs(shape: Shape, dtype: DType, layout: Layout): View {
  const axes = shape.map((_, axis) => axis);
  const order = layout === "permuted" ? [...axes].reverse() : axes;
  const strides = shape.map(() => 0);
  let room = layout === "apart" ? 3 : 1;
  for (const axis of [...order].reverse()) {
    strides[axis] = room;
    room *= shape[axis]!;
  }
  let offset = layout === "shifted" ? 5 : 0;
  if (layout === "reversed" && shape.length > 0) {
    offset += (shape[0]! - 1) * strides[0]!;
    strides[0] = -strides[0]!;
  }
  const data = allocate(dtype, room + 8);
  const value = (i: number): number => (dtype === "bool" ? (i * 7) % 2 : ((i * 37) % 101) / (dtype === "int32" ? 1 : 16) - 2);
  data.forEach((_, i) => (data[i] = value(i)));
  return { storage: storageOf(dtype, data), dtype, shape, strides, offset };
}

const layouts = fc.constantFrom<Layout>("plain", "plain", "shifted", "permuted", "reversed", "apart");
const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
/** Shapes of 16,384 elements and more. */
const large = fc.oneof(
  fc.integer({ min: MANY, max: 3 * MANY }).map((n) => [n]),
  fc.tuple(upTo(400), upTo(300)).map(([m, n]) => [m, n + Math.ceil(MANY / m)]),
  fc.tuple(upTo(9), upTo(9)).map(([m, n]) => [m, Math.ceil(MANY / m / n), n]),
);

test.each(["bits", "uniform", "normal"] as const)("random %s are those of the js device, bit for bit", (distribution) => {
  const state = wholeView(storageOf("int32", Int32Array.of(7, -3, 11, 2)), [4]);
  const dtypes = distribution === "bits" ? (["int32"] as const) : (["float32", "float64"] as const);
  for (const dtype of dtypes) {
    const call: Call = { kernel: "random", attrs: { distribution }, output: { shape: [MANY + 3], dtype } };
    expect(eagerDevice.execute(call, [state]).data).toEqual(jsDevice.execute(call, [state]).data);
  }
});

/** The result on the eager device, which is that of the js device to rounding, and the same the second time. */
function check(call: Call, inputs: readonly View[]): void {
  const { shape, dtype } = call.output;
  const run = (): Float32Array => eagerDevice.execute(call, inputs).data as Float32Array;
  const actual = run();
  expect(actual.length).toBe(sizeOf(shape));
  const { data: expected } = jsDevice.execute(call, inputs);
  const tolerance = dtype === "float64" ? 1e-12 : 1e-5;
  const off = actual.findIndex((value, i) => {
    const want = expected[i]!;
    return !(Math.abs(value - want) <= tolerance * Math.max(1, Math.abs(want)));
  });
  if (off >= 0) expect.fail(`${call.kernel} [${shape}], element ${off}: ${actual[off]} instead of ${expected[off]}`);
  expect(Buffer.compare(Buffer.from(run().buffer), Buffer.from(actual.buffer))).toBe(0);
}

describe("a large call gives what the js device gives", () => {
  test("as a map of any layouts and dtypes, broadcast too", () => {
    const cut = fc.constantFrom("none", "first", "last", "all");
    const one = fc.tuple(fc.constantFrom(...DTYPES), layouts, cut);
    fc.assert(
      fc.property(large, one, one, ([...shape], ...pair) => {
        const views = pair.map(([dtype, layout, how]) => {
          const own = shape.map((size, axis) =>
            how === "all" || (how === "first" && axis === 0) || (how === "last" && axis === shape.length - 1) ? 1 : size,
          );
          return viewAs(own, dtype, layout);
        });
        const dtype = promote("int32", promote(views[0]!.dtype, views[1]!.dtype));
        const expr = dtype === "int32" ? s.sub(s.mul(x, x), y) : s.add(s.mul(s.tanh(x), s.constant(0.3)), y);
        check({ kernel: "map", attrs: { expr }, output: { shape, dtype } }, views);
        check({ kernel: "map", attrs: { expr: s.less(x, y) }, output: { shape, dtype: "bool" } }, views);
      }),
      { numRuns: 40 },
    );
  });

  test("as a reduction over any axes", () => {
    const ops = fc.constantFrom("sum", "max", "min" as const);
    fc.assert(
      fc.property(large, fc.constantFrom(...DTYPES), layouts, ops, fc.nat(), (shape, given, layout, op, which) => {
        const axes = shape.map((_, axis) => axis).filter((axis) => (which >> axis) % 2 === 0);
        const dtype = promote("int32", given);
        const after = dtype === "int32" ? x : s.div(x, s.constant(3));
        const attrs = { op, axes, shape, before: s.mul(x, x), after } as const;
        check({ kernel: "reduce", attrs, output: { shape: reducedShape(shape, axes, false), dtype } }, [
          viewAs(shape, given, layout),
        ]);
      }),
      { numRuns: 40 },
    );
  });

  test("as a softmax, and as a copy in another order", () => {
    fc.assert(
      fc.property(large, fc.constantFrom(...DTYPES), layouts, fc.nat(), (shape, given, layout, which) => {
        const dtype = toFloat(given);
        const view = viewAs(shape, dtype, layout);
        check({ kernel: "softmax", attrs: { axis: which % shape.length, log: which % 2 === 0 }, output: { shape, dtype } }, [
          view,
        ]);
        check({ kernel: "copy", attrs: {}, output: { shape, dtype: given } }, [view]);
      }),
      { numRuns: 30 },
    );
  });

  test("as a product of matrices of any layout", () => {
    const dtypes = fc.constantFrom("float32" as const, "float64" as const, "int32" as const);
    fc.assert(
      fc.property(upTo(90), upTo(90), dtypes, layouts, layouts, (m, n, dtype, left, right) => {
        const k = Math.ceil(65536 / (m * n));
        const output = { shape: [m, n], dtype };
        const scale = (view: View): View => {
          view.storage.data.forEach((value, i, data) => (data[i] = dtype === "int32" ? value : value / 64));
          return view;
        };
        check({ kernel: "matmul", attrs: {}, output }, [
          scale(viewAs([m, k], dtype, left)),
          scale(viewAs([k, n], dtype, right)),
        ]);
      }),
      { numRuns: 40 },
    );
  });

  test("as a convolution of any layout, in groups, with gaps and beyond the signal", () => {
    const dtypes = fc.constantFrom("float32" as const, "float64" as const, "int32" as const);
    const few = upTo(3);
    const moves = fc.record({ groups: few, stride: fc.tuple(few, few), dilation: fc.tuple(few, few) });
    const sizes = fc.record({ channels: few, each: upTo(4), tall: few, wide: few, deep: fc.boolean() });
    fc.assert(
      fc.property(moves, sizes, dtypes, layouts, layouts, (move, size, dtype, left, right) => {
        const { channels, each, tall, wide, deep } = size;
        const attrs = { ...move, padding: [tall - 1, wide - 2] } as const;
        const outputs = move.groups * each;
        // Few outputs of a kernel as large as the signal, or many of a small one.
        const [kernel, rows] = deep ? [[tall, 190], wide] : [[tall, wide], 24];
        const columns = Math.ceil(65536 / (2 * outputs * rows * channels * sizeOf(kernel)));
        const scale = (view: View): View => {
          view.storage.data.forEach((value, i, data) => (data[i] = dtype === "int32" ? value : value / 64));
          return view;
        };
        check({ kernel: "convolve", attrs, output: { shape: [2, outputs, rows, columns], dtype } }, [
          scale(viewAs([2, move.groups * channels, 30, 200], dtype, left)),
          scale(viewAs([outputs, channels, ...kernel], dtype, right)),
        ]);
      }),
      { numRuns: 30 },
    );
  });

  test("with NaN and infinities in it", () => {
    const data = Float32Array.from({ length: MANY + 3 }, (_, i) => [NaN, Infinity, -Infinity, -2, 1][i % 5]!);
    const view = wholeView(storageOf("float32", data), [data.length]);
    const output = { shape: view.shape, dtype: "float32" } as const;
    for (const expr of [s.exp(x), s.maximum(x, s.zero), s.mul(x, s.constant(-0.7))]) {
      const call: Call = { kernel: "map", attrs: { expr }, output };
      expect(eagerDevice.execute(call, [view]).data).toEqual(jsDevice.execute(call, [view]).data);
    }
  });
});

describe("sizes decide where a call runs", () => {
  const programs = (run: () => Tensor): number => {
    const spy = vi.spyOn(WasmExecutable.prototype, "run");
    run().toTypedArray();
    const count = spy.mock.calls.length;
    spy.mockRestore();
    return count;
  };

  test("elements of maps, reductions, softmax and reordering, from 16,384 on", () => {
    const some: readonly ((x: Tensor) => Tensor)[] = [(x) => x.exp(), (x) => x.sum(), (x) => x.softmax({ axis: 0 })];
    for (const f of some) {
      expect(programs(() => f(zeros([MANY - 1])))).toBe(0);
      expect(programs(() => f(zeros([MANY])))).toBeGreaterThan(0);
    }
    expect(programs(() => zeros([128, 128]).transpose().clone())).toBe(1);
    expect(programs(() => zeros([128, 127]).transpose().clone())).toBe(0);
  });

  test("multiplications of products, from 65,536 on", () => {
    expect(programs(() => zeros([1, 1024]).matmul(zeros([1024, 64])))).toBe(1);
    expect(programs(() => zeros([1, 1023]).matmul(zeros([1023, 64])))).toBe(0);
  });

  test("multiplications of convolutions, from 65,536 on", () => {
    const kernel = zeros([4, 4, 2, 2]);
    expect(programs(() => zeros([1, 4, 33, 33]).conv2d(kernel))).toBe(1);
    expect(programs(() => zeros([1, 4, 33, 32]).conv2d(kernel))).toBe(0);
  });

  test("and where there is no memory, JavaScript does, without a word", () => {
    const a = randn([70, 70]);
    vi.spyOn(heapFor(1), "allocate").mockImplementation(() => {
      throw new RangeError("no memory");
    });
    const [product, wide, total] = [a.matmul(a), zeros([3, 7001]).add(2).mul(3), zeros([3, 7002]).add(2).sum()];
    const convolve = (): Tensor => a.reshape([1, 1, 70, 70]).conv2d(a.reshape([100, 1, 7, 7]));
    const correlated = convolve();
    setDevice(jsDevice);
    expect(product.toTypedArray()).toEqual(a.matmul(a).toTypedArray());
    expect(correlated.toTypedArray()).toEqual(convolve().toTypedArray());
    expect(new Set(wide.toTypedArray())).toEqual(new Set([6]));
    expect(total.item()).toBe(42012);
  });

  test("and where there is no WebAssembly, JavaScript does too", async () => {
    vi.resetModules();
    const fresh = await import("../../../src/devices/eager/device");
    vi.stubGlobal("WebAssembly", undefined);
    const view = viewAs([MANY], "float32", "plain");
    const call: Call = { kernel: "map", attrs: { expr: s.exp(x) }, output: { shape: [MANY], dtype: "float32" } };
    expect(fresh.eagerDevice.execute(call, [view]).data).toEqual(jsDevice.execute(call, [view]).data);
    vi.unstubAllGlobals();
  });
});
