/** Penalties: L2 shrinks, L1 cuts to zero, and both are priors in the posterior. */
import {
  Linear,
  SGD,
  type Tensor,
  assign,
  crossEntropy,
  l1Penalty,
  l2Penalty,
  lineChart,
  manualSeed,
  noGrad,
  sideBySide,
  tensor,
} from "gradkit";
import type { Pictures } from "../support/pictures";
import { plot, say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  steps: { about: "steps of gradient descent", default: 400, rule: { integer: true, min: 1 } },
});

/** What the chapter found. */
export interface PenaltiesResult {
  /** Minima of ½(θ − a)² plus 0.3θ² at a = 1, plus 0.3|θ| at a = 1 and a = 0.2 by proximal steps. */
  readonly ridge: number;
  readonly lasso: readonly [number, number];
  /** The last values of θ under plain descent on ½(θ − 0.2)² + 0.3|θ|. */
  readonly swinging: readonly number[];
  /** θ after each step on that objective, by plain descent and by proximal steps. */
  readonly ways: { readonly plain: readonly number[]; readonly proximal: readonly number[] };
  /** Penalised loss minus posterior at several weights: always the same number. */
  readonly differences: readonly number[];
  /** λΣw² of a layer given as a model, and as all its parameters. */
  readonly counted: readonly [number, number];
  /** A weight after one SGD step by the penalty in the loss, by weightDecay 2λ, by the article's λ/2N. */
  readonly conversions: readonly number[];
}

const exact = (values: number | number[][], requiresGrad = true): Tensor => tensor(values, { dtype: "float64", requiresGrad });

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<PenaltiesResult> {
  const { steps } = withDefaults("penalties", options, given);
  section("One weight: ½(θ − a)² with a penalty of strength 0.3");
  const ridge = minimise(1, (theta) => l2Penalty(theta, 0.3), steps).at(-1)!;
  const stopping = proximal(0.2, 0.3, steps);
  const lasso = [proximal(1, 0.3, steps).at(-1)!, stopping.at(-1)!] as const;
  const swinging = minimise(0.2, (theta) => l1Penalty(theta, 0.3), steps);
  table(
    ["objective", "method", "θ"],
    [
      ["½(θ − 1)² + 0.3θ²", "gradient descent", ridge.toFixed(6)],
      ["½(θ − 1)² + 0.3|θ|", "proximal steps", lasso[0].toFixed(6)],
      ["½(θ − 0.2)² + 0.3|θ|", "proximal steps", lasso[1].toFixed(6)],
      ["½(θ − 0.2)² + 0.3|θ|", "gradient descent", swinging.slice(-4).map((value) => value.toFixed(3)).join(", ")],
    ],
  );
  console.log();
  const grid = Array.from({ length: 121 }, (_, i) => -0.4 + i / 80);
  plot(
    {
      "½(θ − 0.2)²": grid.map((x) => 0.5 * (x - 0.2) ** 2),
      "+ 0.3θ²": grid.map((x) => 0.5 * (x - 0.2) ** 2 + 0.3 * x * x),
      "+ 0.3|θ|": grid.map((x) => 0.5 * (x - 0.2) ** 2 + 0.3 * Math.abs(x)),
    },
    { x: "θ from −0.4 to 1.1" },
  );

  section("The posterior is the loss plus a penalty");
  const differences = posterior();
  section("Which weights count, and three ways to say the same strength");
  const counted = biases();
  const conversions = strengths();
  const ways = { plain: swinging, proximal: stopping };
  return { ridge, lasso, swinging: swinging.slice(-4), ways, differences, counted, conversions };
}

/** Plain gradient descent of rate 0.1 from 1; the path of θ. */
function minimise(a: number, penalty: (theta: Tensor) => Tensor, steps: number): number[] {
  const theta = exact(1);
  const optimizer = new SGD([theta], { lr: 0.1 });
  return Array.from({ length: steps }, () => {
    optimizer.zeroGrad();
    theta.sub(a).square().mul(0.5).add(penalty(theta)).backward();
    optimizer.step();
    return theta.item();
  });
}

/** A step along the smooth part, then the exact minimum of the penalty: move towards 0 by lr·λ, and stop there. */
function proximal(a: number, lambda: number, steps: number): number[] {
  const lr = 0.1;
  const theta = exact(1);
  return Array.from({ length: steps }, () => {
    theta.grad = null;
    theta.sub(a).square().mul(0.5).backward();
    const moved = theta.detach().sub(theta.grad!.mul(lr));
    assign(theta, moved.sign().mul(moved.abs().sub(lr * lambda).relu()));
    return theta.item();
  });
}

