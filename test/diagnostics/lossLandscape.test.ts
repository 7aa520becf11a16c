/** Loss surfaces: plain grids of numbers, and weights that stand where they stood. */
import { describe, expect, test } from "vitest";
import { Dataset, Linear, Sequential, Tanh, type Tensor, crossEntropy, evaluate, lossLandscape, mse, tensor } from "../../src/index";
import { refusal } from "../support/refusal";

const data = Dataset.from({ x: [[0, 1], [1, 0], [1, 1], [2, -1]], y: [0, 1, 1, 0] });
const made = (): Sequential => new Sequential(new Linear(2, 3), new Tanh(), new Linear(3, 2));
const valuesOf = (state: Record<string, Tensor>): unknown[] => Object.values(state).map((value) => value.toArray());

describe("lossLandscape of a function", () => {
  test("gives rows of y and columns of x, ends included", () => {
    const f = (w: number, b: number) => tensor(w).mul(10).add(b);
    expect(lossLandscape(f, { x: [0, 1], y: [2, 4], points: [2, 3] })).toEqual({
      xs: [0, 1],
      ys: [2, 3, 4],
      losses: [[2, 12], [3, 13], [4, 14]],
    });
  });

  test("of one number gives one row", () => {
    const surface = lossLandscape((w) => w ** 2);
    expect(surface.ys).toEqual([0]);
    expect(surface.xs).toHaveLength(25);
    expect(surface.losses[0]![12]).toBe(0);
  });
});

describe("lossLandscape of a model", () => {
  test("has the model's own loss in the middle, and puts the weights back", () => {
    const model = made();
    const before = model.stateDict();
    const surface = lossLandscape(model, data, { loss: crossEntropy, y: [-1, 1], points: 5, batchSize: 3 });
    expect(surface.losses.map((row) => row.length)).toEqual([5, 5, 5, 5, 5]);
    expect(surface.losses[2]![2]).toBeCloseTo(evaluate(model, data, { loss: crossEntropy })["loss"]!, 6);
    expect(valuesOf(model.stateDict())).toEqual(valuesOf(before));
    expect(model.training).toBe(true);
  });

  test("puts the weights back when the loss throws", () => {
    const model = made();
    const before = model.stateDict();
    let calls = 0;
    const loss = (): never => {
      if (++calls === 3) throw new Error("enough");
      return tensor(1) as never;
    };
    expect(() => lossLandscape(model, data, { loss })).toThrow("enough");
    expect(valuesOf(model.stateDict())).toEqual(valuesOf(before));
  });

  test("is the same for the same seed, and another for another", () => {
    const model = made();
    const along = (seed: number, directions: "filter" | "random") =>
      lossLandscape(model, data, { loss: crossEntropy, points: 3, seed, directions }).losses;
    for (const directions of ["filter", "random"] as const) {
      expect(along(1, directions)).toEqual(along(1, directions));
      expect(along(1, directions)).not.toEqual(along(2, directions));
    }
  });

  /** How far each parameter has moved at x = 1, read by a loss that looks at the weights. */
  function moved(directions: "filter" | "random"): { shifts: Tensor[]; before: Tensor[] } {
    const model = made();
    const before = model.parameters().map((weight) => weight.detach());
    let shifts: Tensor[] = [];
    const loss = () => {
      shifts = model.parameters().map((weight, i) => weight.sub(before[i]!));
      return tensor(0);
    };
    lossLandscape(model, data, { loss, directions, x: [0, 1], points: 2 });
    return { shifts, before };
  }

  test("filter directions are as long as each row of weights, and leave biases alone", () => {
    const { shifts, before } = moved("filter");
    const lengths = [shifts, before].map(([weight]) => weight!.norm({ axes: 1 }));
    expect(lengths[0]).toBeCloseToTensor(lengths[1]!, { rtol: 1e-4 });
    expect(shifts[1]!.toArray()).toEqual([0, 0, 0]);
  });

  test("a random direction moves every parameter, one unit in all", () => {
    const squares = moved("random").shifts.map((shift) => shift.square().sum().item());
    expect(Math.min(...squares)).toBeGreaterThan(0);
    expect(squares.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  test("goes along directions of one's own and towards other weights", () => {
    const line = new Linear(1, 1);
    line.loadStateDict({ weight: [[1]], bias: [0] });
    const points = Dataset.from({ x: [[1]], y: [[0]] }); // the loss is (w + b)²
    const own = lossLandscape(line, points, { loss: mse, directions: [{ weight: [[2]] }], x: [0, 1], points: 2 });
    expect(own.losses).toEqual([[1, 9]]);
    const towards = [{ weight: [[0]] }, { weight: [[1]], bias: [1] }];
    const between = lossLandscape(line, points, { loss: mse, towards, x: [0, 1], y: [0, 1], points: 2 });
    expect(between.losses).toEqual([[1, 0], [4, 1]]);
  });
});

test("lossLandscape refuses what it cannot measure", () => {
  const model = made();
  const told = (options: object): string => refusal(() => lossLandscape(model, data, options as never));
  expect(refusal(() => lossLandscape((w, b) => w + b, { x: [0, 1] }))).toBe(
    "OptionError: lossLandscape: no values for the second axis: f takes 2 numbers; give { y: [-1, 1] } besides x",
  );
  expect(refusal(() => lossLandscape(() => tensor([1, 2])))).toContain("f gave no single number: a tensor [2]");
  expect(refusal(() => lossLandscape((w) => w, { x: 3 as never }))).toBe(
    "OptionError: lossLandscape: x is no range: 3; give its ends, such as [-1, 1]",
  );
  expect(refusal(() => lossLandscape((w) => w, { points: 1 }))).toContain("points is out of range: 1");
  expect(refusal(() => lossLandscape((w) => w, { x: [0, Infinity] }))).toContain("x is out of range: Infinity");
  expect(refusal(() => lossLandscape({} as never, data, { loss: mse }))).toContain("not a model: a record");
  expect(refusal(() => lossLandscape(model, [[1]] as never, { loss: mse }))).toContain("data is not a Dataset: [[1]]");
  expect(told({})).toContain("the loss is not a function: undefined");
  expect(told({ loss: crossEntropy, direction: "random" })).toContain('did you mean "directions"?');
  expect(told({ loss: crossEntropy, directions: "filters" })).toContain('unknown directions: "filters"; did you mean "filter"?');
  expect(told({ loss: crossEntropy, towards: [{}, {}] })).toBe(
    "OptionError: lossLandscape: towards must be a list of 1: 2 (x alone is one axis; a range for y makes a second); " +
      "give one record per axis",
  );
  expect(told({ loss: crossEntropy, towards: [{ w: [1] }] })).toBe(
    'OptionError: lossLandscape: towards names no parameter of the model: ["w"]; names are 0.weight, 0.bias, 2.weight, 2.bias',
  );
  expect(told({ loss: crossEntropy, directions: [{ "0.bias": [1] }] })).toBe(
    "ShapeError: lossLandscape: directions has another shape for 0.bias: [1] (the parameter is [3]); give one of that shape",
  );
});
