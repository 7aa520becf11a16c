/** Stopping early: two curves that part, the rule that ends the run, and the weights it goes back to. */
import {
  Adam,
  type Chart,
  Dataset,
  type EpochRecord,
  Linear,
  type Module,
  ReLU,
  Sequential,
  accuracy,
  crossEntropy,
  decisionBoundary,
  evaluate,
  fit,
  lineChart,
  lossCurves,
  manualSeed,
  sideBySide,
  tensor,
} from "gradkit";
import { RandomState } from "../support/numpy";
import type { Pictures } from "../support/pictures";
import { plot, say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  hidden: { about: "hidden units", default: 128, rule: { integer: true, min: 1 } },
  epochs: { about: "passes at most", default: 120, rule: { integer: true, min: 1 } },
  patience: { about: "passes without improvement before the run ends", default: 10, rule: { integer: true, min: 1 } },
  seed: { about: "seed of points and start", default: 0, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the chapter found. */
export interface StoppingResult {
  /** Where each rule stops on the curve of the page, and which value it goes back to. */
  readonly rules: readonly { readonly name: string; readonly stop: number; readonly best: number }[];
  /** Losses and test accuracy with and without early stopping. */
  readonly full: StoppedRun;
  readonly early: StoppedRun;
  /** The rows that both learned from. */
  readonly seen: Dataset;
}

interface StoppedRun {
  readonly model: Module;
  readonly history: readonly EpochRecord[];
  readonly epochs: number;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export async function main(given: Partial<Settings> = {}): Promise<StoppingResult> {
  const settings = withDefaults("stopping", options, given);
  section("Three parts: to learn from, to choose by, to report");
  const parts = draw(settings);
  table(
    ["part", "rows", "what it is for"],
    [
      ["train", parts.train.length, "the weights"],
      ["validation", parts.validation.length, "when to stop, which model, which settings"],
      ["test", parts.test.length, "one number, once, at the end"],
    ],
  );

  section("Training to the end: the curves part");
  const run = await train(parts, settings, null);
  const { history } = run;
  plot(
    { "training loss": history.map(({ loss }) => loss), "validation loss": history.map((record) => record.validationLoss!) },
    { x: `${history.length} epochs`, log: true },
  );

  section("Stopping, and going back to the best weights");
  const early = await train(parts, settings, settings.patience);
  table(
    ["run", "epochs", "training loss", "validation loss", "test accuracy"],
    [["to the end", run], [`patience ${settings.patience}, best weights restored`, early]].map(([name, each]) => {
      const { epochs, train: loss, validation, test } = each as StoppedRun;
      return [name as string, epochs, loss.toFixed(4), validation.toFixed(4), `${(100 * test).toFixed(1)} %`];
    }),
  );

  section("What “rose n times” means: two rules on 1.0 .8 .7 .65 .66 .67 .70 .6, n = 3");
  const rules = compareRules([1, 0.8, 0.7, 0.65, 0.66, 0.67, 0.7, 0.6], 3);
  return { rules, full: run, early, seen: parts.train };
}

/** Noisy labels around a curved border: enough to learn, and enough to learn by heart. */
function draw({ seed }: Settings): Record<"train" | "validation" | "test", Dataset> {
  const random = new RandomState(seed);
  const x = Array.from({ length: 1200 }, () => random.randn(2));
  const y = x.map(([a, b]) => (b! > Math.sin(2 * a!) !== random.uniform() < 0.15 ? 1 : 0));
  return Dataset.from({ x: tensor(x), y: tensor(y) }).split({ train: 0.15, validation: 0.35, test: 0.5, seed });
}

async function train(
  parts: Record<"train" | "validation" | "test", Dataset>,
  { hidden, epochs, seed }: Settings,
  patience: number | null,
): Promise<StoppedRun> {
  manualSeed(seed);
  const inner: Module[] = [new ReLU(), new Linear(hidden, hidden), new ReLU()];
  const model = new Sequential(new Linear(2, hidden), ...inner, new Linear(hidden, 2));
  const { history } = await fit(model, parts.train, {
    loss: crossEntropy,
    optimizer: new Adam(model.parameters(), { lr: 0.005 }),
    epochs,
    batchSize: 20,
    validation: parts.validation,
    progress: false,
    ...(patience === null ? {} : { earlyStopping: { patience } }),
  });
  const loss = (data: Dataset): number => evaluate(model, data, { loss: crossEntropy }).loss!;
  const test = evaluate(model, parts.test, { metrics: { accuracy } }).accuracy!;
  return { model, history, epochs: history.length, train: loss(parts.train), validation: loss(parts.validation), test };
}

/** Both readings of the same sentence; indices count from 0, −1 is never. */
const RULES = {
  "n rises in a row": (losses: readonly number[], n: number): number =>
    losses.findIndex((_, i) => i >= n && losses.slice(i - n + 1, i + 1).every((loss, k) => loss > losses[i - n + k]!)),
  "n epochs without a new best": (losses: readonly number[], n: number): number =>
    losses.findIndex((_, i) => i - bestUpTo(losses, i) >= n),
};

function bestUpTo(losses: readonly number[], end: number): number {
  const seen = losses.slice(0, end + 1);
  return seen.indexOf(Math.min(...seen));
}

const WAVERING = [1, 0.8, 0.7, 0.72, 0.71, 0.73, 0.72, 0.74];

function compareRules(losses: readonly number[], n: number): StoppingResult["rules"] {
  const rules = Object.entries(RULES).map(([name, rule]) => {
    const stop = rule(losses, n);
    return { name, stop, best: losses[bestUpTo(losses, stop)]! };
  });
  table(["rule", "stops at index", "goes back to the loss"], rules.map(({ name, stop, best }) => [name, stop, best]));
  const stops = Object.values(RULES).map((rule) => rule(WAVERING, n));
  const told = stops.map((stop) => (stop < 0 ? "never stops" : `stops at index ${stop}`));
  say(`\non a curve that wavers, ${WAVERING.join(" ")}, the first rule ${told[0]}, the second ${told[1]}`);
  return rules;
}

/** The two losses as they part; the plane at the end, and as it was in time; two rules on one curve. */
export function pictures({ full, early, seen }: StoppingResult): Pictures {
  const validation = full.history.map((record) => record.validationLoss!);
  const best = validation.indexOf(Math.min(...validation));
  const plane = (name: string, { model, test }: StoppedRun): Chart => {
    const title = `${name}: ${(100 * test).toFixed(1)} % of the test rows right`;
    return decisionBoundary(model, seen, { title, width: 300, height: 260, labels: ["below", "above"], step: 0.05 });
  };
  const [, patience] = Object.values(RULES).map((rule) => rule(WAVERING, 3));
  return {
    sections: [
      {
        heading: "The curves part",
        text: `The loss on the rows that are learned from goes on falling; that on others is lowest after ${best + 1} epochs.`,
        chart: lossCurves(full.history, { width: 480, yTitle: "cross-entropy (nats)" }),
      },
      {
        heading: "The plane at the end, and in time",
        text: "The law is x₂ > sin 2x₁, with every seventh label wrong. Trained to the end, the border winds around single points.",
        chart: sideBySide([plane("At the end", full), plane("In time", early)]),
      },
      {
        heading: "A curve that wavers",
        text: "Three rises in a row never come. Three epochs without a new best do.",
        chart: lineChart(
          { "validation loss": WAVERING },
          {
            xTitle: "epoch",
            yTitle: "validation loss",
            points: [[2, WAVERING[2]!], [patience!, WAVERING[patience!]!]],
            labels: ["best", "three without a new best"],
          },
        ),
      },
    ],
  };
}
