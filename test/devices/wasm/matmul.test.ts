/** Matrix products on lanes: sums of products in float64, whatever the sizes, strides, batches and epilogue. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DType, TypedArray } from "../../../src/dtype";
import type { ModuleBuilder } from "../../../src/devices/wasm/assembler";
import { emitMatmul, matmulScratch } from "../../../src/devices/wasm/matmul";
import type { Placed } from "../../../src/devices/wasm/placed";
import * as s from "../../../src/scalar/expr";
import { type Shape, broadcastShapes, sizeOf, stridesOf } from "../../../src/shape";
import { type View, storageOf } from "../../../src/tensor/storage";
import { type Layout, laidOut, positions, stream } from "../../support/layouts";
import { runKernel } from "../../support/wasm";

type Number = "float32" | "float64" | "int32";

/** The product in float64 (int32: modulo 2³²), and Σ|a||b| for each element. */
function naive(a: View, b: View, shape: Shape): { sums: number[]; scales: number[] } {
  const [m, n] = shape.slice(-2) as [number, number];
  const k = a.shape.at(-1)!;
  const lead = shape.slice(0, -2);
  const [atA, atB] = [positions(a, [...lead, m, k]), positions(b, [...lead, k, n])];
  const sums: number[] = [];
  const scales: number[] = [];
  for (let batch = 0; batch < sizeOf(lead); batch++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        let scale = 0;
        for (let p = 0; p < k; p++) {
          const x = a.storage.data[atA[(batch * m + i) * k + p]!]!;
          const y = b.storage.data[atB[(batch * k + p) * n + j]!]!;
          sum = a.dtype === "int32" ? (sum + Math.imul(x, y)) | 0 : sum + x * y;
          scale += Math.abs(x * y);
        }
        sums.push(sum);
        scales.push(scale);
      }
    }
  }
  return { sums, scales };
}

interface Epilogue {
  readonly expr: s.Expr;
  readonly reads: readonly View[];
}

function product(a: View, b: View, epilogue: Epilogue | null = null): { shape: Shape; result: TypedArray } {
  const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2))!;
  const shape = [...lead, a.shape.at(-2)!, b.shape.at(-1)!];
  const inputs = [a, b, ...(epilogue?.reads ?? [])];
  const caseOf = (views: readonly Placed[], output: Placed) => ({
    a: views[0]!,
    b: views[1]!,
    output,
    epilogue: epilogue && { expr: epilogue.expr, reads: views.slice(2) },
  });
  const nowhere = inputs.map((view) => ({ ...view, address: 0 }));
  const target = { address: 0, offset: 0, dtype: a.dtype, shape, strides: stridesOf(shape) };
  const scratch = matmulScratch(caseOf(nowhere, target));
  const result = runKernel(
    { inputs, outputs: [{ dtype: a.dtype, shape }], scratch },
    (module: ModuleBuilder, places) => emitMatmul(module, caseOf(places.inputs, places.outputs[0]!), places.scratch),
  );
  return { shape, result };
}

function expectClose(result: TypedArray, dtype: DType, sums: readonly number[], scales: readonly number[]): void {
  expect(result.length).toBe(sums.length);
  const tolerance = dtype === "float32" ? 1e-5 : dtype === "float64" ? 1e-13 : 0;
  for (let i = 0; i < sums.length; i++) {
    const error = Math.abs(result[i]! - sums[i]!);
    if (!(error <= tolerance * scales[i]!)) expect.fail(`element ${i}: ${result[i]} instead of ${sums[i]}`);
  }
}

function check(a: View, b: View): void {
  const { shape, result } = product(a, b);
  const { sums, scales } = naive(a, b, shape);
  expectClose(result, a.dtype, sums, scales);
}

