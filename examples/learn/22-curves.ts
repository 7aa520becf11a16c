/** Curves: any zig-zag is a sum of ramps, a ramp is two ReLUs, and sums of sigmoids learn any curve. */
import {
  Adam,
  Linear,
  type Module,
  ReLU,
  Sequential,
  Sigmoid,
  type Tensor,
  clamp,
  compile,
  lineChart,
  linspace,
  manualSeed,
  mse,
  noGrad,
  sideBySide,
  tensor,
} from "gradkit";
import { plot, say, section, table, vector } from "../support/text";
import type { Pictures } from "../support/pictures";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  hidden: { about: "hidden units of the networks that learn the sine", default: 50, rule: { integer: true, min: 1 } },
  steps: { about: "full-batch steps of Adam, half of them at a tenth of the rate", default: 6000, rule: { integer: true, min: 2 } },
  seed: { about: "seed of the starts", default: 0, rule: { integer: true, min: 0 } },
});

/** What the chapter found. */
export interface CurvesResult {
  /** Heights of the ramps under the knots of the page, and the largest error of their sum. */
  readonly heights: readonly number[];
  readonly rampError: number;
  /** Largest error of σ(w(x − ½)) against clip(x, 0, 1) at w = 4 and at the best w. */
  readonly sigmoid: { readonly four: number; readonly best: number; readonly slope: number };
  /** Largest error of two ReLUs against a ramp. */
  readonly reluError: number;
  /** Weights of H sigmoids on d inputs, counted and by the formula; the two forms' distance. */
  readonly count: readonly [number, number];
  readonly formError: number;
  /** What was fitted, and the curves after some steps, at equal distances from −π to π. */
  readonly fits: Readonly<Record<string, readonly number[]>>;
  /** Largest error on the sine by activation. */
  readonly sine: Readonly<Record<string, number>>;
}

const KNOTS = [[0, 0], [1, 2], [2, 1], [4, 3]] as const;
const wide = { dtype: "float64" } as const;

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<CurvesResult> {
  const settings = withDefaults("curves", options, given);
  section("A zig-zag as a constant plus ramps");
  const { heights, rampError } = ramps();
  section("A sigmoid is a soft ramp");
  const sigmoid = soften();
  section("A ramp is two ReLUs");
  const reluError = twoReLUs();
  section("b + Σ cᵢ σ(bᵢ + Σ wᵢⱼ xⱼ): the sum, and the same in matrices");
  const { count, formError } = twoForms();
  section("Sums of sigmoids, and of ReLUs, learn a sine");
  const { fits, sine } = learnSine(settings);
  return { heights, rampError, sigmoid, reluError, count, formError, fits, sine };
}

