/** Fusing changes how a program runs, never what it gives. */
import { describe, expect, test } from "vitest";
import { type Tensor, compile, tensor, wasm } from "../../src/index";
import { jsPrograms } from "../../src/devices/js/build";

const fused = { ...jsPrograms, name: "js with fused steps", fuses: true };

describe.each([fused, wasm()].map((device) => [device.name, device] as const))("on %s", (_, device) => {
  test("a comparison of floats that were made of integers is one of floats", () => {
    const f = (x: Tensor): Tensor[] => [
      x.to("float32").mul(1e9).greater(2e9),
      x.to("float32").mul(-0.75).add(0.25).greater(0.05).sum(),
    ];
    const x = tensor([1, 2, 3], { dtype: "int32" });
    const g = compile(f, { device });
    expect(g(x).map((y) => y.toArray())).toEqual(f(x).map((y) => y.toArray()));
    expect(g(x)[0]!.toArray()).toEqual([false, false, true]);
  });
});
