/** The laws that every op keeps, on random cases, scalars and empty tensors among them; opsTable.ts has the rows. */
import fc from "fast-check";
import ts from "typescript";
import { afterEach, describe, expect, test } from "vitest";
import * as gradkit from "../../src/index";
import { type KernelName, type Kernels, currentDevice, setDevice } from "../../src/tensor/device";
import { Tensor } from "../../src/tensor/tensor";
import { read } from "../support/sources";
import { opsTable } from "./opsTable";
import type { Case, Row } from "./row";

const RUNS = 24;

/** The values that index.ts exports from src/ops. */
function exportedOps(): string[] {
  const file = ts.createSourceFile("index.ts", read("src/index.ts"), ts.ScriptTarget.ES2022);
  return file.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause, isTypeOnly, moduleSpecifier }) => {
    const from = moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : "";
    if (isTypeOnly || !from.startsWith("./ops/") || exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
    return exportClause.elements.filter((name) => !name.isTypeOnly).map(({ name }) => name.text);
  });
}

/** Leaves with the elements of the inputs. */
const leaves = (at: readonly Tensor[]): Tensor[] => at.map((x) => gradkit.tensor(x, { requiresGrad: true }));

/** Some fixed tensor of a shape, in sixteenths, which float32 holds exactly. */
function some(shape: readonly number[], salt: number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return gradkit.tensor(Float64Array.from({ length: size }, (_, i) => (((i + salt) * 37) % 41) / 16 - 1.25), { shape });
}

const dot = (a: readonly Tensor[], b: readonly Tensor[]): Tensor =>
  a.map((x, i) => x.mul(b[i]!).sum()).reduce((total, part) => total.add(part), gradkit.tensor(0, { dtype: "float64" }));

/** The same elements with axes laid out in reverse, two apart, after a gap. */
function strided(x: Tensor): Tensor {
  const strides = x.shape.map((_, axis) => 2 * x.shape.slice(0, axis).reduce((a, b) => a * b, 1));
  const data = x.toTypedArray();
  const spread = new Float64Array(3 + 2 * data.length).fill(99);
  const storage = { dtype: x.dtype, size: spread.length, data: spread };
  let next = 0;
  const fill = (axis: number, at: number): void => {
    if (axis === x.rank) spread[at] = data[next++]!;
    else for (let i = 0; i < x.shape[axis]!; i++) fill(axis + 1, at + i * strides[axis]!);
  };
  fill(0, 3);
  return new Tensor({ storage, shape: x.shape, dtype: x.dtype, strides, offset: 3 });
}

/** The kernels that every device has; `tsc` says when one is missing. */
const required = {
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
} satisfies Record<keyof Kernels, true>;

const js = currentDevice();
const plain = { ...js, has: (kernel: KernelName) => kernel in required };
afterEach(() => void setDevice(js));

/** Checks a law on random cases of a row. */
function holds(row: Row, law: (one: Case) => void, numRuns = RUNS): void {
  const readable = row.cases.map((one) => ({ ...one, [fc.toStringMethod]: () => `at ${one.at.join(" and ")}` }));
  fc.assert(fc.property(readable, law), { numRuns });
}

const rows = Object.entries(opsTable);
const differentiable = rows.filter(([, row]) => row.differentiable);

describe("the table", () => {
  test("has a row for every op that gradkit exports; write one in test/laws when you add an op", () => {
    expect(Object.keys(opsTable).sort()).toEqual(exportedOps().sort());
  });

  test("names the ops that are methods: those whose first argument is a tensor", () => {
    for (const [name, { method }] of rows) expect([name, name in Tensor.prototype]).toEqual([name, method]);
  });
});

describe.each(differentiable)("%s", (_, row) => {
  test("has the gradients that central differences measure, to second order", () => {
    holds(row, ({ f, at }) => {
      const report = gradkit.checkGradients(f, at, { order: 2 });
      expect(report.ok, String(report)).toBe(true);
    });
  });

  test("gives, differentiated back twice, the slope along a direction", () => {
    holds(row, ({ f, at }) => {
      const inputs = leaves(at);
      const output = f(...inputs);
      const arriving = gradkit.tensor(some(output.shape, 5), { requiresGrad: true });
      const gradients = gradkit.grad(output, inputs, { gradient: arriving, createGraph: true });
      const directions = inputs.map((x, i) => some(x.shape, i));
      const [slope] = gradkit.grad(dot(gradients, directions), [arriving]);
      const moved = (h: number): Tensor => f(...at.map((x, i) => x.add(directions[i]!.mul(h))));
      const measured = moved(1e-5).sub(moved(-1e-5)).div(2e-5);
      expect(slope).toBeCloseToTensor(measured, { rtol: 1e-6, atol: 1e-6 });
    });
  });
});

describe.each(rows.filter(([, row]) => row.linear))("%s", (_, row) => {
  test("is linear, and its gradient is its adjoint: ⟨Ax, y⟩ = ⟨x, Aᵀy⟩", () => {
    holds(row, ({ f, at }) => {
      const x = leaves(at.map((input, i) => some(input.shape, i)));
      const ax = f(...x);
      const y = some(ax.shape, 7);
      const aty = gradkit.grad(ax, x, { gradient: y });
      expect(dot([ax], [y])).toBeCloseToTensor(dot(x, aty), { rtol: 1e-12, atol: 1e-12 });
    });
  });
});

describe.each(rows.filter(([, row]) => !row.differentiable))("%s", (_, row) => {
  test("leaves nothing to differentiate", () => {
    holds(row, ({ f, at }) => {
      const output = f(...leaves(at));
      expect([output.requiresGrad, output.gradFn]).toEqual([false, null]);
    });
  });
});

describe.each(rows)("%s", (_, row) => {
  test("gives the same on a device without the optional kernels, gradients included", () => {
    holds(row, ({ f, at }) => {
      const run = (): Tensor[] => {
        const inputs = leaves(at);
        const output = f(...inputs);
        if (!output.requiresGrad) return [output];
        return [output, ...gradkit.grad(output, inputs, { gradient: some(output.shape, 3) })];
      };
      setDevice(js);
      const expected = run();
      setDevice(plain);
      run().forEach((found, i) => expect(found).toBeCloseToTensor(expected[i]!));
    });
  });

  test("reads inputs of any strides", () => {
    holds(row, ({ f, at }) => {
      expect(f(...at.map(strided))).toBeCloseToTensor(f(...at));
    });
  });

  test("computes in float32 what it computes in float64", () => {
    holds(row, ({ f, at }) => {
      const [narrow, wide] = [f(...at.map((x) => x.to("float32"))), f(...at)];
      expect(narrow.to("float64")).toBeCloseToTensor(wide.to("float64"), { rtol: row.slack, atol: row.slack });
      if (wide.dtype === "float64" && at.length > 0) expect(narrow.dtype).toBe("float32");
    });
  });
});
