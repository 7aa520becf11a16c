/** Polynomials: too stiff, too free, and just right, on points whose law is known. */
import { type Chart, type Tensor, biasVariance, type LineChartOptions, lineChart, mse, sideBySide, tensor } from "gradkit";
import { solve } from "../support/leastSquares";
import { RandomState } from "../support/numpy";
import type { Pictures } from "../support/pictures";
import { plot, say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  degrees: { about: "degrees of the polynomials", default: [0, 1, 3, 7, 12], rule: { integer: true, min: 0, max: 14 } },
  points: { about: "points to fit", default: 15, rule: { integer: true, min: 3 } },
  sets: { about: "resampled data sets", default: 200, rule: { integer: true, min: 2 } },
  noise: { about: "spread of the noise", default: 0.3, rule: { min: 0 } },
  seed: { about: "seed of the points", default: 0, rule: { integer: true, min: 0 } },
});

type Settings = OptionsOf<typeof options>;

/** What the chapter found. */
export interface PolynomialsResult {
  /** Mean squared error on the fitted points and on the noise-free curve, by degree. */
  readonly risks: readonly { readonly degree: number; readonly train: number; readonly truth: number }[];
  /** Error on the curve split into variance and squared bias, over resampled sets. */
  readonly split: readonly Split[];
  /** The points of the first data set. */
  readonly points: { readonly x: readonly number[]; readonly y: readonly number[] };
  readonly settings: Settings;
}

interface Split {
  readonly name: string;
  readonly total: number;
  readonly variance: number;
  readonly bias2: number;
}

/** Where fits are compared with the truth. */
const GRID = Array.from({ length: 96 }, (_, i) => -0.95 + i * 0.02);
const truth = (x: number): number => Math.sin(Math.PI * x);

export async function main(given: Partial<Settings> = {}): Promise<PolynomialsResult> {
  const settings = withDefaults("polynomials", options, given);
  section("One data set, several degrees");
  const points = draw(new RandomState(settings.seed), settings);
  const risks = oneSet(points, settings);
  section("Many data sets: how much the fits differ, how far they miss on average");
  const split = manySets(settings);
  return { risks, split, points, settings };
}

/** Legendre polynomials up to a degree at x: the same curves as powers of x, better conditioned. */
function basis(x: readonly number[], degree: number): number[][] {
  return x.map((value) => {
    const row = [1, value];
    for (let n = 1; n < degree; n++) row.push(((2 * n + 1) * value * row[n]! - n * row[n - 1]!) / (n + 1));
    return row.slice(0, degree + 1);
  });
}

const exact = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "float64" });

/** The curve that a polynomial fitted to the points takes over `at`. */
function fitted(x: readonly number[], y: readonly number[], degree: number, at: readonly number[], ridge = 0): Tensor {
  const weights = solve(exact(basis(x, degree)), exact([...y]), ridge);
  return exact(basis(at, degree)).matmul(weights);
}

function draw(random: RandomState, { points, noise }: Settings): { x: number[]; y: number[] } {
  const x = random.rand(points).map((u) => 2 * u - 1);
  return { x, y: x.map((value) => truth(value) + noise * random.normal()) };
}

function oneSet({ x, y }: PolynomialsResult["points"], settings: Settings): PolynomialsResult["risks"] {
  const curves: Record<string, number[]> = { truth: GRID.map(truth) };
  const risks = settings.degrees.map((degree) => {
    const curve = fitted(x, y, degree, GRID);
    if ([1, 3, 7].includes(degree)) {
      curves[`degree ${degree}`] = Array.from(curve.toTypedArray(), (value) => Math.min(2, Math.max(-2, value)));
    }
    const train = mse(fitted(x, y, degree, x), exact([...y])).item();
    return { degree, train, truth: mse(curve, exact(GRID.map(truth))).item() };
  });
  const noise = settings.noise ** 2;
  const verdict = (train: number, risk: number): string =>
    train > 1.3 * noise + 0.01 ? "underfit" : risk > noise + 0.01 ? "overfit" : "fine";
  table(
    [`${settings.points} points of sin πx, noise ${settings.noise}`, "error on the points", "error on the curve", ""],
    risks.map(({ degree, train, truth: risk }) => [`degree ${degree}`, train.toFixed(4), Number(risk.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 6 }), verdict(train, risk)]),
  );
  console.log();
  plot(curves, { height: 14, x: "x from −0.95 to 0.95" });
  return risks;
}

