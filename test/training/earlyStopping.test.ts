/** Early stopping on given curves. */
import { describe, expect, test } from "vitest";
import { type EarlyStoppingOptions, Watcher } from "../../src/training/earlyStopping";

/** Feeds a curve; tells at which position training stops and which was the best. */
function follow(curve: readonly number[], options: EarlyStoppingOptions): { stop: number; best: number } {
  const watcher = new Watcher({ monitor: "validationLoss", ...options }, true);
  const stop = curve.findIndex((value, i) => watcher.see({ epoch: i + 1, loss: 0, lr: 1, validationLoss: value }).stop);
  return { stop, best: (watcher.best?.epoch ?? 0) - 1 };
}

const curve = [1, 0.8, 0.7, 0.65, 0.66, 0.67, 0.7, 0.6];

describe("early stopping", () => {
  test("stops after n epochs without improvement and knows the best (curriculum 91)", () => {
    expect(follow(curve, { patience: 3 })).toEqual({ stop: 6, best: 3 });
  });

  test("with the rising rule, n epochs must be worse than the one before", () => {
    expect(follow(curve, { patience: 3, rule: "rising" })).toEqual({ stop: 6, best: 3 });
    expect(follow([1, 0.9, 1, 0.95, 1, 0.95], { patience: 2, rule: "rising" }).stop).toBe(-1);
    expect(follow([1, 0.9, 1, 0.95, 1, 0.95], { patience: 2 }).stop).toBe(3);
  });

  test("improvements smaller than minDelta do not count", () => {
    expect(follow([1, 0.99, 0.98], { patience: 2, minDelta: 0.05 })).toEqual({ stop: 2, best: 0 });
  });

  test("accuracies are better when larger, and mode overrules", () => {
    const watcher = new Watcher({ patience: 1, monitor: "validationAccuracy" }, true);
    expect(watcher.see({ epoch: 1, loss: 0, lr: 1, validationAccuracy: 0.5 }).improved).toBe(true);
    expect(watcher.see({ epoch: 2, loss: 0, lr: 1, validationAccuracy: 0.6 }).improved).toBe(true);
    const falling = new Watcher({ patience: 1, monitor: "validationAccuracy", mode: "min" }, true);
    falling.see({ epoch: 1, loss: 0, lr: 1, validationAccuracy: 0.5 });
    expect(falling.see({ epoch: 2, loss: 0, lr: 1, validationAccuracy: 0.6 })).toEqual({ improved: false, stop: true });
  });

  test("a NaN is never an improvement", () => {
    expect(follow([NaN, NaN, 1, NaN], { patience: 2 }).stop).toBe(1);
  });

  test("refuses what it cannot do", () => {
    expect(() => new Watcher({ patience: 0 }, true)).toThrow(
      "fit: earlyStopping: patience is out of range: 0; give a number ≥ 1",
    );
    expect(() => new Watcher({ patience: 1, mode: "up" as never }, true)).toThrow(
      'fit: earlyStopping: unknown mode: "up"; did you mean "min"? give one of "min", "max"',
    );
    expect(() => new Watcher({ patience: 1, minDetla: 1 } as never, true)).toThrow('did you mean "minDelta"?');
  });
});
