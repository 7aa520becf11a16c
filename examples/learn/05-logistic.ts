/** Logistic regression: a line and a sigmoid, fitted by maximum likelihood, since no formula gives the answer. */
import {
  type Chart,
  Linear,
  SGD,
  type Tensor,
  assign,
  binaryCrossEntropyWithLogits,
  decisionBoundary,
  hessian,
  lineChart,
  noGrad,
  sideBySide,
  tensor,
  zeros,
} from "gradkit";
import { RandomState } from "../support/numpy";
import type { Pictures } from "../support/pictures";
import { say, section, table, vector } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  steps: { about: "steps of gradient descent", default: 2000, rule: { integer: true, min: 1 } },
  lr: { about: "learning rate", default: 0.5, rule: { above: 0 } },
  points: { about: "points drawn, half of each class", default: 200, rule: { integer: true, min: 4 } },
  seed: { about: "seed of the points", default: 0, rule: { integer: true, min: 0 } },
});

/** What the chapter found. */
export interface LogisticResult {
  /** Score and activation of the neuron worked by hand. */
  readonly neuron: readonly [number, number];
  /** Gradient of the loss at z = 0.3 for a true label. */
  readonly slope: number;
  /** Bias and weights by gradient descent, then by Newton's method. */
  readonly descent: readonly number[];
  readonly newton: readonly number[];
  /** Share of random chords that lie on or above the loss: of logistic regression, of a network. */
  readonly chords: readonly [number, number];
  /** Loss after each Newton step. */
  readonly newtonLosses: readonly number[];
  /** Loss before the first step of gradient descent and after each. */
  readonly descentLosses: readonly number[];
  readonly accuracy: number;
  /** Loss along the first chord of logistic regression, and along the first of the network that runs below it. */
  readonly segments: readonly [Segment, Segment];
  /** The points [N, 2] and their labels [N, 1]. */
  readonly points: { readonly x: Tensor; readonly y: Tensor };
}

/** Losses at evenly spaced places between two settings of the weights. */
type Segment = readonly number[];

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<LogisticResult> {
  const settings = withDefaults("logistic", options, given);
  section("One neuron by hand");
  const { neuron, slope } = byHand();
  const { x, y } = clouds(settings);
  section("Maximum likelihood by gradient descent");
  const { weights: descent, losses: descentLosses, accuracy } = descend(x, y, settings);
  section("The same maximum by Newton's method");
  const { weights: newton, losses: newtonLosses } = newtonSteps(x, y);
  section("A convex loss: no chord runs below it");
  const { chords, segments } = compareChords(x, y);
  const points = { x, y };
  return { neuron, slope, descent, newton, newtonLosses, descentLosses, accuracy, chords, segments, points };
}

/** Compares the loss halfway between two random points with the mean of the losses there, many times. */
function compareChords(x: Tensor, y: Tensor): Pick<LogisticResult, "chords" | "segments"> {
  const logistic = (w: Tensor): Tensor => x.matmul(w.slice([[1, 3]]).reshape([2, 1])).add(w.slice([[0, 1]]));
  const network = (w: Tensor): Tensor => {
    const hidden = x.matmul(w.slice([[0, 6]]).reshape([2, 3])).tanh();
    return hidden.matmul(w.slice([[6, 9]]).reshape([3, 1]));
  };
  const run = (score: (w: Tensor) => Tensor, size: number): { share: number; segments: Segment[] } => {
    const random = new RandomState(1);
    const draw = (): Tensor => tensor(random.randn(size).map((value) => 3 * value), { dtype: "float64" });
    const loss = (w: Tensor): number => binaryCrossEntropyWithLogits(score(w), y).item();
    const along = (a: Tensor, b: Tensor, t: number): number => loss(a.mul(1 - t).add(b.mul(t)));
    const drawn = Array.from({ length: 200 }, () => [draw(), draw()] as const);
    const above = drawn.map(([a, b]) => along(a, b, 0.5) <= (loss(a) + loss(b)) / 2 + 1e-12);
    const shown = [above.indexOf(true), above.indexOf(false)].filter((i) => i >= 0).map((i) => drawn[i]!);
    const segments = shown.map(([a, b]) => Array.from({ length: 41 }, (_, i) => along(a, b, i / 40)));
    return { share: above.filter(Boolean).length / above.length, segments };
  };
  const [line, bent] = [run(logistic, 3), run(network, 9)];
  const chords: [number, number] = [line.share, bent.share];
  table(
    ["200 random chords", "their middle on or above the loss"],
    ["logistic regression", "a 2-3-1 network"].map((name, i) => [name, `${(100 * chords[i]!).toFixed(1)} %`]),
  );
  return { chords, segments: [line.segments[0]!, bent.segments.at(-1)!] };
}

