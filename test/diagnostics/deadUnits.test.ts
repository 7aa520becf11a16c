/** Dead ReLUs: units that are 0 for every row, and stay so. */
import { describe, expect, test } from "vitest";
import {
  Linear,
  Module,
  ReLU,
  SGD,
  Sequential,
  type Tensor,
  deadUnits,
  mse,
  rand,
  tensor,
  zeros,
} from "../../src/index";
import { refusal } from "../support/refusal";

describe("deadUnits", () => {
  test("finds units whose bias of −10 nothing outweighs; their gradient is 0, whatever the steps (curriculum 112)", () => {
    const model = new Sequential(new Linear(1, 3), new ReLU(), new Linear(3, 1));
    const first = model.parameters()[0]!;
    model.loadStateDict({ "0.weight": [[0.5], [0.9], [1]], "0.bias": [0, -10, 0.1] }, { strict: false });
    const x = rand([50, 1]).mul(2).sub(1);
    expect(deadUnits(model, x)).toEqual({ 1: { dead: [1], units: 3 } });
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    for (let step = 0; step < 20; step++) {
      optimizer.zeroGrad();
      mse(model.forward(x), x.square()).backward();
      expect((first.grad!.toArray() as number[][])[1]).toEqual([0]);
      optimizer.step();
    }
    expect((first.toArray() as number[][])[1]![0]).toBe(Math.fround(0.9));
  });

  test("units lie along the last axis, channels along axis 1 of rank 4, or along an axis of one's own", () => {
    const relu = new ReLU();
    const values = Float32Array.from({ length: 2 * 3 * 2 * 2 }, (_, i) => (Math.floor(i / 4) % 3 === 1 ? -1 : 1));
    const silent = tensor(values, { shape: [2, 3, 2, 2] });
    expect(deadUnits(relu, silent)).toEqual({ "": { dead: [1], units: 3 } });
    expect(deadUnits(relu, silent.reshape([2, 3, 4]), { axis: 1 })).toEqual({ "": { dead: [1], units: 3 } });
    expect(deadUnits(relu, silent.reshape([2, 3, 4]))).toEqual({ "": { dead: [], units: 4 } });
    expect(deadUnits(relu, -1)).toEqual({ "": { dead: [0], units: 1 } });
    expect(deadUnits(relu, zeros([0, 2]))).toEqual({ "": { dead: [0, 1], units: 2 } });
  });

  test("a layer that runs twice is dead where it is 0 both times", () => {
    class Twice extends Module {
      relu = new ReLU();
      forward(x: Tensor): Tensor {
        return this.relu.forward(x).add(this.relu.forward(x.neg()));
      }
    }
    expect(deadUnits(new Twice(), [[1, 0], [2, 0]])).toEqual({ relu: { dead: [1], units: 2 } });
  });

  test("refuses what it cannot look at", () => {
    expect(refusal(() => deadUnits(3 as never, [[1]]))).toContain("deadUnits: not a model: 3");
    expect(refusal(() => deadUnits(new ReLU(), [[1]], { axis: 2 }))).toContain("deadUnits: axis out of range: 2");
    expect(refusal(() => deadUnits(new ReLU(), [[1]], { axes: 1 } as never))).toContain('did you mean "axis"?');
  });
});
