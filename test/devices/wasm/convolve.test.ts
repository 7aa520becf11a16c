/** Convolutions on lanes: sums of products in float64, whatever the sizes, moves, groups, strides and epilogue. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DType, type TypedArray, allocate } from "../../../src/dtype";
import type { ModuleBuilder } from "../../../src/devices/wasm/assembler";
import { convolveScratch, emitConvolve } from "../../../src/devices/wasm/convolve";
import { type ConvolveCase, type ConvolvePlan, type Form, planConvolve } from "../../../src/devices/wasm/convolvePlan";
import type { Placed } from "../../../src/devices/wasm/placed";
import * as s from "../../../src/scalar/expr";
import { type Shape, sizeOf, stridesOf } from "../../../src/shape";
import type { Kernels, Pair } from "../../../src/tensor/device";
import { type View, storageOf } from "../../../src/tensor/storage";
import { correlation } from "../../support/correlation";
import { type Layout, laidOut, positions, stream } from "../../support/layouts";
import { type KernelCase, type KernelPlaces, buildKernel, runKernel } from "../../support/wasm";

type Number = "float32" | "float64" | "int32";
type Moves = Kernels["convolve"];

interface Epilogue {
  readonly expr: s.Expr;
  readonly reads: readonly View[];
}

/** A convolution to be run: its signal, weight and epilogue as views. */
interface Told {
  readonly x: View;
  readonly weight: View;
  readonly attrs: Moves;
  /** Rows and columns of the result. */
  readonly size: Pair;
  readonly epilogue?: Epilogue;
}

const shapeOf = ({ x, weight, size }: Told): Shape => [x.shape[0]!, weight.shape[0]!, ...size];

function caseOf(told: Told, views: readonly Placed[], output: Placed): ConvolveCase {
  const { attrs, epilogue } = told;
  const ending = epilogue === undefined ? null : { expr: epilogue.expr, reads: views.slice(2) };
  return { attrs, inputs: views.slice(0, 2), output, epilogue: ending };
}

/** What is needed to run it, and how it is planned. */
function prepared(told: Told): { what: KernelCase; plan: ConvolvePlan } {
  const { x, weight, epilogue } = told;
  const [shape, inputs] = [shapeOf(told), [x, weight, ...(epilogue?.reads ?? [])]];
  const nowhere = inputs.map((view) => ({ ...view, address: 0 }));
  const target = { address: 0, offset: 0, dtype: x.dtype, shape, strides: stridesOf(shape) };
  const planned = caseOf(told, nowhere, target);
  const what = { inputs, outputs: [{ dtype: x.dtype, shape }], scratch: convolveScratch(planned) };
  return { what, plan: planConvolve(planned, 0) };
}

const emitter = (told: Told) => (module: ModuleBuilder, { inputs, outputs, scratch }: KernelPlaces) =>
  emitConvolve(module, caseOf(told, inputs, outputs[0]!), scratch);

const run = (told: Told): TypedArray => runKernel(prepared(told).what, emitter(told));

function expectClose(result: TypedArray, dtype: DType, sums: readonly number[], scales: readonly number[]): void {
  expect(result.length).toBe(sums.length);
  const tolerance = dtype === "float32" ? 1e-5 : dtype === "float64" ? 1e-13 : 0;
  for (let i = 0; i < sums.length; i++) {
    const error = Math.abs(result[i]! - sums[i]!);
    if (!(error <= tolerance * scales[i]!)) expect.fail(`element ${i}: ${result[i]} instead of ${sums[i]}`);
  }
}

function check(told: Told): void {
  const { sums, scales } = correlation(told.x, told.weight, told.attrs, shapeOf(told));
  expectClose(run(told), told.x.dtype, sums, scales);
}

const plain: Layout = { order: [3, 2, 1, 0], steps: [1, 1, 1, 1] };
const still: Moves = { groups: 1, stride: [1, 1], dilation: [1, 1], padding: [0, 0] };
const DTYPES = ["float32", "float64", "int32"] as const;

/** Sizes of a convolution that fits: [batch, channels, height, width], [outputs, kernel height, kernel width]. */
function fitting(
  dtype: Number,
  signal: readonly [number, number, number, number],
  [outputs, tapRows, taps]: readonly [number, number, number],
  moves: Partial<Moves> = {},
  layouts: { x?: Layout; weight?: Layout } = {},
): Told {
  const attrs = { ...still, ...moves };
  const { groups, stride, dilation, padding } = attrs;
  const next = stream(signal.reduce((a, b) => a * 31 + b, outputs * 7 + taps));
  const size = [tapRows, taps].map((kernel, axis) => {
    const room = signal[2 + axis]! + 2 * padding[axis]! - dilation[axis]! * (kernel - 1) - 1;
    return Math.floor(room / stride[axis]!) + 1;
  }) as unknown as Pair;
  return {
    x: laidOut(dtype, signal, layouts.x ?? plain, next),
    weight: laidOut(dtype, [outputs, signal[1] / groups, tapRows, taps], layouts.weight ?? plain, next),
    attrs,
    size,
  };
}

