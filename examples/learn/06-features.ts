/** Feature transformations: XOR by distances drawn by hand, by two logistic units, and by units that learn. */
import {
  Adam,
  type Chart,
  Linear,
  type Module,
  Sequential,
  Sigmoid,
  type Tensor,
  type TensorLike,
  assign,
  compile,
  crossEntropy,
  decisionBoundary,
  manualSeed,
  networkChart,
  noGrad,
  sideBySide,
  stack,
  tensor,
} from "gradkit";
import type { Pictures } from "../support/pictures";
import { say, section, table, vector } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  starts: { about: "random starts of each network on the corners", default: 20, rule: { integer: true, min: 1 } },
  steps: { about: "steps of Adam for each", default: 1000, rule: { integer: true, min: 1 } },
});

/** What the chapter found. */
export interface FeaturesResult {
  /** The corners after the hand-made map, and after Lee's two units. */
  readonly distances: readonly (readonly number[])[];
  readonly units: readonly (readonly number[])[];
  /** Most corners that a linear classifier got right. */
  readonly linear: number;
  /** Share of random starts that solved all four corners, by hidden units. */
  readonly solved: Readonly<Record<number, number>>;
  /** What one start came to; one that ended with fewer than four corners, if there was one, and one with all. */
  readonly learned: readonly Learned[];
  /** Activations of Lee's 2-2-2-2 network, layer by layer, for (1, −1) and (0, 0). */
  readonly lee: readonly (readonly (readonly number[])[])[];
}

interface Learned {
  readonly hidden: number | null;
  readonly model: Module;
  readonly right: number;
}

const CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]];
const LABELS = [0, 1, 1, 0];

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<FeaturesResult> {
  const { starts, steps } = withDefaults("features", options, given);
  section("No line separates the corners");
  const linear = bestLine();
  say(`of all lines tried, in 360 directions, the best gets ${linear} of 4 corners right`);
  say(`trained by cross-entropy, a linear classifier ends at weights 0, p = ½ everywhere: ${solve(null, steps, 0).right} of 4`);

  section("Features made by hand: distance to (0,0), distance to (1,1)");
  const corners = tensor(CORNERS, { dtype: "float64" });
  const [near, far] = [[0, 0], [1, 1]].map((place) => corners.sub(place).norm({ axes: 1 })) as [Tensor, Tensor];
  const distances = stack([near, far], { axis: 1 }).toArray() as number[][];
  cut(distances, 1.7);

  section("Features from two logistic units: u = σ(−2x₁+2x₂−1), v = σ(2x₁−2x₂−1)");
  const units = logistic(CORNERS, [[-2, 2], [2, -2]], [-1, -1]).a.toArray() as number[][];
  cut(units, 0.66);

  section("Features that are learned");
  const solved: Record<number, number> = {};
  const found: Learned[] = [];
  for (const width of [2, 3, 8]) {
    const ends = Array.from({ length: starts }, (_, seed) => solve(width, steps, seed));
    solved[width] = ends.filter(({ right }) => right === 4).length / starts;
    found.push(...ends);
  }
  const learned = [found.find(({ right }) => right < 4), found.findLast(({ right }) => right === 4)].filter(
    (end) => end !== undefined,
  );
  table(["hidden units", "starts that end with 4 of 4"], Object.entries(solved).map(([h, s]) => [h, `${Math.round(100 * s)} %`]));

  section("Lee's 2-2-2-2 network, forward");
  const lee = [[1, -1], [0, 0]].map((input) => forwardLee(input));
  return { distances, units, linear, solved, learned, lee };
}

/** Most corners on their right side of a line a·x₁ + b·x₂ = c, by trying directions and places. */
function bestLine(): number {
  let best = 0;
  for (let degree = 0; degree < 360; degree++) {
    const angle = (degree * Math.PI) / 180;
    const scores = CORNERS.map(([x1, x2]) => Math.cos(angle) * x1! + Math.sin(angle) * x2!);
    for (let cut = -1.5; cut <= 1.5; cut += 0.1) {
      best = Math.max(best, scores.filter((score, i) => (score > cut ? 1 : 0) === LABELS[i]).length);
    }
  }
  return best;
}

