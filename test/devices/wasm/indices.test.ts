/** The wasm kernels that follow indices against the js ones; what they do about an index out of range. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gather, scatterAdd } from "../../../src/devices/js/gather";
import { indexAdd, indexSelect } from "../../../src/devices/js/indexSelect";
import type { FunctionBuilder, ModuleBuilder } from "../../../src/devices/wasm/assembler";
import { emitGather } from "../../../src/devices/wasm/gather";
import { emitIndexAdd } from "../../../src/devices/wasm/indexAdd";
import { emitIndexSelect } from "../../../src/devices/wasm/indexSelect";
import type { Placed } from "../../../src/devices/wasm/placed";
import { emitScatterAdd } from "../../../src/devices/wasm/scatterAdd";
import { type Reporter, failureOf } from "../../../src/devices/wasm/status";
import { DTYPES, type DType, type TypedArray } from "../../../src/dtype";
import { ShapeError } from "../../../src/errors";
import { sizeOf } from "../../../src/shape";
import type { KernelStep, Operand } from "../../../src/tensor/program";
import type { Spec, View } from "../../../src/tensor/storage";
import { shapes } from "../../support/arbitraries";
import { viewsOf } from "../../support/views";
import { type BuiltKernel, buildKernel } from "../../support/wasm";

type Name = "gather" | "scatterAdd" | "indexSelect" | "indexAdd";

interface Indexed {
  readonly js: (inputs: readonly View[], attrs: { readonly axis: number }, output: Spec) => TypedArray;
  readonly emit: (
    module: ModuleBuilder,
    attrs: { readonly axis: number },
    inputs: readonly Placed[],
    output: Placed,
    reporter: Reporter,
  ) => FunctionBuilder;
}

const KERNELS: Readonly<Record<Name, Indexed>> = {
  gather: { js: gather, emit: emitGather },
  scatterAdd: { js: scatterAdd, emit: emitScatterAdd },
  indexSelect: { js: indexSelect, emit: emitIndexSelect },
  indexAdd: { js: indexAdd, emit: emitIndexAdd },
};
const NAMES = Object.keys(KERNELS) as Name[];

interface Case {
  readonly name: Name;
  readonly inputs: readonly View[];
  readonly output: Spec;
  readonly axis: number;
}

/** Cases of a kernel; `range` gives the indices for the size of an axis. */
function casesOf(name: Name, range: (size: number) => fc.Arbitrary<number>): fc.Arbitrary<Case> {
  const adds = name === "scatterAdd" || name === "indexAdd";
  const rows = name === "indexSelect" || name === "indexAdd";
  const dtypes = fc.constantFrom<DType>(...(adds ? DTYPES.filter((dtype) => dtype !== "bool") : DTYPES));
  return fc
    .record({
      shape: shapes({ minRank: 1, maxRank: 3, minSize: 1, maxSize: 6 }),
      dtype: dtypes,
      wish: fc.nat(2),
      count: fc.integer({ min: 0, max: 7 }),
      cut: fc.integer({ min: 0, max: 1 }),
    })
    .chain(({ shape, dtype, wish, count, cut }) => {
      const axis = wish % shape.length;
      const resized = shape.map((size, i) => (i === axis ? count : size));
      const index = rows ? [count] : resized.map((size, i) => (i === axis ? size : size - cut));
      const views = [
        viewsOf(shape, { dtype }),
        viewsOf(index, { dtype: "int32", value: range(shape[axis]!) }),
        ...(adds ? [viewsOf(rows ? resized : index, { dtype })] : []),
      ];
      const result = adds ? shape : rows ? resized : index;
      return fc.tuple(...views).map((inputs): Case => ({ name, inputs, output: { shape: result, dtype }, axis }));
    });
}

const inRange = (size: number): fc.Arbitrary<number> => fc.nat(size - 1);
const outOfRange = (size: number): fc.Arbitrary<number> =>
  fc.constantFrom(size, -1, size + 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 20);

function built({ name, inputs, output, axis }: Case): BuiltKernel {
  return buildKernel({ inputs, outputs: [output] }, (module, at) =>
    KERNELS[name].emit(module, { axis }, at.inputs, at.outputs[0]!, { status: at.status, step: 7 }),
  );
}

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return null;
}

const operandOf = ({ shape, dtype, strides, offset }: View): Operand => ({
  value: { id: 0, dtype, size: sizeOf(shape), role: "temporary" },
  shape,
  dtype,
  strides,
  offset,
});

function stepOf({ name, inputs, output, axis }: Case): KernelStep {
  return {
    kind: "kernel",
    call: { kernel: name, attrs: { axis }, output },
    inputs: inputs.map(operandOf),
    epilogue: null,
    output: { id: 1, dtype: output.dtype, size: sizeOf(output.shape), role: "temporary" },
  };
}

describe.each(NAMES)("%s on wasm", (name) => {
  test("is what the js device makes of any layout", () => {
    fc.assert(
      fc.property(casesOf(name, inRange), (what) => {
        const kernel = built(what);
        kernel.run();
        expect(kernel.intact).toBe(true);
        expect(kernel.status).toEqual([0, 0, 0]);
        expect(kernel.read()).toEqual(KERNELS[name].js(what.inputs, { axis: what.axis }, what.output));
      }),
      { numRuns: 200 },
    );
  });

  test("reports the first index out of range and writes nowhere else", () => {
    fc.assert(
      fc.property(casesOf(name, outOfRange), (what) => {
        fc.pre(sizeOf(what.inputs[1]!.shape) > 0);
        const kernel = built(what);
        kernel.run();
        expect(kernel.intact).toBe(true);
        const [code, value, step] = kernel.status as [number, number, number];
        expect(step).toBe(7);
        const expected = thrown(() => KERNELS[name].js(what.inputs, { axis: what.axis }, what.output));
        const made = failureOf(stepOf(what), code, value) as ShapeError;
        expect(expected).toBeInstanceOf(ShapeError);
        expect(made).toBeInstanceOf(ShapeError);
        expect(made.message).toBe((expected as ShapeError).message);
        expect(made.fields).toEqual((expected as ShapeError).fields);
      }),
      { numRuns: 100 },
    );
  });
});

test("a status that no kernel writes is an error of the device", () => {
  const [what] = fc.sample(casesOf("gather", inRange), 1);
  expect(failureOf(stepOf(what!), 9, 5)).toMatchObject({
    message: "wasm: a step failed without a reason: code 9 (value 5); report this",
  });
});
