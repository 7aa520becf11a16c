/** Softmax and cross-entropy: the Jacobian, the gradient p − t, and why squared errors stall. */
import {
  SGD,
  type Tensor,
  checkGradients,
  crossEntropy,
  grad,
  jacobian,
  lineChart,
  linspace,
  mse,
  sideBySide,
  softmax,
  tensor,
  weightImages,
} from "gradkit";
import { plot, say, section, table, vector } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  logits: { about: "the scores to work with; the first class is right", default: [2, 1, 0.1], type: "numbers" },
  steps: { about: "steps of gradient descent from a confident mistake", default: 400, rule: { integer: true, min: 1 } },
});

/** What the chapter found. */
export interface SoftmaxResult {
  readonly probabilities: readonly number[];
  /** Softmax of (3, 1, −3), and of (1000, 0, −1000). */
  readonly others: readonly (readonly number[])[];
  readonly jacobian: readonly (readonly number[])[];
  readonly loss: number;
  /** ∂L/∂z by the chain rule, by the fused loss, and p − t. */
  readonly gradients: readonly (readonly number[])[];
  /** Largest relative error of central differences. */
  readonly checked: boolean;
  /** Largest slope at z = (−10, 10, 0), class 0: cross-entropy, squared error of the softmax. */
  readonly slopes: readonly [number, number];
  /** p of the right class after each step from there, by loss. */
  readonly paths: Readonly<Record<string, readonly number[]>>;
  /** p of the right class in the end. */
  readonly learned: Readonly<Record<string, number>>;
}

const exact = (values: number[] | number[][], requiresGrad = false): Tensor => tensor(values, { dtype: "float64", requiresGrad });

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<SoftmaxResult> {
  const { logits, steps } = withDefaults("softmax", options, given);
  section("Scores become probabilities");
  const others = [[3, 1, -3], [1000, 0, -1000]].map((z) => Array.from(softmax(exact(z)).toTypedArray()));
  const rows = [[3, 1, -3], [13, 11, 7], [1000, 0, -1000]];
  table(["z", "softmax"], rows.map((z) => [vector(z, 0), vector(softmax(exact(z)).toTypedArray(), 6)]));
  say("\nadding 10 to every score changes nothing: softmax has no inverse");

  section("The chain rule, link by link");
  const z = exact([...logits]);
  const p = softmax(z);
  const j = jacobian((at: Tensor) => softmax(at), z);
  const target = logits.map((_, i) => (i === 0 ? 1 : 0));
  const fromLoss = exact(target).div(p).neg();
  const byChain = Array.from(j.transpose().matmul(fromLoss.unsqueeze(1)).toTypedArray());
  const leaf = exact([...logits], true);
  const loss = crossEntropy(leaf.unsqueeze(0), [0]);
  const byLoss = Array.from(grad(loss, [leaf])[0]!.toTypedArray());
  const difference = Array.from(p.sub(target).toTypedArray());
  say(`z = ${vector(logits, 1)}, t = ${vector(target, 0)}, p = ${vector(p.toTypedArray(), 6)}, loss −ln p₀ = ${loss.item().toFixed(6)}`);
  const matrix = j.toArray() as number[][];
  say("\nJ = diag(p) − ppᵀ");
  for (const row of matrix) say(row.map((value) => value.toFixed(6).padStart(11)).join(""));
  console.log();
  table(
    ["∂L/∂z", "by"],
    [
      [vector(byChain, 6), "J · (−1/p₀, 0, 0)"],
      [vector(byLoss, 6), "crossEntropy, in one piece"],
      [vector(difference, 6), "p − t"],
    ],
  );
  const checked = checkGradients((at) => crossEntropy(at.unsqueeze(0), [0]), [z], { rtol: 1e-9, atol: 1e-9 }).ok;
  say(`\ncentral differences agree: ${checked ? "yes" : "no"}`);

  section("Confidently wrong: z = (−10, 10, 0), class 0");
  const slopes = confidentlyWrong();
  const paths = race(steps);
  const learned = Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, path.at(-1)!]));
  const probabilities = Array.from(p.toTypedArray());
  const gradients = [byChain, byLoss, difference];
  return { probabilities, others, jacobian: matrix, loss: loss.item(), gradients, checked, slopes, paths, learned };
}

