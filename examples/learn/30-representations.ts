/** Representations: what hidden units make of an input, and how likeness changes while a network learns. */
import {
  Adam,
  Linear,
  SGD,
  Sequential,
  Sigmoid,
  type Tensor,
  activations,
  compile,
  crossEntropy,
  lineChart,
  manualSeed,
  mse,
  networkChart,
  noGrad,
  normal,
  representationalSimilarity,
  sideBySide,
  svd,
  tensor,
  weightImages,
} from "gradkit";
import { plot, say, section, table, vector } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  steps: { about: "steps of Adam for XOR", default: 1500, rule: { integer: true, min: 1 } },
  lessons: { about: "steps of descent for the animals", default: 900, rule: { integer: true, min: 10 } },
  seed: { about: "seed of the starting weights", default: 1, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the chapter found. */
export interface RepresentationsResult {
  /** Hidden activations of the four corners, and how many corners end right. */
  readonly hidden: readonly (readonly number[])[];
  readonly right: number;
  /** The network of XOR. */
  readonly model: Sequential;
  /** Circles in the drawing of the network. */
  readonly circles: number;
  /** Singular values of the table of animals. */
  readonly strengths: readonly number[];
  /** Distance of each pair after every step. */
  readonly distances: Readonly<Record<string, readonly number[]>>;
  /** All distances at some steps, row by row. */
  readonly moments: Readonly<Record<string, readonly number[]>>;
  /** All distances at the end. */
  readonly matrix: readonly (readonly number[])[];
}

const CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]];
const LABELS = [0, 1, 1, 0];

/** Four beings and what is true of them: a tree of likeness, written as a table. */
const NAMES = ["canary", "robin", "salmon", "oak"];
const TRAITS: Readonly<Record<string, readonly number[]>> = {
  grows: [1, 1, 1, 1],
  moves: [1, 1, 1, 0],
  "has roots": [0, 0, 0, 1],
  flies: [1, 1, 0, 0],
  swims: [0, 0, 1, 0],
  sings: [1, 0, 0, 0],
  "has a red breast": [0, 1, 0, 0],
};

export async function main(given: Partial<Settings> = {}): Promise<RepresentationsResult> {
  const settings = withDefaults("representations", options, given);
  section("The corners of XOR, as three hidden units see them");
  const xor = lookInside(settings);
  section("Four beings and what is true of them");
  table(["", ...NAMES], Object.entries(TRAITS).map(([trait, row]) => [trait, ...row]));
  const target = tensor(Object.values(TRAITS)).transpose();
  const strengths = Array.from(svd(target).s.toTypedArray());
  say(`\nsingular values of the table: ${strengths.map((value) => value.toFixed(3)).join(", ")}`);
  section("How far apart the network holds them, step after step");
  const { distances, moments, matrix } = grow(target, settings);
  plot(distances, { x: `${settings.lessons} steps` });
  section("At the end: 1 − correlation of the hidden rows");
  table(["", ...NAMES], matrix.map((row, i) => [NAMES[i]!, ...row.map((value) => Math.abs(value).toFixed(2))]));
  return { ...xor, strengths, distances, moments, matrix };
}

function lookInside({ steps, seed }: Settings): Pick<RepresentationsResult, "hidden" | "right" | "model" | "circles"> {
  manualSeed(seed);
  const model = new Sequential(new Linear(2, 3), new Sigmoid(), new Linear(3, 2));
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
  const hidden = activations(model, x)["1"]!.toArray() as number[][];
  const scores = noGrad(() => model.forward(x).toArray() as number[][]);
  table(
    ["corner", "class", "hidden units", "score of 1 minus score of 0"],
    CORNERS.map((corner, i) => [`(${corner.join(", ")})`, LABELS[i]!, vector(hidden[i]!, 2), (scores[i]![1]! - scores[i]![0]!).toFixed(1)]),
  );
  const right = scores.filter(([a, b], i) => (b! > a! ? 1 : 0) === LABELS[i]).length;
  const layers = networkChart(model, [1, 0])["layer"] as readonly { readonly data: { readonly values: readonly unknown[] } }[];
  return { hidden, right, model, circles: layers[1]!.data.values.length };
}

/** A linear network with 16 hidden units, one-hot beings in, traits out; its distances after each step. */
function grow(target: Tensor, { lessons, seed }: Settings): Pick<RepresentationsResult, "distances" | "moments" | "matrix"> {
  manualSeed(seed);
  const small = { init: normal(0, 0.03), bias: false };
  const model = new Sequential(new Linear(4, 16, small), new Linear(16, 7, small));
  const beings = tensor([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]);
  const optimizer = new SGD(model.parameters(), { lr: 0.01 });
  const look = (): number[][] => representationalSimilarity(activations(model, beings)["0"]!).toArray() as number[][];
  const seen: number[][][] = [look()];
  for (let step = 0; step < lessons; step++) {
    optimizer.zeroGrad();
    mse(model.forward(beings), target, { reduction: "sum" }).mul(0.5).backward();
    optimizer.step();
    seen.push(look());
  }
  const pair = (i: number): number[] => seen.map((matrix) => matrix[0]![i]!);
  const distances = { "canary–oak": pair(3), "canary–salmon": pair(2), "canary–robin": pair(1) };
  const steps = [0, 0.1, 0.25, 0.5, 1].map((part) => Math.round(part * lessons));
  const moments = Object.fromEntries(steps.map((step) => [`step ${step}`, seen[step]!.flat()]));
  return { distances, moments, matrix: seen.at(-1)! };
}

/** Distances while the network learns, all of them at some moments, and the network of XOR with its numbers. */
export function pictures({ distances, moments, model }: RepresentationsResult): Pictures {
  const thinned = Object.entries(distances).map(([name, values]) => {
    const x = values.map((_, step) => step).filter((step) => step % Math.ceil(values.length / 180) === 0);
    return [name, { x, y: x.map((step) => values[step]!) }];
  });
  const corners = CORNERS.slice(1, 4).map((corner, i) => {
    return networkChart(model, corner, { title: `(${corner.join(", ")}), class ${LABELS[i + 1]}`, width: 230, height: 200 });
  });
  return {
    sections: [
      {
        heading: "From no order to all alike, and apart again",
        text: "First all move together, for all of them grow. Then oak and salmon part from the birds, and last the two birds.",
        chart: lineChart(Object.fromEntries(thinned), { width: 520, xTitle: "step", yTitle: "1 − correlation of the hidden rows" }),
      },
      {
        heading: "All pairs, from step to step",
        text: `Rows and columns: ${NAMES.join(", ")}. Blank is alike, orange is unlike.`,
        chart: weightImages(Object.values(moments).map((row) => [...row]), {
          labels: Object.keys(moments),
          columns: 5,
          colorTitle: "1 − correlation",
        }),
      },
      {
        heading: "The network that learned XOR",
        text: "Three corners pass through it. Both corners of class 1 look almost the same to the hidden units.",
        chart: sideBySide(corners),
      },
    ],
  };
}