const upTo = (max: number, min = 0): fc.Arbitrary<number> => fc.integer({ min, max });
const pair = (one: fc.Arbitrary<number>): fc.Arbitrary<[number, number]> => fc.tuple(one, one);
const steps = fc.constantFrom(1, 1, 1, 1, 2, -1, -2, 0);
const layouts: fc.Arbitrary<Layout> = fc.oneof(
  fc.constant(plain),
  fc.record({
    order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    steps: fc.tuple(steps, steps, steps, steps),
  }),
);
/** Rows of a few elements, or long ones, for whole strips of tiles. */
const length = fc.oneof(upTo(9), upTo(40));
const told: fc.Arbitrary<Told> = fc
  .record({
    dtype: fc.constantFrom<Number>("float32", "float32", "float64", "int32"),
    attrs: fc.record({
      groups: fc.constantFrom(1, 1, 2, 3),
      stride: pair(fc.constantFrom(1, 1, 2, 3)),
      dilation: pair(fc.constantFrom(1, 1, 2, 3, 4)),
      padding: pair(fc.constantFrom(0, 0, 1, 2, 5, -1, -3)),
    }),
    counts: fc.tuple(upTo(2), upTo(4), upTo(9)),
    signal: fc.tuple(upTo(6), length),
    kernel: fc.tuple(upTo(4), fc.oneof(upTo(5), length)),
    size: fc.tuple(upTo(5), length),
    seed: fc.integer(),
    lx: layouts,
    lw: layouts,
  })
  .map(({ dtype, attrs, counts: [batch, channels, outputs], signal, kernel, size, seed, lx, lw }) => {
    const next = stream(seed);
    const x = laidOut(dtype, [batch, attrs.groups * channels, ...signal], lx, next);
    const weight = laidOut(dtype, [attrs.groups * outputs, channels, ...kernel], lw, next);
    return { x, weight, attrs, size };
  });

/** A case without its elements. */
function shown({ x, weight, attrs, size }: Told): string {
  const [signal, kernel] = [x, weight].map(({ storage: _, ...view }) => view);
  return JSON.stringify({ signal, kernel, attrs, size });
}