/** −Σ log p(y|x) − log p(θ) with a normal prior of variance σ², against cross-entropy + λΣθ², λ = 1/(2σ²). */
function posterior(): number[] {
  const sigma = 2;
  const lambda = 1 / (2 * sigma ** 2);
  const x = exact([[1, 2], [-1, 0.5], [0, -2]], false);
  const labels = [0, 1, 1];
  const rows = [0, 1, 2].map((seed) => {
    manualSeed(seed);
    const w = exact(new Linear(2, 2).weight.toArray() as number[][]);
    const scores = x.linear(w);
    const penalised = crossEntropy(scores, labels, { reduction: "sum" }).add(l2Penalty(w, lambda)).item();
    const logLikelihood = scores.logSoftmax({ axis: 1 }).mul([[1, 0], [0, 1], [0, 1]]).sum().item();
    const logPrior = (w.toArray() as number[][]).flat()
      .reduce((sum, value) => sum - value ** 2 / (2 * sigma ** 2) - Math.log(sigma * Math.sqrt(2 * Math.PI)), 0);
    return [penalised, -logLikelihood - logPrior] as const;
  });
  table(
    [`random weights, σ = ${sigma}, λ = ${lambda}`, "loss + penalty", "−log posterior", "difference"],
    rows.map(([penalised, minusLog], seed) => {
      return [seed + 1, ...[penalised, minusLog, minusLog - penalised].map((value) => value.toFixed(6))];
    }),
  );
  return rows.map(([penalised, minusLog]) => minusLog - penalised);
}

function biases(): readonly [number, number] {
  const layer = new Linear(2, 1);
  assign(layer.weight, tensor([[1, 2]]));
  assign(layer.bias!, tensor([3]));
  const counted = [l2Penalty(layer, 0.1).item(), l2Penalty(layer.parameters(), 0.1).item()] as const;
  say(`w = (1, 2), b = 3, λ = 0.1:  l2Penalty(model) = ${counted[0].toFixed(1)}, l2Penalty(model.parameters()) = ${counted[1].toFixed(1)}`);
  return counted;
}

function strengths(): number[] {
  const [lambda, rows] = [0.05, 4];
  const after = (weightDecay: number, penalty: ((w: Tensor) => Tensor) | null): number => {
    const w = exact(2);
    const optimizer = new SGD([w], { lr: 0.1, weightDecay });
    (penalty === null ? w.mul(0) : penalty(w)).backward();
    optimizer.step();
    return noGrad(() => w.item());
  };
  const conversions = [
    after(0, (w) => l2Penalty(w, lambda)),
    after(2 * lambda, null),
    after(0, (w) => w.square().sum().mul((2 * lambda * rows) / (2 * rows))),
  ];
  const names = [`l2Penalty(w, ${lambda})`, `weightDecay: ${2 * lambda}`, `(λ/2N)Σw² with λ = ${2 * lambda * rows}, N = ${rows}`];
  console.log();
  table(["w = 2 after a step of rate 0.1", "w"], names.map((name, i) => [name, conversions[i]!.toFixed(4)]));
  return conversions;
}

/** Where weights end as the penalty grows; the objective with either penalty; plain descent that swings around 0. */
export function pictures({ ways }: PenaltiesResult): Pictures {
  const theta = Array.from({ length: 101 }, (_, i) => -0.4 + i / 100);
  const objective = (penalty: (x: number) => number): number[] => theta.map((x) => 0.5 * (x - 0.2) ** 2 + penalty(x));
  const size = { width: 300, height: 230 };
  return {
    sections: [
      {
        heading: "Weights as the penalty grows",
        text: "L2 divides all weights by the same number and brings none to 0. L1 takes the same from each, until it is 0.",
        chart: sideBySide([
          lineChart(ends((a, lambda) => minimise(a, (w) => l2Penalty(w, lambda), 100).at(-1)!), {
            ...size, x: STRENGTHS, xTitle: "strength λ of λθ²", yTitle: "θ at the minimum", title: "L2: smaller, never zero",
          }),
          lineChart(ends((a, lambda) => proximal(a, lambda, 100).at(-1)!), {
            ...size, x: STRENGTHS, xTitle: "strength λ of λ|θ|", yTitle: "θ at the minimum", title: "L1: one after the other to zero",
          }),
        ]),
      },
      {
        heading: "One weight under two penalties",
        text: "L2 moves the lowest place towards 0, L1 right into it: its corner holds the weight there.",
        chart: lineChart(
          { "½(θ − 0.2)²": objective(() => 0), "+ 0.3θ²": objective((x) => 0.3 * x * x), "+ 0.3|θ|": objective((x) => 0.3 * Math.abs(x)) },
          {
            x: theta,
            points: [[0.2, 0], [0.125, 0.0075], [0, 0.02]],
            xTitle: "θ",
            yTitle: "objective",
            title: "The lowest places: 0.2, then 0.125, then 0",
          },
        ),
      },
      {
        heading: "Why plain descent misses L1's zero",
        text: "The slope jumps at 0, so that plain descent swings around it; a proximal step stops there.",
        chart: lineChart(
          { "gradient descent": ways.plain.slice(0, 80), "proximal steps": ways.proximal.slice(0, 80) },
          { xTitle: "step", yTitle: "θ for ½(θ − 0.2)² + 0.3|θ|" },
        ),
      },
    ],
  };
}

const STRENGTHS = Array.from({ length: 23 }, (_, i) => i / 20);

/** Where ½(θ − a)² with a penalty has its minimum, at each strength, for three a. */
function ends(minimum: (a: number, lambda: number) => number): Record<string, number[]> {
  return Object.fromEntries([1, 0.6, 0.2].map((a) => [`a = ${a}`, STRENGTHS.map((lambda) => minimum(a, lambda))]));
}