interface Piece {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

function piecesOf(): Piece[] {
  return KNOTS.slice(1).map(([b, end], i) => ({ a: KNOTS[i]![0], b, c: end - KNOTS[i]![1] }));
}

/** cᵢ·clip((x − aᵢ)/(bᵢ − aᵢ), 0, 1), one for each sloped piece. */
function ramps(): { heights: number[]; rampError: number } {
  const pieces = piecesOf();
  const x = linspace(-1, 6, 1401, wide);
  const flat = x.mul(0).add(KNOTS[0][1]);
  const sum = pieces.reduce((total, { a, b, c }) => total.add(clamp(x.sub(a).div(b - a), 0, 1).mul(c)), flat);
  const zigzag = Array.from(x.toTypedArray(), broken);
  const rampError = sum.sub(zigzag).abs().max().item();
  table(["ramp", "from", "to", "height c"], pieces.map(({ a, b, c }, i) => [i + 1, a, b, c]));
  say(`\ntheir sum meets the knots ${KNOTS.map(([a, b]) => `(${a}, ${b})`).join(" ")}; largest error on 1,401 points: ${rampError < 1e-12 ? 0 : rampError}\n`);
  plot({ "sum of three ramps": Array.from(sum.toTypedArray()) }, { height: 8, x: "x from −1 to 6" });
  return { heights: pieces.map(({ c }) => c), rampError };
}

function broken(x: number): number {
  if (x <= KNOTS[0][0]) return KNOTS[0][1];
  for (let i = 1; i < KNOTS.length; i++) {
    const [[a, from], [b, to]] = [KNOTS[i - 1]!, KNOTS[i]!];
    if (x <= b) return from + ((to - from) * (x - a)) / (b - a);
  }
  return KNOTS.at(-1)![1];
}

function soften(): CurvesResult["sigmoid"] {
  const x = linspace(-3, 4, 7001, wide);
  const error = (w: number): number => x.sub(0.5).mul(w).sigmoid().sub(clamp(x, 0, 1)).abs().max().item();
  const slopes = Array.from({ length: 301 }, (_, i) => 4 + i / 100);
  const errors = slopes.map(error);
  const best = Math.min(...errors);
  const slope = slopes[errors.indexOf(best)]!;
  table(
    ["σ(w(x − ½)) against clip(x, 0, 1)", "largest error"],
    [["w = 4, the same slope in the middle", error(4).toFixed(4)], [`w = ${slope}, the best`, best.toFixed(4)]],
  );
  return { four: error(4), best, slope };
}

function twoReLUs(): number {
  const [a, b, c] = [1, 3, -2];
  const x = linspace(-2, 6, 801, wide);
  const ramp = clamp(x.sub(a).div(b - a), 0, 1).mul(c);
  const pair = x.sub(a).relu().sub(x.sub(b).relu()).mul(c / (b - a));
  const error = pair.sub(ramp).abs().max().item();
  say("c·clip((x − a)/(b − a), 0, 1) = c/(b − a)·[ReLU(x − a) − ReLU(x − b)]");
  say(`at a = 1, b = 3, c = −2, on 801 points: largest error ${error < 1e-14 ? 0 : error}`);
  return error;
}

function twoForms(): { count: readonly [number, number]; formError: number } {
  const [h, d] = [4, 3];
  manualSeed(0);
  const model = new Sequential(new Linear(d, h), new Sigmoid(), new Linear(h, 1));
  const [inner, , outer] = Array.from(model) as [Linear, Sigmoid, Linear];
  const exact = (value: Tensor): number[][] => value.reshape([-1, value.shape.at(-1)!]).to("float64").toArray() as number[][];
  const [w, b, c] = [exact(inner.weight), exact(inner.bias!)[0]!, exact(outer.weight)[0]!];
  const x = [0.5, -1, 2];
  let sum = outer.bias!.item();
  for (let i = 0; i < h; i++) {
    let score = b[i]!;
    for (let j = 0; j < d; j++) score += w[i]![j]! * x[j]!;
    sum += c[i]! / (1 + Math.exp(-score));
  }
  const matrices = tensor([x], wide).linear(w, b).sigmoid().linear([c], [outer.bias!.item()]).item();
  const count = [model.parameters().reduce((total, { size }) => total + size, 0), h * (d + 2) + 1] as const;
  say(`x = ${vector(x, 1)}: double sum ${sum.toFixed(9)}, b + cᵀσ(b + Wx) ${matrices.toFixed(9)}`);
  say(`H = ${h} units, d = ${d} inputs: ${count[0]} numbers to learn, H(d + 2) + 1 = ${count[1]}`);
  return { count, formError: Math.abs(sum - matrices) };
}

function learnSine({ hidden, steps, seed }: OptionsOf<typeof options>): Pick<CurvesResult, "fits" | "sine"> {
  const x = linspace(-Math.PI, Math.PI, 200).reshape([200, 1]);
  const curves: Record<string, number[]> = { "sin x": Array.from(x.sin().toTypedArray()) };
  const fits: Record<string, number[]> = { ...curves };
  const kinds: Record<string, () => Module> = { sigmoid: () => new Sigmoid(), ReLU: () => new ReLU() };
  const errors = Object.entries(kinds).map(([name, act]) => {
    manualSeed(seed);
    const model = new Sequential(new Linear(1, hidden), act(), new Linear(hidden, 1));
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    const update = compile(() => {
      optimizer.zeroGrad();
      const loss = mse(model.forward(x), x.sin());
      loss.backward();
      optimizer.step();
      return loss;
    });
    for (let step = 0; step < steps; step++) {
      if (step === steps / 2) optimizer.lr = 0.001;
      update();
      const now = (): number[] => Array.from(noGrad(() => model.forward(x)).toTypedArray());
      if (step === Math.min(99, steps - 1)) curves[`${hidden} × ${name} after 100 steps`] = now();
      if ([9, 99, 999].includes(step)) fits[`${name}, ${step + 1} steps`] = now();
    }
    return [name, noGrad(() => model.forward(x)).sub(x.sin()).abs().max().item()] as const;
  });
  plot(curves, { x: "x from −π to π" });
  console.log();
  table([`${hidden} hidden units, ${steps} steps`, "largest error"], errors.map(([name, error]) => [name, error.toFixed(4)]));
  return { fits, sine: Object.fromEntries(errors) };
}

/** The sine as it is learned, the zig-zag and its ramps, a soft ramp, and a ramp of two ReLUs. */
export function pictures({ fits, sigmoid }: CurvesResult): Pictures {
  const values = (x: Tensor): number[] => Array.from(x.toTypedArray());
  const some = <T>(all: readonly T[], every: number): T[] => all.filter((_, i) => i % every === 0);
  const wave = linspace(-Math.PI, Math.PI, 200, wide);
  const fit = (kind: string): ReturnType<typeof lineChart> => {
    const chosen = Object.entries(fits).filter(([name]) => name.startsWith(kind) || name === "sin x");
    const lines = chosen.map(([name, curve]) => [name.replace(`${kind}, `, ""), some(curve, 2)]);
    const size = { width: 280, height: 230, xTitle: "x", yTitle: "output" };
    return lineChart(Object.fromEntries(lines), { x: some(values(wave), 2), title: `Sum of ${kind}s`, ...size });
  };
  const x = linspace(-1, 6, 141, wide);
  const ramp = ({ a, b, c }: Piece): Tensor => clamp(x.sub(a).div(b - a), 0, 1).mul(c);
  const named = piecesOf().map((piece) => [`by ${piece.c} from ${piece.a} to ${piece.b}`.replace("-", "−"), values(ramp(piece))]);
  const near = linspace(-1.5, 2.5, 121, wide);
  const soft = (w: number): number[] => values(near.sub(0.5).mul(w).sigmoid());
  return {
    sections: [
      {
        heading: "A zig-zag is a sum of ramps",
        text: "Each ramp is flat, then sloped, then flat again. Added up, they make the zig-zag through the four knots.",
        chart: lineChart(
          { ...Object.fromEntries(named), "their sum": values(x).map(broken) },
          { x, points: KNOTS.map((knot) => [...knot]), width: 480, xTitle: "x", yTitle: "height" },
        ),
      },
      {
        heading: "Sums that learn a sine",
        text: "Gradient descent bends fifty units into the curve: sigmoids smoothly, ReLUs with corners.",
        chart: sideBySide([fit("sigmoid"), fit("ReLU")]),
      },
      {
        heading: "A sigmoid is a soft ramp, two ReLUs are a hard one",
        text: "Left: the sigmoid with the slope of the ramp, and the one that is nearest to it. Right: one ReLU less another.",
        chart: sideBySide([
          lineChart(
            { ramp: values(clamp(near, 0, 1)), "w = 4": soft(4), [`w = ${sigmoid.slope}`]: soft(sigmoid.slope) },
            { x: near, width: 280, height: 230, xTitle: "x", yTitle: "output" },
          ),
          lineChart(
            { "ReLU(x − 1)": values(x.sub(1).relu()), "−ReLU(x − 3)": values(x.sub(3).relu().neg()), "their sum": values(clamp(x.sub(1), 0, 2)) },
            { x, width: 280, height: 230, xTitle: "x", yTitle: "output" },
          ),
        ]),
      },
    ],
  };
}