describe("convolve on lanes", () => {
  it("is the sum of products for all sizes, moves, paddings, groups, dtypes and strides", () => {
    const readable = told.map((one) => ({ ...one, [fc.toStringMethod]: () => shown(one) }));
    fc.assert(fc.property(readable, check), { numRuns: 500 });
  });

  /** Input channels, output channels and groups for which vectors lie so. */
  const counts = {
    wide: [[1, 1, 1], [3, 2, 1], [4, 9, 1], [4, 8, 2], [3, 3, 3]],
    channels: [[1, 8, 1], [3, 7, 1], [4, 16, 2], [2, 9, 1]],
    deep: [[1, 1, 1], [3, 2, 1], [3, 3, 3], [4, 4, 2]],
  } as const;

  describe.each<[name: string, form: Form, copies: string, moves: Partial<Moves>, signal: Pair, kernel: Pair]>([
    ["along outputs, in place", "wide", "", {}, [9, 30], [3, 3]],
    ["along outputs, on a frame of zeros", "wide", "x", { padding: [1, 1] }, [9, 28], [3, 3]],
    ["along outputs, with zeros above and below alone", "wide", "", { padding: [2, 0] }, [5, 30], [3, 3]],
    ["along outputs that lie apart", "wide", "x", { stride: [2, 2] }, [9, 41], [3, 3]],
    ["along outputs that lie apart, with taps apart", "wide", "x", { stride: [2, 3], dilation: [2, 2] }, [11, 62], [3, 3]],
    ["along outputs, with taps apart", "wide", "", { dilation: [2, 3] }, [9, 30], [3, 3]],
    ["along outputs of a cut signal", "wide", "", { padding: [-1, -2] }, [9, 30], [3, 3]],
    ["along output channels, in place", "channels", "w", {}, [9, 9], [3, 5]],
    ["along output channels, on a frame of zeros", "channels", "xw", { padding: [1, 1] }, [9, 7], [3, 5]],
    ["along output channels, with taps apart", "channels", "w", { dilation: [2, 2] }, [9, 13], [3, 5]],
    ["along output channels, of outputs that lie apart", "channels", "w", { stride: [2, 3] }, [9, 17], [3, 5]],
    ["along taps, in place", "deep", "", {}, [9, 32], [7, 28]],
    ["along taps, on a frame of zeros", "deep", "x", { padding: [1, 1] }, [9, 30], [9, 28]],
    ["along taps that lie apart", "deep", "x", { dilation: [2, 2] }, [19, 59], [8, 28]],
    ["along taps, of outputs that lie apart", "deep", "", { stride: [1, 3] }, [9, 40], [7, 28]],
  ])("%s", (_, form, copies, moves, [height, width], [tapRows, taps]) => {
    it.each(DTYPES)("sums right, as planned, in %s", (dtype) => {
      for (const [channels, outputs, groups] of counts[form]) {
        const one = fitting(dtype, [2, channels, height, width], [outputs, tapRows, taps], { ...moves, groups });
        const { plan } = prepared(one);
        const copied = `${plan.stagedX === null ? "" : "x"}${plan.stagedWeight === null ? "" : "w"}`;
        if (dtype === "float32") expect([plan.form, copied]).toEqual([form, copies]);
        check(one);
      }
    });
  });

  it.each(DTYPES)("sums rows of every length on both sides of its tiles, in %s", (dtype) => {
    for (let n = 1; n < 60; n++) {
      for (const outputs of [1, 2, 5]) {
        check(fitting(dtype, [1, 2, 3, n + 2], [outputs, 3, 3]));
        check(fitting(dtype, [1, 2, 3, n + 6], [outputs, 2, n]));
      }
    }
  });

  it.each(DTYPES)("adds up blocks of channels, in %s", (dtype) => {
    for (const channels of [113, 114, 250, 460]) {
      check(fitting(dtype, [1, channels, 4, 9], [3, 3, 3], { padding: [1, 1] }));
      check(fitting(dtype, [1, channels, 6, 42], [3, 5, 40]));
    }
  });

  it("reads turned weights, and weights and signals that repeat", () => {
    const weight = [
      { order: [3, 2, 1, 0], steps: [1, 1, -1, -1] },
      { order: [3, 2, 0, 1], steps: [1, 1, -1, -1] },
      { order: [3, 2, 1, 0], steps: [0, 0, 0, 0] },
      { order: [3, 2, 1, 0], steps: [1, 1, 0, 2] },
    ];
    const x = [
      plain,
      { order: [3, 2, 0, 1], steps: [1, 1, 1, 1] },
      { order: [3, 2, 1, 0], steps: [0, 1, 0, 1] },
      { order: [1, 0, 3, 2], steps: [1, 1, -2, 0] },
    ];
    for (const dtype of DTYPES) {
      for (const lw of weight) {
        for (const lx of x) {
          check(fitting(dtype, [2, 3, 6, 21], [4, 3, 3], { padding: [1, 1] }, { x: lx, weight: lw }));
          check(fitting(dtype, [2, 3, 6, 21], [4, 5, 18], {}, { x: lx, weight: lw }));
        }
      }
    }
  });

  it("applies an epilogue that reads rows, planes, whole images and other dtypes", () => {
    const relu = s.maximum(s.add(s.input(0), s.input(1)), s.zero);
    const gated = s.select(s.input(2), relu, s.mul(s.input(0), s.input(3)));
    const shapes: [readonly [number, number, number, number], readonly [number, number, number], Partial<Moves>][] = [
      [[2, 3, 6, 30], [5, 3, 3], { padding: [1, 1] }],
      [[2, 4, 6, 30], [6, 3, 3], { groups: 2, stride: [2, 2] }],
      [[1, 240, 5, 9], [5, 3, 3], {}],
      [[2, 3, 6, 30], [5, 5, 27], {}],
      [[1, 120, 6, 42], [3, 5, 40], {}],
      [[2, 0, 3, 9], [3, 2, 2], {}],
    ];
    for (const [signal, kernel, moves] of shapes) {
      for (const readDType of ["float32", "int32", "bool", "float64"] as const) {
        const one = fitting("float32", signal, kernel, moves);
        const shape = shapeOf(one);
        const next = stream(11);
        const reads = [
          laidOut("float32", [shape[1]!, 1, 1], { order: [0, 1, 2], steps: [1, 1, 1] }, next),
          laidOut("bool", shape, { order: [1, 3, 0, 2], steps: [1, 1, 2, -1] }, next),
          laidOut(readDType, [shape[0]!, 1, shape[2]!, shape[3]!], plain, next),
        ];
        const result = run({ ...one, epilogue: { expr: gated, reads } });
        const { sums, scales } = correlation(one.x, one.weight, one.attrs, shape);
        const [bias, gate, factor] = reads.map((view) => positions(view, shape).map((at) => view.storage.data[at]!));
        const expected = sums.map((sum, i) => (gate![i] ? Math.max(sum + bias![i]!, 0) : sum * factor![i]!));
        const slack = scales.map((scale, i) => (scale + 1) * (1 + Math.abs(factor![i]!)));
        expectClose(result, "float32", expected, slack);
      }
    }
  });

  it("gives zeros where there is nothing to sum, and nothing where nothing is asked for", () => {
    const nothing: [readonly [number, number, number, number], readonly [number, number, number]][] = [
      [[2, 0, 5, 9], [3, 2, 2]],
      [[2, 3, 0, 9], [3, 2, 2]],
      [[2, 3, 5, 0], [3, 2, 2]],
      [[2, 3, 5, 9], [3, 0, 2]],
      [[2, 3, 5, 9], [3, 2, 0]],
    ];
    for (const dtype of DTYPES) {
      for (const [signal, kernel] of nothing) {
        const told = { ...fitting(dtype, signal, kernel), size: [4, 7] as const };
        expect(Array.from(run(told))).toEqual(new Array(sizeOf(shapeOf(told))).fill(0));
      }
      for (const size of [[0, 3], [3, 0]] as const) {
        expect(run({ ...fitting(dtype, [2, 3, 5, 9], [3, 2, 2]), size })).toHaveLength(0);
      }
      expect(run(fitting(dtype, [0, 3, 5, 9], [3, 2, 2]))).toHaveLength(0);
      expect(run(fitting(dtype, [2, 3, 5, 9], [0, 2, 2]))).toHaveLength(0);
    }
  });

  it("gives zeros far outside of the signal, and nothing of what lies there", () => {
    for (const padding of [[-50, 0], [0, -50], [50, 0], [0, 50]] as const) {
      const told = { ...fitting("float32", [1, 2, 5, 9], [3, 3, 3]), size: [4, 9] as const };
      expect(new Set(run({ ...told, attrs: { ...still, padding } }))).toEqual(new Set([0]));
    }
  });

  it("keeps NaN and infinity where they belong", () => {
    for (const kernel of [[2, 3, 3], [2, 3, 17]] as const) {
      const told = fitting("float32", [1, 2, 5, 20], kernel);
      const { storage, offset } = told.x;
      storage.data[offset + 2 * 20 + 7] = Infinity;
      const clean = correlation(told.x, told.weight, told.attrs, shapeOf(told)).sums;
      Array.from(run(told)).forEach((value, i) => expect(Number.isFinite(value)).toBe(Number.isFinite(clean[i]!)));
      storage.data[offset + 2 * 20 + 7] = NaN;
      Array.from(run(told)).forEach((value, i) => expect(Number.isNaN(value)).toBe(!Number.isFinite(clean[i]!)));
    }
  });

  it("keeps its digits in long sums", () => {
    const tenths = (shape: Shape): View => {
      const data = allocate("float32", sizeOf(shape)).fill(0.1);
      return { storage: storageOf("float32", data), dtype: "float32", shape, strides: stridesOf(shape), offset: 0 };
    };
    const channels = 4_000;
    for (const [kernel, size] of [[[5, 5], [1, 8]], [[2, 50], [4, 1]]] as const) {
      const [x, weight] = [tenths([1, channels, 6, 51]), tenths([1, channels, ...kernel])];
      const exact = channels * kernel[0] * kernel[1] * Math.fround(0.1) ** 2;
      const result = run({ x, weight, attrs: still, size });
      for (const value of result) expect(Math.abs(value / exact - 1)).toBeLessThan(2e-5);
    }
  });

  it("is divided among images, or else groups, or else rows", () => {
    const chunksOf = (told: Told): number => {
      return buildKernel({ ...prepared(told).what, divided: true }, emitter(told)).chunks;
    };
    expect(chunksOf(fitting("float32", [12, 2, 6, 9], [4, 3, 3], { groups: 2 }))).toBe(12);
    expect(chunksOf(fitting("float32", [1, 12, 6, 9], [12, 3, 3], { groups: 12 }))).toBe(12);
    expect(chunksOf(fitting("float32", [1, 1, 14, 9], [4, 3, 3]))).toBe(12);
    expect(chunksOf(fitting("float32", [1, 1, 3, 9], [4, 3, 3]))).toBe(1);
  });
});
