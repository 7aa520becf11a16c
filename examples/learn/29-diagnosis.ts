/** Diagnosis: a look before training, and a verdict after it from the losses on seen and unseen rows. */
import {
  Adam,
  type Chart,
  type Curves,
  Dataset,
  Linear,
  type Module,
  ReLU,
  Sequential,
  Softmax,
  Tanh,
  checkModel,
  compile,
  crossEntropy,
  deadUnits,
  decisionBoundary,
  diagnose,
  evaluate,
  fit,
  lineChart,
  manualSeed,
  mse,
  multiStart,
  scatter,
  sideBySide,
  tensor,
} from "gradkit";
import { RandomState } from "../support/numpy";
import { say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  epochs: { about: "passes at most", default: 60, rule: { integer: true, min: 5 } },
  starts: { about: "random starts of each width", default: 20, rule: { integer: true, min: 2 } },
  seed: { about: "seed of points and starts", default: 0, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the chapter found. */
export interface DiagnosisResult {
  /** Verdicts on the pairs of losses of the page. */
  readonly verdicts: readonly string[];
  readonly runs: readonly Run[];
  /** Final losses of many starts: their middle, their ends and their spread, by width. */
  readonly spreads: readonly Spread[];
  /** What checkModel noticed in the broken model, by kind, and whether it was content with the mended one. */
  readonly noticed: readonly string[];
  readonly mended: boolean;
  readonly dead: readonly number[];
}

interface Spread {
  readonly hidden: number;
  readonly least: number;
  readonly median: number;
  readonly most: number;
  readonly deviation: number;
  readonly scores: readonly number[];
}

interface Run {
  readonly name: string;
  readonly train: number;
  readonly fresh: number;
  readonly verdict: string;
  readonly reason: string;
  readonly history: Curves;
  readonly model: Module;
  /** The rows it learned from. */
  readonly data: Dataset;
}

export async function main(given: Partial<Settings> = {}): Promise<DiagnosisResult> {
  const settings = withDefaults("diagnosis", options, given);
  section("Two losses, one verdict");
  const verdicts = judge();
  section("Four runs, four verdicts");
  const runs: Run[] = [];
  for (const way of WAYS) runs.push(await train(way, settings));
  table(
    ["run", "training loss", "validation loss", "verdict"],
    runs.map(({ name, train: seen, fresh, verdict }) => [name, seen.toFixed(3), fresh.toFixed(3), verdict]),
  );
  section("Was it luck? The same curve from many starts");
  const spreads = [2, 4, 8, 32].map((hidden) => startOften(hidden, settings));
  table(
    ["hidden units", "best", "median", "worst", "standard deviation"],
    spreads.map(({ hidden, least, median, most, deviation }) => {
      return [hidden, ...[least, median, most, deviation].map((value) => value.toFixed(4))];
    }),
  );
  section("A look before training: a model with three faults");
  const found = lookBefore(settings);
  return { verdicts, runs, spreads, ...found };
}

function judge(): string[] {
  const pairs = [[0.02, 0.5], [0.6, 0.62], [0.05, 0.07]] as const;
  const diagnoses = pairs.map(([loss, validationLoss]) => diagnose([{ loss, validationLoss }], { baseline: Math.LN2 }));
  table(
    ["training loss", "validation loss", "verdict"],
    pairs.map(([seen, fresh], i) => [seen, fresh, diagnoses[i]!.verdict]),
  );
  console.log();
  for (const { verdict, advice } of diagnoses) say(`${verdict}: ${advice}`);
  return diagnoses.map(({ verdict }) => verdict);
}

interface Way {
  readonly name: string;
  readonly rows: number;
  readonly lr: number;
  readonly make: () => Module;
}

const wide = (hidden: number): Sequential =>
  new Sequential(new Linear(2, hidden), new ReLU(), new Linear(hidden, hidden), new ReLU(), new Linear(hidden, 2));

const WAYS: readonly Way[] = [
  { name: "a line, 400 rows", rows: 400, lr: 0.003, make: () => new Linear(2, 2) },
  { name: "2 × 64 ReLUs, 40 rows", rows: 40, lr: 0.003, make: () => wide(64) },
  { name: "2 × 64 ReLUs, 2,000 rows", rows: 2000, lr: 0.003, make: () => wide(64) },
  { name: "2 × 64 ReLUs, 400 rows, rate 1e-5", rows: 400, lr: 1e-5, make: () => wide(64) },
];

/** A ring around a disc, with some labels turned: no line will do. */
function draw(rows: number, random: RandomState): Dataset {
  const x = Array.from({ length: rows }, () => random.randn(2));
  const y = x.map(([a, b]) => (a! ** 2 + b! ** 2 > 1.4 !== random.uniform() < 0.03 ? 1 : 0));
  return Dataset.from({ x: tensor(x), y: tensor(y) });
}

async function train({ name, rows, lr, make }: Way, { epochs, seed }: Settings): Promise<Run> {
  const random = new RandomState(seed);
  const validation = draw(1000, random);
  const data = draw(rows, random);
  manualSeed(seed);
  const model = make();
  const { history } = await fit(model, data, {
    loss: crossEntropy,
    optimizer: new Adam(model.parameters(), { lr }),
    epochs,
    batchSize: 20,
    validation,
    progress: false,
  });
  const { verdict, reason } = diagnose(history, { baseline: Math.LN2 });
  const loss = (part: Dataset): number => evaluate(model, part, { loss: crossEntropy }).loss!;
  return { name, train: loss(data), fresh: loss(validation), verdict, reason, history, model, data };
}

/** A curve of two waves, fitted from one start after another; where each run ends, by its loss. */
function startOften(hidden: number, { starts, seed }: Settings): Spread {
  const x = tensor(Array.from({ length: 60 }, (_, i) => [i / 30 - 1]));
  const y = x.mul(6).sin();
  const { scores } = multiStart(
    () => {
      const model = new Sequential(new Linear(1, hidden), new Tanh(), new Linear(hidden, 1));
      const optimizer = new Adam(model.parameters(), { lr: 0.03 });
      const update = compile(() => {
        optimizer.zeroGrad();
        const loss = mse(model.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss;
      });
      for (let step = 0; step < 600; step++) update();
      return mse(model.forward(x), y).item();
    },
    { starts, seed },
  );
  const sorted = Array.from(scores).sort((a, b) => a - b);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / starts;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / starts);
  const [least, median, most] = [sorted[0]!, sorted[starts >> 1]!, sorted[starts - 1]!];
  return { hidden, least, median, most, deviation, scores: sorted };
}

/** A softmax too many, units that are dead, an optimizer made too early; then the same without them. */
function lookBefore({ seed }: Settings): Pick<DiagnosisResult, "noticed" | "mended" | "dead"> {
  manualSeed(seed);
  const random = new RandomState(seed);
  const x = tensor(Array.from({ length: 200 }, () => random.randn(2)));
  const y = x.prod({ axes: 1 }).greater(0).to("int32");
  const broken = new Sequential(new Linear(2, 4), new ReLU(), new Linear(4, 2), new Softmax());
  const optimizer = new Adam(broken.parameters().slice(0, 2));
  broken.loadStateDict({ ...broken.stateDict(), "0.bias": tensor([-20, 0.5, -20, -20]) });
  const report = checkModel(broken, x, y, { loss: crossEntropy, optimizer });
  for (const { severity, layer, message, mend } of report.findings) {
    say(`${severity}${layer === null ? "" : `, ${layer}`}: ${message}`);
    say(`    ${mend}`);
  }
  const { dead, units } = deadUnits(broken, x)["1"]!;
  say(`\ndeadUnits: ${dead.length} of ${units} hidden units are 0 on every row: ${dead.join(", ")}`);
  const mended = new Sequential(new Linear(2, 4), new ReLU(), new Linear(4, 2));
  const after = checkModel(mended, x, y, { loss: crossEntropy, optimizer: new Adam(mended.parameters()) });
  say(`without them: ${after.toString().split("\n")[0]}`);
  return { noticed: report.findings.map(({ kind }) => kind), mended: after.ok, dead };
}

/** The curves and the planes of the four runs, and where many starts end. */
export function pictures({ runs, spreads }: DiagnosisResult): Pictures {
  const size = { width: 280, height: 170, yRange: [0, 0.8] as const, xTitle: "passes", yTitle: "loss" };
  const linesOf = (history: Curves): Record<string, { x: number[]; y: number[] }> => ({
    training: { x: history.map(({ epoch }) => epoch!), y: history.map(({ loss }) => loss!) },
    validation: { x: history.map(({ epoch }) => epoch!), y: history.map(({ validationLoss }) => validationLoss!) },
  });
  const each = (draw: (run: Run, title: string) => Chart): Chart =>
    sideBySide(runs.map((run) => draw(run, `${run.name}: ${run.verdict}`)), { columns: 2 });
  const points = spreads.flatMap(({ hidden, scores }) => scores.map((score) => [hidden, score]));
  return {
    sections: [
      {
        heading: "Four runs, four verdicts",
        text: "Two curves that stay high, two that part, two that fall together, and two that have hardly begun to fall.",
        chart: each(({ history }, title) => lineChart(linesOf(history), { title, ...size })),
      },
      {
        heading: "What each has learned of the ring around the disc",
        text: "Coloured is what the model says, the points are those that it learned from; some of their labels are wrong.",
        chart: each(({ model, data }, title) =>
          decisionBoundary(model, data.take(Math.min(200, data.length)), { title, width: 240, height: 240, labels: ["disc", "ring"] }),
        ),
      },
      {
        heading: "Many starts, by width",
        text: "Each point is a network at its end. Two units never arrive, four mostly, eight and more always.",
        chart: scatter(points, { logX: true, logY: true, xTitle: "hidden units", yTitle: "loss" }),
      },
    ],
  };
}