const losses = {
  "cross-entropy": (z: Tensor): Tensor => crossEntropy(z, [0]),
  "squared error of the softmax": (z: Tensor): Tensor => mse(z.softmax({ axis: 1 }), exact([[1, 0, 0]])),
};

function confidentlyWrong(): [number, number] {
  const slopes = Object.values(losses).map((loss) => {
    const z = exact([[-10, 10, 0]], true);
    loss(z).backward();
    return z.grad!.abs().max().item();
  }) as [number, number];
  table(["loss", "largest slope"], Object.keys(losses).map((name, i) => [name, slopes[i]!.toExponential(2)]));
  return slopes;
}

/** Gradient descent on the three scores themselves. */
function race(steps: number): Record<string, number[]> {
  const curves = Object.entries(losses).map(([name, loss]) => {
    const z = exact([[-10, 10, 0]], true);
    const optimizer = new SGD([z], { lr: 0.5 });
    const path = Array.from({ length: steps }, () => {
      optimizer.zeroGrad();
      loss(z).backward();
      optimizer.step();
      return z.softmax({ axis: 1 }).toTypedArray()[0]!;
    });
    return [name, path] as const;
  });
  console.log();
  plot(Object.fromEntries(curves), { height: 8, x: `p of the right class over ${steps} steps, lr 0.5` });
  return Object.fromEntries(curves);
}

/** Both losses and their slopes as the right class's score rises, how they learn, and softmax's Jacobian. */
export function pictures({ paths, jacobian: j, probabilities }: SoftmaxResult): Pictures {
  const short = (name: string): string => name.replace(" of the softmax", "");
  const scores = linspace(-10, 10, 81, { dtype: "float64" });
  const at = Array.from(scores.toTypedArray(), (score) => exact([[score, 0, 0]], true));
  const sides = Object.entries(losses).map(([name, loss]) => {
    const values = at.map((z) => loss(z));
    const slopes = values.map((value, i) => grad(value, [at[i]!])[0]!.toTypedArray()[0]!);
    return { name, values: values.map((value) => value.item()), slopes };
  });
  const draw = (title: string, part: "values" | "slopes", yTitle: string): ReturnType<typeof lineChart> => {
    const lines = Object.fromEntries(sides.map((side) => [short(side.name), side[part]]));
    const size = { width: 270, height: 230 };
    return lineChart(lines, { x: scores, ...size, title, xTitle: "score of the right class, the others 0", yTitle });
  };
  return {
    sections: [
      {
        heading: "Two losses, and what they say to a network that is wrong",
        text: "Far to the left the network is confidently wrong. There the slope of cross-entropy is −1, that of the squared error 0.",
        chart: sideBySide([draw("Loss", "values", "loss"), draw("Slope", "slopes", "∂L/∂z")]),
      },
      {
        heading: "Learning from a confident mistake",
        text: "From z = (−10, 10, 0): cross-entropy needs some forty steps, the squared error has not begun after hundreds.",
        chart: lineChart(Object.fromEntries(Object.entries(paths).map(([name, path]) => [short(name), [...path]])), { width: 480, xTitle: "steps, lr 0.5", yTitle: "p of the right class" }),
      },
      {
        heading: "The Jacobian of the softmax",
        text: "Its own score raises a probability (diagonal), any other lowers it. Rows and columns sum to 0.",
        chart: weightImages([j.flat()], {
          shape: [j.length, j.length],
          size: 180,
          colorTitle: "∂pᵢ/∂zⱼ",
          labels: [`J at p = ${vector(probabilities, 2)}`],
        }),
      },
    ],
  };
}
