/** Watching what passes through layers. */
import { expect, test } from "vitest";
import { Linear, type Module, ReLU, Sequential, ones } from "../../src/index";
import { watchForward } from "../../src/layers/watch";

test("reports inputs and outputs of every layer, inner ones first, and gives the result of the run", () => {
  const model = new Sequential(new Linear(2, 3), new ReLU());
  const seen: [string, readonly number[]][] = [];
  const x = ones([1, 2]);
  const inputs: unknown[] = [];
  const report = (module: Module, output: unknown, given: readonly unknown[]): void => {
    seen.push([module.constructor.name, (output as { shape: number[] }).shape]);
    inputs.push(given[0]);
  };
  const result = watchForward(model.modules(), report, () => model.forward(x));
  expect(result.shape).toEqual([1, 3]);
  expect(seen).toEqual([["Linear", [1, 3]], ["ReLU", [1, 3]], ["Sequential", [1, 3]]]);
  expect(inputs[0]).toBe(x);
  model.forward(x);
  expect(seen).toHaveLength(3);
});

test("stops watching when the run throws", () => {
  const layer = new ReLU();
  expect(() => watchForward([layer], () => undefined, () => { throw new Error("inside"); })).toThrow("inside");
  expect(Object.hasOwn(layer, "forward")).toBe(false);
});