/** Shows where the corners went and that their sum now tells the classes apart. */
function cut(images: readonly (readonly number[])[], threshold: number): void {
  const rows = images.map((image, i) => {
    const sum = image[0]! + image[1]!;
    return [`(${CORNERS[i]!.join(", ")})`, LABELS[i]!, vector(image, 3), sum.toFixed(3), sum > threshold ? "above" : "below"];
  });
  table(["corner", "class", "(u, v)", "u + v", `against ${threshold}`], rows);
}

/** The activations of a layer of logistic units, one row of weights per unit, in float64. */
function logistic(x: TensorLike, weights: number[][], bias: number[]): { z: Tensor; a: Tensor } {
  const z = tensor(x, { dtype: "float64" }).linear(weights, bias);
  return { z, a: z.sigmoid() };
}

/** Trains on the corners from one random start and counts those that end right. */
function solve(hidden: number | null, steps: number, seed: number): Learned {
  manualSeed(seed);
  const model: Module =
    hidden === null ? new Linear(2, 2) : new Sequential(new Linear(2, hidden), new Sigmoid(), new Linear(hidden, 2));
  const [x, y] = [tensor(CORNERS), tensor(LABELS)];
  const optimizer = new Adam(model.parameters(), { lr: 0.05 });
  const update = compile(() => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (let step = 0; step < steps; step++) update();
  const predicted = noGrad(() => model.forward(x)).argmax({ axes: 1 });
  return { hidden, model, right: predicted.equal(y).to("int32").sum().item() };
}

const LEE = [
  { weights: [[1, -2], [-1, 1]], bias: [1, 0] },
  { weights: [[2, -1], [-2, -1]], bias: [0, 0] },
  { weights: [[3, -1], [-1, 4]], bias: [-2, 2] },
];

/** Three sigmoid layers with the weights of the slides; gives the activations of each. */
function forwardLee(input: number[]): number[][] {
  let activation = [input];
  const rows: (string | number)[][] = [];
  const activations = LEE.map(({ weights, bias }, i) => {
    const { z, a } = logistic(activation, weights, bias);
    activation = a.toArray() as number[][];
    rows.push([i + 1, vector(z.toTypedArray(), 6), vector(activation[0]!, 6), vector(activation[0]!, 2)]);
    return activation[0]!;
  });
  say(`input ${vector(input, 0)}`);
  table(["layer", "z", "a = σ(z)", "rounded"], rows);
  console.log();
  return activations;
}

/** The corners before and after both maps; planes that were learned; Lee's network with its numbers. */
export function pictures({ distances, units, learned }: FeaturesResult): Pictures {
  const size = { width: 230, height: 230, margin: 0.25, step: 0.02 };
  const plane = (x: TensorLike, cut: number, title: string, names: readonly [string, string]): Chart =>
    decisionBoundary((points) => points.sum({ axes: 1 }).sub(cut), { x, y: LABELS }, {
      ...size, title, xTitle: names[0], yTitle: names[1],
    });
  const planes = learned.map(({ hidden, model, right }) =>
    decisionBoundary(model, { x: CORNERS, y: LABELS }, {
      ...size, margin: 0.5, show: "probability", title: `${hidden} hidden units: ${right} of 4`,
    }),
  );
  return {
    sections: [
      {
        heading: "The same four corners, seen three ways",
        text: "No line has all four right, until they are moved. Two corners fall on one place in each new plane.",
        chart: sideBySide([
          plane(CORNERS, 0.5, "Given: at most 3 of 4", ["x₁", "x₂"]),
          plane(distances, 1.7, "Distances: 4 of 4", ["distance to (0, 0)", "distance to (1, 1)"]),
          plane(units, 0.66, "Two units: 4 of 4", ["u", "v"]),
        ]),
      },
      {
        heading: "Features that are learned",
        text: "The plane as networks with a hidden layer divide it, from a start that failed and from one that did not.",
        chart: sideBySide(planes),
      },
      {
        heading: "Lee's 2-2-2-2 network",
        text: "The input (1, −1) on its way: weights on the lines, activations in the circles. The biases are not drawn.",
        chart: networkChart(lee(), [1, -1], { weights: true }),
      },
    ],
  };
}

/** Lee's layers as a model. */
function lee(): Sequential {
  const layers = LEE.map(({ weights, bias }) => {
    const layer = new Linear(2, 2);
    assign(layer.weight, tensor(weights));
    assign(layer.bias!, tensor(bias));
    return layer;
  });
  return new Sequential(...layers.flatMap((layer) => [layer, new Sigmoid()]));
}