function byHand(): { neuron: [number, number]; slope: number } {
  const neuron = new Linear(2, 1);
  assign(neuron.weight, tensor([[1, -2]]));
  assign(neuron.bias!, tensor([1]));
  const z = neuron.forward(tensor([[1, -1]]));
  say(`x = (1, −1), w = (1, −2), b = 1:  z = 1·1 + (−2)(−1) + 1 = ${z.item()},  σ(z) = ${z.sigmoid().item().toFixed(6)}`);
  const score = tensor(0.3, { dtype: "float64", requiresGrad: true });
  binaryCrossEntropyWithLogits(score, tensor(1, { dtype: "float64" })).backward();
  const slope = score.grad!.item();
  say(`z = 0.3, t = 1:  the loss ln(1 + eᶻ) − tz has the slope σ(z) − t = ${slope.toFixed(7)}`);
  say(`z = 0 is a tie, σ(0) = ${tensor(0).sigmoid().item()}; here "more than one half" is class 1, so a tie is class 0`);
  return { neuron: [z.item(), z.sigmoid().item()], slope };
}

/** Two round clouds of points that overlap. */
function clouds({ points, seed }: OptionsOf<typeof options>): { x: Tensor; y: Tensor } {
  const random = new RandomState(seed);
  const classes = Array.from({ length: points }, (_, i) => (i < points / 2 ? 0 : 1));
  const rows = classes.map((label) => {
    const [a, b] = random.randn(2) as [number, number];
    return [a + (label === 1 ? 1.5 : 0), b + (label === 1 ? 1 : 0)];
  });
  return { x: tensor(rows, { dtype: "float64" }), y: tensor(classes.map((label) => [label]), { dtype: "float64" }) };
}

interface Descent {
  readonly losses: readonly number[];
  readonly weights: readonly number[];
  readonly accuracy: number;
}

function descend(x: Tensor, y: Tensor, { steps, lr }: OptionsOf<typeof options>): Descent {
  const model = new Linear(2, 1, { init: (shape) => zeros(shape, { dtype: "float64" }) });
  assign(model.bias!, zeros([1], { dtype: model.bias!.dtype }));
  const optimizer = new SGD(model.parameters(), { lr });
  const rows: (string | number)[][] = [];
  const losses: number[] = [];
  for (let step = 0; step <= steps; step++) {
    optimizer.zeroGrad();
    const loss = binaryCrossEntropyWithLogits(model.forward(x), y);
    losses.push(loss.item());
    if ([0, 1, 10, 100, steps].includes(step)) {
      const weights = [...model.bias!.toTypedArray(), ...model.weight.toTypedArray()];
      rows.push([step, loss.item().toFixed(6), vector(weights)]);
    }
    if (step === steps) break;
    loss.backward();
    optimizer.step();
  }
  table(["step", "loss", "(b, w₁, w₂)"], rows);
  const right = noGrad(() => model.forward(x)).greater(0).equal(y.greater(0.5)).to("float32").mean().item();
  say(`\n${(100 * right).toFixed(1)} % of the points lie on their side of the line b + w₁x₁ + w₂x₂ = 0`);
  const weights = [...model.bias!.toTypedArray(), ...model.weight.toTypedArray()];
  return { weights, losses, accuracy: right };
}

