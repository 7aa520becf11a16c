/** Pictures: two losses on one axis, the plane as a model divides it, and training as a film, in text and as HTML. */
import {
  Adam,
  type Chart,
  Linear,
  type Module,
  Sequential,
  Tanh,
  type Tensor,
  accuracy,
  compile,
  crossEntropy,
  decisionBoundary,
  lossCurves,
  manualSeed,
  noGrad,
  sideBySide,
  tensor,
  triptych,
} from "gradkit";
import { RandomState } from "../support/numpy";
import { plot, say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  steps: { about: "updates of each model", default: 600, rule: { integer: true, min: 1 } },
  every: { about: "updates from one frame of the film to the next", default: 10, rule: { integer: true, min: 1 } },
  hidden: { about: "hidden units of the network", default: 24, rule: { integer: true, min: 1 } },
});

type Settings = OptionsOf<typeof options>;

interface Points {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** One row of a history. */
type Frame = Readonly<Record<"step" | "loss" | "accuracy" | "validationLoss" | "validationAccuracy", number>>;

interface Film {
  readonly name: string;
  readonly model: Module;
  readonly history: readonly Frame[];
  readonly frames: readonly Chart[];
}

/** What the chapter found. */
export interface PicturesResult {
  /** The class of each place of the plane, top row first, by model. */
  readonly planes: readonly (readonly (readonly number[])[])[];
  /** Largest distance of the linear model's boundary from a straight line. */
  readonly bend: number;
  /** The films themselves: the line's, and the network's. */
  readonly films: readonly Film[];
  readonly train: Points;
}

const LABELS = ["same sign", "signs differ"];

export async function main(given: Partial<Settings> = {}): Promise<PicturesResult> {
  const settings = withDefaults("pictures", options, given);
  const [train, validation] = [points(2, 80), points(1, 400)];
  const { hidden, steps } = settings;
  const line = (): Module => new Linear(2, 2);
  const network = (): Module =>
    new Sequential(new Linear(2, hidden), new Tanh(), new Linear(hidden, hidden), new Tanh(), new Linear(hidden, 2));
  const films = [
    record("a linear model", line, train, validation, settings),
    record("a network", network, train, validation, settings),
  ];
  for (const { name, history } of films) {
    section(`Two losses on one axis: ${name}`);
    plot(
      { training: history.map(({ loss }) => loss), validation: history.map(({ validationLoss }) => validationLoss) },
      { height: 10, x: `${steps} updates` },
    );
  }
  section("The plane, as the two divide it");
  const planes = films.map(({ model }) => plane(model));
  const rows = planes[0]!.map((_, i) => planes.map((each) => each[i]!.map((c) => (c === 1 ? "█" : "·")).join("")).join("   "));
  say(rows.join("\n"));
  const bend = bendOf(films[0]!.model);
  say(`\nhow far the border of the linear model is from a straight line: ${bend < 1e-4 ? "less than 0.0001" : bend}`);
  section("Some frames of the film");
  frameTable(films[1]!);
  return { planes, bend, films, train };
}

/** XOR of signs: class 1 where just one of both coordinates is above 0; every tenth label or so is wrong. */
function points(seed: number, count: number): Points {
  const random = new RandomState(seed);
  const x = Array.from({ length: count }, () => random.randn(2));
  const y = x.map(([a, b]) => ((a! > 0) !== (b! > 0) !== random.uniform() < 0.1 ? 1 : 0));
  return { x: tensor(x), y: tensor(y) };
}

/** Trains, and keeps a row of the history and a frame of the film every so many updates. */
function record(name: string, make: () => Module, train: Points, validation: Points, { steps, every }: Settings): Film {
  manualSeed(0);
  const model = make();
  const optimizer = new Adam(model.parameters(), { lr: 0.02 });
  const update = compile(() => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(train.x), train.y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const measure = ({ x, y }: Points): readonly [loss: number, right: number] =>
    noGrad(() => {
      const scores = model.forward(x);
      return [crossEntropy(scores, y).item(), accuracy(scores, y)];
    });
  const history: Frame[] = [];
  const frames: Chart[] = [];
  for (let step = 0; step <= steps; step++) {
    if (step % every === 0) {
      const [loss, right] = measure(train);
      const [validationLoss, validationAccuracy] = measure(validation);
      history.push({ step, loss, accuracy: right, validationLoss, validationAccuracy });
      const title = `After ${step} updates`;
      frames.push(triptych(history, model, train, { until: steps, lossUpTo: 3, step: 0.08, title, labels: LABELS }));
    }
    if (step < steps) update();
  }
  return { name, model, history, frames };
}

/** The class of 33 × 13 places between −2.5 and 2.5, the top row first. */
function plane(model: Module): number[][] {
  const at = (i: number, count: number): number => -2.5 + (5 * i) / (count - 1);
  const places = Array.from({ length: 13 * 33 }, (_, n) => [at(n % 33, 33), -at(Math.floor(n / 33), 13)]);
  const classes = Array.from(noGrad(() => model.forward(tensor(places))).argmax({ axes: 1 }).toTypedArray());
  return Array.from({ length: 13 }, (_, row) => classes.slice(33 * row, 33 * row + 33));
}

/** Finds the border on 21 lines by halving, and measures its points against the line through the outermost two. */
function bendOf(model: Module): number {
  const margin = (point: readonly number[]): number => {
    const [first, second] = noGrad(() => model.forward(tensor([[...point]]))).toTypedArray();
    return second! - first!;
  };
  const slope = [0, 1].map((axis) => margin(axis === 0 ? [1, 0] : [0, 1]) - margin([0, 0]));
  const steep = Math.abs(slope[1]!) > Math.abs(slope[0]!); // along which axis to look for the border
  const found = Array.from({ length: 21 }, (_, i) => {
    const across = -2 + i / 5;
    let [low, high] = [-100, 100];
    const value = (along: number): number => margin(steep ? [across, along] : [along, across]);
    const rising = value(high) > value(low);
    for (let n = 0; n < 40; n++) {
      const middle = (low + high) / 2;
      if (value(middle) > 0 === rising) high = middle;
      else low = middle;
    }
    return low;
  });
  const [start, end] = [found[0]!, found.at(-1)!];
  return Math.max(...found.map((along, i) => Math.abs(along - (start + ((end - start) * i) / 20))));
}

function frameTable({ history, frames }: Film): void {
  const chosen = [0, 0.05, 0.1, 0.2, 0.5, 1].map((part) => history[Math.round(part * (history.length - 1))]!);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  table(
    [`of ${frames.length} frames, updates`, "loss", "right", "validation loss", "right"],
    chosen.map((frame) => [
      frame.step,
      frame.loss.toFixed(3),
      percent(frame.accuracy),
      frame.validationLoss.toFixed(3),
      percent(frame.validationAccuracy),
    ]),
  );
}

/** The film's last frame, then curves and plane of each model; the film of the network. */
export function pictures({ films, train }: PicturesResult): Pictures {
  const size = { width: 300, height: 260 };
  const { frames } = films.at(-1)!;
  const each = films.map(({ name, model, history }) => ({
    heading: `${name[0]!.toUpperCase()}${name.slice(1)}`,
    text: "Left: the loss on the points it learns from, and on others. Right: how it divides the plane.",
    chart: sideBySide([
      lossCurves(history, size),
      decisionBoundary(model, train, { ...size, show: "probability", labels: LABELS }),
    ]),
  }));
  return {
    sections: [{ heading: "The network at the end of the film", chart: frames.at(-1)! }, ...each],
    film: { title: "A network learns XOR of signs", frames, interval: 150 },
  };
}
