/** Compiled = eager: every op, loss, layer and optimizer gives the same as a program, on each device. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as gradkit from "../../src/index";
import {
  AdaDelta,
  AdaGrad,
  AdaMax,
  Adam,
  AdamW,
  Linear,
  Momentum,
  NAdam,
  type Optimizer,
  RAdam,
  RMSProp,
  ReLU,
  SGD,
  Sequential,
  Sigmoid,
  type Tensor,
  compile,
  crossEntropy,
  grad,
  l1Penalty,
  l2Penalty,
  manualSeed,
  randn,
  tensor,
  wasm,
} from "../../src/index";
import { jsPrograms } from "../../src/devices/js/build";
import { wasmDevice } from "../../src/devices/wasm/device";
import type { ProgramDevice } from "../../src/tensor/program";
import { opsTable } from "./opsTable";

const RUNS = 8;
const fused: ProgramDevice = { ...jsPrograms, name: "js with fused steps", fuses: true };
const threaded: ProgramDevice = { ...wasmDevice(2, 0), name: "wasm on two threads that divide everything" };
const devices: readonly ProgramDevice[] = [jsPrograms, fused, wasm(), threaded];

/** Some fixed tensor like another, to weigh a gradient with. */
function weights(y: Tensor): Tensor {
  const values = Float64Array.from({ length: y.size }, (_, i) => ((i * 37) % 41) / 16 - 1.25);
  return tensor(values, { shape: y.shape, dtype: y.dtype });
}

/** A function with the gradients of all its inputs. */
function withGradients(f: (...xs: Tensor[]) => Tensor): (...xs: Tensor[]) => Tensor[] {
  return (...xs) => {
    const y = f(...xs);
    return y.requiresGrad ? [y, ...grad(y, xs, { gradient: weights(y) })] : [y];
  };
}

const leaves = (at: readonly Tensor[], dtype: "float32" | "float64"): Tensor[] =>
  at.map((x) => tensor(x.to(dtype), { requiresGrad: true }));

function close(actual: Tensor[], expected: Tensor[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((y, i) => {
    const want = expected[i]!;
    expect(y.shape).toEqual(want.shape);
    expect(y.dtype).toBe(want.dtype);
    const values = want.toTypedArray();
    y.toTypedArray().forEach((value, k) => {
      const off = Math.abs(value - values[k]!);
      const fine =
        Object.is(value, values[k]) || value === values[k] || off <= tolerance * Math.max(1, Math.abs(values[k]!));
      if (!fine) expect.fail(`output ${i}, element ${k}: ${value} instead of ${values[k]} in ${want.toString()}`);
    });
  });
}

describe.each(devices.map((device) => [device.name, device] as const))("compiled on %s", (_, device) => {
  describe.each(Object.entries(opsTable))("%s", (_, row) => {
    test.each(["float64", "float32"] as const)("gives what it gives eagerly, with its gradients, in %s", (dtype) => {
      const tolerance = dtype === "float64" ? 1e-12 : 10 * row.slack;
      const readable = row.cases.map((one) => ({ ...one, [fc.toStringMethod]: () => `at ${one.at.join(" and ")}` }));
      const law = ({ f, at }: { f: (...xs: Tensor[]) => Tensor; at: readonly Tensor[] }): void => {
        const inputs = leaves(at, dtype);
        const whole = withGradients(f);
        const compiled = compile(whole, { device });
        close(compiled(...inputs), whole(...inputs), tolerance);
        compiled.release();
      };
      fc.assert(fc.property(readable, law), { numRuns: RUNS });
    });
  });

  const optimizers: Record<string, (params: readonly Tensor[]) => Optimizer> = {
    SGD: (p) => new SGD(p, { lr: 0.1, weightDecay: 0.01 }),
    Momentum: (p) => new Momentum(p, { lr: 0.05 }),
    Nesterov: (p) => new SGD(p, { lr: 0.05, momentum: 0.9, nesterov: true }),
    RMSProp: (p) => new RMSProp(p, { lr: 0.01 }),
    "RMSProp centered": (p) => new RMSProp(p, { lr: 0.01, centered: true, momentum: 0.9 }),
    AdaGrad: (p) => new AdaGrad(p, { lr: 0.1 }),
    Adam: (p) => new Adam(p, { lr: 0.01, weightDecay: 0.01 }),
    "Adam amsgrad": (p) => new Adam(p, { lr: 0.01, amsgrad: true }),
    AdamW: (p) => new AdamW(p, { lr: 0.01 }),
    AdaDelta: (p) => new AdaDelta(p),
    AdaMax: (p) => new AdaMax(p, { lr: 0.01, weightDecay: 0.01 }),
    NAdam: (p) => new NAdam(p, { lr: 0.01 }),
    RAdam: (p) => new RAdam(p, { lr: 0.01 }),
  };

  test("every exported optimizer is among them", () => {
    const exported = Object.entries(gradkit)
      .filter(([, value]) => typeof value === "function" && value.prototype instanceof gradkit.Optimizer)
      .map(([name]) => name);
    expect(exported.filter((name) => !(name in optimizers))).toEqual([]);
  });

  test.each(Object.entries(optimizers))("%s learns the same in ten steps", (_, make) => {
    const x = randn([12, 3]);
    const y = tensor(Array.from({ length: 12 }, (_, i) => i % 2));
    const learn = (wrap: (step: (a: Tensor, b: Tensor) => Tensor) => (a: Tensor, b: Tensor) => Tensor): Tensor[] => {
      manualSeed(5);
      const model = new Sequential(new Linear(3, 5), new ReLU(), new Linear(5, 4), new Sigmoid(), new Linear(4, 2));
      const optimizer = make(model.parameters());
      const step = wrap((a, b) => {
        optimizer.zeroGrad();
        const loss = crossEntropy(model.forward(a), b).add(l2Penalty(model, 1e-3)).add(l1Penalty(model, 1e-4));
        loss.backward();
        optimizer.step();
        return loss;
      });
      const losses = Array.from({ length: 10 }, () => step(x, y));
      return [...losses, ...model.parameters().map((p) => p.detach()), ...model.parameters().map((p) => p.grad!)];
    };
    close(
      learn((step) => compile(step, { device })),
      learn((step) => step),
      1e-4,
    );
  });
});
