/** Gaussian regression: squared error is a likelihood, and a network may learn how sure it is. */
import {
  Adam,
  Linear,
  Sequential,
  Tanh,
  type Tensor,
  compile,
  gaussianNll,
  lineChart,
  manualSeed,
  mse,
  noGrad,
  tensor,
} from "gradkit";
import { solve } from "../support/leastSquares";
import { RandomState } from "../support/numpy";
import type { Pictures } from "../support/pictures";
import { say, section, table, vector } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  points: { about: "points to learn from", default: 400, rule: { integer: true, min: 20 } },
  steps: { about: "full-batch steps of Adam", default: 1500, rule: { integer: true, min: 1 } },
  seed: { about: "seed of points and start", default: 0, rule: { integer: true, min: 0 } },
});

/** What the chapter found. */
export interface GaussianResult {
  /** Negative log-density of y = 1 under N(0, 1). */
  readonly nll: number;
  /** NLL with variance 1, less half the squared error: the same constant for every prediction. */
  readonly constants: readonly number[];
  /** Weights of a linear regression by descent and by the normal equations. */
  readonly descent: readonly number[];
  readonly normal: readonly number[];
  /** The predicted spread, and the true one, at several x. */
  readonly spreads: readonly { readonly x: number; readonly truth: number; readonly predicted: number }[];
  /** The points learned from, and the network's mean and spread at places from −2 to 2. */
  readonly points: readonly (readonly [number, number])[];
  readonly learned: Readonly<Record<"x" | "mean" | "spread", readonly number[]>>;
}

const exact = (values: number | number[] | number[][]): Tensor => tensor(values, { dtype: "float64" });

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<GaussianResult> {
  const settings = withDefaults("gaussian", options, given);
  section("Squared error is the likelihood of a bell curve");
  const nll = gaussianNll(exact([0]), exact([1]), { full: true }).item();
  say(`f = 0, y = 1, σ² = 1:  −log p(y) = ½(f − y)² + ½ log 2π = ${nll.toFixed(7)}\n`);
  const predictions = [-1, 0, 0.5, 2];
  const constants = predictions.map((f) => {
    const loss = gaussianNll(exact([f]), exact([1]), { full: true }).item();
    return loss - mse(exact([f]), exact([1]), { half: true }).item();
  });
  table(["f (y = 1, σ² = 1)", "NLL − ½(f − y)²"], predictions.map((f, i) => [f, constants[i]!.toFixed(6)]));

  section("Linear regression: descent finds what the normal equations give");
  const { descent, normal } = line(settings);
  section("A network that also says how sure it is");
  const { spreads, points, learned } = sureness(settings);
  return { nll, constants, descent, normal, spreads, points, learned };
}

function line({ seed }: OptionsOf<typeof options>): { descent: number[]; normal: number[] } {
  const random = new RandomState(seed);
  const x = Array.from({ length: 50 }, () => random.randn(2));
  const y = x.map(([a, b]) => [1 + 2 * a! - 3 * b! + 0.5 * random.normal()]);
  const design = exact(x.map((row) => [1, ...row]));
  const normal = Array.from(solve(design, exact(y.flat())).toTypedArray());
  const w = tensor([[0], [0], [0]], { dtype: "float64", requiresGrad: true });
  const optimizer = new Adam([w], { lr: 0.05 });
  const update = compile(() => {
    optimizer.zeroGrad();
    const loss = mse(design.matmul(w), exact(y));
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (let step = 0; step < 3000; step++) update();
  const descent = Array.from(w.toTypedArray());
  table(["y = 1 + 2x₁ − 3x₂ + noise", "(b, w₁, w₂)"], [["normal equations", vector(normal, 6)], ["3,000 steps of Adam", vector(descent, 6)]]);
  return { descent, normal };
}

/** The noise of the points at x. */
const spread = (x: number): number => 0.05 + 0.3 * Math.abs(x);

/** y = sin 2x with noise that grows with |x|; the network gives a mean and the logarithm of a variance. */
function sureness({ points, steps, seed }: OptionsOf<typeof options>): Pick<GaussianResult, "spreads" | "points" | "learned"> {
  const random = new RandomState(seed);
  const x = random.rand(points).map((u) => [4 * u - 2]);
  const y = x.map(([value]) => [Math.sin(2 * value!) + spread(value!) * random.normal()]);
  manualSeed(seed);
  const model = new Sequential(new Linear(1, 32), new Tanh(), new Linear(32, 32), new Tanh(), new Linear(32, 2));
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const [inputs, targets] = [tensor(x), tensor(y)];
  const update = compile(() => {
    optimizer.zeroGrad();
    const [mean, logVariance] = model.forward(inputs).split(1, { axis: 1 });
    const loss = gaussianNll(mean!, targets, { variance: logVariance!.exp() });
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (let step = 0; step < steps; step++) update();
  const at = [-1.8, -0.9, 0, 0.9, 1.8];
  const answer = (places: readonly number[]): number[][] =>
    noGrad(() => model.forward(tensor(places.map((value) => [value])))).toArray() as number[][];
  const found = answer(at);
  const spreads = at.map((value, i) => ({ x: value, truth: spread(value), predicted: Math.exp(found[i]![1]! / 2) }));
  table(
    ["x", "sin 2x", "predicted mean", "true spread", "predicted spread"],
    spreads.map(({ x: value, truth, predicted }, i) => [
      value,
      Math.sin(2 * value).toFixed(2),
      found[i]![0]!.toFixed(2),
      truth.toFixed(2),
      predicted.toFixed(2),
    ]),
  );
  const places = Array.from({ length: 81 }, (_, i) => -2 + i / 20);
  const all = answer(places);
  return {
    spreads,
    points: x.map(([value], i) => [value!, y[i]![0]!] as const),
    learned: { x: places, mean: all.map(([mean]) => mean!), spread: all.map(([, log]) => Math.exp(log! / 2)) },
  };
}

/** What the network believes and how surely; its spread against the true one; what being sure costs. */
export function pictures({ points, learned: { x, mean, spread: predicted } }: GaussianResult): Pictures {
  const errors = Array.from({ length: 81 }, (_, i) => (i - 40) / 10);
  const cost = (sigma: number): number[] =>
    errors.map((e) => gaussianNll(exact([e]), exact([0]), { variance: sigma ** 2, full: true }).item());
  return {
    sections: [
      {
        heading: "What the network believes, and how surely",
        text: "The mean, shaded one spread up and down, and every second point. It is sure in the middle, and rightly so.",
        chart: lineChart(
          { "sin 2x": x.map((value) => Math.sin(2 * value)), "predicted mean ± spread": mean },
          {
            x,
            points: points.filter((_, i) => i % 2 === 0).map((point) => [...point]),
            spread: { "predicted mean ± spread": predicted },
            xTitle: "x",
            yTitle: "y",
            width: 480,
            height: 300,
          },
        ),
      },
      {
        heading: "Its spread against the true one",
        text: "Nobody told it the noise; it found it in the size of its own errors.",
        chart: lineChart({ "true spread": x.map(spread), "predicted spread": predicted }, { x, xTitle: "x", yTitle: "σ" }),
      },
      {
        heading: "What it costs to be sure",
        text: "One who claims σ = 0.5 pays least for a small error and most for a large one. Every curve is a parabola.",
        chart: lineChart(
          { "σ = 0.5": cost(0.5), "σ = 1": cost(1), "σ = 2": cost(2) },
          { x: errors, yRange: [0, 12], xTitle: "error f − y", yTitle: "−log p(y) (nats)" },
        ),
      },
    ],
  };
}
