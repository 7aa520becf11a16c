/** Explosion: the article's gradients explode by a slip in its penalty, and lowering the rate only postpones it. */
import {
  type Line,
  SGD,
  type Tensor,
  assign,
  compile,
  histogram,
  lineChart,
  noGrad,
  sideBySide,
  square,
  tensor,
  zeros,
} from "gradkit";
import { legoWeights, signs } from "../support/lego";
import type { Pictures } from "../support/pictures";
import { say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  updates: { about: "updates of each short run at most", default: 11_000, rule: { integer: true, min: 100 } },
  long: { about: "the article's own runs, up to a million updates each (some minutes)", default: false },
});

/** How one run of the article's code went. */
export interface ExplosionRun {
  readonly name: string;
  readonly lr: number;
  /** The update after which the loss was no longer finite, or null. */
  readonly nonFinite: number | null;
  /** Update of the least loss, penalty included as the article plots it, and the first one above 1. */
  readonly least: { readonly update: number; readonly loss: number };
  readonly above: number | null;
  /** Losses before the first update and after the last one, without the penalty. */
  readonly losses: readonly [number, number];
  /** Shares of the rows trained on, and of all 300 points, read rightly at the end. */
  readonly accuracy: readonly [number, number];
  /** Some updates and the losses before them, penalty included. */
  readonly curve: { readonly updates: readonly number[]; readonly losses: readonly number[] };
  /** All weights: at the start, and when the loss first exceeds 1, or at the end where it never does. */
  readonly weights: { readonly start: readonly number[]; readonly late: readonly number[] };
}

interface Setting {
  readonly hidden: number;
  readonly rows: number;
  readonly lr: number;
  readonly lambda: number;
  /** The article's gradient adds the number λΣW² to every entry; the right one adds λW. */
  readonly penalty: "article" | "right";
}

/** What the chapter found. */
export interface ExplosionResult {
  /** ∂L/∂W₁[0][0] and ∂L/∂W₂[0][0] at λ = 0.1: by the article's code, and rightly. */
  readonly slip: Readonly<Record<Setting["penalty"], readonly [number, number]>>;
  readonly runs: readonly ExplosionRun[];
  /** What 50 steps of weight decay multiply a weight by when lr·λ is 2.1. */
  readonly decay: number;
}

const LONG: readonly (Setting & { readonly updates: number })[] = [
  { hidden: 3, rows: 50, lr: 0.003, lambda: 0, penalty: "right", updates: 1e6 },
  { hidden: 3, rows: 300, lr: 0.003, lambda: 0, penalty: "right", updates: 1e6 },
  { hidden: 50, rows: 50, lr: 0.003, lambda: 1e-4, penalty: "article", updates: 1e6 },
  { hidden: 50, rows: 300, lr: 0.006, lambda: 1e-4, penalty: "article", updates: 1e6 },
  { hidden: 50, rows: 300, lr: 0.003, lambda: 1e-4, penalty: "article", updates: 1e6 },
  { hidden: 50, rows: 50, lr: 0.003, lambda: 1e-4, penalty: "right", updates: 1e6 },
  { hidden: 50, rows: 50, lr: 0.003, lambda: 1e-6, penalty: "article", updates: 1e6 },
];

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<ExplosionResult> {
  const { updates, long } = withDefaults("explosion", options, given);
  section("The slip: a number in the place of a matrix");
  const slip = compareGradients();
  section("Half the rate, twice the updates: the same lr × updates");
  const short = { hidden: 50, rows: 300, lambda: 1e-3, penalty: "article" } as const;
  const settings: (Setting & { updates: number })[] = [
    { ...short, lr: 0.006, updates },
    { ...short, lr: 0.003, updates },
    { ...short, lr: 0.006, penalty: "right", updates: Math.round(updates / 2) },
  ];
  const runs = settings.map(run);
  show(runs);
  if (long) {
    section("The article's own runs");
    say(`${LONG.length} runs of up to a million updates each; some minutes\n`);
    const more = LONG.map(run);
    show(more);
    runs.push(...more);
  }
  section("Honest explosions: a weight is multiplied by 1 − lr·λ in each step");
  const decay = decayTooFast();
  return { slip, runs, decay };
}

type Stages = Readonly<Record<"loss" | "dW1" | "dW2" | "h2", Tensor>>;