const plain: Layout = { order: [1, 0], steps: [1, 1] };
const turned: Layout = { order: [0, 1], steps: [1, 1] };
const dtypes = fc.constantFrom<Number>("float32", "float32", "float64", "int32");
const steps = fc.constantFrom(1, 1, 1, 2, 3, -1, -2, 0);
const layout2: fc.Arbitrary<Layout> = fc.oneof(
  fc.constantFrom(plain, turned),
  fc.record({ order: fc.constantFrom([0, 1], [1, 0]), steps: fc.tuple(steps, steps) }),
);
const size = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 70 }));
const seeds = fc.integer();

describe("matmul on lanes", () => {
  it("is the sum of products for all sizes from 0 to 70 and all strides", () => {
    fc.assert(
      fc.property(dtypes, size, size, size, layout2, layout2, seeds, (dtype, m, k, n, la, lb, seed) => {
        const next = stream(seed);
        check(laidOut(dtype, [m, k], la, next), laidOut(dtype, [k, n], lb, next));
      }),
      { numRuns: 400 },
    );
  });

  it("is the sum of products in all four transpositions", () => {
    const sizes = [
      [1, 1, 1],
      [4, 2, 3],
      [8, 8, 8],
      [33, 64, 10],
      [17, 100, 31],
      [64, 64, 64],
      [1, 70, 35],
      [35, 70, 1],
      [65, 130, 66],
    ] as const;
    for (const dtype of ["float32", "float64", "int32"] as const) {
      for (const [m, k, n] of sizes) {
        for (const la of [plain, turned]) {
          for (const lb of [plain, turned]) {
            const next = stream(m + k + n);
            check(laidOut(dtype, [m, k], la, next), laidOut(dtype, [k, n], lb, next));
          }
        }
      }
    }
  });

  it("sums runs of every length that lie in order on both sides", () => {
    for (const dtype of ["float32", "float64", "int32"] as const) {
      for (let k = 16; k < 80; k++) {
        for (const [m, n] of [[1, 7], [3, 5], [11, 10]] as const) {
          const next = stream(k);
          check(laidOut(dtype, [m, k], plain, next), laidOut(dtype, [k, n], turned, next));
        }
      }
    }
  });

  it("reads nothing far behind its operands", () => {
    const next = stream(5);
    const apart = laidOut("float32", [20, 70_000], turned, next);
    const columns: View = { ...apart, shape: [20, 2], strides: [1, 20 * 69_999], offset: apart.offset };
    check(laidOut("float32", [9, 20], plain, next), columns);
  });

  it("is the sum of products across several blocks of every axis", () => {
    for (const [m, k, n] of [[150, 600, 70], [137, 260, 1100], [66, 1700, 67], [3, 2100, 5]] as const) {
      for (const la of [plain, turned]) {
        for (const lb of [plain, turned]) {
          const next = stream(m);
          check(laidOut("float32", [m, k], la, next), laidOut("float32", [k, n], lb, next));
        }
      }
    }
  });

  it("broadcasts leading axes", () => {
    const batch = fc.integer({ min: 0, max: 3 });
    const layout = (rank: number): fc.Arbitrary<Layout> =>
      fc.record({
        order: fc.shuffledSubarray(Array.from({ length: rank }, (_, i) => i), { minLength: rank, maxLength: rank }),
        steps: fc.array(steps, { minLength: rank, maxLength: rank }),
      });
    const small = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(
        fc.tuple(batch, batch),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
        fc.tuple(small, small, small),
        layout(4),
        layout(3),
        seeds,
        ([p, q], [p1, q1, same, flip], [m, k, n], l4, l3, seed) => {
          const next = stream(seed);
          const first = laidOut("float32", [p1 ? 1 : p, q1 ? 1 : q, m, k], l4, next);
          const second = laidOut("float32", [same ? q : 1, k, n], l3, next);
          if (flip) {
            check(swapped(second), swapped(first));
          } else check(first, second);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("gives zeros where there is nothing to sum, and nothing where nothing is asked for", () => {
    const zeros = product(laidOut("float32", [5, 0], plain, stream(1)), laidOut("float32", [0, 9], plain, stream(1)));
    expect(Array.from(zeros.result)).toEqual(new Array(45).fill(0));
    const none = product(laidOut("float32", [0, 4], plain, stream(1)), laidOut("float32", [4, 9], plain, stream(1)));
    expect(none.result).toHaveLength(0);
  });

  it("keeps its digits in long sums", () => {
    const tenths = (shape: Shape): View => {
      const data = new Float32Array(sizeOf(shape)).fill(0.1);
      return { storage: storageOf("float32", data), dtype: "float32", shape, strides: stridesOf(shape), offset: 0 };
    };
    const length = 100_000;
    for (const right of [tenths([length, 3]), swapped(tenths([3, length]))]) {
      const { result } = product(tenths([2, length]), right);
      for (const value of result) expect(Math.abs(value / (length * Math.fround(0.1) ** 2) - 1)).toBeLessThan(1e-5);
    }
  });

  it("keeps NaN and infinity where they belong", () => {
    const a = laidOut("float32", [5, 20], plain, stream(3));
    const b = laidOut("float32", [20, 9], turned, stream(4));
    a.storage.data[a.offset + 2 * 20 + 7] = Infinity;
    b.storage.data[b.offset + 3 * 20 + 1] = NaN;
    const { result } = product(a, b);
    result.forEach((value, i) => {
      const [row, column] = [Math.floor(i / 9), i % 9];
      expect(Number.isNaN(value)).toBe(column === 3);
      if (row === 2 && column !== 3) expect(Math.abs(value)).toBe(Infinity);
    });
  });

  it("applies an epilogue that reads rows, columns, matrices and other dtypes", () => {
    const relu = s.maximum(s.add(s.input(0), s.input(1)), s.zero);
    const gated = s.select(s.input(2), relu, s.mul(s.input(0), s.input(3)));
    const sides = fc.integer({ min: 1, max: 40 });
    const depths = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(300, 900));
    const readers = fc.constantFrom<DType>("float32", "int32", "bool", "float64");
    const sizes = fc.tuple(sides, depths, sides);
    fc.assert(
      fc.property(sizes, layout2, layout2, layout2, readers, seeds, ([m, k, n], la, lb, lr, dtype, seed) => {
        const next = stream(seed);
        const a = laidOut("float32", [m, k], la, next);
        const b = laidOut("float32", [k, n], lb, next);
        const reads = [
          laidOut("float32", [n], { order: [0], steps: [1] }, next),
          laidOut("bool", [m, n], lr, next),
          laidOut(dtype, [m, 1], plain, next),
        ];
        const { shape, result } = product(a, b, { expr: gated, reads });
        const { sums, scales } = naive(a, b, shape);
        const [bias, gate, factor] = reads.map((view) => positions(view, shape).map((at) => view.storage.data[at]!));
        const expected = sums.map((sum, i) => (gate![i] ? Math.max(sum + bias![i]!, 0) : sum * factor![i]!));
        const slack = scales.map((scale, i) => (scale + 1) * (1 + Math.abs(factor![i]!)));
        expectClose(result, "float32", expected, slack);
      }),
      { numRuns: 150 },
    );
  });

  it("applies an epilogue within each matrix of a batch", () => {
    const next = stream(9);
    const a = laidOut("float64", [3, 5, 7], { order: [2, 1, 0], steps: [1, 1, 1] }, next);
    const b = laidOut("float64", [7, 6], turned, next);
    const bias = laidOut("float64", [3, 1, 6], { order: [2, 1, 0], steps: [1, 1, 1] }, next);
    const { shape, result } = product(a, b, { expr: s.sub(s.input(0), s.input(1)), reads: [bias] });
    const { sums, scales } = naive(a, b, shape);
    const at = positions(bias, shape);
    expectClose(result, "float64", sums.map((sum, i) => sum - bias.storage.data[at[i]!]!), scales.map((scale) => scale + 1));
  });
});

/** The view with its last two axes exchanged. */
function swapped(view: View): View {
  const swap = (list: readonly number[]): number[] => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!];
  return { ...view, shape: swap(view.shape), strides: swap(view.strides) };
}
