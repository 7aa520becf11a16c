/** Likelihood: products that vanish, sums of logarithms that do not, and risks that samples only estimate. */
import { Linear, assign, histogram, lineChart, mse, noGrad, tensor } from "gradkit";
import type { Pictures } from "../support/pictures";
import { RandomState } from "../support/numpy";
import { say, section, table } from "../support/text";
import { type OptionsOf, defineOptions, withDefaults } from "../support/options";

export const options = defineOptions({
  sets: { about: "fresh test sets drawn for each size", default: 400, rule: { integer: true, min: 10 } },
  seed: { about: "seed of the draws", default: 0, rule: { integer: true, min: 0 } },
});

/** What the chapter found. */
export interface LikelihoodResult {
  /** The product of 1,075 halves, and the sum of a million of their logarithms. */
  readonly product: number;
  readonly logSum: number;
  /** Where multiplying by 0.9 forever ends. */
  readonly stuck: number;
  /** Mean and spread of the empirical risk by the size of the test set; the true risk is σ² + (error of the slope)². */
  readonly risks: readonly Risks[];
  readonly trueRisk: number;
  /** Mean risk on the very rows a line was fitted to, and on fresh ones. */
  readonly optimism: { readonly seen: number; readonly fresh: number };
  /** The same by data set: risk on the rows fitted to, and on fresh ones. */
  readonly pairs: readonly (readonly [seen: number, fresh: number])[];
}

/** Empirical risks of one model on test sets of one size. */
interface Risks {
  readonly rows: number;
  readonly mean: number;
  readonly spread: number;
  readonly found: readonly number[];
}

const SIGMA = 0.5;

export async function main(given: Partial<OptionsOf<typeof options>> = {}): Promise<LikelihoodResult> {
  const { sets, seed } = withDefaults("likelihood", options, given);
  section("Why logarithms");
  let product = 1;
  for (let i = 0; i < 1075; i++) product *= 0.5;
  let stuck = 1;
  for (let i = 0; i < 100_000; i++) stuck *= 0.9;
  const logSum = 1e6 * Math.log(0.5);
  say(`½ multiplied 1,075 times is ${product} in double precision, though no factor is zero`);
  say(`ln ½ added a million times is ${logSum.toFixed(5)}`);
  say(`0.9 multiplied forever sticks at ${stuck.toExponential(1)}: never zero, and as useless`);

  section("The empirical risk is a guess at the true one");
  const random = new RandomState(seed);
  const { risks, trueRisk } = measureRisks(random, sets);

  section("On the rows that were fitted it is too low");
  const { optimism, pairs } = fitAndMeasure(random, sets);
  return { product, logSum, stuck, risks, trueRisk, optimism, pairs };
}

/** Points on y = 2x + noise of spread σ, x ~ N(0, 1). */
function draw(random: RandomState, rows: number): { x: number[][]; y: number[][] } {
  const x = Array.from({ length: rows }, () => [random.normal()]);
  return { x, y: x.map(([value]) => [2 * value! + SIGMA * random.normal()]) };
}

/** Risk of the fixed model ŷ = 1.8x on many fresh test sets. */
function measureRisks(random: RandomState, sets: number): Pick<LikelihoodResult, "risks" | "trueRisk"> {
  const model = new Linear(1, 1, { bias: false });
  assign(model.weight, tensor([[1.8]]));
  const trueRisk = SIGMA ** 2 + 0.2 ** 2;
  const risks = [10, 40, 160].map((rows) => {
    const found = Array.from({ length: sets }, () => {
      const { x, y } = draw(random, rows);
      return noGrad(() => mse(model.forward(tensor(x)), tensor(y))).item();
    });
    return { rows, ...moments(found), found };
  });
  say(`y = 2x + noise of variance ${SIGMA ** 2}; the model ŷ = 1.8x has the true risk ${SIGMA ** 2} + 0.2² = ${trueRisk.toFixed(2)}\n`);
  table(
    ["rows in a test set", `mean of ${sets} risks`, "their spread", "spread · √rows"],
    risks.map(({ rows, mean, spread }) => {
      return [rows, mean.toFixed(3), spread.toFixed(3), (spread * Math.sqrt(rows)).toFixed(2)];
    }),
  );
  return { risks, trueRisk };
}

/** Fits a line through the origin to ten rows each time. */
function fitAndMeasure(random: RandomState, sets: number): Pick<LikelihoodResult, "optimism" | "pairs"> {
  const rows = 10;
  const found = Array.from({ length: sets }, () => {
    const [old, fresh] = [draw(random, rows), draw(random, rows)];
    const slope = sum(old.x.map(([x], i) => x! * old.y[i]![0]!)) / sum(old.x.map(([x]) => x! * x!));
    const risk = ({ x, y }: typeof old): number => sum(x.map(([value], i) => (y[i]![0]! - slope * value!) ** 2)) / rows;
    return [risk(old), risk(fresh)] as const;
  });
  const [seen, fresh] = [0, 1].map((which) => moments(found.map((pair) => pair[which]!)).mean) as [number, number];
  table(["least squares on ten rows", "mean risk"], [
    ["the ten rows it was fitted to", seen.toFixed(3)],
    ["ten fresh rows", fresh.toFixed(3)],
    ["the noise alone", (SIGMA ** 2).toFixed(3)],
  ]);
  return { optimism: { seen, fresh }, pairs: found };
}

/** How risks scatter by the size of the test set; on seen and fresh rows; a product that ends, a sum that goes on. */
export function pictures({ risks, trueRisk, pairs, optimism }: LikelihoodResult): Pictures {
  const factors = Array.from({ length: 57 }, (_, i) => 25 * i);
  const product = factors.map((count) => Math.log10(0.5 ** count));
  return {
    sections: [
      {
        heading: "The empirical risk is a guess at the true one",
        text: `On average all are right, at ${trueRisk.toFixed(2)}. Four times the rows, half the spread.`,
        chart: histogram(Object.fromEntries(risks.map(({ rows, found }) => [`${rows} rows`, found])), {
          bins: 40,
          xTitle: "mean squared error on a test set",
          yTitle: "test sets",
          title: `One model, ${pairs.length} test sets of each size`,
        }),
      },
      {
        heading: "On the rows that were fitted it is too low",
        text: "The line used the noise of its ten rows as well. On fresh rows it has no such help.",
        chart: histogram(
          { "seen rows": pairs.map(([seen]) => seen), "fresh rows": pairs.map(([, fresh]) => fresh) },
          {
            bins: 40,
            xTitle: "mean squared error on ten rows",
            yTitle: "fits",
            title: `Means: ${optimism.seen.toFixed(3)} on seen rows, ${optimism.fresh.toFixed(3)} on fresh ones`,
          },
        ),
      },
      {
        heading: "Why logarithms",
        text: "½ multiplied again and again is 0 from the 1,075th factor on, behind the dot. The sum of logarithms goes on as it began.",
        chart: lineChart(
          { "sum of logarithms": factors.map((count) => count * Math.log10(0.5)), "logarithm of the product": product },
          {
            x: factors,
            points: [[1074, Math.log10(0.5 ** 1074)]],
            xTitle: "factors ½",
            yTitle: "log₁₀ of the likelihood",
          },
        ),
      },
    ],
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function moments(values: readonly number[]): { mean: number; spread: number } {
  const mean = sum(values) / values.length;
  return { mean, spread: Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length) };
}
