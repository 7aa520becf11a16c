/** The LEGO network: every number of one training step, and why a network without biases cannot learn XOR. */
import {
  Adam,
  type Chart,
  Linear,
  type Module,
  ReLU,
  Sequential,
  Sigmoid,
  Tanh,
  type Tensor,
  accuracy,
  assign,
  compile,
  crossEntropy,
  grad,
  lineChart,
  manualSeed,
  networkChart,
  noGrad,
  sideBySide,
  tensor,
  triptych,
} from "gradkit";
import { legoWeights, signs } from "../support/lego";
import type { Pictures } from "../support/pictures";
import { say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  steps: { about: "steps of Adam for the networks with and without biases", default: 1500, rule: { integer: true, min: 1 } },
  every: { about: "steps from one frame of the film to the next", default: 25, rule: { integer: true, min: 1 } },
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
  /** How each network learned; what the film shows. */
  readonly runs: readonly LegoRun[];
}

interface LegoRun {
  readonly name: string;
  readonly model: Module;
  /** Losses and accuracies on the training pairs and on unseen ones, every so many steps, and the weights then. */
  readonly history: readonly Readonly<Record<"step" | "loss" | "accuracy" | "validationLoss" | "validationAccuracy", number>>[];
  readonly states: readonly Readonly<Record<string, Tensor>>[];
  readonly train: Pairs;
}

