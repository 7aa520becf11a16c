/** The wasm random kernel against the js one: the same bits, for any state, size and dtype. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../../src/devices/js/random";
import { emitRandom } from "../../../src/devices/wasm/random";
import type { DType } from "../../../src/dtype";
import type { Shape } from "../../../src/shape";
import type { View } from "../../../src/tensor/storage";
import { shapes } from "../../support/arbitraries";
import { viewOf, viewsOf } from "../../support/views";
import { buildKernel, runKernel } from "../../support/wasm";

type Distribution = "uniform" | "normal" | "bits";

const kinds: readonly (readonly [Distribution, DType])[] = [
  ["uniform", "float32"],
  ["uniform", "float64"],
  ["normal", "float32"],
  ["normal", "float64"],
  ["bits", "int32"],
  ["bits", "float32"],
  ["bits", "float64"],
];

const words = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.constantFrom(0, 1, -1, 2 ** 31 - 1));
const states = viewsOf([4], { dtype: "int32", value: words });

function expectSame(state: View, shape: Shape, distribution: Distribution, dtype: DType): void {
  const output = { shape, dtype };
  const made = runKernel({ inputs: [state], outputs: [output] }, (module, { inputs, outputs }) =>
    emitRandom(module, { distribution }, inputs[0]!, outputs[0]!),
  );
  const expected = random([state], { distribution }, output);
  expect(Buffer.compare(new Uint8Array(made.buffer), new Uint8Array(expected.buffer))).toBe(0);
}

describe.each(kinds)("random %s numbers in %s on wasm", (distribution, dtype) => {
  test("have the bits of the js device", () => {
    fc.assert(
      fc.property(states, shapes({ maxSize: 7 }), (state, shape) => expectSame(state, shape, distribution, dtype)),
      { numRuns: 100 },
    );
  });

  test("have them in long runs as well", () => {
    for (const size of [16, 17, 31, 4096, 100_003]) {
      expectSame(viewOf([size, 77, -5, 3], [4], "int32"), [size], distribution, dtype);
    }
  });
});

test("the state is read at each run", () => {
  const state = viewOf([1, 2, 3, 4], [4], "int32");
  const output = { shape: [5], dtype: "float32" } as const;
  const kernel = buildKernel({ inputs: [state], outputs: [output] }, (module, { inputs, outputs }) =>
    emitRandom(module, { distribution: "uniform" }, inputs[0]!, outputs[0]!),
  );
  kernel.run();
  const first = kernel.read();
  kernel.run();
  expect(kernel.read()).toEqual(first);
  kernel.write(0, Int32Array.of(1, 2, 4, 4));
  kernel.run();
  expect(kernel.read()).toEqual(random([viewOf([1, 2, 4, 4], [4], "int32")], { distribution: "uniform" }, output));
  expect(kernel.read()).not.toEqual(first);
});
