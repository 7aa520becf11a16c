/** Back-propagation: one training step by hand, and what two common mistakes would print instead. */
import {
  type Chart,
  Linear,
  SGD,
  Sequential,
  type Tensor,
  assign,
  grad,
  graph,
  lineChart,
  networkChart,
  sideBySide,
  tensor,
} from "gradkit";
import type { Pictures } from "../support/pictures";
import { say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  steps: { about: "training steps", default: 5, rule: { integer: true, min: 1 } },
  lr: { about: "learning rate", default: 0.1, rule: { above: 0 } },
});

/** What the chapter found. */
export interface BackpropResult {
  /** ∂L/∂w₁ … ∂L/∂w₆ of the first step, and the weights after it. */
  readonly gradients: readonly number[];
  readonly weights: readonly number[];
  /** Prediction and loss before each step and after the last. */
  readonly path: readonly { readonly prediction: number; readonly loss: number }[];
  /** The second prediction if w₅ and w₆ were changed before w₁ … w₄ were differentiated. */
  readonly impatient: number;
  /** Predictions from the first to the last step with either mistake. */
  readonly mistaken: { readonly impatient: readonly number[]; readonly doubled: readonly number[] };
  /** First loss, then second prediction and loss, if the ½ was forgotten. */
  readonly doubled: readonly [number, number, number];
}

const X = [0.5, 1];
const Y = 0.8;
const START = [1, 0.5, 0.5, 0.7, 1, 2];

const leaves = (): Tensor[] => START.map((value) => tensor(value, { dtype: "float64", requiresGrad: true }));

/** h₁ = w₁x₁ + w₂x₂, h₂ = w₃x₁ + w₄x₂, ŷ = w₅h₁ + w₆h₂, without activations. */
function forward(w: readonly Tensor[]): { h1: Tensor; h2: Tensor; prediction: Tensor; loss: Tensor } {
  const h1 = w[0]!.mul(X[0]!).add(w[1]!.mul(X[1]!));
  const h2 = w[2]!.mul(X[0]!).add(w[3]!.mul(X[1]!));
  const prediction = w[4]!.mul(h1).add(w[5]!.mul(h2));
  return { h1, h2, prediction, loss: prediction.sub(Y).square().mul(0.5) };
}

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<BackpropResult> {
  const { steps, lr } = withDefaults("backprop", options, given);
  section("Forward, then backward, edge by edge");
  const { gradients, weights } = firstStep(lr);

  section("The five-step loop");
  const path = loop(steps, lr);
  table(
    ["step", "prediction", "loss ½(ŷ − 0.8)²"],
    path.map(({ prediction, loss }, step) => [step, prediction.toFixed(7), loss.toFixed(7)]),
  );

  section("Fingerprints of two mistakes");
  const mistaken = { impatient: changeTooEarly(steps, lr), doubled: forgetTheHalf(steps, lr) };
  const impatient = mistaken.impatient[1]!;
  const whole = mistaken.doubled.map((prediction) => (prediction - Y) ** 2);
  const doubled = [whole[0]!, mistaken.doubled[1]!, whole[1]!] as const;
  table(
    ["after one step", "ŷ", "loss"],
    [
      ["right", path[1]!.prediction.toFixed(7), path[1]!.loss.toFixed(7)],
      ["w₅ and w₆ changed before the rest was differentiated", impatient.toFixed(7), (0.5 * (impatient - Y) ** 2).toFixed(7)],
      [`the ½ forgotten (first loss ${doubled[0].toFixed(2)})`, doubled[1].toFixed(7), doubled[2].toFixed(7)],
    ],
  );
  return { gradients, weights, path, impatient, mistaken, doubled };
}

