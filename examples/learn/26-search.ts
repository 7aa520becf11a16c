/** Search: four ways to choose settings, what a test set is for afterwards, and how much the start matters by width. */
import {
  AdamW,
  Dataset,
  Linear,
  type Module,
  type SearchResult,
  Sequential,
  type Starts,
  Tanh,
  type Tensor,
  accuracy,
  bayesianSearch,
  compile,
  coordinateSearch,
  crossEntropy,
  gridSearch,
  lineChart,
  linspace,
  manualSeed,
  mse,
  multiStart,
  noGrad,
  predict,
  randomSearch,
  scatter,
  tensor,
} from "gradkit";
import { RandomState } from "../support/numpy";
import { plot, say, section, table } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  trials: { about: "trials of the random and the Bayesian search", default: 20, rule: { integer: true, min: 6 } },
  starts: { about: "random starts of each width", default: 20, rule: { integer: true, min: 2 } },
  widths: { about: "hidden units of the networks that start anew", default: [2, 4, 16, 64], rule: { integer: true, min: 1 } },
  steps: { about: "updates from each start", default: 1500, rule: { integer: true, min: 1 } },
  seed: { about: "seed of the points and the searches", default: 1, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What is searched: the learning rate, the hidden units, and how strongly weights are pulled to zero. */
interface Params {
  readonly lr: number;
  readonly hidden: number;
  readonly decay: number;
}

/** What a search came to. */
export interface SearchRow {
  readonly name: string;
  /** Validation losses of the trials in their order, their settings, and the best of both. */
  readonly scores: readonly number[];
  readonly tried: readonly Params[];
  readonly params: Params;
  readonly score: number;
  readonly stoppedBy: string;
  /** Loss and accuracy on rows that no search has seen. */
  readonly test: { readonly loss: number; readonly accuracy: number };
}

/** The best validation losses after half and after all trials, by seed. */
interface Luck {
  readonly name: string;
  readonly half: readonly number[];
  readonly all: readonly number[];
}

/** What the chapter found. */
export interface SearchingResult {
  readonly searches: readonly SearchRow[];
  /** How six seeds of a search end. */
  readonly luck: readonly Luck[];
  /** Final losses of many starts, by width, after few and after all updates. */
  readonly starts: readonly { readonly width: number; readonly short: Starts; readonly long: Starts }[];
}

export async function main(given: Partial<Settings> = {}): Promise<SearchingResult> {
  const settings = withDefaults("search", options, given);
  section("Four searches for the same three settings");
  const data = draw(settings.seed);
  const searches = searchAll(settings, data);
  section("The best so far, trial by trial");
  const count = Math.min(...searches.map(({ scores }) => scores.length));
  plot(Object.fromEntries(searches.map((each) => [each.name, bestSoFar(each).slice(0, count)])), { x: `${count} trials` });
  section("The same with other dice");
  const luck = otherDice(settings, data);
  section("Many starts, by width");
  return { searches, luck, starts: manyStarts(settings) };
}

const bestSoFar = ({ scores }: SearchRow): number[] => scores.map((_, i) => Math.min(...scores.slice(0, i + 1)));

type Parts = Readonly<Record<"train" | "validation" | "test", Dataset>>;

/** Noisy labels around a curved border, as in the chapter on stopping. */
function draw(seed: number): Parts {
  const random = new RandomState(seed);
  const x = Array.from({ length: 1200 }, () => random.randn(2));
  const y = x.map(([a, b]) => (b! > Math.sin(2 * a!) !== random.uniform() < 0.15 ? 1 : 0));
  return Dataset.from({ x: tensor(x), y: tensor(y) }).split({ train: 0.15, validation: 0.35, test: 0.5, seed });
}

/** A network after so many updates on all rows at once, every time from the same start. */
function trained({ lr, hidden, decay }: Params, data: Dataset): Module {
  manualSeed(1);
  const model = new Sequential(new Linear(2, hidden), new Tanh(), new Linear(hidden, 2));
  descend(model, data.x, data.y, crossEntropy, { lr, decay, steps: 200 });
  return model;
}

type Rule = { readonly lr: number; readonly decay: number; readonly steps: number };

function descend(model: Module, x: Tensor, y: Tensor, loss: typeof mse | typeof crossEntropy, rule: Rule): void {
  const optimizer = new AdamW(model.parameters(), { lr: rule.lr, weightDecay: rule.decay });
  const update = compile(() => {
    optimizer.zeroGrad();
    const value = loss(model.forward(x), y);
    value.backward();
    optimizer.step();
    return value;
  });
  for (let step = 0; step < rule.steps; step++) update();
}

const lossOn = (model: Module, { x, y }: Dataset): number => noGrad(() => crossEntropy(model.forward(x), y)).item();

const RANGES = {
  lr: { min: 0.0001, max: 0.3, scale: "log" },
  hidden: { min: 2, max: 64, scale: "log", integer: true },
  decay: { min: 0.001, max: 3, scale: "log" },
} as const;

function searchAll({ trials, seed }: Settings, { train, validation, test }: Parts): SearchRow[] {
  const objective = (params: Params): number => lossOn(trained(params, train), validation);
  const lists = { lr: [0.0001, 0.001, 0.01, 0.1], hidden: [4, 16, 64], decay: [0, 0.1, 1] } as const;
  const found: Record<string, SearchResult<Params>> = {
    grid: gridSearch(objective, lists),
    random: randomSearch(objective, RANGES, { trials, seed }),
    coordinate: coordinateSearch(objective, lists, { start: { lr: 0.001, hidden: 16, decay: 0 } }),
    Bayesian: bayesianSearch(objective, RANGES, { trials, seed }),
  };
  const rows = Object.entries(found).map(([name, result]): SearchRow => {
    const { params, score, stoppedBy } = result;
    const model = trained(params, train);
    const right = accuracy(predict(model, test.x), test.y);
    const tried = result.trials.map((trial) => trial.params);
    const scores = result.trials.map((trial) => trial.score);
    return { name, scores, tried, params, score, stoppedBy, test: { loss: lossOn(model, test), accuracy: right } };
  });
  const short = (value: number): string => String(Number(value.toPrecision(2)));
  table(
    ["search", "trials", "lr", "hidden", "decay", "validation loss", "test loss", "test accuracy"],
    rows.map(({ name, scores, params: { lr, hidden, decay }, score, test: { loss, accuracy: right } }) => [
      name,
      scores.length,
      ...[lr, hidden, decay].map(short),
      score.toFixed(4),
      loss.toFixed(4),
      `${(100 * right).toFixed(1)} %`,
    ]),
  );
  say("\n180 rows to learn from, 420 to choose by, 600 that no search has seen; 15 % of the labels are wrong");
  return rows;
}

/** Random and Bayesian search from six seeds each. */
function otherDice({ trials, seed }: Settings, { train, validation }: Parts): SearchingResult["luck"] {
  const objective = (params: Params): number => lossOn(trained(params, train), validation);
  const rows = Object.entries({ random: randomSearch, Bayesian: bayesianSearch }).map(([name, search]) => {
    const runs = Array.from({ length: 6 }, (_, i) => search(objective, RANGES, { trials, seed: seed + i }).trials);
    const lowest = (tried: (typeof runs)[number]): number => Math.min(...tried.map(({ score }) => score));
    const best = (count: number): number[] => runs.map((run) => lowest(run.slice(0, count)));
    return { name, half: best(Math.ceil(trials / 2)), all: best(trials) };
  });
  const cells = (losses: readonly number[]): string[] => {
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    return [mean.toFixed(4), Math.max(...losses).toFixed(4)];
  };
  table(
    ["six seeds", `${Math.ceil(trials / 2)} trials: mean`, "worst", `${trials} trials: mean`, "worst"],
    rows.map(({ name, half, all }) => [name, ...cells(half), ...cells(all)]),
  );
  return rows;
}

/** A wave, fitted from many random starts. */
function manyStarts({ starts, widths, steps, seed }: Settings): SearchingResult["starts"] {
  const x = linspace(-1, 1, 60).reshape([60, 1]);
  const y = x.mul(6).sin();
  const spread = (width: number, updates: number): Starts =>
    multiStart(
      () => {
        const model = new Sequential(new Linear(1, width), new Tanh(), new Linear(width, 1));
        descend(model, x, y, mse, { lr: 0.02, decay: 0, steps: updates });
        return noGrad(() => mse(model.forward(x), y)).item();
      },
      { starts, seed },
    );
  const early = Math.ceil(steps / 10);
  const rows = widths.map((width) => ({ width, short: spread(width, early), long: spread(width, steps) }));
  const cells = ({ scores, mean, std }: Starts): string[] =>
    [mean, std, Math.min(...scores), Math.max(...scores)].map((value) => value.toFixed(5));
  const headings = ["mean loss", "spread", "best", "worst"];
  table([`${starts} starts, ${early} updates`, ...headings], rows.map(({ width, short }) => [`${width} units`, ...cells(short)]));
  console.log();
  table([`${starts} starts, ${steps} updates`, ...headings], rows.map(({ width, long }) => [`${width} units`, ...cells(long)]));
  return rows;
}

/** The best so far, where the trials were, and where many starts ended. */
export function pictures({ searches, starts }: SearchingResult): Pictures {
  const best = searches.map((row) => [row.name, { x: row.scores.map((_, i) => i + 1), y: bestSoFar(row) }]);
  const trials = searches.flatMap(({ name, tried, scores }) => {
    return scores.map((score, i) => ({ name, lr: tried[i]!.lr, score }));
  });
  const ends = starts.flatMap(({ width, short, long }) => [
    ...Array.from(short.scores, (score) => ({ width, score, when: "at a tenth of the way" })),
    ...Array.from(long.scores, (score) => ({ width, score, when: "at the end" })),
  ]);
  return {
    sections: [
      {
        heading: "The best so far, trial by trial",
        text: "The grid begins with far too low a learning rate, and takes twenty trials to get where others are after seven.",
        chart: lineChart(Object.fromEntries(best), { width: 480, xTitle: "trials", yTitle: "best validation loss so far" }),
      },
      {
        heading: "Where the trials were",
        text: "Grid and coordinate search know four learning rates. Random search spreads, the Bayesian one gathers where it is low.",
        chart: scatter(trials.map(({ lr, score }) => [lr, score]), {
          logX: true,
          color: trials.map(({ name }) => name),
          colorTitle: "search",
          width: 440,
          xTitle: "learning rate",
          yTitle: "validation loss",
        }),
      },
      {
        heading: "Many starts, by width",
        text: "Each point is a network at its end, or at a tenth of the way. How far apart they lie depends on both.",
        chart: scatter(ends.map(({ width, score }) => [width, score]), {
          logX: true,
          logY: true,
          color: ends.map(({ when }) => when),
          width: 440,
          xTitle: "hidden units",
          yTitle: "loss",
        }),
      },
    ],
  };
}
