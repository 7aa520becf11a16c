/** What holds for every layer; an exported layer without a row here fails. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as gradkit from "../../src/index";
import { Module, type Tensor, assign, checkGradients, tensor, zeros } from "../../src/index";
import { batches, layerRows as rows } from "./layerRows";

const exported = Object.entries(gradkit)
  .filter(([, value]) => typeof value === "function" && value.prototype instanceof Module)
  .map(([name]) => name)
  .sort();

test("every exported layer has a row", () => {
  expect(Object.keys(rows).sort()).toEqual(exported);
});

/** The layer as a function of its input and its parameters. */
function asFunction(layer: Module): (x: Tensor, ...values: Tensor[]) => Tensor {
  const parameters = layer.parameters();
  const places = parameters.map((parameter) => layer.modules().flatMap((module) => placesOf(module, parameter))[0]!);
  return (x, ...values) => {
    try {
      places.forEach(([owner, field], i) => (owner[field] = values[i]));
      return layer.forward(x);
    } finally {
      places.forEach(([owner, field], i) => (owner[field] = parameters[i]));
    }
  };
}

/** The module, or the record in a field of it, that holds a parameter, and under which name. */
function placesOf(holder: object, parameter: Tensor): [Record<string, unknown>, string][] {
  return Object.entries(holder).flatMap(([field, value]: [string, unknown]): [Record<string, unknown>, string][] => {
    if (value === parameter) return [[holder as Record<string, unknown>, field]];
    const plain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return plain ? placesOf(value, parameter) : [];
  });
}

describe.each(Object.entries(rows))("%s", (name, row) => {
  test("gives its output shape for every batch, also an empty one", () => {
    for (const n of [0, 1, 5]) {
      expect(row.make().forward(zeros([n, ...row.input], { dtype: "float64" })).shape).toEqual([n, ...row.output]);
    }
  });

  test("has right gradients to the second order, for its input and its parameters", () => {
    fc.assert(
      fc.property(batches(row), (x) => {
        const layer = row.make();
        const f = asFunction(layer);
        const [of, at] = row.classes === undefined ? [f, [x]] : [(...values: Tensor[]) => f(x, ...values), []];
        const report = checkGradients(of, [...at, ...layer.parameters()], { order: 2 });
        expect(report.ok, report.toString()).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  test("treats the rows of a batch one by one", () => {
    fc.assert(
      fc.property(batches(row), (x) => {
        const layer = row.make();
        const whole = layer.forward(x);
        for (let i = 0; i < x.shape[0]!; i++) {
          const part = layer.forward(x.slice([[i, i + 1]]));
          expect(part).toBeCloseToTensor(whole.slice([[i, i + 1]]).toArray());
        }
      }),
      { numRuns: 20 },
    );
  });

  test("takes nested arrays for tensors", () => {
    const x = zeros([2, ...row.input]);
    const layer = row.make();
    expect((layer.forward as (x: unknown) => Tensor).call(layer, x.toArray()).shape).toEqual([2, ...row.output]);
  });

  test("comes back from its state dict", () => {
    const [layer, other] = [row.make(), row.make()];
    for (const parameter of layer.parameters()) assign(parameter, parameter.add(1).detach());
    expect(other.loadStateDict(layer.stateDict())).toEqual({ missing: [], unexpected: [] });
    const size = row.input.reduce((a, b) => a * b, 1);
    const first = row.classes === undefined ? -1 : 0;
    const x = tensor(Float64Array.from({ length: size }, (_, i) => i + first), { shape: [1, ...row.input] });
    expect(other.forward(x).toArray()).toEqual(layer.forward(x).toArray());
  });

  test("prints its name, and counts its parameters in the summary", () => {
    const layer = row.make();
    expect(layer.toString()).toMatch(new RegExp(`^${name}\\(`));
    expect(layer.summary([2, ...row.input])).toContain(`[2, ${row.output.join(", ")}]`);
  });
});