function firstStep(lr: number): { gradients: number[]; weights: number[] } {
  const w = leaves();
  const { h1, h2, prediction, loss } = forward(w);
  const names = Object.fromEntries(w.map((weight, i) => [`w${i + 1}`, weight]));
  const steps = graph(loss, { names: { ...names, h1, h2, ŷ: prediction, L: loss } }).steps();
  const named = steps.map(({ text }) => text).filter((text) => !text.startsWith("#") && !text.startsWith("∂L/∂#"));
  for (const text of named) say(text.replace(/= .*#.* = /, "= ").replace(/, through .*/, ""));
  loss.backward();
  const gradients = w.map((weight) => weight.grad!.item());
  new SGD(w, { lr }).step();
  const weights = w.map((weight) => weight.item());
  console.log();
  table(
    ["", ...w.map((_, i) => `w${"₁₂₃₄₅₆"[i]!}`)],
    [
      ["before", ...START],
      ["gradient", ...gradients.map((value) => Number(value.toFixed(6)))],
      ["after", ...weights.map((value) => Number(value.toFixed(6)))],
    ],
  );
  return { gradients, weights };
}

/** Forward, loss, backward, update, again. */
function loop(steps: number, lr: number): { prediction: number; loss: number }[] {
  const w = leaves();
  const optimizer = new SGD(w, { lr });
  const path: { prediction: number; loss: number }[] = [];
  for (let step = 0; step <= steps; step++) {
    optimizer.zeroGrad();
    const { prediction, loss } = forward(w);
    path.push({ prediction: prediction.item(), loss: loss.item() });
    loss.backward();
    optimizer.step();
  }
  return path;
}

/** Changes the outer weights first, and takes the inner gradients through the changed ones: wrong. */
function changeTooEarly(steps: number, lr: number): number[] {
  const w = leaves();
  const move = (weights: readonly Tensor[], gradients: readonly Tensor[]): void =>
    weights.forEach((weight, i) => assign(weight, weight.detach().sub(gradients[i]!.mul(lr))));
  const predictions = [forward(w).prediction.item()];
  for (let step = 0; step < steps; step++) {
    const error = predictions[step]! - Y;
    move(w.slice(4), grad(forward(w).loss, w.slice(4)));
    move(w.slice(0, 4), grad(forward(w).prediction.mul(error), w.slice(0, 4)));
    predictions.push(forward(w).prediction.item());
  }
  return predictions;
}

/** Minimises (ŷ − y)², whose gradient is twice as long. */
function forgetTheHalf(steps: number, lr: number): number[] {
  const w = leaves();
  const optimizer = new SGD(w, { lr });
  const predictions = [forward(w).prediction.item()];
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    forward(w).prediction.sub(Y).square().backward();
    optimizer.step();
    predictions.push(forward(w).prediction.item());
  }
  return predictions;
}

/** The network before and after a step; the predictions of the loop, and of both mistakes. */
export function pictures({ weights, path, mistaken }: BackpropResult): Pictures {
  const predictions = path.map(({ prediction }) => prediction);
  const drawing = (w: readonly number[], title: string): Chart => networkChart(network(w), X, { title, weights: true });
  return {
    sections: [
      {
        heading: "The network, before and after one step",
        text: "On the lines the weights, in the circles the values for x = (0.5, 1). Every weight gives way at once.",
        chart: sideBySide([
          drawing(START, `Before: ŷ = ${predictions[0]!.toFixed(3)}, wanted ${Y}`),
          drawing(weights, `After one step: ŷ = ${predictions[1]!.toFixed(3)}`),
        ]),
      },
      {
        heading: "The way to the target, and two fingerprints",
        text: "All three runs end near 0.8 after all, which is why such mistakes go unnoticed. Look at the first steps.",
        chart: lineChart(
          {
            right: predictions,
            "w₅, w₆ changed too early": mistaken.impatient,
            "½ forgotten": mistaken.doubled,
            target: predictions.map(() => Y),
          },
          { xTitle: "step", yTitle: "prediction ŷ", width: 480 },
        ),
      },
    ],
  };
}

/** The six weights as two linear layers. */
function network(w: readonly number[]): Sequential {
  const layers = [new Linear(2, 2, { bias: false }), new Linear(2, 1, { bias: false })] as const;
  assign(layers[0].weight, tensor([w.slice(0, 2), w.slice(2, 4)]));
  assign(layers[1].weight, tensor([w.slice(4)]));
  return new Sequential(...layers);
}
