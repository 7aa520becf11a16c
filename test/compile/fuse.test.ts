/** Fusing changes how a program runs, never what it gives. */
import { describe, expect, test } from "vitest";
import { type Tensor, compile, grad, randn, tensor, wasm } from "../../src/index";
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

  test("doubles do not join floats beside a truth, though a float among those was made of a double", () => {
    const f = (x: Tensor, a: Tensor): Tensor[] => [x.isFinite(), a.to("float32"), a.mul(1 / 3), a.add(1 / 7)];
    const given = [tensor(2), tensor(0.1, { dtype: "float64" })] as const;
    expect(compile(f, { device })(...given).map((y) => y.toArray())).toEqual(f(...given).map((y) => y.toArray()));
  });

  test("bias and activation are added while a convolution is stored, and its work is counted", () => {
    const cases: readonly (readonly [f: (x: Tensor, w: Tensor, b: Tensor) => Tensor, ...shapes: number[][]])[] = [
      [(x, w, b) => x.conv2d(w, b, { padding: 1 }).relu(), [2, 3, 8, 8], [4, 3, 3, 3], [4]],
      [(x, w, b) => x.conv1d(w, b, { stride: 2 }), [2, 4, 9], [6, 4, 3], [6]],
      [(x, w, b) => x.conv2d(w, b, { groups: 3 }).mul(2), [1, 3, 8, 8], [6, 1, 3, 3], [6]],
    ];
    for (const [f, ...shapes] of cases) {
      const inputs = shapes.map((shape) => randn(shape)) as [Tensor, Tensor, Tensor];
      const g = compile(f, { device });
      const [y, w] = [f(...inputs), inputs[1]];
      expect(g(...inputs)).toBeCloseToTensor(y.toArray());
      const work = (2 * y.size * w.size) / w.shape[0]!;
      expect(g.program(...inputs)).toMatch(/^program on .*: 1 steps, [\d,]+ FLOP/);
      expect(g.program(...inputs)).toMatch(/ = convolve\(.*\) then /);
      expect(g.program(...inputs)).toContain(` ${work.toLocaleString("en")} FLOP`);
    }
  });

  test("a convolution's gradient takes in the gradient of what it was given", () => {
    const [x, w] = [randn([2, 3, 8, 8], { requiresGrad: true }), randn([4, 3, 3, 3])];
    const f = (t: Tensor): Tensor => grad(t.relu().conv2d(w).sum(), [t])[0]!;
    const g = compile(f, { device });
    expect(g(x)).toBeCloseToTensor(f(x).toArray());
    expect(g.program(x)).toMatch(/ = convolve\(.*\) then select/);
  });
});