/** Points and their labels; the second half mirrors the first. */
interface Pairs {
  readonly x: Tensor;
  readonly y: Tensor;
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
  const runs = race(settings);
  const accuracies = Object.fromEntries(runs.map(({ name, history }) => [name, history.at(-1)!.validationAccuracy]));
  return { stages, identity, accuracies, runs };
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

/** Points of XOR of signs and their mirror images. */
function pairs(count: number, seed: number): Pairs {
  const { points, labels } = signs(count, seed);
  const mirrored = [...points, ...points.map((point) => point.map((value) => -value))];
  return { x: tensor(mirrored), y: tensor([...labels, ...labels]) };
}

/** Trains on 300 points of XOR of signs and their mirror images, and tries 1,000 others, mirrored too. */
function race(settings: OptionsOf<typeof options>): LegoRun[] {
  const { steps, hidden } = settings;
  const [train, unseen] = [pairs(300, 0), pairs(1000, 1)];
  const kinds: Record<string, { act: () => Module; bias: boolean }> = {
    "sigmoid, no biases": { act: () => new Sigmoid(), bias: false },
    "tanh, no biases": { act: () => new Tanh(), bias: false },
    "sigmoid, biases": { act: () => new Sigmoid(), bias: true },
    "ReLU, no biases": { act: () => new ReLU(), bias: false },
  };
  const runs = Object.entries(kinds).map(([name, { act, bias }]) => {
    manualSeed(0);
    const model = new Sequential(new Linear(2, hidden, { bias }), act(), new Linear(hidden, 2, { bias }));
    return learn(name, model, [train, unseen], settings);
  });
  table(
    [`2-${hidden}-2, ${steps} steps of Adam`, "training pairs right", "unseen pairs right"],
    runs.map(({ name, history }) => {
      const { accuracy: right, validationAccuracy } = history.at(-1)!;
      return [name, `${(100 * right).toFixed(1)} %`, `${(100 * validationAccuracy).toFixed(1)} %`];
    }),
  );
  return runs;
}

function learn(
  name: string,
  model: Module,
  [train, unseen]: readonly [Pairs, Pairs],
  { steps, every }: OptionsOf<typeof options>,
): LegoRun {
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const update = compile(() => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(train.x), train.y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const measure = ({ x, y }: Pairs): readonly [loss: number, right: number] =>
    noGrad(() => {
      const scores = model.forward(x);
      return [crossEntropy(scores, y).item(), accuracy(scores, y)];
    });
  const history: LegoRun["history"][number][] = [];
  const states: Record<string, Tensor>[] = [];
  for (let step = 0; step <= steps; step++) {
    if (step % every === 0 || step === steps) {
      const [loss, right] = measure(train);
      const [validationLoss, validationAccuracy] = measure(unseen);
      history.push({ step, loss, accuracy: right, validationLoss, validationAccuracy });
      states.push(model.stateDict());
    }
    if (step < steps) update();
  }
  return { name, model, history, states, train };
}

/** The film's last frame; the worked step as a drawing; why mirrored points hinder one network; the film. */
export function pictures({ stages, runs }: LegoResult): Pictures {
  const filmed = runs.filter(({ name }) => name.startsWith("sigmoid"));
  const frames = filmed[0]!.history.map((_, i) => frame(filmed, i));
  return {
    sections: [
      {
        heading: "The same network without biases and with them, at the end of the film",
        text: "Accuracy, plane and loss, as the article draws them. Above it cannot learn; below it has learned.",
        chart: frames.at(-1)!,
      },
      {
        heading: "The worked step, forward",
        text: "The weights on the lines, the outputs of the sigmoids in the circles; h₂ = (0.37, 0.45) should be (1, 0).",
        chart: networkChart(worked(stages), stages.x![0]!, { weights: true, height: 220 }),
      },
      {
        heading: "A point, its mirror image, and their sum",
        text: "XOR wants the margin below 0 at both ends of a diagonal. Without biases one rises as the other falls.",
        chart: sideBySide([mirror(filmed[0]!, 0, "before"), mirror(filmed[1]!, -1, "after")]),
      },
    ],
    film: { title: "XOR of signs without biases and with them", frames, interval: 150 },
  };
}

/** One moment of the runs, one below the other; the plane shows a tenth of the pairs. */
function frame(runs: readonly LegoRun[], at: number): Chart {
  const rows = runs.map(({ name, model, history, states, train: { x, y } }) => {
    model.loadStateDict(states[at]!);
    const half = x.shape[0]! / 2;
    const drawn = Array.from({ length: half / 10 }, (_, i) => [i, half + i]).flat();
    const some = { x: x.indexSelect(drawn), y: y.indexSelect(drawn) };
    const settings = { until: history.at(-1)!.step, lossUpTo: 1, step: 0.1, labels: ["same sign", "signs differ"] };
    return triptych(history.slice(0, at + 1), model, some, { ...settings, title: capital(name) });
  });
  return sideBySide(rows, { columns: 1, title: `After ${runs[0]!.history[at]!.step.toLocaleString("en")} updates` });
}

const capital = (name: string): string => name[0]!.toUpperCase() + name.slice(1);

/** The network of the step, before it. */
function worked({ W1, W2 }: LegoResult["stages"]): Sequential {
  const layers = [new Linear(2, 3, { bias: false }), new Linear(3, 2, { bias: false })] as const;
  assign(layers[0].weight, double(W1 as number[][]).to("float32").transpose());
  assign(layers[1].weight, double(W2 as number[][]).to("float32").transpose());
  return new Sequential(layers[0], new Sigmoid(), layers[1], new Sigmoid());
}

/** The margin of class 1 along a diagonal, there and back. */
function mirror({ name, model, states }: LegoRun, at: number, when: string): Chart {
  model.loadStateDict(states.at(at)!);
  const t = Array.from({ length: 61 }, (_, i) => i / 20);
  const margin = (sign: number): number[] => {
    const scores = noGrad(() => model.forward(tensor(t.map((place) => [sign * place, sign * place]))));
    return (scores.toArray() as number[][]).map(([same, differ]) => differ! - same!);
  };
  const [there, back] = [margin(1), margin(-1)];
  return lineChart(
    { "at (t, t)": there, "at (−t, −t)": back, sum: there.map((value, i) => value + back[i]!) },
    {
      x: t,
      title: `${capital(name)}, ${when} training`,
      xTitle: "t",
      yTitle: "margin of “signs differ”",
      width: 300,
      height: 230,
    },
  );
}