/** The data gradients of a bias-free sigmoid network, as the article writes them, summed over the rows. */
function gradients(x: Tensor, y: Tensor, w1: Tensor, w2: Tensor): Stages {
  const h1 = x.matmul(w1).sigmoid();
  const h2 = h1.matmul(w2).sigmoid();
  const error = h2.sub(y);
  const dz2 = error.mul(h2).mul(h2.neg().add(1));
  const dz1 = dz2.matmul(w2.transpose()).mul(h1).mul(h1.neg().add(1));
  const loss = square(error).sum().div(2 * x.shape[0]!);
  return { loss, dW1: x.transpose().matmul(dz1), dW2: h1.transpose().matmul(dz2), h2 };
}

/** What the two penalties add to a gradient. */
const PENALTY = {
  article: (w: Tensor, lambda: number): Tensor => square(w).sum().mul(lambda), // a number, added to every entry
  right: (w: Tensor, lambda: number): Tensor => w.mul(lambda),
};

function compareGradients(): ExplosionResult["slip"] {
  const { w1, w2 } = legoWeights(3);
  const x = tensor(signs(1).points, { dtype: "float64" });
  const { dW1, dW2 } = gradients(x, tensor([[1, 0]], { dtype: "float64" }), w1, w2);
  const first = (w: Tensor): number => w.toTypedArray()[0]!;
  const at = (kind: Setting["penalty"]): [number, number] =>
    [first(dW1.add(PENALTY[kind](w1, 0.1))), first(dW2.add(PENALTY[kind](w2, 0.1)))];
  const slip = { article: at("article"), right: at("right") };
  table(
    ["penalty's part of the gradient, λ = 0.1", "dL/dW₁[0][0]", "dL/dW₂[0][0]"],
    [
      ["λΣW², one number for all entries (the article)", ...slip.article.map((value) => value.toFixed(7))],
      ["λW (right)", ...slip.right.map((value) => value.toFixed(7))],
    ],
  );
  return slip;
}

/** One update of both matrices; gives the loss before it, without and with the penalty. */
function oneUpdate(
  { x, y, w1, w2 }: Readonly<Record<"x" | "y" | "w1" | "w2", Tensor>>,
  { lr, lambda, penalty }: Pick<Setting, "lr" | "lambda" | "penalty">,
): [Tensor, Tensor] {
  const { loss, dW1, dW2 } = gradients(x, y, w1, w2);
  const squares = square(w1).sum().add(square(w2).sum());
  assign(w2, w2.sub(dW2.add(PENALTY[penalty](w2, lambda)).mul(lr)));
  assign(w1, w1.sub(dW1.add(PENALTY[penalty](w1, lambda)).mul(lr)));
  return [loss, loss.add(squares.mul(lambda / (2 * x.shape[0]!)))];
}

/** Trains until the loss is no longer finite, or the updates are used up. */
function run({ hidden, rows, lr, lambda, penalty, updates }: Setting & { updates: number }): ExplosionRun {
  const { points, labels } = signs(300);
  const hot = (some: readonly number[]): Tensor => tensor(some.map((label) => [1 - label, label]), { dtype: "float64" });
  const all = { x: tensor(points, { dtype: "float64" }), y: hot(labels) };
  const [x, y] = [tensor(points.slice(0, rows), { dtype: "float64" }), hot(labels.slice(0, rows))];
  const { w1, w2 } = legoWeights(hidden);
  const name = `${hidden} neurons, ${rows} rows, lr ${lr}, λ ${lambda}${lambda === 0 ? "" : `, ${penalty}`}`;
  const step = compile(() => noGrad(() => oneUpdate({ x, y, w1, w2 }, { lr, lambda, penalty })));
  const start = gradients(x, y, w1, w2).loss.item();
  let nonFinite: number | null = null;
  let above: number | null = null;
  let least = { update: 0, loss: Infinity };
  let loss = start;
  const every = Math.ceil(updates / 200);
  const curve = { updates: [] as number[], losses: [] as number[] };
  const flat = (): number[] => [w1, w2].flatMap((w) => Array.from(w.toTypedArray()));
  const weights = { start: flat(), late: [] as number[] };
  for (let update = 0; update < updates; update++) {
    if (update % 20_000 === 0 && updates > 20_000) progress(name, update, updates);
    const [bare, penalised] = step().map((value) => value.item()) as [number, number];
    loss = bare;
    if (penalised < least.loss) least = { update, loss: penalised };
    if (update % every === 0 || penalised > 1.2 * curve.losses.at(-1)!) {
      curve.updates.push(update);
      curve.losses.push(penalised);
    }
    if (above === null && penalised > 1) {
      above = update;
      weights.late = flat();
    }
    if (!Number.isFinite(penalised)) {
      nonFinite = update;
      break;
    }
  }
  const rate = (data: { x: Tensor; y: Tensor }): number => {
    const { h2 } = gradients(data.x, data.y, w1, w2);
    return h2.argmax({ axes: 1 }).equal(data.y.argmax({ axes: 1 })).to("float64").mean().item();
  };
  if (updates > 20_000) process.stderr.write("\n");
  if (above === null) weights.late = flat();
  const accuracy = [rate({ x, y }), rate(all)] as const;
  return { name, lr, nonFinite, above, least, losses: [start, loss], accuracy, curve, weights };
}