/** The loss is convex: a step that trusts its curvature lands at the minimum in a handful of steps. */
function newtonSteps(x: Tensor, y: Tensor): { weights: number[]; losses: number[] } {
  const ones = tensor(Array.from({ length: x.shape[0]! }, () => [1]), { dtype: "float64" });
  const design = [ones, x];
  const loss = (theta: Tensor): Tensor => {
    const score = design[0]!.mul(theta.slice([[0, 1]])).add(design[1]!.matmul(theta.slice([[1, 3]]).reshape([2, 1])));
    return binaryCrossEntropyWithLogits(score, y);
  };
  let theta = [0, 0, 0];
  const losses: number[] = [];
  const rows: (string | number)[][] = [];
  for (let step = 0; step <= 6; step++) {
    const at = tensor(theta, { dtype: "float64", requiresGrad: true });
    const value = loss(at);
    losses.push(value.item());
    rows.push([step, value.item().toFixed(10), vector(theta)]);
    value.backward();
    const move = solve(hessian(loss, at).toArray() as number[][], at.grad!.toArray() as number[]);
    theta = theta.map((weight, i) => weight - move[i]!);
  }
  table(["step", "loss", "(b, w₁, w₂)"], rows);
  return { weights: theta, losses };
}

/** Solves a small system of equations by elimination with pivots. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const sizes = rows.map((row, k) => (k < i ? -1 : Math.abs(row[i]!)));
    const pivot = sizes.indexOf(Math.max(...sizes));
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = rows[k]![i]! / rows[i]![i]!;
      rows[k] = rows[k]!.map((value, j) => value - factor * rows[i]![j]!);
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

/** The plane by probability; how fast both methods arrive; the loss along a chord, convex and not. */
export function pictures(result: LogisticResult): Pictures {
  const { newtonLosses, descentLosses, segments, points, accuracy } = result;
  const [b, w1, w2] = result.descent;
  const score = (x: Tensor): Tensor => x.matmul([[w1!], [w2!]]).add(b!);
  const least = newtonLosses.at(-1)!;
  const beyond = (losses: readonly number[]): { x: number[]; y: number[] } => {
    const steps = losses.map((_, step) => step).filter((step) => step < 20 || step % 20 === 0);
    return { x: steps, y: steps.map((step) => losses[step]! - least) };
  };
  const chord = (losses: Segment, title: string): Chart => {
    const [first, last] = [losses[0]!, losses.at(-1)!];
    const x = losses.map((_, i) => i / (losses.length - 1));
    return lineChart(
      { loss: losses, chord: x.map((t) => first + t * (last - first)) },
      { x, title, xTitle: "from one setting of the weights to another", yTitle: "loss (nats)", width: 300, height: 220 },
    );
  };
  return {
    sections: [
      {
        heading: "A line, and a probability on either side",
        text: "The stronger the colour, the surer the model. The clouds overlap; no line would have all points right.",
        chart: decisionBoundary(score, points, {
          show: "probability",
          width: 360,
          step: 0.06,
          title: `${(100 * accuracy).toFixed(1)} % of the points lie on their side of the line`,
        }),
      },
      {
        heading: "How fast both arrive",
        text: "Gradient descent takes the same share of the way in each step, Newton's method doubles its digits.",
        chart: lineChart(
          { "gradient descent": beyond(descentLosses.slice(0, 201)), "Newton's method": beyond(newtonLosses) },
          { xTitle: "step", yTitle: "loss above the least", logY: true, yRange: [1e-11, 1] },
        ),
      },
      {
        heading: "A chord of the loss",
        text: "Where a loss is convex, no chord runs below it. A network's loss has hills between its valleys.",
        chart: sideBySide([chord(segments[0], "Logistic regression"), chord(segments[1], "A 2-3-1 network")]),
      },
    ],
  };
}