/** Draws the points again and again; the error on the curve, taken apart. */
function takeApart(degree: number, ridge: number, settings: Settings): ReturnType<typeof biasVariance> {
  const random = new RandomState(settings.seed);
  return biasVariance({
    makeData: () => draw(random, settings),
    fit: ({ x, y }) => fitted(x, y, degree, GRID, ridge),
    truth,
    at: GRID,
    sets: settings.sets,
  });
}

/** f̄ is the mean of all fits; variance is their spread around it, bias² its distance from the truth. */
function manySets(settings: Settings): PolynomialsResult["split"] {
  const variants = [
    ...settings.degrees.filter((degree) => degree <= 7).map((degree) => ({ name: `degree ${degree}`, degree, ridge: 0 })),
    ...[0.1, 1, 10].map((ridge) => ({ name: `degree 7, ridge λ = ${ridge}`, degree: 7, ridge })),
  ];
  const split = variants.map(({ name, degree, ridge }) => {
    const { total, variance, bias2 } = takeApart(degree, ridge, settings);
    return { name, total, variance, bias2 };
  });
  table(
    [`${settings.sets} sets`, "error on the curve", "= variance", "+ bias²"],
    split.map(({ name, total, variance, bias2 }) => {
      return [name, ...[total, variance, bias2].map((value) => Number(value.toPrecision(3)))];
    }),
  );
  say("\nstiff models miss alike (bias), free ones each in its own way (variance); a penalty turns one into the other");
  return split;
}

/** Fits through one set of points; how fits to many sets differ; error, variance and bias² by degree and by penalty. */
export function pictures({ points: { x, y }, settings }: PolynomialsResult): Pictures {
  const axes = { x: GRID, xTitle: "x", yTitle: "y", yRange: [-2, 2] } as const;
  const sine = GRID.map(truth);
  const one = (degree: number): Chart =>
    lineChart(
      { "sin πx": sine, [`degree ${degree}`]: fitted(x, y, degree, GRID) },
      { ...axes, width: 230, height: 210, points: x.map((value, i) => [value, y[i]!]) },
    );
  const many = (degree: number): Chart => {
    const { mean, predictions } = takeApart(degree, 0, settings);
    const spread = mean.map((m, i) => Math.sqrt(meanOf(predictions.map((fit) => (fit[i]! - m) ** 2))));
    return lineChart(
      { "sin πx": sine, "mean fit": mean },
      { ...axes, width: 230, height: 210, spread: { "mean fit": spread }, title: `Degree ${degree}` },
    );
  };
  const degrees = [0, 1, 2, 3, 4, 5, 6, 7];
  const ridges = [0.03, 0.1, 0.3, 1, 3, 10, 30];
  return {
    sections: [
      {
        heading: "Too stiff, fine, too free",
        text: "Fifteen points of a sine with noise. The line misses it, degree 3 follows it, degree 7 follows the noise.",
        chart: sideBySide([1, 3, 7].map(one)),
      },
      {
        heading: `The same with ${settings.sets} sets of points`,
        text: "The mean of all fits, shaded as far as single ones differ from it. Stiff fits agree, and are wrong; free ones differ.",
        chart: sideBySide([1, 3, 7].map(many)),
      },
      {
        heading: "Error, variance and bias² by degree",
        text: "With the degree bias² falls and variance grows; the error, their sum, is least in between.",
        chart: parts(degrees.map((degree) => takeApart(degree, 0, settings)), { x: degrees, xTitle: "degree" }),
      },
      {
        heading: "The same by penalty, at degree 7",
        text: "A ridge penalty is a knob between the two: more of it, less variance and more bias.",
        chart: parts(ridges.map((ridge) => takeApart(7, ridge, settings)), { x: ridges, xTitle: "ridge λ", logX: true }),
      },
    ],
  };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function parts(split: readonly Omit<Split, "name">[], options: LineChartOptions): Chart {
  const lines = {
    error: split.map(({ total }) => total),
    variance: split.map(({ variance }) => variance),
    "bias²": split.map(({ bias2 }) => bias2),
  };
  return lineChart(lines, { ...options, logY: true, yTitle: "squared error" });
}