/** One line on the terminal that is written over as the run goes on. */
function progress(name: string, update: number, updates: number): void {
  process.stderr.write(`\r  ${name}: ${update.toLocaleString("en")} of ${updates.toLocaleString("en")} updates`);
}

function show(runs: readonly ExplosionRun[]): void {
  table(
    ["run", "first loss", "least loss, at", "last", "above 1 at", "not finite at", "lr × updates", "right (rows, all)"],
    runs.map(({ name, lr, nonFinite, above, losses, least, accuracy }) => [
      name,
      losses[0].toFixed(4),
      `${least.loss.toFixed(4)}, ${least.update.toLocaleString("en")}`,
      nonFinite === null ? losses[1].toFixed(4) : "",
      above === null ? "never" : above.toLocaleString("en"),
      nonFinite === null ? "never" : nonFinite.toLocaleString("en"),
      nonFinite === null ? "" : (nonFinite * lr).toFixed(1),
      nonFinite === null ? accuracy.map((value) => value.toFixed(3)).join(", ") : "",
    ]),
  );
}

function decayTooFast(): number {
  const w = tensor(1, { dtype: "float64", requiresGrad: true });
  const optimizer = new SGD([w], { lr: 2.1, weightDecay: 1 });
  for (let step = 0; step < 50; step++) {
    w.grad = zeros([], { dtype: "float64" });
    optimizer.step();
  }
  say(`lr·λ = 2.1 and no other gradient: after 50 steps a weight of 1 is ${w.item().toFixed(1)}`);
  return w.item();
}

/** The loss over updates and over lr × updates; where the weights go; what a weight is multiplied by. */
export function pictures({ runs }: ExplosionResult): Pictures {
  const [fast, slow, right] = runs as [ExplosionRun, ExplosionRun, ExplosionRun];
  const lines = (place: (update: number, lr: number) => number): Record<string, Line> =>
    Object.fromEntries(
      Object.entries({ "lr 0.006": fast, "lr 0.003": slow, "right gradient": right }).map(([name, { lr, curve }]) => [
        name,
        { x: curve.updates.map((update) => place(update, lr)), y: curve.losses },
      ]),
    );
  const axes = { logY: true, yRange: [0.1, 1000], yTitle: "loss with its penalty", width: 300, height: 230 } as const;
  const factors = [0.5, 1.9, 2.1];
  return {
    sections: [
      {
        heading: "Half the rate, twice the updates",
        text: "With the article's gradient the runs end at different updates, and at the same lr × updates. Nothing ends with the right one.",
        chart: sideBySide([
          lineChart(lines((update) => update), { ...axes, xTitle: "updates" }),
          lineChart(lines((update, lr) => lr * update), { ...axes, xTitle: "lr × updates" }),
        ]),
      },
      {
        heading: "Where the weights go",
        text: "The article's gradient carries the whole first layer away together, some hundred weights. With the right one all stay.",
        chart: histogram(
          {
            "at the start": fast.weights.start,
            [`after ${(fast.above ?? 0).toLocaleString("en")} updates`]: fast.weights.late,
            "right gradient, at the end": right.weights.late,
          },
          { bins: 20, xTitle: "weight", yTitle: "weights" },
        ),
      },
      {
        heading: "Honest explosions",
        text: "Weight decay alone: each step multiplies a weight by 1 − lr·λ. Beyond lr·λ = 2 it swings ever wider.",
        chart: lineChart(
          Object.fromEntries(
            factors.map((factor) => [`lr·λ = ${factor}`, Array.from({ length: 31 }, (_, step) => (1 - factor) ** step)]),
          ),
          { xTitle: "step", yTitle: "weight, 1 at the start" },
        ),
      },
    ],
  };
}
