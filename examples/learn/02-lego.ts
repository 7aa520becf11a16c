/** The LEGO network: every number of one training step, and why a network without biases cannot learn XOR. */
import {
  Adam,
  Linear,
  type Module,
  ReLU,
  Sequential,
  Sigmoid,
  Tanh,
  type Tensor,
  assign,
  compile,
  crossEntropy,
  grad,
  manualSeed,
  noGrad,
  tensor,
} from "gradkit";
import { legoWeights, signs } from "../support/lego";
import { say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  steps: { about: "steps of Adam for the networks with and without biases", default: 1500, rule: { integer: true, min: 1 } },
  hidden: { about: "their hidden units", default: 50, rule: { integer: true, min: 1 } },
});

/** What the chapter found. */
export interface LegoResult {
  /** Every stage of the step by name, as rows of numbers. */
  readonly stages: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Largest distance of z₂(x) + z₂(−x) from the column sums of W₂. */
  readonly identity: number;
  /** Share of symmetric unseen points read rightly, by network. */
  readonly accuracies: Readonly<Record<string, number>>;
}

const double = (values: number[][]): Tensor => tensor(values, { dtype: "float64" });

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<LegoResult> {
  const settings = withDefaults("lego", options, given);
  section("The data: XOR of signs");
  const { points, labels } = signs(300);
  const ones = (some: readonly number[]): number => some.reduce((sum, label) => sum + label, 0);
  say(`300 points, ${ones(labels)} of class 1; of the first 50, ${ones(labels.slice(0, 50))}`);
  say(`the first is (${points[0]!.map((value) => value.toFixed(8)).join(", ")}), class ${labels[0]}, one-hot (1, 0)`);
  section("One training step, number by number");
  const stages = oneStep(points[0]!);
  section("Without biases: z₂(x) + z₂(−x) is always the same");
  const identity = symmetry(stages.W1!, stages.W2!);
  section("What that costs on points that come in pairs x, −x");
  const accuracies = race(settings);
  return { stages, identity, accuracies };
}

/** h₁ = σ(xW₁), h₂ = σ(h₁W₂), L = ½Σ(y − h₂)², one step of rate 0.001. */
function oneStep(point: number[]): Record<string, number[][]> {
  const { w1, w2 } = legoWeights(3);
  w1.requiresGrad = w2.requiresGrad = true;
  const [x, y] = [double([point]), double([[1, 0]])];
  const forward = (): Record<"z1" | "h1" | "z2" | "h2" | "L", Tensor> => {
    const z1 = x.matmul(w1);
    const h1 = z1.sigmoid();
    const z2 = h1.matmul(w2);
    const h2 = z2.sigmoid();
    return { z1, h1, z2, h2, L: y.sub(h2).square().sum().mul(0.5) };
  };
  const { z1, h1, z2, h2, L } = forward();
  const [dh2, dz2, dW2] = grad(L, [h2, z2, w2], { createGraph: true }) as [Tensor, Tensor, Tensor];
  const [dh1, dz1, dW1] = grad(L, [h1, z1, w1]) as [Tensor, Tensor, Tensor];
  const before: Record<string, Tensor> = {
    x, W1: w1, W2: w2, z1, h1, z2, h2, L,
    "dL/dh2": dh2, "σ′(z2)": dz2.div(dh2), "dL/dz2": dz2, "dL/dW2": dW2,
    "dL/dh1": dh1, "σ′(z1)": dz1.div(dh1), "dL/dW1": dW1,
  };
  const stages: Record<string, number[][]> = {};
  const keep = (name: string, value: Tensor): void => {
    stages[name] = value.rank === 2 ? (value.toArray() as number[][]) : [[value.item()]];
    stages[name].forEach((row, i) => {
      const digits = value.rank === 0 ? 10 : 8;
      say(`${(i === 0 ? name : "").padEnd(10)}${row.map((entry) => entry.toFixed(digits).padStart(digits + 4)).join("")}`);
    });
  };
  for (const [name, value] of Object.entries(before)) keep(name, value);
  noGrad(() => assign(w2, w2.sub(dW2.mul(0.001))));
  noGrad(() => assign(w1, w1.sub(dW1.mul(0.001))));
  keep("W2 after", w2);
  keep("W1 after", w1);
  keep("L after", forward().L);
  return stages;
}

/** Since σ(−z) = 1 − σ(z), mirrored points share out the column sums of W₂ between them. */
function symmetry(w1: number[][], w2: number[][]): number {
  const [first, second] = [double(w1), double(w2)];
  const score = (x: number[]): number[] =>
    Array.from(double([x]).matmul(first).sigmoid().matmul(second).toTypedArray());
  const sums = second.sum({ axes: 0 }).toArray() as number[];
  let worst = 0;
  const rows = [[1.76405235, 0.40015721], [1, -1], [-3, 0.5]].map((x) => {
    const [there, back] = [score(x), score(x.map((value) => -value))];
    const together = there.map((value, i) => value + back[i]!);
    worst = Math.max(worst, ...together.map((value, i) => Math.abs(value - sums[i]!)));
    const show = (values: number[]): string => values.map((value) => value.toFixed(6).padStart(9)).join(" ");
    return [`(${x.join(", ")})`, show(there), show(back), show(together)];
  });
  table(["x", "z₂(x)", "z₂(−x)", "sum"], rows);
  say(`\ncolumn sums of W₂: ${sums.map((value) => value.toFixed(6)).join(" ")}`);
  return worst;
}

/** Trains on 300 points of XOR of signs and their mirror images, and tries 1,000 others, mirrored too. */
function race({ steps, hidden }: OptionsOf<typeof options>): Record<string, number> {
  const data = [300, 1000].map((count, seed) => {
    const { points, labels } = signs(count, seed);
    const mirrored = [...points, ...points.map((point) => point.map((value) => -value))];
    return { x: tensor(mirrored), y: tensor([...labels, ...labels]) };
  });
  const kinds: Record<string, { act: () => Module; bias: boolean }> = {
    "sigmoid, no biases": { act: () => new Sigmoid(), bias: false },
    "tanh, no biases": { act: () => new Tanh(), bias: false },
    "sigmoid, biases": { act: () => new Sigmoid(), bias: true },
    "ReLU, no biases": { act: () => new ReLU(), bias: false },
  };
  const right = Object.entries(kinds).map(([name, { act, bias }]) => {
    manualSeed(0);
    const model = new Sequential(new Linear(2, hidden, { bias }), act(), new Linear(hidden, 2, { bias }));
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    const { x, y } = data[0]!;
    const update = compile(() => {
      optimizer.zeroGrad();
      const loss = crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    for (let step = 0; step < steps; step++) update();
    const rate = ({ x: points, y: labels }: { x: Tensor; y: Tensor }): number =>
      noGrad(() => model.forward(points)).argmax({ axes: 1 }).equal(labels).to("float64").mean().item();
    return [name, ...data.map(rate)] as const;
  });
  table(
    [`2-${hidden}-2, ${steps} steps of Adam`, "training pairs right", "unseen pairs right"],
    right.map(([name, train, unseen]) => [name, `${(100 * train!).toFixed(1)} %`, `${(100 * unseen!).toFixed(1)} %`]),
  );
  return Object.fromEntries(right.map(([name, , unseen]) => [name, unseen!]));
}
