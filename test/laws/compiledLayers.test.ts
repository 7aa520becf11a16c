/** Compiled = eager for every layer: it learns the same in training mode, weights and statistics included. */
import { describe, expect, test } from "vitest";
import { Adam, type Tensor, compile, manualSeed, randn, wasm } from "../../src/index";
import { jsPrograms } from "../../src/devices/js/build";
import type { ProgramDevice } from "../../src/tensor/program";
import { type Row, layerRows } from "./layerRows";

const STEPS = 3;
const devices: readonly ProgramDevice[] = [jsPrograms, wasm()];

type Step = (x: Tensor) => Tensor;

/** Trains a new layer of the row for some steps, then evaluates it; what it said and what it became. */
function learn({ make, input, classes }: Row, wrap: (step: Step) => Step): Tensor[] {
  manualSeed(7);
  const layer = make().train();
  const drawn = randn([4, ...input], { dtype: "float64" });
  const x = classes === undefined ? drawn : drawn.abs().clamp(0, classes - 1).floor();
  const optimizer = layer.parameters().length === 0 ? null : new Adam(layer.parameters(), { lr: 0.01 });
  const step = wrap((batch) => {
    optimizer?.zeroGrad();
    const loss = layer.forward(batch).sub(0.3).square().mean(); // 0.3: else some gradients are rounding alone
    if (optimizer !== null && layer.training) {
      loss.backward();
      optimizer.step();
    }
    return loss;
  });
  const losses = Array.from({ length: STEPS }, () => step(x));
  layer.eval();
  return [...losses, step(x), ...Object.values(layer.stateDict())];
}

describe.each(Object.entries(layerRows))("%s", (_, row) => {
  test.each(devices.map((device) => [device.name, device] as const))("learns the same compiled on %s", (_, device) => {
    const eager = learn(row, (step) => step);
    const compiled = learn(row, (step) => compile(step, { device }));
    expect(compiled.length).toBe(eager.length);
    compiled.forEach((value, i) => expect(value).toBeCloseToTensor(eager[i]!, { rtol: 1e-10, atol: 1e-10 }));
  });
});
