/** A small network trained for 20 steps follows PyTorch's losses and ends with its weights. */
import { expect, test } from "vitest";
import { Adam, Linear, ReLU, Sequential, type Tensor, crossEntropy, tensor } from "../../src/index";
import { type Given, type Nearness, type Values, casesOf, expectNear, numbersOf, tensorOf, titleOf } from "../support/torch";

interface Trained extends Nearness {
  readonly losses: readonly number[];
  readonly final: Readonly<Record<string, Values>>;
}

interface Training {
  readonly says: string;
  readonly options: { readonly lr: number };
  readonly weights: Readonly<Record<string, Given>>;
  readonly x: Given;
  readonly y: readonly number[];
  readonly expect: readonly Trained[];
}

/** Trains and gives the losses; the parameters change in place. */
function train(told: Training, dtype: Nearness["in"], parameters: Tensor[], forward: (x: Tensor) => Tensor): number[] {
  const [x, y] = [tensorOf(told.x, dtype), tensor(told.y, { dtype: "int32" })];
  const optimizer = new Adam(parameters, told.options);
  return told.expect[0]!.losses.map(() => {
    optimizer.zeroGrad();
    const loss = crossEntropy(forward(x), y);
    loss.backward();
    optimizer.step();
    return loss.item();
  });
}

for (const told of casesOf<Training>("training")) {
  for (const expected of told.expect) {
    const dtype = expected.in;

    test(`${titleOf(told, expected)}, written with tensors`, () => {
      const weights = Object.values(told.weights).map((given) => tensorOf(given, dtype, true));
      const [w1, b1, w2, b2] = weights as [Tensor, Tensor, Tensor, Tensor];
      const hidden = (x: Tensor): Tensor => x.matmul(w1.transpose()).add(b1).relu();
      const losses = train(told, dtype, weights, (x) => hidden(x).matmul(w2.transpose()).add(b2));
      expectNear("loss of step", losses, expected.losses, expected);
      Object.keys(told.weights).forEach((name, k) => {
        expectNear(name, weights[k]!, numbersOf(expected.final[name]!, weights[k]!.size), expected);
      });
    });

    if (dtype !== "float32") continue;
    test(`${titleOf(told, expected)}, written with layers`, () => {
      const model = new Sequential(new Linear(4, 6), new ReLU(), new Linear(6, 3));
      const names = Object.keys(told.weights);
      model.loadStateDict(Object.fromEntries(names.map((name) => [name, tensorOf(told.weights[name]!, dtype)])));
      const losses = train(told, dtype, [...model.parameters()], (x) => model.forward(x));
      expectNear("loss of step", losses, expected.losses, expected);
      const final = Object.entries(model.stateDict());
      expect(final.map(([name]) => name)).toEqual(Object.keys(expected.final));
      for (const [name, value] of final) {
        expectNear(name, value, numbersOf(expected.final[name]!, value.size), expected);
      }
    });
  }
}
