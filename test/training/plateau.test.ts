/** A ReduceOnPlateau as the schedule of fit. */
import { expect, test } from "vitest";
import { Dataset, Linear, type Module, ReduceOnPlateau, SGD, type Tensor, fitSync, mse } from "../../src/index";
import type { FitOptions } from "../../src/training/fit";

const line = (): Dataset => Dataset.from({ x: [[0], [1], [2], [3]], y: [[1], [3], [5], [7]] });
const sgd = (model: Module): SGD => new SGD(model.parameters(), { lr: 0.1 });

test("fit tells a ReduceOnPlateau the loss after each epoch, or the validation loss, or what it monitors", () => {
  const rates = (options: Partial<FitOptions>, plateauOptions: object = {}): number[] => {
    const model = new Linear(1, 1);
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const schedule = new ReduceOnPlateau(optimizer, { patience: 0, factor: 0.5, ...plateauOptions });
    const stuck = { loss: mse, optimizer, epochs: 4, schedule, shuffle: false as const, ...options };
    return fitSync(model, line(), stuck).history.map(({ lr }) => lr);
  };
  const never = (prediction: Tensor): Tensor => prediction.sum().mul(0);
  expect(rates({ loss: never })).toEqual([0.1, 0.1, 0.05, 0.025]);
  expect(rates({ loss: mse, epochs: 3 })).toEqual([0.1, 0.1, 0.1]);
  expect(rates({ loss: never, validation: line() }, { patience: 1 })).toEqual([0.1, 0.1, 0.1, 0.05]);
  const metrics = { level: () => 1 };
  expect(rates({ metrics }, { monitor: "level", mode: "max" })).toEqual([0.1, 0.1, 0.05, 0.025]);
});

test("fit refuses a schedule that is none, of another optimizer, or of a number that is not measured", () => {
  const model = new Linear(1, 1);
  const optimizer = sgd(model);
  const attempt = (options: unknown) => (): unknown => fitSync(model, line(), options as FitOptions);
  expect(attempt({ loss: mse, optimizer, schedule: 0.1 })).toThrow(
    "fitSync: no schedule to train with: 0.1; give a function of the update count, such as stepDecay(0.1, { every: 1000 }), " +
      "or a ReduceOnPlateau",
  );
  expect(attempt({ loss: mse, optimizer, schedule: new ReduceOnPlateau(sgd(new Linear(1, 1))) })).toThrow(
    "fitSync: the schedule lowers the rate of another optimizer: an SGD (not the one that trains); " +
      "make it with new ReduceOnPlateau(optimizer)",
  );
  expect(attempt({ loss: mse, optimizer, schedule: new ReduceOnPlateau(optimizer, { monitor: "accuracy" }) })).toThrow(
    'fitSync: schedule: unknown monitor: "accuracy"; ',
  );
});
