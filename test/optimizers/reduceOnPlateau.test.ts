/** ReduceOnPlateau: when the rate falls, that it goes on from a state, and what it refuses. */
import { describe, expect, test } from "vitest";
import { type Optimizer, ReduceOnPlateau, type ReduceOnPlateauOptions, SGD, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

const leaf = () => tensor([1], { requiresGrad: true });
const sgd = (lr = 0.1): SGD => new SGD([leaf()], { lr });

describe("ReduceOnPlateau", () => {
  test("lowers the rate after patience + 1 steps without improvement, and says so", () => {
    const optimizer = sgd();
    const plateau = new ReduceOnPlateau(optimizer, { patience: 2, factor: 0.5 });
    expect([1, 1, 1, 1].map((loss) => plateau.step(loss))).toEqual([false, false, false, true]);
    expect(optimizer.lr).toBe(0.05);
    expect(plateau.best).toBe(1);
  });

  test("lowers the rate of every group, each down to minLr", () => {
    const optimizer = new SGD([{ params: [leaf()], lr: 1 }, { params: [leaf()], lr: 0.3 }]);
    const plateau = new ReduceOnPlateau(optimizer, { patience: 0, minLr: 0.1 });
    plateau.step(1);
    expect(plateau.step(1)).toBe(true);
    expect(optimizer.groups.map(({ lr }) => lr)).toEqual([0.1, 0.1]);
    expect(plateau.step(1)).toBe(false);
  });

  test("goes on from a saved state", () => {
    const told = [1, 0.5, 0.6, 0.7];
    const [first, second] = [sgd(), sgd()];
    const plateau = new ReduceOnPlateau(first, { patience: 3 });
    told.forEach((loss) => plateau.step(loss));
    const resumed = new ReduceOnPlateau(second, { patience: 3 });
    resumed.loadStateDict(plateau.stateDict());
    expect(resumed.best).toBe(0.5);
    expect([0.6, 0.7].map((loss) => resumed.step(loss))).toEqual([0.6, 0.7].map((loss) => plateau.step(loss)));
    expect(second.lr).toBe(first.lr);
  });

  test("a state is a snapshot", () => {
    const plateau = new ReduceOnPlateau(sgd());
    const state = plateau.stateDict();
    plateau.step(3);
    expect(state["best"]!.item()).toBe(Infinity);
  });

  test("refuses what is out of range, no optimizer, no number and no state", () => {
    const said = (options: ReduceOnPlateauOptions): string => refusal(() => new ReduceOnPlateau(sgd(), options));
    expect(said({ factor: 1 })).toBe("OptionError: ReduceOnPlateau: factor is out of range: 1; give a number > 0 and < 1");
    expect(said({ patience: -1 })).toBe("OptionError: ReduceOnPlateau: patience is out of range: -1; give a whole number ≥ 0");
    expect(said({ threshold: -1 })).toMatch("ReduceOnPlateau: threshold is out of range: -1");
    expect(said({ cooldown: 0.5 })).toMatch("ReduceOnPlateau: cooldown is out of range: 0.5");
    expect(said({ minLr: -1 })).toMatch("ReduceOnPlateau: minLr is out of range: -1");
    expect(said({ eps: -1 })).toMatch("ReduceOnPlateau: eps is out of range: -1");
    expect(said({ mode: "least" as never })).toMatch('ReduceOnPlateau: unknown mode: "least"');
    expect(said({ thresholdMode: "abs." as never })).toMatch('unknown thresholdMode: "abs."; did you mean "abs"?');
    expect(said({ patients: 3 } as never)).toMatch('ReduceOnPlateau: unknown option: "patients"; did you mean "patience"?');
    expect(refusal(() => new ReduceOnPlateau({} as Optimizer))).toBe(
      "OptionError: ReduceOnPlateau: not an optimizer: a record; give the one whose rate shall fall",
    );
    const plateau = new ReduceOnPlateau(sgd());
    expect(refusal(() => plateau.step(tensor(1) as never))).toBe(
      "OptionError: ReduceOnPlateau.step: the metric is not a number: a Tensor; give one, such as loss.item()",
    );
    expect(refusal(() => plateau.loadStateDict({ best: tensor(1, { dtype: "float64" }) }))).toMatch(
      /^OptionError: ReduceOnPlateau.loadStateDict: a key is missing: "bad"/,
    );
  });
});
